"""One section of the table in a process of its own, with a time budget.

``python -m benchmarks.section NAME [--quick]`` prints each row as a line of JSON as soon as it is measured. When the
budget is spent it is asked to end, and what it measured until then counts; what it started goes with it.
"""

from __future__ import annotations

import dataclasses
import json
import os
import select
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from importlib import import_module
from pathlib import Path
from types import FrameType
from typing import IO

from benchmarks.machine import Others
from benchmarks.row import Row

FAREWELL = 15.0
"""Seconds to tidy up after the budget is spent."""


@dataclass(frozen=True, slots=True)
class Section:
    """A part of the table.

    Attributes:
        name: Of the module in ``benchmarks`` that measures it.
        seconds: What is set aside for it; it may have what those before it left, too.
        quick: The same with ``--quick``.
    """

    name: str
    seconds: float
    quick: float

    def longer(self, times: float) -> Section:
        """The same with so many times the time."""
        return Section(self.name, self.seconds * times, self.quick * times)


class Budgets:
    """How long each of some sections may take, so that all of them end in time.

    Args:
        sections: In their order.
        quick: Whether what is set aside for a quick table counts.
        begun: When the first one begins, in seconds.
    """

    def __init__(self, sections: Sequence[Section], *, quick: bool, begun: float) -> None:
        self._set_aside = [section.quick if quick else section.seconds for section in sections]
        self._end = begun + sum(self._set_aside)

    def next(self, now: float) -> float:
        """Seconds for the next section, if it begins ``now``: all but what is set aside for those after it."""
        self._set_aside.pop(0)
        return self._end - now - sum(self._set_aside)


@dataclass(frozen=True, slots=True)
class Measured:
    """What a section gave.

    Attributes:
        rows: All of its figures, or as many as there was time for.
        seconds: How long it took.
        others: Cores that others used meanwhile.
        trouble: Why it is not complete; empty where it is.
    """

    rows: Sequence[Row]
    seconds: float
    others: float
    trouble: str = ""

    @property
    def note(self) -> str:
        """How the figures were taken, in one line."""
        how = f"{self.seconds:.0f} s; {Others.note(self.others)}"
        return f"{how}; {self.trouble}" if self.trouble else how


def measure(name: str, budget: float, tell: Callable[[Row], None], *, quick: bool) -> Measured:
    """Run a section for ``budget`` seconds at most and collect its rows; ``tell`` gets each as it comes."""
    command = [sys.executable, "-m", "benchmarks.section", name, *(["--quick"] if quick else [])]
    begun, others = time.monotonic(), Others()
    rows: list[Row] = []
    with tempfile.TemporaryFile() as said:
        child = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=said, cwd=Path(__file__).parents[1])
        for line in lines(child, budget):
            rows.append(Row(**json.loads(line)))
            tell(rows[-1])
        seconds = time.monotonic() - begun
        trouble = _ended(child, said, cut=seconds >= budget)
    return Measured(rows, seconds, others.cores(), trouble)


def lines(child: subprocess.Popen[bytes], budget: float) -> Iterator[bytes]:
    """The lines that ``child`` prints until it has said everything or ``budget`` seconds have passed."""
    assert child.stdout is not None
    end, rest = time.monotonic() + budget, b""
    while (left := end - time.monotonic()) > 0:
        if not select.select([child.stdout], [], [], left)[0]:
            return
        part = os.read(child.stdout.fileno(), 1 << 16)
        if not part:
            return
        *whole, rest = (rest + part).split(b"\n")
        yield from whole


def _ended(child: subprocess.Popen[bytes], said: IO[bytes], *, cut: bool) -> str:
    """See ``child`` off; why its rows are not complete, or nothing. ``said`` is what it said on stderr."""
    if cut:
        child.terminate()
    try:
        status = child.wait(FAREWELL)
    except subprocess.TimeoutExpired:
        child.kill()
        status = child.wait()
    assert child.stdout is not None
    child.stdout.close()
    if cut or not status:
        return "cut off: its time was up" if cut else ""
    said.seek(0)
    return f"failed with status {status}: {said.read().decode('utf-8', 'replace').strip().rpartition(chr(10))[2]}"


def _leave(number: int, frame: FrameType | None) -> None:
    """End in the usual way, so that everything that was started is ended too."""
    sys.exit(128 + number)


def main(name: str, *, quick: bool) -> None:
    """Print the rows of one module, each as soon as it is there."""
    signal.signal(signal.SIGTERM, _leave)
    module_rows: Callable[[bool], Iterable[Row]] = import_module(f"benchmarks.{name}").rows
    with os.fdopen(os.dup(1), "w", encoding="utf-8") as out:
        os.dup2(2, 1)  # whatever else is printed, by us or by those we start, is no row
        for row in module_rows(quick):
            print(json.dumps(dataclasses.asdict(row)), file=out, flush=True)


if __name__ == "__main__":
    main(sys.argv[1], quick="--quick" in sys.argv)
