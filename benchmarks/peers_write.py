"""What logging with one peer costs, measured inside an environment that has it; it knows nothing else of ours.

    python -P peers_write.py measure PEER DIRECTORY ROWS SECONDS
    python -P peers_write.py live PEER DIRECTORY ROWS_PER_SECOND

``measure`` logs five scalars a call as fast as it can, then a few at the pace of a training, and prints its figures as
JSON. ``live`` logs until it is killed and prints each row's value of ``mark`` and the moment after which it was logged.
Everything is logged with the peer's own settings for a machine that is offline.
"""

from __future__ import annotations

import json
import os
import statistics
import sys
import time
from collections.abc import Callable, Mapping
from pathlib import Path
from time import perf_counter, perf_counter_ns
from typing import Any

Log = Callable[[int, Mapping[str, float]], object]
Finish = Callable[[], object]
PACE, PACED = 0.005, 300
"""Seconds between two rows of a training, and how many such rows are timed."""
PAST = 300
"""Rows that a live run has when it is first seen."""
NAMES = ("loss", "acc", "lr", "grad_norm", "mark")


def values(step: int) -> dict[str, float]:
    """Five scalars, the last of which is another one in each of 900 steps."""
    return dict(
        zip(NAMES, (2.5 / (step + 1) + 1e-9, 1 - 1 / (step + 2), 3e-4, 0.1 + step / 7e5, mark(step)), strict=True)
    )


def mark(step: int) -> float:
    """A falling number of four digits, the last no zero: it is shown as it is, and can be searched for."""
    return (9991 - step % 900 * 10) / 1000


# -- each peer: import it, then start a run; what logs a row, and what ends the run -----------------------------------


def runwatch(directory: Path) -> tuple[Log, Finish]:
    import logstore

    run = logstore.init("bench", dir=directory)
    return lambda _, row: run.log(row), run.finish


def wandb(directory: Path) -> tuple[Log, Finish]:
    import wandb  # type: ignore[import-not-found,unused-ignore]

    run = wandb.init(project="bench", dir=directory, mode="offline")
    return lambda _, row: run.log(row), run.finish


def tensorboardx(directory: Path) -> tuple[Log, Finish]:
    from tensorboardX import SummaryWriter  # type: ignore[import-not-found,unused-ignore]

    return _summaries(SummaryWriter(str(directory)))


def torch(directory: Path) -> tuple[Log, Finish]:
    from torch.utils.tensorboard import SummaryWriter

    return _summaries(SummaryWriter(str(directory)))  # type: ignore[no-untyped-call,unused-ignore]


def _summaries(writer: Any) -> tuple[Log, Finish]:
    def log(step: int, row: Mapping[str, float]) -> None:
        for name, value in row.items():
            writer.add_scalar(name, value, step)

    return log, writer.close


def tensorboard(directory: Path) -> tuple[Log, Finish]:
    """What torch's SummaryWriter does, without torch: one event a scalar to the same asynchronous writer."""
    from tensorboard.compat.proto.event_pb2 import Event  # type: ignore[import-not-found,unused-ignore]
    from tensorboard.compat.proto.summary_pb2 import Summary  # type: ignore[import-not-found,unused-ignore]
    from tensorboard.summary.writer.event_file_writer import (  # type: ignore[import-not-found,unused-ignore]
        EventFileWriter,
    )

    writer = EventFileWriter(str(directory))

    def log(step: int, row: Mapping[str, float]) -> None:
        for name, value in row.items():
            summary = Summary(value=[Summary.Value(tag=name, simple_value=value)])
            writer.add_event(Event(wall_time=time.time(), step=step, summary=summary))

    return log, writer.close


def trackio(directory: Path) -> tuple[Log, Finish]:
    os.environ["TRACKIO_DIR"] = str(directory)
    import trackio  # type: ignore[import-not-found,unused-ignore]

    run = trackio.init(project="bench", embed=False)
    return lambda _, row: run.log(dict(row)), trackio.finish


def mlflow(directory: Path) -> tuple[Log, Finish]:
    import mlflow  # type: ignore[import-not-found,unused-ignore]

    mlflow.set_tracking_uri(f"sqlite:///{directory / 'mlflow.db'}")
    mlflow.start_run()
    return lambda step, row: mlflow.log_metrics(dict(row), step=step), mlflow.end_run


PEERS: Mapping[str, Callable[[Path], tuple[Log, Finish]]] = {
    "runwatch": runwatch,
    "wandb": wandb,
    "tensorboardX": tensorboardx,
    "torch": torch,
    "tensorboard": tensorboard,
    "trackio": trackio,
    "mlflow": mlflow,
}


# -- the two things that are done with them ---------------------------------------------------------------------------


def measure(peer: str, directory: Path, count: int, seconds: float) -> dict[str, float]:
    """Start, a tight loop of ``count`` rows or ``seconds``, a paced one, and the end."""
    begun = perf_counter()
    log, finish = PEERS[peer](directory)
    started = perf_counter() - begun
    before = _size(directory)
    tight = _timed(log, 0, count, seconds, 0.0)
    paced = _timed(log, len(tight), PACED, seconds, PACE)
    begun = perf_counter()
    finish()
    ended = perf_counter() - begun
    rows = len(tight) + len(paced)
    return {
        "rows": rows,
        "start_ms": 1e3 * started,
        "finish_ms": 1e3 * ended,
        "tight_us": statistics.median(tight) / 1e3,
        "tail_us": sorted(tight)[int(len(tight) * 0.999)] / 1e3,
        "paced_us": statistics.median(paced) / 1e3,
        "bytes": (_size(directory) - before) / rows / len(NAMES),
    }


def _timed(log: Log, first: int, count: int, seconds: float, pace: float) -> list[int]:
    """Nanoseconds of each call."""
    rows = [values(step) for step in range(first, first + count)]
    times: list[int] = []
    end = perf_counter() + seconds
    for step, row in enumerate(rows, first):
        begun = perf_counter_ns()
        log(step, row)
        times.append(perf_counter_ns() - begun)
        if pace:
            time.sleep(pace)
        if perf_counter() > end:
            break
    return times


def _size(directory: Path) -> int:
    """Bytes of all files below."""
    return sum(path.stat().st_size for path in directory.rglob("*") if path.is_file() and not path.is_symlink())


def live(peer: str, directory: Path, rate: float) -> None:
    """Log for ever; what is printed is known to have been handed over."""
    log, _ = PEERS[peer](directory)
    for step in range(PAST):
        log(step, values(step))
    step, due = PAST, time.monotonic()
    while True:
        moment = time.monotonic()
        log(step, values(step))
        print(mark(step), moment, flush=True)
        step += 1
        due += 1 / rate
        time.sleep(max(0.0, due - time.monotonic()))


if __name__ == "__main__":
    what, peer_, directory_, *numbers = sys.argv[1:]
    if what == "live":
        live(peer_, Path(directory_), float(numbers[0]))
    else:
        print(json.dumps(measure(peer_, Path(directory_), int(numbers[0]), float(numbers[1]))))
