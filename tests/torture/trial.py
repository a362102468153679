"""Trainings that are about to die, as forks of one process that has loaded everything: a trial costs milliseconds.

Reads one JSON specification a line on stdin, forks a training for each, prints its pid, waits for it, and prints how it
ended. A training counts in shared memory what ``log()`` returned from, which also survives ``kill -9``.
"""

from __future__ import annotations

import ctypes
import json
import math
import mmap
import os
import random
import signal
import struct
import sys
import threading
from collections.abc import Callable
from pathlib import Path
from typing import Any

import logstore
from logstore.writing.capture import times

QUIET: dict[str, Any] = {"system": False, "git": False, "packages": False, "hardware": False}
READY, SLOTS = 7, 8
"""The last slot says that ``init()`` has returned."""
SIZE = 8 * SLOTS
_PR_SET_CHILD_SUBREAPER = 36
SIGNALS = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)

Log = Callable[[], None]


class Counters:
    """Numbers in a file that two processes have mapped."""

    def __init__(self, path: Path) -> None:
        with path.open("r+b") as file:
            self._memory = mmap.mmap(file.fileno(), SIZE)

    def __getitem__(self, slot: int) -> int:
        (number,) = struct.unpack_from("<q", self._memory, 8 * slot)
        return int(number)

    def __setitem__(self, slot: int, number: int) -> None:
        struct.pack_into("<q", self._memory, 8 * slot, number)


def row(number: int, dice: random.Random) -> dict[str, Any]:
    """A row that says which it is, of any shape and length."""
    extra: dict[str, Any] = dice.choice(
        [
            {"x": number / 7},
            {"x": math.nan, "y": math.inf},
            {"deep": {"er": {"x": number}}},
            {"text": "ü" * dice.randrange(3000)},
            {f"m{k}": k * 0.1 for k in range(dice.randrange(60))},
            {"list": [1, 2.5, "x", None]},
        ]
    )
    return {"i": number, **extra}


def plain(counters: Counters, dice: random.Random) -> None:
    """Rows of every kind, one after the other, with and without a step of their own."""
    step = logstore.run.step if logstore.run is not None else 0
    for number in range(10**9):
        values = row(number, dice)
        if number % 5 == 4:
            step += 1
            logstore.log(values, step=step + number, commit=dice.random() < 0.5)
        else:
            logstore.log(values)
        counters[0] = number + 1


def threads(counters: Counters, dice: random.Random) -> None:
    """Three threads beside the main one."""

    def work(slot: int) -> None:
        for number in range(10**9):
            logstore.log({"t": slot, "n": number})
            counters[slot] = number + 1

    for slot in (1, 2, 3):
        threading.Thread(target=work, args=(slot,), daemon=True).start()
    plain(counters, dice)


def handlers(counters: Counters, dice: random.Random) -> None:
    """A signal handler that logs too, in the middle of everything."""

    busy = False

    def handle(_number: int, _frame: object) -> None:
        nonlocal busy
        if not busy:  # the next signal may come before this one was handled
            busy = True  # before anything is called, for a call is where the next signal is handled
            number = counters[1]
            logstore.log({"t": 1, "n": number})
            counters[1], busy = number + 1, False

    signal.signal(signal.SIGALRM, handle)
    signal.setitimer(signal.ITIMER_REAL, 0.0007, 0.0007)
    plain(counters, dice)


def forks(counters: Counters, dice: random.Random) -> None:
    """Children that log a few rows and go, some by ``os._exit``, some by the end of a function."""
    for number in range(10**9):
        logstore.log({"i": number})
        counters[0] = number + 1
        if number % 40 == 10:
            child = os.fork()
            if child == 0:
                base = counters[1]
                for more in range(3):
                    logstore.log({"t": 1, "n": base + more}, step=dice.randrange(1000))
                    counters[1] = base + more + 1
                os._exit(0)
            os.waitpid(child, 0)


def documents(counters: Counters, dice: random.Random) -> None:
    """Config, summary, tags and alerts between the rows."""
    run = logstore.run
    assert run is not None
    for number in range(10**9):
        logstore.log(row(number, dice))
        counters[0] = number + 1
        run.summary["best"] = number
        run.config.update({"at": number}, allow_val_change=True)
        run.tags = (f"t{number}",)
        run.alert(f"alert {number % 3}", wait_duration=0)
        print("line", number)


SCENARIOS = {each.__name__: each for each in (plain, threads, handlers, forks, documents)}


def end_after(seconds: float, how: str) -> None:
    """Lets the training end itself in a moment, from within a timer's handler."""

    def end(_number: int, _frame: object) -> None:
        if how == "os._exit":
            os._exit(9)
        signal.setitimer(signal.ITIMER_REAL, 0)  # the interpreter takes the handler away, not the timer
        if how == "exit":
            sys.exit(3)
        raise ValueError("the end: \udcff\x1b[2J")

    signal.signal(signal.SIGVTALRM, end)
    signal.setitimer(signal.ITIMER_VIRTUAL, seconds)


def train(spec: dict[str, Any]) -> None:
    """The training of one specification."""
    dice = random.Random(spec["seed"])
    counters = Counters(Path(spec["counters"]))
    console = spec["scenario"] == "documents"
    times.PAUSE = 0.0  # so that there is much to be torn
    logstore.init(project="p", id="r", resume="allow", dir=spec["root"], console=console, **QUIET)
    counters[READY] = 1
    if spec["how"] in {"os._exit", "exit", "exception"}:
        end_after(spec["seconds"], spec["how"])
    SCENARIOS[spec["scenario"]](counters, dice)


def serve() -> dict[str, Any] | None:
    """Forks a training for each line. Returns its specification in the fork, and None at the end of the lines."""
    for line in sys.stdin:
        spec: dict[str, Any] = json.loads(line)
        # Python swallows a ^C that comes while its own hooks for forks run: that is not what is tried here.
        signal.pthread_sigmask(signal.SIG_BLOCK, SIGNALS)
        child = os.fork()
        if child == 0:
            null = os.open(os.devnull, os.O_RDWR)
            for stream in (0, 1, 2):
                os.dup2(null, stream)
            signal.pthread_sigmask(signal.SIG_UNBLOCK, SIGNALS)
            return spec
        signal.pthread_sigmask(signal.SIG_UNBLOCK, SIGNALS)
        sys.stdout.write(f"{child}\n")
        sys.stdout.flush()
        _, status = os.waitpid(child, 0)
        _wait_for_orphans()
        sys.stdout.write(f"{status}\n")
        sys.stdout.flush()
    return None


def _adopt_orphans() -> None:
    """Makes the children of trainings that die ours, as prctl(2) has it."""
    ctypes.CDLL(None).prctl(_PR_SET_CHILD_SUBREAPER, 1, 0, 0, 0)


def _wait_for_orphans() -> None:
    while True:
        try:
            os.waitpid(-1, 0)
        except ChildProcessError:
            return


def main() -> None:
    """Serves, or trains in a fork. The fork ends as any script does, through the end of the interpreter."""
    for name in [name for name in os.environ if name.startswith(("SLURM_", "WANDB_", "LOGSTORE_"))]:
        del os.environ[name]
    for number in SIGNALS:  # what nohup or a shell's "&" ignores is what is tried here
        signal.signal(number, signal.default_int_handler if number == signal.SIGINT else signal.SIG_DFL)
    _adopt_orphans()
    spec = serve()
    if spec is not None:
        train(spec)


if __name__ == "__main__":
    main()
