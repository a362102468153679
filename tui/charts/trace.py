"""What is kept of one line between frames: its points, its extremes at every scale, its smoothed values, its NaNs.

A trace follows its line: points that were appended are worked in once; the cost of a frame does not grow with the
length of the line.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from tui.charts.abscissa import Abscissa
from tui.charts.buffer import Buffer
from tui.charts.line import STEP, Line, XAxis
from tui.charts.pyramid import Pyramid
from tui.charts.smoothing import NO_SMOOTHING, Smoother, Smoothing

F64 = NDArray[np.float64]
I64 = NDArray[np.intp]

NAN, POSITIVE, NEGATIVE = "nan", "inf", "-inf"
_GAP = 10.0


@dataclass(frozen=True, slots=True)
class Columns:
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


@dataclass(frozen=True, slots=True)
class Nonfinite:
    """Where one kind of non-finite value stands."""

    kind: str
    first: float
    count: int


class Trace:
    """One line, followed."""

    def __init__(self, axis: XAxis = STEP) -> None:
        self._points = Abscissa(axis)
        self._clock = axis.kind in ("relative", "wall")
        self._pyramid = Pyramid()
        self._smoothing, self._smoothing_span = NO_SMOOTHING, 1.0
        self._smoother = Smoother(NO_SMOOTHING)
        self._bad = {NAN: Buffer(), POSITIVE: Buffer(), NEGATIVE: Buffer()}
        self._seen = 0

    def __len__(self) -> int:
        return len(self._points)

    def follow(self, line: Line) -> bool:
        """Work in what is new of the line; whether there was something."""
        appended = self._points.update(line)
        if appended is None:
            return False
        if not appended:
            self._pyramid = Pyramid()
            self._smoother = Smoother(self._smoothing, self._smoothing_span)
            self._bad = {kind: Buffer() for kind in self._bad}
            self._seen = 0
        self._pyramid.update(self._points.low, self._points.high)
        self._note_nonfinite()
        return True

    @property
    def extent(self) -> tuple[float, float] | None:
        """First and last x, or None without points."""
        x, origin = self._points.x, self._points.origin
        return (float(x[0]) - origin, float(x[-1]) - origin) if len(x) else None

    @property
    def last(self) -> float | None:
        """The newest value, finite or not."""
        y = self._points.y
        return float(y[-1]) if len(y) else None

    @property
    def kinds(self) -> list[str]:
        """The kinds of non-finite values there are."""
        return [kind for kind, where in self._bad.items() if len(where)]

    @property
    def nonfinite(self) -> list[Nonfinite]:
        """The kinds of non-finite values there are, each with its first x and its count."""
        found = [(kind, self._bad[kind].values) for kind in self.kinds]
        return [Nonfinite(kind, float(where[0]) - self._points.origin, len(where)) for kind, where in found]

    def nonfinite_columns(self, kind: str, start: float, end: float, count: int) -> I64:
        """The columns of ``start`` to ``end`` that hold a value of this kind."""
        where = self._bad[kind].values - self._points.origin
        bounds = _bounds(where, np.linspace(start, end, count + 1))
        return np.flatnonzero(bounds[1:] > bounds[:-1])

    def nearest_x(self, x: float, reach: float) -> float | None:
        """The x of the point nearest to ``x``; None where x is farther than ``reach`` outside the data."""
        at = self._nearest(x, reach)
        return None if at is None else float(self._points.x[at]) - self._points.origin

    def value_at(self, x: float, reach: float) -> float | None:
        """The raw value of the point nearest to ``x``, as ``nearest_x``."""
        at = self._nearest(x, reach)
        return None if at is None else float(self._points.y[at])

    def _nearest(self, x: float, reach: float) -> int | None:
        xs, at = self._points.x, x + self._points.origin
        if not len(xs):
            return None
        right = min(int(np.searchsorted(xs, at)), len(xs) - 1)
        left = max(0, right - 1)
        best = left if abs(xs[left] - at) <= abs(xs[right] - at) else right
        inside = xs[0] <= at <= xs[-1]
        return best if inside or abs(xs[best] - at) <= reach else None

    def smooth(self, smoothing: Smoothing, span: float) -> F64:
        """The smoothed values of all points; only new points are computed while smoothing and span stay the same.

        Args:
            smoothing: Weight and kind.
            span: Width of the x axis (it only matters to the time-weighted kind).
        """
        span = span if smoothing.kind == "time" else 1.0
        if (smoothing, span) != (self._smoothing, self._smoothing_span):
            self._smoothing, self._smoothing_span = smoothing, span
            self._smoother = Smoother(smoothing, span)
        known = len(self._smoother)
        self._smoother.extend(self._points.x[known:], self._points.y[known:])
        return self._smoother.values

    def columns(self, edges: F64, *, smoothing: Smoothing, span: float, log: bool) -> Columns:
        """Cut the line into columns.

        Args:
            edges: The edges of the columns, ascending, one more than there are columns.
            smoothing: How the bright line is smoothed.
            span: Width of the x axis over all data, for the time-weighted smoothing.
            log: Whether to give logarithms (base 10); of zero and below they are -inf.
        """
        if self._points.origin:
            edges = edges + self._points.origin
        bounds = _bounds(self._points.x, edges)
        filled = bounds[1:] > bounds[:-1]
        low, high = self._extremes(bounds)
        values = self.smooth(smoothing, span) if smoothing.weight > 0 else self._points.y
        line = _last(values, bounds, filled)
        if log:
            low, high, line = _log10(low), _log10(high), _log10(line)
        self._bridge(edges, bounds, filled, low, high, line, values, log=log)
        return Columns(low, high, line, filled)

    @property
    def _banded(self) -> bool:
        return self._points.low is not self._points.y

    def _extremes(self, bounds: I64) -> tuple[F64, F64]:
        low, high = self._pyramid.extremes(bounds)
        if not self.kinds and not self._banded:
            return low, high
        for column in (np.isinf(low) | np.isinf(high)).nonzero()[0].tolist():
            part = slice(bounds[column], bounds[column + 1])
            lows, highs = self._points.low[part], self._points.high[part]
            low[column] = np.fmin.reduce(np.where(np.isinf(lows), np.nan, lows))
            high[column] = np.fmax.reduce(np.where(np.isinf(highs), np.nan, highs))
        return low, high

    def _bridge(
        self,
        edges: F64,
        bounds: I64,
        filled: NDArray[np.bool_],
        low: F64,
        high: F64,
        line: F64,
        values: F64,
        *,
        log: bool,
    ) -> None:
        """Interpolate the columns without points between the points left and right of them; not across gaps."""
        after = bounds[:-1]
        if filled.all():
            return
        empty = (~filled & (after > 0) & (after < len(self._points))).nonzero()[0]
        if not len(empty):
            return
        right = after[empty]
        if self._clock:
            keep = ~self._pauses(right)
            empty, right = empty[keep], right[keep]
        x = self._points.x
        middle = (edges[empty] + edges[empty + 1]) / 2
        with np.errstate(all="ignore"):
            share = (middle - x[right - 1]) / (x[right] - x[right - 1])
        for target, source in ((line, values), (low, self._points.low), (high, self._points.high)):
            target[empty] = _between(source, right, share, log=log)

    def _pauses(self, right: I64) -> NDArray[np.bool_]:
        """Whether the interval that ends at a position is a pause: ten times the usual and ten times its neighbours."""
        x = self._points.x
        last = len(x) - 1
        usual = (x[-1] - x[0]) / max(1, last)
        width = x[right] - x[right - 1]
        before = x[right - 1] - x[np.maximum(right - 2, 0)]
        after = x[np.minimum(right + 1, last)] - x[right]
        pause: NDArray[np.bool_] = width > _GAP * np.maximum(usual, np.maximum(before, after))
        return pause

    def _note_nonfinite(self) -> None:
        x, y = self._points.x[self._seen :], self._points.y[self._seen :]
        self._seen = len(self._points)
        bad = np.flatnonzero(~np.isfinite(y))
        if not len(bad):
            return
        x, y = x[bad], y[bad]
        for kind, mask in ((NAN, np.isnan(y)), (POSITIVE, y == np.inf), (NEGATIVE, y == -np.inf)):
            self._bad[kind].extend(x[mask])


def _bounds(x: F64, edges: F64) -> I64:
    """Position of the first point of each column, and after the last: the last column holds its right edge too."""
    bounds = x.searchsorted(edges, "left")
    bounds[-1] = x.searchsorted(edges[-1], "right")
    return bounds


def _last(values: F64, bounds: I64, filled: NDArray[np.bool_]) -> F64:
    """The last finite value of each column."""
    if not len(values):
        return np.full(len(filled), np.nan)
    line = values.take(bounds[1:] - 1, mode="clip")
    line[~filled] = np.nan
    for column in (filled & ~np.isfinite(line)).nonzero()[0].tolist():
        part = values[bounds[column] : bounds[column + 1]]
        finite = np.flatnonzero(np.isfinite(part))
        line[column] = part[finite[-1]] if len(finite) else np.nan
    return line


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
