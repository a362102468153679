"""The whole app in a terminal: how soon it is there, how soon a row is seen, and what it costs to leave it open.

Every figure is taken from the outside: ``tui watch`` is started as a person starts it, rows are appended to its store
by this process or another, and what it sends is read as a terminal reads it. Files are in the page cache; a *cold*
start is one without Runwatch's own cache, a *warm* one comes after an earlier one has had time to write it.
"""

from __future__ import annotations

import os
import statistics
import tempfile
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

from benchmarks import stores
from benchmarks.row import Row
from benchmarks.terminal import Cost, Terminal, terminal, watch
from tui.terminal_title import SPACING

TOP = 0.7331
"""The value of ``stores.MARK`` in the newest run: seen when the table shows real values."""
HELP = "Go one row up"
"""What only the sheet of keys says."""
Started = tuple[float, float, float]
"""Seconds to the first values and to the whole table, and megabytes that are resident then."""


def rows(quick: bool) -> Iterator[Row]:
    """Start, latency, and the cost of watching; ``quick`` leaves out what takes long by itself."""
    if quick:
        yield from start(100, 100, starts=1)
        yield from latency(10.0, 10)
        yield from live_cost(3.0)
        return
    yield from start(100, 100, starts=3)
    yield from start(10_000, 10, starts=2, idle=10.0)
    yield from latency(1.0, 12)
    yield from latency(10.0, 40)
    yield from live_cost(12.0)
    yield from busy(64, 12.0)
    yield memory(100, 10, 1000)


# -- how soon it is there -------------------------------------------------------------------------------------------


def start(runs: int, count: int, *, starts: int, idle: float = 0.0) -> Iterator[Row]:
    """From the command to a table with values, without and with what was kept of an earlier time.

    Args:
        runs: In the store, all of them finished.
        count: Rows of each.
        starts: How many of each kind; the median is told.
        idle: Seconds to measure what it then costs to leave the app open; 0 leaves that out.
    """
    with tempfile.TemporaryDirectory() as home, stores.store(runs, count) as store:
        mark(store)
        colds = [_start(store, Path(home) / f"cold{number}", runs) for number in range(starts)]
        kept = Path(home) / "kept"
        _let_it_keep(store, kept, runs)
        warms = [_start(store, kept, runs) for _ in range(starts)]
        yield from _start_rows(runs, colds, warms)
        if idle:
            yield from idle_cost(store, kept, runs, idle)


def _start_rows(runs: int, colds: Sequence[Started], warms: Sequence[Started]) -> Iterator[Row]:
    targets = {"cold": "< 1000 ms" if runs > 1000 else "", "warm": "< 400 ms"}
    for kind, starts in (("cold", colds), ("warm", warms)):
        first, whole = (1e3 * statistics.median(each[at] for each in starts) for at in (0, 1))
        yield Row(f"first rows with values, {runs:,} runs, {kind}", first, "ms", target=targets[kind])
        yield Row(f"all rows, {runs:,} runs, {kind}", whole, "ms")
    resident = statistics.median(each[2] for each in warms)
    yield Row(f"resident with {runs:,} runs, warm", resident, "MB", target="< 250 MB" if runs > 1000 else "")


def mark(store: Path) -> None:
    """Give the newest run a last row whose value can be told from all others."""
    newest = min(store.glob("bench/*")) / "metrics.jsonl"
    touched = newest.stat().st_mtime
    with newest.open("ab") as file:
        file.write(stores.row(100_000, touched, marked=TOP))
    os.utime(newest, (touched, touched))


def _start(store: Path, home: Path, runs: int) -> Started:
    """One start of the app."""
    with terminal(watch(str(store)), places(home)) as shown:
        first, whole = shown.wait_for(f"{TOP}", f"{runs} finished")
        shown.read(1.0)
        return first - shown.began, whole - shown.began, shown.memory()


def _let_it_keep(store: Path, home: Path, runs: int) -> None:
    """Watch until everything is read and nothing more is written to the terminal or kept."""
    with terminal(watch(str(store)), places(home)) as shown:
        shown.wait_for(f"{runs} finished")
        while shown.cost(2.0).percent > 3:
            pass


def places(home: Path) -> dict[str, str]:
    """An environment in which nothing is known of other times and no settings are in force."""
    return {f"XDG_{kind}_HOME": str(home / kind.lower()) for kind in ("CACHE", "CONFIG", "STATE")}


# -- how soon a row is seen -----------------------------------------------------------------------------------------


def latency(rate: float, count: int) -> list[Row]:
    """From ``write()`` to the terminal, at ``rate`` steps a second."""
    waits = appended_to_screen(rate, count)
    name = f"append to screen at {rate:g} steps/s"
    return [
        Row(f"{name}, median", 1e3 * statistics.median(waits), "ms", target="< 150 ms"),
        Row(f"{name}, longest", 1e3 * max(waits), "ms", target="< 400 ms"),
    ]


