"""Stores to measure with: runs written as docs/format.md has them, of any number and length, and live ones.

``python -m benchmarks.stores ROOT RUNS METRICS ROWS RATE`` makes runs that are this process's, says ``ready``, and then
logs RATE rows a second to each of them until it is killed.
"""

from __future__ import annotations

import math
import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

import orjson

SECTIONS = ("train", "val", "perf", "opt")
METRICS = tuple(f"{section}/m{i}" for section in SECTIONS[:3] for i in range(4))
MARK = "val/loss"
"""A metric that the table shows by itself."""
OPTIONS = ("lr", "batch_size", "seed", "model.depth", "model.width", "data.path", "optimiser", "warmup")


def names(count: int) -> tuple[str, ...]:
    """So many names of metrics, in four sections."""
    return tuple(f"{SECTIONS[i % len(SECTIONS)]}/m{i // len(SECTIONS)}" for i in range(count))


def write_run(
    root: Path, number: int, rows: int, *, live: bool = False, metrics: Sequence[str] = METRICS, project: str = "bench"
) -> Path:
    """One run with ``rows`` rows; a live one is this process's."""
    path = root / project / f"run{number:06d}"
    path.mkdir(parents=True)
    now = time.time()
    begun = now - 3600 - 60 * number
    ended = {} if live else {"state": "finished", "exit_code": 0, "ended": begun + rows}
    record = {
        "format": 1,
        "id": path.name,
        "name": f"run-{number:06d}",
        "project": project,
        "created": begun,
        "host": os.uname().nodename,
        "pid": os.getpid(),
        "rank": 0,
        "world_size": 1,
        **ended,
    }
    (path / "run.json").write_bytes(orjson.dumps(record))
    (path / "config.json").write_bytes(orjson.dumps(_config(number)))
    with (path / "metrics.jsonl").open("wb") as file:
        file.writelines(row(step, begun + step, metrics) for step in range(rows))
    if not live:
        for touched in (*path.iterdir(), path):
            os.utime(touched, (begun + rows, begun + rows))
    return path


def _config(number: int) -> dict[str, object]:
    values = (1e-4 * (number % 7 + 1), 32, number, 12, 768, "/data/corpus", "adamw", 1000)
    return dict(zip(OPTIONS, values, strict=True))


def row(step: int, moment: float, metrics: Sequence[str] = METRICS, marked: float | None = None) -> bytes:
    """One line of metrics.jsonl; ``marked`` is the value of ``MARK``."""
    level = 2 + 4 * math.exp(-step / 200)
    values = {name: level + 0.1 * math.sin(step * (i + 1)) for i, name in enumerate(metrics)}
    if marked is not None:
        values[MARK] = marked
    return orjson.dumps({"_step": step, "_timestamp": moment, **values}, option=orjson.OPT_APPEND_NEWLINE)


def write_long_run(root: Path, size: int, metrics: int = 5) -> tuple[Path, int]:
    """One finished run of about ``size`` bytes of rows, every one of them different; its path and its rows."""
    path = write_run(root, 0, 0, metrics=())
    chosen, begun, step, written = names(metrics), 1.7e9, 0, 0
    with (path / "metrics.jsonl").open("wb", buffering=1 << 22) as file:
        while written < size:
            written += file.write(row(step, begun + step, chosen))
            step += 1
    return path, step


@contextmanager
def store(runs: int, rows: int, metrics: Sequence[str] = METRICS) -> Iterator[Path]:
    """A directory with so many finished runs, for as long as it is needed."""
    with tempfile.TemporaryDirectory(prefix="runwatch-bench-") as directory:
        for number in range(runs):
            write_run(Path(directory), number, rows, metrics=metrics)
        yield Path(directory)


@contextmanager
def live_store(runs: int, metrics: int, rows: int, rate: float) -> Iterator[Path]:
    """A directory with so many runs, each of which logs ``rate`` rows a second for as long as it is needed."""
    with tempfile.TemporaryDirectory(prefix="runwatch-bench-") as directory:
        command = [sys.executable, "-m", "benchmarks.stores", directory, *map(str, (runs, metrics, rows, rate))]
        with subprocess.Popen(command, stdout=subprocess.PIPE) as writer:
            assert writer.stdout is not None
            writer.stdout.readline()
            try:
                yield Path(directory)
            finally:
                writer.kill()


def log_for_ever(root: Path, runs: int, metrics: int, rows: int, rate: float) -> None:
    """Make the runs and log to them, one after the other, evenly spread over time.

    ``MARK`` is the time of each row, in seconds below a hundred: what is shown of it tells how old it is.
    """
    chosen = names(metrics - 1)
    paths = [write_run(root, number, rows, live=True, metrics=chosen) for number in range(runs)]
    files = [os.open(path / "metrics.jsonl", os.O_WRONLY | os.O_APPEND) for path in paths]
    print("ready", flush=True)
    due, step = time.monotonic(), rows
    while True:
        for file in files:
            due += 1 / (rate * runs)
            time.sleep(max(0.0, due - time.monotonic()))
            now = time.time()
            os.write(file, row(step, now, chosen, marked=round(now % 100, 2)))
        step += 1


if __name__ == "__main__":
    root, counts, rate = Path(sys.argv[1]), [int(text) for text in sys.argv[2:5]], float(sys.argv[5])
    log_for_ever(root, counts[0], counts[1], counts[2], rate)
