"""When the lines of a console.log were printed, as the index beside it tells (``logstore.writing.capture.times``).

An index says nothing where it cannot be believed: behind a line of it that is damaged until the next one, before the
log was cut off, and at all when it does not fit the lines of the log.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import NamedTuple

import numpy as np
import orjson
from numpy.typing import NDArray

from logstore.format import CONSOLE_FILE, CONSOLE_TIMES_FILE, OFFSET, STEP, TIMESTAMP
from logstore.reading.tail import Tail

F64 = NDArray[np.float64]
I64 = NDArray[np.int64]

LARGEST = 64 << 20
"""Bytes of an index that are read; what a year of printing takes is less."""

_LONGEST = 1 << 12
_SLACK = 1.0
"""Seconds by which processes that print at once may note their lines in another order."""
_FARTHEST = 1 << 53


def index_of(log: str | Path) -> Path:
    """The index that belongs to a log: ``console.times.rank3.jsonl`` to ``console.rank3.log``."""
    path, stem = Path(log), CONSOLE_FILE.removesuffix(".log")
    rank = path.name.removesuffix(".log").removeprefix(stem)
    head, _, end = CONSOLE_TIMES_FILE.rpartition(".")
    return path.with_name(f"{head}{rank}.{end}")


class Printed(NamedTuple):
    """When a line was printed.

    Attributes:
        time: Seconds since the epoch.
        step: The step that the run had logged last; None where that is not known.
    """

    time: float
    step: int | None


def _nothing() -> F64:
    return np.empty(0)


@dataclass(frozen=True, slots=True, eq=False)
class ConsoleTimes:
    """What an index says of its log. Arrays of one length, by offset.

    Attributes:
        offsets: Bytes of the log; what stands there and behind was printed then or later.
        times: Seconds since the epoch; NaN where the index does not say.
        steps: The step that was logged last; NaN where there was none.
    """

    offsets: I64 = field(default_factory=lambda: np.empty(0, np.int64))
    times: F64 = field(default_factory=_nothing)
    steps: F64 = field(default_factory=_nothing)

    def __len__(self) -> int:
        return len(self.offsets)

    def when(self, offset: int) -> Printed | None:
        """When the line was printed that begins at ``offset``; None where that is not known."""
        place = int(np.searchsorted(self.offsets, offset, "right")) - 1
        if place < 0 or math.isnan(self.times[place]):
            return None
        step = self.steps[place]
        return Printed(float(self.times[place]), None if math.isnan(step) else int(step))

    def at_time(self, time: float) -> int | None:
        """Where the first line begins that is known to be printed at ``time`` or later; None where there is none.

        A clock that was set back does not count.
        """
        known = np.flatnonzero(~np.isnan(self.times))
        place = int(np.searchsorted(np.maximum.accumulate(self.times[known]), time))
        return int(self.offsets[known[place]]) if place < len(known) else None

    def at_step(self, step: float) -> int | None:
        """Where the first line begins that was printed at ``step`` or later; None where there is none.

        A run that went over its steps again came to ``step`` more than once: the last time counts, as in its curves.
        """
        known = np.flatnonzero(~np.isnan(self.steps))
        behind = self.steps[known] >= step
        reached = np.flatnonzero(behind & ~np.concatenate([[False], behind[:-1]]))
        return int(self.offsets[known[reached[-1]]]) if len(reached) else None

    def fitted(self, starts: Sequence[int], end: int, size: int) -> ConsoleTimes:
        """Itself as far as a log of ``size`` bytes goes; empty where it does not fit lines of the log.

        Args:
            starts: Where lines begin that follow each other in the log.
            end: Where the last of them ends.
            size: Bytes of the log.
        """
        begins = np.asarray(starts, np.int64)
        first = int(begins[0]) if len(begins) else end
        low, high = np.searchsorted(self.offsets, (first, end))
        if not np.isin(self._marked(int(low), int(high)), begins).all():
            return ConsoleTimes()
        known = int(np.searchsorted(self.offsets, size, "right"))
        return ConsoleTimes(self.offsets[:known], self.times[:known], self.steps[:known])

    def _marked(self, low: int, high: int) -> I64:
        """The offsets of these places at which the index says something."""
        return self.offsets[low:high][~np.isnan(self.times[low:high])]


class ConsoleIndex:
    """An index, followed as it grows."""

    def __init__(self, path: str | Path, largest: int = LARGEST) -> None:
        self._tail = Tail(path, _LONGEST)
        self._largest = largest
        self._times = ConsoleTimes()
        self._damaged = False
        self._bad = 0

    def read(self) -> ConsoleTimes:
        """All that it says; nothing where there is none, or where it cannot be read."""
        try:
            fresh = self._read()
        except OSError:
            self._restart()
            return self._times
        if fresh:
            self._times = _joined(self._times, fresh)
        return self._times

    def _restart(self) -> None:
        self._tail.restart()
        self._times, self._damaged, self._bad = ConsoleTimes(), False, 0

    def _read(self) -> list[tuple[int, float, float]]:
        fresh: list[tuple[int, float, float]] = []
        while self._tail.offset < self._largest:
            before = self._tail.offset
            lines = self._tail.read()
            if lines is None:  # another file now
                self._restart()
                fresh.clear()
                continue
            if self._tail.bad_lines > self._bad:
                self._bad, self._damaged = self._tail.bad_lines, True
            self._take(lines, fresh)
            if self._tail.offset == before:
                break
        return fresh

    def _take(self, lines: bytes, fresh: list[tuple[int, float, float]]) -> None:
        """Appends what ``lines`` say; from the last one before a damaged line on, nothing is known."""
        for line in lines.splitlines():
            found = _parsed(line)
            if found is None:
                self._damaged = True
                continue
            if self._damaged:
                self._damaged = False
                last = fresh[-1][0] if fresh else int(self._times.offsets[-1]) if len(self._times) else -1
                if last + 1 < found[0]:
                    fresh.append((last + 1, math.nan, math.nan))
            fresh.append(found)


def _parsed(line: bytes) -> tuple[int, float, float] | None:
    """Offset, time and step in a line of an index; None of one that says something else."""
    try:
        row = orjson.loads(line)
    except orjson.JSONDecodeError:
        return None
    if not isinstance(row, dict):
        return None
    offset, time, step = row.get(OFFSET), _number(row.get(TIMESTAMP)), _number(row.get(STEP, math.nan))
    if type(offset) is not int or not 0 <= offset < _FARTHEST or time is None or step is None or not time > 0:
        return None
    return offset, time, step


def _number(value: object) -> float | None:
    """``value`` as a number that a step or a time can be."""
    if isinstance(value, bool) or not isinstance(value, (int, float)) or abs(value) >= _FARTHEST:
        return None
    return float(value)


def _joined(before: ConsoleTimes, fresh: list[tuple[int, float, float]]) -> ConsoleTimes:
    """``before`` with what is new, by offset; only what was said since the log was cut off."""
    offsets = np.concatenate([before.offsets, np.array([each[0] for each in fresh], np.int64)])
    times = np.concatenate([before.times, np.array([each[1] for each in fresh])])
    steps = np.concatenate([before.steps, np.array([each[2] for each in fresh])])
    cuts = np.flatnonzero((np.diff(offsets) < 0) & (np.diff(times) > _SLACK))
    kept = slice(int(cuts[-1]) + 1 if len(cuts) else 0, None)
    order = np.argsort(offsets[kept], kind="stable")
    return ConsoleTimes(offsets[kept][order], times[kept][order], steps[kept][order])
