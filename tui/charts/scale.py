"""The y axis: which range is shown, and where in it a value stands.

The range holds the robust part of the data: where a few columns lie far outside the rest, it is cut at percentiles
(5 and 95 of the column extremes, with room to spare) and the chart marks what is beyond. Where nothing lies far
outside, everything is shown. A few runs that diverged are far more than a few columns: lines beside which the others
would be one flat line do not count (``telling``). The ends are rounded outwards to quarters of a tick, so that a live
curve moves the range seldom.
"""

from __future__ import annotations

import math
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from tui.charts import labels, ticks

F64 = NDArray[np.float64]

PERCENTILE = 5.0
"""As where W&B and TensorBoard leave out outliers."""
DIVERGED = 30.0
"""How many times as large a range has to be with some lines as without them, for them not to count."""
_LITTLE_BY_LITTLE = 0.25
"""Share of its range that the middle half of a line covers at least, where the line grows steadily."""
_OUTLYING = 3.0
_CONSTANT = 1e-3
_ROOM = 0.15
_ENOUGH = 20
_NARROWEST = 1e-6
_LARGEST = 1e300
_TIE = 1e-6
"""Values between two dot rows, give or take a rounding error, all fall into the same one: a constant is straight."""
_LOG_RANGE = (-300.0, 300.0)


class Scale(NamedTuple):
    """A range of y. ``low`` and ``high`` are logarithms (base 10) where ``log`` is set."""

    low: float
    high: float
    log: bool = False

    @property
    def span(self) -> tuple[float, float]:
        """The range in the units of the data."""
        return (10.0**self.low, 10.0**self.high) if self.log else (self.low, self.high)

    def dots(self, values: F64, height: int) -> F64:
        """The dot row (0 at the top, ``height`` - 1 at the bottom) of each value; NaN stays NaN, the rest is finite."""
        with np.errstate(all="ignore"):
            rows: F64 = self.high - values
            rows *= (height - 1) / (self.high - self.low)
        rows -= _TIE
        np.rint(rows, out=rows)
        np.maximum(rows, -1.0, out=rows)
        return np.minimum(rows, height, out=rows)

    def row(self, value: float, rows: int) -> int:
        """The row of cells that a value of the data's units falls into; outside of the range none of them."""
        at = math.log10(value) if self.log else value
        return round((self.high - at) / (self.high - self.low) * (rows * 4 - 1)) // 4

    def ticks(self, count: int) -> list[tuple[float, str]]:
        """At most about ``count`` values with their labels."""
        if not self.log:
            values, step = ticks.linear(self.low, self.high, count)
            return list(zip(values, labels.numbers(values, step), strict=True))
        low, high = self.span
        return [(value, labels.single(value)) for value in ticks.logarithmic(low, high, count)]


PERCENT = Scale(0.0, 100.0)


def fit(lows: F64, highs: F64, *, log: bool = False, full: bool = False, parts: int = 4) -> Scale:
    """The scale for columns of data.

    Args:
        lows: Lowest value of each column; logarithms where ``log`` is set. Non-finite ones are left out.
        highs: Highest value of each column.
        log: Whether the values are logarithms.
        full: Show every extreme.
        parts: How many ticks fit.
    """
    lows, highs = lows[np.isfinite(lows)], highs[np.isfinite(highs)]
    if not len(lows) or not len(highs):
        return Scale(0.0, 1.0, log)
    low, high = float(lows.min()), float(highs.max())
    if not full:
        low, high = _robust(lows, highs, low, high)
    least, most = _LOG_RANGE if log else (-_LARGEST, _LARGEST)
    low, high = _widened(min(max(low, least), most), min(max(high, least), most), log=log)
    low, high = _rounded(low, high, parts)
    return Scale(max(low, least), min(high, most), log)


def telling(low: F64, high: F64) -> NDArray[np.bool_]:
    """Which lines say what range is shown: all but fewer than half of them, beside which the others would be flat.

    A line that stands for nothing but itself is never left out: of two, the one that goes far away is, unless the
    other is constant. Nor is one that is far away only where the others have ended: it is longer than they are.

    Args:
        low: Lowest value of each column (second axis) of each line (first axis); NaN where there is none.
        high: Highest value of each column of each line.
    """
    kept = np.ones(len(low), dtype=bool)
    if len(low) < 2 or not low.size:
        return kept
    with np.errstate(all="ignore"):
        bottom, top = _ends(low, high)
        some = np.flatnonzero(np.isfinite(bottom) & np.isfinite(top))
        if len(some) > 1:
            _drop(kept, (low, high), (bottom, top), some)
    return kept


