"""Points cut into the columns of a chart: extremes, and the value of the line, of each column.

A column without points of its own is interpolated between its neighbours, unless there is a NaN between them or data
are missing: a pause, ten times as long as the usual interval and as those beside it. While a line only grows and the
columns stay where they are, only those are cut again that can change.
"""

from __future__ import annotations

import math
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from tui.charts.abscissa import Abscissa
from tui.charts.pyramid import Pyramid

F64 = NDArray[np.float64]
I64 = NDArray[np.intp]

_GAP = 10.0
_FEW = 8
_UNSETTLED = 2
"""The last interval is a pause or none only when the next is known: the column before is cut again too."""


class Columns(NamedTuple):
    """One line cut into columns of equal width. All arrays have one value for each column; NaN where there is nothing.

    Attributes:
        low: Lowest finite value.
        high: Highest finite value.
        line: The value that the bright line has: the last of the column, smoothed where smoothing is on.
        filled: Whether the column holds points of its own; the others are interpolated between their neighbours.
    """

    low: F64
    high: F64
    line: F64
    filled: NDArray[np.bool_]


class Cutter:
    """Cuts one line. It reads the line's points where they are, and what they were last cut into.

    Args:
        points: The line's points.
        pyramid: Their extremes.
    """

    def __init__(self, points: Abscissa, pyramid: Pyramid) -> None:
        self._points = points
        self._pyramid = pyramid
        self._key: object = None
        self._usual = 0.0
        self._edges: F64 = np.empty(0)
        self._count = 0
        self._columns: Columns | None = None
        self.extremes: object = None
        """Another object whenever the lowest or highest value of a column may be another one."""

    def cut(self, edges: F64, values: F64, *, log: bool, key: object) -> Columns:
        """Cut into the columns between ``edges``. What comes back is good until the next cut.

        Args:
            edges: The edges of the columns, ascending, one more than there are columns.
            values: What the line shows at each point.
            log: Whether to give logarithms.
            key: What the values depend on besides the points; while it stays the same, old values do.
        """
        before, first = self._columns, 0
        key = (key, usual := _usual(self._points.x))
        if before is not None and key == self._key and (edges is self._edges or np.array_equal(edges, self._edges)):
            if len(self._points) == self._count or self._take_in(before, edges, values, log=log):
                self._count = len(self._points)
                return before
            settled = self._points.x[max(0, self._count - _UNSETTLED)]
            first = min(max(0, int(edges.searchsorted(settled, "right")) - 1), len(edges) - 2)
        self._usual = usual
        fresh = self._cut(edges[first:], values, log=log)
        if before is not None and first:
            fresh = _appended(before, first, fresh)
        self._key, self._edges, self._count, self._columns = key, edges, len(self._points), fresh
        self.extremes = object()
        return fresh

    def _take_in(self, columns: Columns, edges: F64, values: F64, *, log: bool) -> bool:
        """Take a few new points into the column of the last one, where they all belong there; whether they did."""
        points, old = self._points, self._count
        if len(points) - old > _FEW:
            return False
        column = int(edges.searchsorted(points.x[old - 1], "right")) - 1
        if not 0 <= column < len(edges) - 1 or points.x[-1] >= edges[column + 1]:
            return False
        if points.x[max(0, old - 2)] < edges[max(0, column - 1)]:  # there may be a pause in between, or no longer
            return False
        low, high = points.low[old:].tolist(), points.high[old:].tolist()
        fresh = (min(low), max(high), float(values[-1]))
        if not all(map(math.isfinite, (*low, *high, *values[old:].tolist()))):
            return False
        self._widen(columns, column, *(map(_log, fresh) if log else fresh))
        return True

    def _widen(self, columns: Columns, column: int, low: float, high: float, line: float) -> None:
        """Let a column hold these as well."""
        columns.line[column] = line
        if not columns.low[column] <= low or not columns.high[column] >= high:
            columns.low[column] = np.fmin(columns.low[column], low)
            columns.high[column] = np.fmax(columns.high[column], high)
            self.extremes = object()

    def _cut(self, edges: F64, values: F64, *, log: bool) -> Columns:
        bounds = bounds_of(self._points.x, edges)
        filled = bounds[1:] > bounds[:-1]
        low, high = self._extremes(bounds)
        line = _last(values, bounds, filled, low)
        if log:
            low, high, line = _log10(low), _log10(high), _log10(line)
        columns = Columns(low, high, line, filled)
        if not filled.all():
            self._bridge(edges, bounds[:-1], columns, values, log=log)
        return columns

    def _extremes(self, bounds: I64) -> tuple[F64, F64]:
        """Lowest and highest finite value of each column."""
        low, high = self._pyramid.extremes(bounds)
        for column in (np.isinf(low) | np.isinf(high)).nonzero()[0].tolist():
            part = slice(bounds[column], bounds[column + 1])
            lows, highs = self._points.low[part], self._points.high[part]
            low[column] = np.fmin.reduce(np.where(np.isinf(lows), np.nan, lows))
            high[column] = np.fmax.reduce(np.where(np.isinf(highs), np.nan, highs))
        return low, high

    def _bridge(self, edges: F64, after: I64, columns: Columns, values: F64, *, log: bool) -> None:
        """Interpolate the columns without points between the points left and right of them; not across gaps."""
        empty = (~columns.filled & (after > 0) & (after < len(self._points))).nonzero()[0]
        if not len(empty):
            return
        right = after[empty]
        keep = ~self._pauses(right)
        empty, right = empty[keep], right[keep]
        x = self._points.x
        middle = (edges[empty] + edges[empty + 1]) / 2
        with np.errstate(all="ignore"):
            share = (middle - x[right - 1]) / (x[right] - x[right - 1])
        sources = ((columns.line, values), (columns.low, self._points.low), (columns.high, self._points.high))
        for target, source in sources:
            target[empty] = _between(source, right, share, log=log)

    def _pauses(self, right: I64) -> NDArray[np.bool_]:
        """Whether the interval that ends at a position is a pause: ten times the usual and ten times its neighbours."""
        x = self._points.x
        last = len(x) - 1
        width = x[right] - x[right - 1]
        before = x[right - 1] - x[np.maximum(right - 2, 0)]
        after = x[np.minimum(right + 1, last)] - x[right]
        pause: NDArray[np.bool_] = width > _GAP * np.maximum(self._usual, np.maximum(before, after))
        return pause


