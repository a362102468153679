"""The whole app in a terminal: how soon it is there, how soon a row is seen, and what it costs to leave it open.

Every figure is taken from the outside, in a pty: ``tui watch`` is started as a person starts it, rows are appended to
its store by this process, and the bytes that it sends are read as a terminal reads them.
"""

from __future__ import annotations

import fcntl
import os
import pty
import select
import signal
import statistics
import struct
import subprocess
import sys
import tempfile
import termios
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from benchmarks import stores
from benchmarks.pty_run import Cost, run
from benchmarks.row import Row

COLUMNS, ROWS = 200, 50
PATIENCE = 20.0


def rows(quick: bool) -> list[Row]:
    """Start-up, latency, and the cost of watching."""
    found = [first_paint(100)]
    for rate in (1.0,) if quick else (1.0, 10.0):
        found += latency(rate, 8 if quick else 40)
    found += live_cost(8.0 if quick else 30.0)
    found += idle_cost(500 if quick else 10_000, 8.0 if quick else 20.0)
    return found


def command(store: Path) -> list[str]:
    """``tui watch`` on ``store``, without what other times left behind and without the sampler."""
    return [sys.executable, "-m", "tui", "watch", str(store), "--fresh", "--no-gpu"]


@contextmanager
def terminal(store: Path) -> Iterator[int]:
    """``tui watch`` in a pty; the end that the terminal reads."""
    leader, follower = pty.openpty()
    fcntl.ioctl(follower, termios.TIOCSWINSZ, struct.pack("HHHH", ROWS, COLUMNS, 0, 0))
    environ = {**os.environ, "TERM": "xterm-256color", "COLORTERM": "truecolor"}
    child = subprocess.Popen(command(store), stdin=follower, stdout=follower, stderr=follower, env=environ)
    os.close(follower)
    try:
        yield leader
    finally:
        child.send_signal(signal.SIGKILL)
        child.wait()
        os.close(leader)


def wait_for(leader: int, text: bytes) -> float:
    """The moment at which ``text`` came to the terminal.

    Raises:
        RuntimeError: It did not come in time.
    """
    seen, end = b"", time.monotonic() + PATIENCE
    while (left := end - time.monotonic()) > 0:
        if select.select([leader], [], [], left)[0]:
            seen = (seen + os.read(leader, 1 << 16))[-(1 << 17) :]
            if text in seen:
                return time.monotonic()
    raise RuntimeError(f"{text.decode()} was not seen within {PATIENCE:g} s: {seen[-300:]!r}")


def first_paint(runs: int) -> Row:
    """From the command to the table with the values of ``runs`` runs."""
    times = []
    with tempfile.TemporaryDirectory() as directory:
        for number in range(runs):
            stores.write_run(Path(directory), number, 100)
        for _ in range(5):
            begun = time.monotonic()
            with terminal(Path(directory)) as leader:
                times.append(wait_for(leader, b"run-00") - begun)
    return Row(f"first paint, {runs} runs, median", 1e3 * statistics.median(times), "ms", target="< 400 ms")


def latency(rate: float, count: int) -> list[Row]:
    """From ``write()`` to the terminal, at ``rate`` steps a second."""
    with tempfile.TemporaryDirectory() as directory:
        path = stores.write_run(Path(directory), 0, 200, live=True)
        with terminal(Path(directory)) as leader, (path / "metrics.jsonl").open("a", buffering=1) as file:
            wait_for(leader, b"run-00000")
            time.sleep(1.5)
            waits = [_append(file.write, leader, 200 + i, 1 / rate) for i in range(count)]
    name = f"append to screen at {rate:g} steps/s"
    return [
        Row(f"{name}, median", 1e3 * statistics.median(waits), "ms", target="< 150 ms"),
        Row(f"{name}, longest", 1e3 * max(waits), "ms", target="< 400 ms"),
    ]


def _append(write: object, leader: int, step: int, pause: float) -> float:
    assert callable(write)
    value = round(0.1 + step / 10_000, 4)
    begun = time.monotonic()
    write(stores.row(step, time.time(), marked=value))
    seen = wait_for(leader, f"{value:.4f}".encode())
    time.sleep(max(0.0, pause - (time.monotonic() - begun)))
    return seen - begun


def live_cost(seconds: float) -> list[Row]:
    """Processor time and bytes while one run logs 12 metrics once a second."""
    with tempfile.TemporaryDirectory() as directory:
        path = stores.write_run(Path(directory), 0, 2000, live=True)
        writer = subprocess.Popen([sys.executable, "-m", "benchmarks.stores", str(path / "metrics.jsonl"), "2000"])
        try:
            cost = measured(Path(directory), seconds)
        finally:
            writer.kill()
            writer.wait()
    return cost_rows("watching a live run, 12 metrics, 1 step/s", cost, "< 4 %", "< 2 kB/s")


def idle_cost(runs: int, seconds: float) -> list[Row]:
    """Processor time and bytes while nothing happens in a store of ``runs`` finished runs."""
    with tempfile.TemporaryDirectory() as directory:
        for number in range(runs):
            stores.write_run(Path(directory), number, 10)
        cost = measured(Path(directory), seconds, settle=10.0 + runs / 1000)
    return cost_rows(f"watching an idle store of {runs:,} runs", cost, "< 0.5 %", "0 B/s")


def measured(store: Path, seconds: float, settle: float = 4.0) -> Cost:
    """What ``tui watch`` on ``store`` costs once it is up."""
    return run(command(store), columns=COLUMNS, rows=ROWS, settle=settle, measure=seconds, environ={})


def cost_rows(name: str, cost: Cost, cpu: str, traffic: str) -> list[Row]:
    """A cost as two rows."""
    return [
        Row(f"{name}: processor", cost.percent, "% of a core", target=cpu),
        Row(f"{name}: to the terminal", cost.bytes / cost.seconds, "B/s", target=traffic),
    ]
