"""``python -m collectors``: what the machine does, as JSON lines on standard output or as rows in a file."""

from __future__ import annotations

import argparse
import contextlib
import math
import os
import signal
import sys
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from collectors.gpu_source import GpuSource
from collectors.parent import Parent
from collectors.roles import kept
from collectors.sampler import HELLO_PATIENCE, Loop, Options, Sampler, Wait
from collectors.sinks import Busy, LineSink, RowSink, Sink

LINES_EVERY, ROWS_EVERY = 1.0, 5.0
"""Seconds between two samples, on standard output and in a file."""
ONCE_PATIENCE = 15.0
"""Seconds for which a single sample waits for the GPUs: drivers can take that long to wake all boards."""
LEAST_INTERVAL = 0.1
COURTESY = 5
"""Niceness: the training goes first."""


@dataclass(frozen=True, slots=True)
class Identity:
    """A process: its number and, where given, its start time in clock ticks."""

    pid: int
    start: int | None = None


def _identity(text: str) -> Identity:
    pid, _, start = text.partition(":")
    try:
        return Identity(int(pid), int(start) if start else None)
    except ValueError:
        raise argparse.ArgumentTypeError(f"{text!r} is no process id") from None


def _interval(text: str) -> float:
    try:
        seconds = float(text)
    except ValueError:
        seconds = math.nan
    if not LEAST_INTERVAL <= seconds < math.inf:
        raise argparse.ArgumentTypeError(f"{text!r} is no number of seconds from {LEAST_INTERVAL} up")
    return seconds


def parse(arguments: Sequence[str]) -> argparse.Namespace:
    """The command line; exits with a message where it makes no sense."""
    parser = argparse.ArgumentParser("python -m collectors", description=__doc__)
    add = parser.add_argument
    add("--once", action="store_true", help="print one sample and end")
    add("--interval", type=_interval, help="seconds between samples (default 1; with --out 5)")
    add("--out", type=Path, metavar="FILE", help="append flat rows to FILE instead; one sampler per file")
    add("--run-pid", type=int, action="append", default=[], metavar="PID", help="follow this process and its children")
    add("--parent", type=_identity, metavar="PID[:START]", help="end when this process ends, however it ends")
    add("--store", type=Path, metavar="DIR", help="report the space left on the file system of DIR")
    add("--stall", type=_interval, metavar="SECONDS", help="give up a driver call after this (default 3 intervals)")
    add("--no-gpu", action="store_true", help="leave the GPUs alone")
    add("--control", action="store_true", help='read lines like {"runs": [PID, …]} on standard input; end with it')
    return parser.parse_args(arguments)


def run(given: argparse.Namespace) -> None:
    """Sample until the work is over; raises Busy, OSError and BrokenPipeError."""
    options = Options(
        interval=given.interval or (ROWS_EVERY if given.out else LINES_EVERY),
        once=given.once,
        runs=tuple(given.run_pid),
        store=given.store,
        hello_patience=ONCE_PATIENCE if given.once else HELLO_PATIENCE,
        farewell=given.parent is not None and given.out is not None,
        told={} if given.parent is None else {given.parent.pid: kept(os.environ)},
    )
    parent = Parent(given.parent.pid, given.parent.start) if given.parent else None
    if parent is not None and parent.ended():
        return
    sink: Sink = RowSink(given.out) if given.out else LineSink()
    sampler = Sampler(options, None if given.no_gpu else GpuSource(options.interval, stall=given.stall))
    control = sys.stdin.fileno() if given.control else None
    try:
        Loop(sampler, sink, options, Wait(parent, control, sampler.trees.follow)).run()
    finally:
        sampler.close()


def _behave(given: argparse.Namespace) -> None:
    """Step out of the training's way: lower priority and, where we work for a process, a session of our own."""
    with contextlib.suppress(OSError):
        os.nice(COURTESY)
    if given.parent:
        with contextlib.suppress(OSError):
            os.setsid()
    for number in (signal.SIGTERM, signal.SIGINT, signal.SIGHUP):
        signal.signal(number, lambda *_: sys.exit(0))


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the command; the result is its exit status."""
    given = parse(sys.argv[1:] if arguments is None else arguments)
    _behave(given)
    try:
        run(given)
    except (Busy, BrokenPipeError, SystemExit):
        return 0
    except OSError as error:
        print(f"collectors: {error.filename or given.out}: {error.strerror}", file=sys.stderr)
        return 1
    return 0


if __name__ == "__main__":
    status = main()
    sys.stderr.flush()
    os._exit(status)
