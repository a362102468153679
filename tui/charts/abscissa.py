"""The points of a line along an x axis: x finite and ascending, kept up to date as the line grows.

Steps and times are views of the line's own arrays as long as they ascend. Along another metric, each value stands at
what that metric was at the same step, linearly in between; values beyond its newest step wait for it. Where x does
not ascend (a clock that was set back, a metric that falls), the points are sorted by x.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from tui.charts.buffer import Buffer
from tui.charts.line import Line, XAxis

F64 = NDArray[np.float64]

_NONE: F64 = np.empty(0)
_PROBES = 5
_FEW = 8
_FARTHEST = 1e300


class Abscissa:
    """Points (x, y, low, high) of one line; ``origin`` is to be subtracted from x."""

    def __init__(self, axis: XAxis) -> None:
        self._axis = axis
        self._generation: int | None = None
        self._seen: tuple[int, ...] | None = None
        self._probes: list[tuple[int, float, float]] = []
        self._joined = (Buffer(), Buffer(), Buffer(), Buffer())
        self._taken = 0
        self._ascends = True
        self.x = self.y = self.low = self.high = _NONE
        self.origin = 0.0

    def __len__(self) -> int:
        return len(self.x)

    def update(self, line: Line) -> bool | None:
        """Take over the line's points.

        Returns:
            None when there is nothing new, True when points were only appended, False when all have to be read again.
        """
        seen = (line.generation, line.version, self._ready(line))
        if seen == self._seen:
            return None
        appended = self._continues(line)
        if not appended:
            self._forget()
        known = len(self.x)
        self._take(line)
        self._generation, self._seen = line.generation, seen
        self._remember(line)
        if self._ascends and not _ascends(self.x, known):
            self._ascends = False
        if not self._ascends:
            self._sort()
        self._set_origin(line)
        return appended and self._ascends

    def _ready(self, line: Line) -> int:
        """How many points of the metric on x there are; it may be read before or after the line's own."""
        other = line.along.get(self._axis.metric) if self._axis.kind == "metric" else None
        return 0 if other is None else len(other.steps)

    def _continues(self, line: Line) -> bool:
        """Whether the line begins with the points it had: its word for it, and a few probes."""
        if line.generation != self._generation or not self._probes or not self._ascends:
            return False
        x, y = self._given(line)
        if min(len(x), len(y)) <= self._probes[-1][0]:
            return False
        return all(_same(x[at], old_x) and _same(y[at], old_y) for at, old_x, old_y in self._probes)

    def _remember(self, line: Line) -> None:
        """Take probes: the last point, and some of those before as long as these are spread over all of them."""
        x, y = self._given(line)
        last = min(len(x), len(y)) - 1
        if len(self._probes) < _PROBES or last > 2 * self._probes[-2][0]:
            places = sorted({last * part // (_PROBES - 1) for part in range(_PROBES)}) if last >= 0 else []
            self._probes = [(at, float(x[at]), float(y[at])) for at in places]
        else:
            self._probes[-1] = (last, float(x[last]), float(y[last]))

    def _forget(self) -> None:
        self._joined = (Buffer(), Buffer(), Buffer(), Buffer())
        self._taken = 0
        self._ascends = True
        self._probes = []
        self.x = self.y = self.low = self.high = _NONE

    def _given(self, line: Line) -> tuple[F64, F64]:
        if self._axis.kind in ("relative", "wall"):
            return (line.times if line.times is not None else _NONE), line.y
        return line.x, line.y

    def _take(self, line: Line) -> None:
        x, y = self._given(line)
        low, high = line.band or (y, y)
        count = min(len(x), len(y), len(low), len(high))
        if self._axis.kind == "metric":
            self._join(line, count)
            self.x, self.y, self.low, self.high = (column.values for column in self._joined)
        else:
            self.x, self.y = x[:count], y[:count]
            self.low, self.high = (low[:count], high[:count]) if line.band else (self.y, self.y)

    def _join(self, line: Line, count: int) -> None:
        other = line.along.get(self._axis.metric)
        if other is None or not len(other.steps):
            return
        steps = line.x[self._taken : count]
        ready = int(np.searchsorted(steps, other.steps[-1], "right"))
        part = slice(self._taken, self._taken + ready)
        x = np.interp(line.x[part], other.steps, other.values, left=np.nan)
        known = np.isfinite(x)
        low, high = line.band or (line.y, line.y)
        for column, values in zip(self._joined, (x, line.y[part], low[part], high[part]), strict=True):
            column.extend(values[known])
        self._taken += ready

    def _sort(self) -> None:
        usable = np.flatnonzero(np.abs(self.x) < _FARTHEST)
        order = usable[np.argsort(self.x[usable], kind="stable")]
        same = self.low is self.y and self.high is self.y
        self.x, self.y = self.x[order], self.y[order]
        self.low, self.high = (self.y, self.y) if same else (self.low[order], self.high[order])

    def _set_origin(self, line: Line) -> None:
        if self._axis.kind == "relative":
            first = float(self.x[0]) if len(self.x) else 0.0
            self.origin = first if line.start is None else line.start


def _same(a: float, b: float) -> bool:
    return a == b or (a != a and b != b)  # noqa: PLR0124  # both NaN


def _ascends(x: F64, known: int) -> bool:
    """Whether x is finite and never falls from position ``known`` - 1 on."""
    new = x[max(0, known - 1) :]
    if len(new) <= _FEW:
        values = new.tolist()
        return all(abs(value) < _FARTHEST for value in values) and values == sorted(values)
    with np.errstate(invalid="ignore", over="ignore"):
        return bool((np.abs(new) < _FARTHEST).all()) and bool((new[1:] >= new[:-1]).all())