def appended_to_screen(rate: float, count: int) -> list[float]:
    """Seconds from ``write()`` of a row to its value in the terminal, for each of ``count`` rows."""
    with tempfile.TemporaryDirectory() as home, tempfile.TemporaryDirectory() as directory:
        path = stores.write_run(Path(directory), 0, 200, live=True)
        with terminal(watch(directory), places(Path(home))) as shown, (path / "metrics.jsonl").open("ab", 0) as file:
            shown.wait_for("run-000000")
            shown.read(2.0)
            waits = []
            for step in range(200, 200 + count):
                value = round(0.1 + step / 10_000, 4)
                begun = time.monotonic()
                file.write(stores.row(step, time.time(), marked=value))
                waits.append(shown.wait_for(f"{value:.4f}")[0] - begun)
                shown.read(max(0.0, 1 / rate - (time.monotonic() - begun)))
            return waits


# -- what it costs --------------------------------------------------------------------------------------------------


@contextmanager
def settled(store: Path) -> Iterator[Terminal]:
    """``tui watch`` on a store of live runs, with everything read and drawn."""
    with tempfile.TemporaryDirectory() as home, terminal(watch(str(store)), places(Path(home))) as shown:
        shown.wait_for("run-000000")
        shown.read(4.0)
        yield shown


def live_cost(seconds: float) -> list[Row]:
    """Processor time and bytes while one run logs 12 metrics once a second."""
    with stores.live_store(1, 12, 2000, 1.0) as store, settled(store) as shown:
        cost = shown.cost(seconds)
    return cost_rows("watching a live run, 12 charts, 1 step/s", cost, "< 4 %", "< 2 kB/s")


def idle_cost(store: Path, home: Path, runs: int, seconds: float) -> list[Row]:
    """Processor time and bytes while nothing happens in a store of ``runs`` finished runs that was seen before.

    That the clock in the header goes on, once a minute, is no news of the store.
    """
    with terminal(watch(str(store)), places(home)) as shown:
        shown.wait_for(f"{runs} finished")
        shown.wait_for_silence(SPACING + 2)  # the title of the terminal follows what is read, that late
        second = time.time() % 60
        if not 2 <= second <= 60 - seconds:
            shown.read((62 - second) % 60)  # it is looked at once a second
        cost = shown.cost(seconds)
        watches = inotify_watches(shown.pid)
    name = f"watching an idle store of {runs:,} runs, within a minute"
    return [*cost_rows(name, cost, "< 0.5 %", "0 B/s"), Row(f"{name}: inotify watches", watches, "")]


def busy(runs: int, seconds: float) -> list[Row]:
    """Processor time, bytes and keys while many runs log 20 metrics ten times a second each."""
    with stores.live_store(runs, 20, 1000, 10.0) as store, settled(store) as shown:
        cost = shown.cost(seconds)
        keys = [key_time(shown) for _ in range(10)]
    name = f"{runs} live runs × 20 metrics × 10 steps/s"
    return [
        *cost_rows(name, cost, "", ""),
        Row(f"{name}: key to screen, median", 1e3 * statistics.median(keys), "ms", target="< 100 ms"),
        Row(f"{name}: key to screen, longest", 1e3 * max(keys), "ms"),
    ]


def key_time(shown: Terminal) -> float:
    """Seconds from ``?`` to the sheet of keys, which is closed again."""
    begun = time.monotonic()
    shown.send(b"?")
    (seen,) = shown.wait_for(HELP)
    shown.read(0.2)
    shown.send(b"\x1b")
    shown.wait_until_gone(HELP)
    shown.read(0.3)
    return seen - begun


def memory(runs: int, metrics: int, points: int) -> Row:
    """What so many points in the model take beyond the empty app."""
    with stores.store(0, 0) as nothing, stores.store(runs, points, stores.names(metrics)) as store:
        empty, full = (_resident(each) for each in (nothing, store))
    return Row(f"{runs} runs × {metrics} metrics × {points:,} points: resident", full - empty, "MB", target="< 60 MB")


def _resident(store: Path) -> float:
    with tempfile.TemporaryDirectory() as home, terminal(watch(str(store)), places(Path(home))) as shown:
        shown.read(5.0)
        return shown.memory()


def inotify_watches(pid: int) -> int:
    """The directories that a process has the kernel watch (/proc/PID/fdinfo, proc(5))."""
    texts = (path.read_text() for path in Path(f"/proc/{pid}/fdinfo").iterdir())
    return sum(text.count("inotify wd:") for text in texts)


def cost_rows(name: str, cost: Cost, cpu: str, traffic: str) -> list[Row]:
    """A cost as two rows."""
    return [
        Row(f"{name}: processor", cost.percent, "% of a core", target=cpu),
        Row(f"{name}: to the terminal", cost.bytes / cost.seconds, "B/s", target=traffic),
    ]
