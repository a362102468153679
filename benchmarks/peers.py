"""Ours beside what others use, each measured here and now: ``make bench BENCH_ARGS=--peers``.

Every figure is taken in a process of its own: ours in our environment, a peer's in ``build/peers`` (``peers_env``), by
the same script with the same data. Whoever cannot be had is named with the reason, and nothing stands beside it.
Nothing leaves the machine.
"""

from __future__ import annotations

import json
import os
import statistics
import subprocess
import sys
import tempfile
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from benchmarks import peers_live, stores
from benchmarks.peers_env import Environment, alone, environ, environment, installed
from benchmarks.row import Row, ratio_row
from benchmarks.terminal import watch

OURS = "runwatch"
WRITERS = {
    "wandb": "wandb offline",
    "tensorboardX": "tensorboardX",
    "tensorboard": "tensorboard",
    "trackio": "trackio",
    "mlflow": "MLflow, sqlite",
}
"""Who logs, by the distribution."""
READERS = ("duckdb", "polars", "pandas")
EACH_SECONDS = 60
LEET = "W&B LEET"


def rows(quick: bool) -> Iterator[Row]:
    """Writing, reading and watching, beside everybody who does the same."""
    bench = _Bench(environment(lambda text: print(text, file=sys.stderr)), quick=quick)
    yield from _written(bench)
    yield from _read(bench)
    yield from _watched(bench)


@dataclass(frozen=True, slots=True)
class Found:
    """What a process found out, or why it did not."""

    figures: Mapping[str, float]
    trouble: str = ""


class _Bench:
    """Where the peers are, and how much there is time for."""

    def __init__(self, peers: Environment, *, quick: bool) -> None:
        self.peers = peers
        self.quick = quick

    def python(self, peer: str) -> str:
        """The interpreter that has ``peer``."""
        return sys.executable if peer == OURS else str(self.peers.python)

    def missing(self, peer: str) -> str:
        """Why there is no ``peer``; empty where there is."""
        return "" if peer == OURS else self.peers.missing.get(peer, "")

    def run(self, script: str, peer: str, *arguments: object) -> Found:
        """The figures that a script prints about ``peer``, in an empty home of its own."""
        if why := self.missing(peer):
            return Found({}, f"not installed: {why}")
        with tempfile.TemporaryDirectory(prefix="runwatch-peer-") as home:
            texts = [str(each).replace("HOME", home) for each in arguments]
            return _figures([self.python(peer), "-P", alone(script, Path(home)), *texts], Path(home))

    def beside(self, name: str, unit: str, ours: Found, theirs: Found, figure: str, who: str) -> Row:
        """One figure of ours beside theirs."""
        own = ours.figures.get(figure)
        if own is None or theirs.trouble:
            return Row(name, own, unit, None, f"{who}: {theirs.trouble or ours.trouble}")
        return ratio_row(name, own, unit, theirs.figures[figure], who)


def _figures(command: Sequence[str], home: Path) -> Found:
    """What ``command`` prints as its last line."""
    full = {**os.environ, **environ(home)}
    try:
        done = subprocess.run(
            command, env=full, cwd=home, capture_output=True, text=True, timeout=EACH_SECONDS, check=False
        )
    except subprocess.TimeoutExpired:
        return Found({}, f"not done within {EACH_SECONDS} s")
    if done.returncode:
        return Found({}, (done.stderr.strip().splitlines() or [f"exit status {done.returncode}"])[-1])
    return Found(json.loads(done.stdout.splitlines()[-1]))


# -- writing ----------------------------------------------------------------------------------------------------------

WRITTEN = (
    ("log() of 5 scalars, one after the other, median", "µs", "tight_us"),
    ("log() of 5 scalars, one each 5 ms, median", "µs", "paced_us"),
    ("log() of 5 scalars, one after the other, p99.9", "µs", "tail_us"),
    ("bytes on disk a value", "B", "bytes"),
    ("import + init, as they come", "ms", "start_ms"),
)


def _written(bench: _Bench) -> Iterator[Row]:
    count, seconds = (2_000, 2) if bench.quick else (10_000, 4)
    writers = _writers(bench.peers)
    found = {
        peer: bench.run("peers_write.py", peer, "measure", peer, "HOME", count, seconds) for peer in (OURS, *writers)
    }
    for name, unit, figure in WRITTEN:
        for peer, who in writers.items():
            yield bench.beside(name, unit, found[OURS], found[peer], figure, who)


def _writers(peers: Environment) -> Mapping[str, str]:
    """Who logs; torch's own writer too where somebody put torch there, which is too large to be installed for this."""
    has_torch = bool(peers.versions) and "torch" in installed(peers.python, ("torch",))
    return {**WRITERS, "torch": "torch SummaryWriter"} if has_torch else WRITERS


# -- reading ----------------------------------------------------------------------------------------------------------