def _ends(low: F64, high: F64) -> tuple[F64, F64]:
    """The range of each line without its own few outliers; infinite where it has no value."""
    lows, highs = np.where(np.isfinite(low), low, np.inf), np.where(np.isfinite(high), high, -np.inf)
    bottom, top = lows.min(axis=1), highs.max(axis=1)
    counts = (lows < np.inf).sum(axis=1)
    ranks = np.rint(counts * (PERCENTILE / 100.0)).astype(np.intp)
    last = lows.shape[1] - 1
    wanted = sorted(set(ranks.tolist()))
    inner = _ranked(highs, last - ranks, [last - rank for rank in wanted]) - _ranked(lows, ranks, wanted)
    far = (counts >= _ENOUGH) & (inner > 0) & (top - bottom > _OUTLYING * inner)
    for line in np.flatnonzero(far).tolist():
        ends = float(bottom[line]), float(top[line])
        bottom[line], top[line] = _robust(lows[line][lows[line] < np.inf], highs[line][highs[line] > -np.inf], *ends)
    return bottom, top


def _ranked(values: F64, ranks: NDArray[np.intp], wanted: list[int]) -> F64:
    """The value of each row that stands at its rank among the others; ``wanted`` are all ranks."""
    found: F64 = np.partition(values, wanted, axis=1)[np.arange(len(ranks)), ranks]
    return found


def _drop(kept: NDArray[np.bool_], lines: tuple[F64, F64], ends: tuple[F64, F64], some: NDArray[np.intp]) -> None:
    """Take those of the lines ``some`` out of ``kept`` that are too large for the others."""
    bottom, top = ends
    sizes = top - bottom
    largest_first = some[np.argsort(-sizes[some], kind="stable")]
    size = top[some].max() - bottom[some].min()
    for dropped in range(1, max(1, (len(some) - 1) // 2) + 1):
        rest = largest_first[dropped:]
        least, most = bottom[rest].min(), top[rest].max()
        steady = most - least <= _CONSTANT * max(abs(least), abs(most))
        if not steady and size > DIVERGED * (most - least):
            if any(_went_on(*lines, line, rest) for line in largest_first[:dropped]):
                return
            kept[largest_first[:dropped]] = False
            size = most - least


def _went_on(low: F64, high: F64, line: np.intp, rest: NDArray[np.intp]) -> bool:
    """Whether a line is far from the ``rest`` only where they have ended, and came there little by little."""
    own = np.isfinite(low[line])
    shared = np.isfinite(low[rest]).any(axis=0)
    both = own & shared
    if both.any():
        size = np.nanmax(high[np.ix_(rest, shared)]) - np.nanmin(low[np.ix_(rest, shared)])
        if high[line, both].max() - low[line, both].min() > DIVERGED * size:
            return False
    first, last = np.percentile(high[line, own], (25, 75))
    return bool(last - first > _LITTLE_BY_LITTLE * (high[line, own].max() - low[line, own].min()))


def _robust(lows: F64, highs: F64, low: float, high: float) -> tuple[float, float]:
    """Cut outliers off: only when they would squeeze the rest into a third of the range, and then only these."""
    if len(lows) < _ENOUGH:
        return low, high
    rank = round(len(lows) * PERCENTILE / 100.0)
    inner_low = float(np.partition(lows, rank)[rank])
    inner_high = float(np.partition(highs, -1 - rank)[-1 - rank])
    inner = inner_high - inner_low
    if not inner > 0 or high - low <= _OUTLYING * inner:
        return low, high
    bottom = lows[lows >= inner_low - inner].min()
    top = highs[highs <= inner_high + inner].max()
    return max(low, min(bottom, inner_low - _ROOM * inner)), min(high, max(top, inner_high + _ROOM * inner))


def _widened(low: float, high: float, *, log: bool) -> tuple[float, float]:
    """A constant series gets room above and below; data without negative values get no negative room."""
    size = max(abs(low), abs(high))
    if high - low > size * _NARROWEST and high - low > 1e-307:
        return low, high
    middle = (low + high) / 2
    if log:
        return middle - 0.5, middle + 0.5
    room = size * 0.1 if size > 1e-300 else 0.5
    bottom = middle - room
    if low >= 0:
        bottom = max(0.0, bottom)
    return bottom, middle + (room if size > 1e-300 else 1.0)


def _rounded(low: float, high: float, parts: int) -> tuple[float, float]:
    """The range with its ends moved outwards to quarters of a tick."""
    quantum = ticks.nice_step(high - low, parts) / 4
    if quantum > 0 and max(abs(low), abs(high)) / quantum < 1e12:
        low, high = math.floor(low / quantum + 1e-6) * quantum, math.ceil(high / quantum - 1e-6) * quantum
    return low, high
