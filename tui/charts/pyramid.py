"""The lowest and highest value of any stretch of a long series, fast: a pyramid of block extremes.

Level 1 holds the minimum and maximum of every 16 values, level 2 those of every 16 blocks of level 1, and so on. A
column of a chart is put together from whole blocks and the few values at its two ends, so that the answer is exact
(no spike is lost, none moves to the next column) and its cost does not grow with the length of the series.
Appending costs amortised O(1) per value; the levels take an eighth of the memory of the values.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from tui.charts.buffer import Buffer

F64 = NDArray[np.float64]
I64 = NDArray[np.intp]

FACTOR = 16
_LONG = 32 * FACTOR
"""Up to so many values a column are reduced directly: that is faster than to take columns apart into blocks."""
_OFFSETS: I64 = np.arange(FACTOR)[:, None]


class Pyramid:
    """Block extremes of two equally long arrays, ``low`` and ``high``; NaN counts as missing."""

    def __init__(self) -> None:
        self._low: F64 = np.empty(0)
        self._high: F64 = np.empty(0)
        self._levels: list[tuple[Buffer, Buffer]] = []

    def update(self, low: F64, high: F64) -> None:
        """Take over the arrays, which begin with what they held at the last call; only new blocks are computed."""
        self._low, self._high = low, high
        number = 0
        while len(low) >= FACTOR:
            if number == len(self._levels):
                self._levels.append((Buffer(), Buffer()))
            lows, highs = self._levels[number]
            done, full = len(lows), len(low) // FACTOR
            if full == done:
                break
            part = slice(done * FACTOR, full * FACTOR)
            lows.extend(_blocks(low[part], np.fmin))
            highs.extend(_blocks(high[part], np.fmax))
            low, high = lows.values, highs.values
            number += 1

    def extremes(self, bounds: I64) -> tuple[F64, F64]:
        """Minimum and maximum of the values ``bounds[i]`` to ``bounds[i + 1]`` (exclusive); NaN where there is none.

        Args:
            bounds: Ascending positions, one more than there are columns.
        """
        lows, highs = np.full(len(bounds) - 1, np.nan), np.full(len(bounds) - 1, np.nan)
        columns = (bounds[:-1] < bounds[1:]).nonzero()[0]
        starts, stops = bounds[columns], bounds[columns + 1]
        low, high = self._low, self._high
        for next_low, next_high in self._levels:
            if not len(columns) or stops[-1] - starts[0] <= _LONG * len(columns):
                break
            _gather(low, high, starts, stops, columns, lows, highs)
            first, last = -(-starts // FACTOR), stops // FACTOR
            whole = first < last
            columns, starts, stops = columns[whole], first[whole], last[whole]
            low, high = next_low.values, next_high.values
        _reduce(low, high, starts, stops, columns, lows, highs)
        return lows, highs


def _blocks(values: F64, extreme: np.ufunc) -> F64:
    """The extreme of each block: pairs of neighbours, four times over, which is faster than a reduction by rows."""
    size = FACTOR
    while size > 1:
        values = extreme(values[0::2], values[1::2])
        size //= 2
    return values


def _gather(low: F64, high: F64, starts: I64, stops: I64, columns: I64, lows: F64, highs: F64) -> None:
    """Take in the values at both ends of each stretch: as many as may stand outside its whole blocks."""
    offsets = np.minimum(_OFFSETS, stops - starts - 1)
    at = np.concatenate((starts + offsets, stops - 1 - offsets))
    values = low.take(at)
    lows[columns] = np.fmin(lows[columns], np.fmin.reduce(values, axis=0))
    if high is not low:
        values = high.take(at)
    highs[columns] = np.fmax(highs[columns], np.fmax.reduce(values, axis=0))


def _reduce(low: F64, high: F64, starts: I64, stops: I64, columns: I64, lows: F64, highs: F64) -> None:
    """Take in contiguous stretches of any length, in one pass over what they span."""
    if not len(columns):
        return
    at = np.empty(2 * len(columns), np.intp)
    at[0::2], at[1::2] = starts, stops
    end = int(at[-1])
    lows[columns] = np.fmin(lows[columns], np.fmin.reduceat(low[:end], at[:-1])[0::2])
    highs[columns] = np.fmax(highs[columns], np.fmax.reduceat(high[:end], at[:-1])[0::2])