def _read(bench: _Bench) -> Iterator[Row]:
    count, runs = (100_000, 100) if bench.quick else (1_000_000, 1_000)
    metrics = stores.names(5)
    with tempfile.TemporaryDirectory(prefix="runwatch-bench-") as name:
        one, many = Path(name) / "one", Path(name) / "many"
        stores.write_run(one, 0, count, metrics=metrics)
        ours = bench.run("peers_read.py", OURS, "columns", OURS, one)
        yield from _asked(bench, f"1 run × 5 metrics × {count:,} rows to columns", "columns", one, ours)
        for number in range(runs):
            stores.write_run(many, number, 1000, metrics=metrics)
        table = bench.run("peers_read.py", OURS, "table", OURS, many)
        yield from _asked(bench, f"last values of {runs:,} runs × 1,000 rows", "table", many, table)
    yield from _events(bench, ours, count)


def _asked(bench: _Bench, name: str, question: str, path: Path, ours: Found) -> Iterator[Row]:
    """The same question to all readers."""
    theirs = {peer: bench.run("peers_read.py", peer, question, peer, path) for peer in READERS}
    for peer, found in theirs.items():
        yield bench.beside(name, "s", ours, found, "seconds", peer)
    for peer, found in theirs.items():
        yield bench.beside(f"{name}: memory at most", "MB", ours, found, "peak_mb", peer)


def _events(bench: _Bench, ours: Found, rows: int) -> Iterator[Row]:
    """TensorBoard's own reader on a shorter run, for each row: it takes a minute for a million."""
    count = 5_000 if bench.quick else 20_000
    with tempfile.TemporaryDirectory(prefix="runwatch-bench-") as path:
        written = bench.run("peers_write.py", "tensorboard", "measure", "tensorboard", path, count, EACH_SECONDS)
        found = (
            written if written.trouble else bench.run("peers_read.py", "tensorboard", "columns", "tensorboard", path)
        )
    per_row = {"row_us": 1e6 * ours.figures["seconds"] / rows} if ours.figures else {}
    if found.figures:
        found = Found({"row_us": 1e6 * found.figures["seconds"] / written.figures["rows"]})
    name = f"a row of 5 metrics to columns, TensorBoard's of {count:,} rows"
    yield bench.beside(name, "µs", Found(per_row, ours.trouble), found, "row_us", "EventAccumulator")


# -- watching ---------------------------------------------------------------------------------------------------------


def _watched(bench: _Bench) -> Iterator[Row]:
    """Our app and LEET, on a live run and on a long one."""
    yield from _live(bench)
    yield from _opened(bench)


def _live(bench: _Bench) -> Iterator[Row]:
    seconds = (5.0, 17.0) if bench.quick else (15.0, 36.0)
    ours = _watch(bench, OURS, seconds[0])
    theirs = _watch(bench, "wandb", seconds[1])
    for name, unit, figure in (
        ("1 live run, 1 step/s: append to screen, median", "ms", "median_ms"),
        ("1 live run, 1 step/s: append to screen, longest", "ms", "longest_ms"),
        ("1 live run, 1 step/s: processor", "% of a core", "percent"),
        ("1 live run, 1 step/s: to the terminal", "B/s", "sent"),
        ("1 live run, 1 step/s: resident", "MB", "memory_mb"),
    ):
        yield bench.beside(name, unit, ours, theirs, figure, LEET)


def _watch(bench: _Bench, peer: str, seconds: float) -> Found:
    """What a live run of ``peer`` costs to watch."""
    if why := bench.missing(peer):
        return Found({}, f"not installed: {why}")
    with tempfile.TemporaryDirectory(prefix="runwatch-peer-") as name:
        home = Path(name)
        try:
            with peers_live.logger(bench.python(peer), peer, home, 1.0) as said:
                seen = peers_live.watched(_viewer(bench, peer, home), said, home, seconds)
        except RuntimeError as error:
            return Found({}, str(error).splitlines()[0])
    waits, cost = [1e3 * wait for wait in seen.waits], seen.cost
    figures = {"percent": cost.percent, "sent": cost.bytes / cost.seconds, "memory_mb": cost.memory}
    return Found({**figures, "median_ms": statistics.median(waits), "longest_ms": max(waits)})


def _viewer(bench: _Bench, peer: str, home: Path) -> Sequence[str]:
    """Who shows the runs of ``peer`` that are below ``home``: LEET those of wandb, as its documentation says."""
    if peer == OURS:
        return watch(str(home))
    return [str(bench.peers.python.with_name("wandb")), "leet", "run", str(home / "wandb" / "latest-run")]


def _opened(bench: _Bench) -> Iterator[Row]:
    count = 10_000 if bench.quick else 50_000
    ours, theirs = (_open(bench, peer, count) for peer in (OURS, "wandb"))
    name = f"1 run × 5 metrics × {count:,} rows: command to complete curves"
    yield bench.beside(name, "s", ours, theirs, "seconds", LEET)
    yield bench.beside("  resident then", "MB", ours, theirs, "memory_mb", LEET)


def _open(bench: _Bench, peer: str, count: int) -> Found:
    """How long a long finished run takes to be shown."""
    with tempfile.TemporaryDirectory(prefix="runwatch-peer-") as name:
        written = bench.run("peers_write.py", peer, "measure", peer, name, count, EACH_SECONDS / 2)
        if written.trouble:
            return written
        try:
            seconds, memory = peers_live.opened(_viewer(bench, peer, Path(name)), Path(name), EACH_SECONDS)
        except RuntimeError as error:
            return Found({}, str(error).splitlines()[0])
    return Found({"seconds": seconds, "memory_mb": memory})
