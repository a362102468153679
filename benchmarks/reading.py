"""What reading costs: one long run, many short ones, a table of very many, and watching them when nothing happens.

Every figure is taken in a process of its own, so that it is cold and its memory is its own; the files are in the page
cache. The floor is a bare loop: chunks parsed by orjson as one array, a list and an array for each column, no check of
anything, no model. It makes a dictionary of each row, which the reader does without where all rows have the same keys.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
import tempfile
import time
from array import array
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
import orjson

from benchmarks.row import Row, ratio_row

if TYPE_CHECKING:
    from logstore.model.runs import Runs

METRICS = ("train/loss", "train/acc", "lr", "grad_norm", "tokens")
FLOOR = "bare orjson loop"
READS = 100


@dataclass(frozen=True, slots=True)
class Figures:
    """What one process measured."""

    seconds: float
    """Of what was asked for, without starting Python and importing."""
    peak: float
    """The most memory that the process held, in MB."""
    extra: float = 0.0
    """Memory that the work added, in MB, or seconds of processor time for each of many reads."""


def rows(quick: bool) -> Iterator[Row]:
    """Every figure of reading, as it is known; ``quick`` reads a tenth of everything, once."""
    with tempfile.TemporaryDirectory() as name:
        bench = _Bench(Path(name), 10 if quick else 1, 1 if quick else 3)
        for part in (_one, _many, _table, _live):
            yield from part(bench)


def _one(bench: _Bench) -> list[Row]:
    count = 1_000_000 // bench.shrink
    store, cache = bench.store("one", 1, count), bench.path / "one-cache"
    floor, cold = bench.measure("floor", store), bench.measure("looked", store)
    bench.measure("prepare", store, cache)
    warm = bench.measure("looked", store, cache)
    what = f"1 run x 5 metrics x {count:,} rows"
    return [
        ratio_row(f"{what}, cold", cold.seconds, "s", floor.seconds, FLOOR, "≤ 1.4×"),
        Row(f"{what}, cold, peak memory", cold.peak, "MB", floor.peak, FLOOR, cold.peak / floor.peak, "< 200 MB"),
        ratio_row(f"{what}, warm", warm.seconds * 1e3, "ms", cold.seconds * 1e3, "cold", "< 20 ms"),
    ]


def _many(bench: _Bench) -> list[Row]:
    count = 1000 // bench.shrink
    store, cache = bench.store("many", count, 1000), bench.path / "many-cache"
    floor, cold = bench.measure("floor", store), bench.measure("cold", store)
    bench.measure("prepare", store, cache)
    warm, looked = bench.measure("cold", store, cache), bench.measure("looked", store, cache)
    model = bench.measure("looked", bench.store("model", 100, 1000, 10))
    what = f"{count:,} runs x 1,000 rows"
    return [
        ratio_row(f"{what}, cold", cold.seconds, "s", floor.seconds, FLOOR, "< 0.9 s"),
        ratio_row(f"{what}, warm", warm.seconds, "s", cold.seconds, "cold", "< 0.15 s"),
        ratio_row(f"{what}, warm, and each run looked at", looked.seconds, "s", cold.seconds, "cold"),
        Row("100 runs x 10 metrics x 1,000 points in the model", model.extra, "MB", target="< 60 MB"),
    ]


def _table(bench: _Bench) -> list[Row]:
    count = 10_000 // bench.shrink
    store, cache = bench.store("table", count, 100), bench.path / "table-cache"
    floor, cold = bench.measure("documents", store), bench.measure("table", store)
    first = bench.measure("first", store)
    bench.measure("prepare table", store, cache)
    warm, idle = bench.measure("table", store, cache), bench.measure("idle", store, cache)
    what = f"table of {count:,} runs"
    beside = "every run.json with os.read + orjson"
    return [
        ratio_row(f"{what}, all of it, cold", cold.seconds, "s", floor.seconds, beside, "< 1 s"),
        ratio_row(f"{what}, all of it, warm", warm.seconds, "s", cold.seconds, "cold", "< 0.4 s"),
        Row(f"{what}, the first rows, cold", first.seconds, "s", target="< 1 s"),
        Row(f"{what}, peak memory", max(cold.peak, warm.peak), "MB", target="< 250 MB"),
        Row(f"idle store of {count:,} runs, 10 reads a second", idle.extra * 1000, "% of a core", target="< 0.5 %"),
    ]


def _live(bench: _Bench) -> list[Row]:
    store = bench.store("live", 100, 100, live=True)
    live = bench.measure("idle", store)
    return [Row("100 live runs that say nothing, a read", live.extra * 1e3, "ms", target="0.3 ms of stat")]


class _Bench:
    """Stores to read, and processes that read them."""

    def __init__(self, path: Path, shrink: int, repeats: int) -> None:
        self.path = path
        self.shrink = shrink
        self._repeats = repeats

    def store(self, name: str, runs: int, count: int, metrics: int = 5, *, live: bool = False) -> Path:
        """A store of ``runs`` runs, each with the same ``count`` rows."""
        body = _lines(count, metrics)
        for number in range(runs):
            run = self.path / name / f"p{number % 10}" / f"run{number:05d}"
            run.mkdir(parents=True)
            (run / "run.json").write_bytes(orjson.dumps(_record(number, live=live), option=orjson.OPT_INDENT_2))
            (run / "config.json").write_bytes(orjson.dumps({"lr": 1e-4 * number, "model": {"depth": 12}}))
            (run / "metrics.jsonl").write_bytes(body)
        return self.path / name

    def measure(self, what: str, store: Path, cache: Path | None = None) -> Figures:
        """The best of several processes that measure ``what``."""
        repeats = 1 if what.startswith("prepare") else self._repeats
        command = [sys.executable, "-m", "benchmarks.reading", what, str(store), *([str(cache)] if cache else [])]
        found = [
            Figures(*json.loads(subprocess.run(command, check=True, capture_output=True, timeout=600).stdout))
            for _ in range(repeats)
        ]
        return Figures(*(min(getattr(each, name) for each in found) for name in ("seconds", "peak", "extra")))


def _lines(count: int, metrics: int) -> bytes:
    noise = np.random.default_rng(1).random((count, metrics)).tolist()
    names = (*METRICS, *(f"more/{number}" for number in range(metrics)))
    begin = time.time() - count
    lines = []
    for step, values in enumerate(noise):
        own = {"_step": step, "_timestamp": begin + step + values[0], "_runtime": step + values[0]}
        lines.append(orjson.dumps({**own, **dict(zip(names, values, strict=False))}))
    return b"\n".join([*lines, b""])


def _record(number: int, *, live: bool) -> dict[str, object]:
    now = time.time()
    record: dict[str, object] = {
        "format": 1,
        "id": f"run{number:05d}",
        "name": f"brisk-fox-{number}",
        "project": f"p{number % 10}",
        "tags": ["base", "v2"],
        "rank": 0,
        "world_size": 1,
        "created": now - 5000 - number,
        "host": os.uname().nodename,
        "pid": os.getpid(),
        "command": ["python", "train.py", "--lr", "0.1"],
        "git": {"commit": "0123456789abcdef" * 2, "branch": "main", "dirty": False},
        "hardware": {"cpu": "EPYC", "cores": 64, "memory": 5e11, "gpus": [{"name": "H200"}] * 8},
        "attempts": [{"started": now - 5000 - number, "pid": os.getpid()}],
    }
    return record if live else {**record, "ended": now - number, "state": "finished", "exit_code": 0}


def _floor(store: Path) -> object:
    return [_bare(path) for path in sorted(store.glob("*/*/metrics.jsonl"))]


def _bare(path: Path, size: int = 1 << 19) -> list[list[array[float]]]:
    """The columns of a file in pieces of one chunk."""
    found = []
    descriptor, offset = os.open(path, os.O_RDONLY), 0
    while chunk := os.pread(descriptor, size, offset):
        end = chunk.rfind(b"\n") + 1
        rows = orjson.loads(b"[" + chunk[: end - 1].replace(b"\n", b",") + b"]")
        found.append([array("d", [row[name] for row in rows]) for name in rows[0]])
        offset += end
    os.close(descriptor)
    return found


def _documents(store: Path) -> object:
    found = []
    for path in store.glob("*/*"):
        descriptor = os.open(path / "run.json", os.O_RDONLY)
        found.append(orjson.loads(os.read(descriptor, 1 << 16)))
        os.close(descriptor)
    return found


def _read(store: Path, cache: Path | None, *, points: bool) -> Runs:
    from logstore.store import Store

    return Store(store, cache).runs(points=points)


def _look(runs: Runs) -> object:
    """Look at each curve: the model takes points in when somebody does."""
    return [list(run.metrics.values()) for run in runs.values()]


def _first(store: Path, cache: Path | None) -> object:
    """Read until there is something to show."""
    from logstore.model.runs import Runs
    from logstore.store import Store

    reader, runs = Store(store, cache).reader(), Runs()
    while not runs:
        runs.apply(reader.read())
    return runs


def _prepare(store: Path, cache: Path | None, *, points: bool) -> object:
    """Let a viewer fill the cache."""
    from logstore.store import Store

    reader = Store(store, cache).reader(background=1 << 62 if points else 0)
    reader.read()
    while not reader.is_settled:
        reader.read()
    return reader


def _idle(store: Path, cache: Path | None) -> float:
    """Processor seconds of a read when nothing has happened."""
    from logstore.model.runs import Runs
    from logstore.store import Store, read_all

    reader = Store(store, cache).reader(background=1 << 20)
    read_all(reader, Runs())
    began, spent = time.monotonic(), 0.0
    for number in range(READS):
        before = time.process_time()
        reader.read()
        spent += time.process_time() - before
        time.sleep(max(0.0, began + (number + 1) * 0.03 - time.monotonic()))
    return spent / READS


def main(what: str, store: Path, cache: Path | None) -> Figures:
    """Measure one thing in this process."""
    import logstore.store  # noqa: F401  what is imported is not measured

    before = _peak()
    began = time.perf_counter()
    calls: dict[str, Callable[[], object]] = {
        "floor": lambda: _floor(store),
        "documents": lambda: _documents(store),
        "cold": lambda: _read(store, cache, points=True),
        "looked": lambda: _look(_read(store, cache, points=True)),
        "table": lambda: _read(store, cache, points=False),
        "first": lambda: _first(store, cache),
        "prepare": lambda: _prepare(store, cache, points=True),
        "prepare table": lambda: _prepare(store, cache, points=False),
        "idle": lambda: _idle(store, cache),
    }
    result = calls[what]()
    seconds = time.perf_counter() - began
    return Figures(seconds, _peak(), result if isinstance(result, float) else _peak() - before)


def _peak() -> float:
    """The most memory this process has held, in MB; ``ru_maxrss`` would begin with that of the parent."""
    status = Path("/proc/self/status").read_text()
    return int(status.partition("VmHWM:")[2].split()[0]) * 1024 / 1e6


if __name__ == "__main__":
    figures = main(sys.argv[1], Path(sys.argv[2]), Path(sys.argv[3]) if len(sys.argv) > 3 else None)
    print(json.dumps([figures.seconds, figures.peak, figures.extra]))