def _usual(x: F64) -> float:
    """The usual interval, as a power of two: it changes seldom while a line grows, and with it what is a pause."""
    span = float(x[-1] - x[0]) if len(x) > 1 else 0.0
    return math.ldexp(0.5, math.frexp(span / (len(x) - 1))[1]) if 0 < span < math.inf else 0.0


def bounds_of(x: F64, edges: F64) -> I64:
    """Position of the first point of each column, and after the last: the last column holds its right edge too."""
    bounds = x.searchsorted(edges, "left")
    bounds[-1] = x.searchsorted(edges[-1], "right")
    return bounds


def _appended(before: Columns, first: int, fresh: Columns) -> Columns:
    """Columns of which those from ``first`` on were cut anew."""
    return Columns(
        np.concatenate((before.low[:first], fresh.low)),
        np.concatenate((before.high[:first], fresh.high)),
        np.concatenate((before.line[:first], fresh.line)),
        np.concatenate((before.filled[:first], fresh.filled)),
    )


def _last(values: F64, bounds: I64, filled: NDArray[np.bool_], low: F64) -> F64:
    """The last finite value of each column; ``low`` says where there is one."""
    if not len(values):
        return np.full(len(filled), np.nan)
    line = values.take(bounds[1:] - 1, mode="clip")
    line[~filled] = np.nan
    for column in (~np.isfinite(line) & np.isfinite(low)).nonzero()[0].tolist():
        part = values[bounds[column] : bounds[column + 1]]
        finite = np.flatnonzero(np.isfinite(part))
        line[column] = part[finite[-1]] if len(finite) else np.nan
    return line


def _log(value: float) -> float:
    return math.log10(value) if value > 0 else -math.inf


def _log10(values: F64) -> F64:
    with np.errstate(all="ignore"):
        logs: F64 = np.log10(np.maximum(values, 0.0))
    return logs


def _between(source: F64, right: I64, share: F64, *, log: bool) -> F64:
    a, b = source[right - 1], source[right]
    if log:
        a, b = _log10(a), _log10(b)
    with np.errstate(all="ignore"):
        value = a + share * (b - a)
    value[~np.isfinite(value)] = np.nan
    return value
