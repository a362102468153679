"""What is kept of one line between frames: its points, its extremes at every scale, its smoothed values, its NaNs.

A trace follows its line: points that were appended are worked in once; the cost of a frame does not grow with the
length of the line.
"""

from __future__ import annotations

import math
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from tui.charts.abscissa import Abscissa
from tui.charts.buffer import Buffer
from tui.charts.columns import Columns, Cutter, bounds_of
from tui.charts.line import STEP, Line, XAxis
from tui.charts.pyramid import Pyramid
from tui.charts.smoothing import NO_SMOOTHING, Smoother, Smoothing

F64 = NDArray[np.float64]
I64 = NDArray[np.intp]

__all__ = ["NAN", "NEGATIVE", "POSITIVE", "Columns", "Nonfinite", "Trace"]

_FEW = 8
"""So few points are quicker looked at one by one."""
NAN, POSITIVE, NEGATIVE = "nan", "inf", "-inf"


class Nonfinite(NamedTuple):
    """Where one kind of non-finite value stands."""

    kind: str
    first: float
    number: int


class Trace:
    """One line, followed."""

    def __init__(self, axis: XAxis = STEP) -> None:
        self._points = Abscissa(axis)
        self._pyramid = Pyramid()
        self._cutter = Cutter(self._points, self._pyramid)
        self._smoothing, self._smoothing_span = NO_SMOOTHING, 1.0
        self._smoother = Smoother(NO_SMOOTHING)
        self._bad = {NAN: Buffer(), POSITIVE: Buffer(), NEGATIVE: Buffer()}
        self._seen = 0
        self._any_bad = False

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
            self._cutter = Cutter(self._points, self._pyramid)
            self._bad = {kind: Buffer() for kind in self._bad}
            self._seen, self._any_bad = 0, False
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
        return [kind for kind, where in self._bad.items() if len(where)] if self._any_bad else []

    @property
    def nonfinite(self) -> list[Nonfinite]:
        """The kinds of non-finite values there are, each with its first x and its count."""
        found = [(kind, self._bad[kind].values) for kind in self.kinds]
        return [Nonfinite(kind, float(where[0]) - self._points.origin, len(where)) for kind, where in found]

    def nonfinite_columns(self, kind: str, start: float, end: float, count: int) -> I64:
        """The columns of ``start`` to ``end`` that hold a value of this kind."""
        where = self._bad[kind].values - self._points.origin
        bounds = bounds_of(where, np.linspace(start, end, count + 1))
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
        """Cut the line into columns; what comes back is good until the next cut.

        Args:
            edges: The edges of the columns, ascending, one more than there are columns.
            smoothing: How the bright line is smoothed.
            span: Width of the x axis over all data, for the time-weighted smoothing.
            log: Whether to give logarithms (base 10); of zero and below they are -inf.
        """
        if self._points.origin:
            edges = edges + self._points.origin
        values = self.smooth(smoothing, span) if smoothing.weight > 0 else self._points.y
        key = (smoothing, self._smoothing_span, log)
        return self._cutter.cut(edges, values, log=log, key=key)

    @property
    def extremes(self) -> object:
        """Another object whenever the lowest or highest value of a column may be another one than at the cut before."""
        return self._cutter.extremes

    def _note_nonfinite(self) -> None:
        x, y = self._points.x[self._seen :], self._points.y[self._seen :]
        self._seen = len(self._points)
        if len(y) <= _FEW and all(map(math.isfinite, y.tolist())):
            return
        finite = np.isfinite(y)
        if finite.all():
            return
        self._any_bad = True
        bad = np.flatnonzero(~finite)
        x, y = x[bad], y[bad]
        for kind, mask in ((NAN, np.isnan(y)), (POSITIVE, y == np.inf), (NEGATIVE, y == -np.inf)):
            self._bad[kind].extend(x[mask])
