"""Lines drawn into cells: bright thin lines over their dim bands, the highlighted one on top, and marks at the edges.

All lines are cut into the same dot columns (two to a cell). The bright line has the last value of each column, smoothed
where smoothing is on; the band of dots behind it reaches from the lowest to the highest value of the column, so that no
spike is lost however many points a column stands for. A cell has one colour: the line with most dots in it.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from tui.charts import raster
from tui.charts.columns import Columns
from tui.charts.frame import Area, Canvas, Ink, band_ink, quiet_ink, series_ink
from tui.charts.scale import Scale
from tui.charts.trace import NAN, NEGATIVE, POSITIVE, Trace
from tui.show.palette import MARKERS, Swatch

F64 = NDArray[np.float64]
I16 = NDArray[np.int16]

ABOVE, BELOW, BAD, TRAIL, INFINITE = "▴", "▾", "✖", "╌", "∞"
_DASHES = ((1, 0), (5, 3), (3, 3), (8, 2), (2, 4), (1, 2))
"""Dot columns on and off for each of ``tui.show.palette.MARKERS``: the second round of colours is dashed, and so on."""
_BANDS, _LINES = 2, 5
"""The levels of bands and lines of rank 0: lines lie over bands, and of both the receded ones lie below."""
_APART = 5
"""Dot columns from the dashes of one colour to those of the next, so that not all lines break off at the same x."""


class Stack(NamedTuple):
    """The extremes of lines cut into columns: arrays of shape (lines, columns), as logarithms on a logarithmic axis."""

    low: F64
    high: F64
    filled: NDArray[np.bool_]

    @property
    def cells(self) -> int:
        """How many cells the columns take: two to each."""
        return int(self.low.shape[1]) // 2

    @classmethod
    def of(cls, cut: Sequence[Columns]) -> Stack:
        """The stack of lines that were cut into the same columns."""
        return cls(
            np.array([columns.low for columns in cut]),
            np.array([columns.high for columns in cut]),
            np.array([columns.filled for columns in cut]),
        )


class Runs(NamedTuple):
    """A stack in dots: top and bottom of each line and of each band in each dot column."""

    line: tuple[I16, I16]
    band: tuple[I16, I16]

    def changed(self, before: Runs) -> range:
        """From the first to the last column of cells that look different from ``before``, which has the same shape."""
        # A line is one dot high in each column.
        pairs = zip((self.line[0], *self.band), (before.line[0], *before.band), strict=True)
        found = [columns for now, then in pairs if now is not then and len(columns := (now != then).nonzero()[1])]
        if not found:
            return range(0)
        low, high = min(int(columns.min()) for columns in found), max(int(columns.max()) for columns in found)
        count = self.line[0].shape[1]
        first, last = max(0, low - 1), min(count - 1, high + 1)  # lines meet half way
        return range(first // 2, last // 2 + 1)

    def joined(self, cells: range) -> Runs:
        """The dots in some columns of cells, those of the lines long enough to meet in the next column."""
        start, stop = 2 * cells.start, 2 * cells.stop
        around = slice(max(0, start - 1), stop + 1)
        top, bottom = raster.joined(self.line[0][:, around], self.line[1][:, around])
        own = slice(start - around.start, stop - around.start)
        high, low = self.band
        return Runs((top[:, own], bottom[:, own]), (high[:, start:stop], low[:, start:stop]))


class Style(NamedTuple):
    """How one line looks: its swatch, and where it stands in the order (0: as all, 1: on top, -1: receded)."""

    swatch: Swatch
    rank: int = 0

    @property
    def line(self) -> int:
        """The ink of the line."""
        return quiet_ink(self.swatch.slot) if self.rank < 0 else series_ink(self.swatch.slot)

    @property
    def band(self) -> int:
        """The ink of the band."""
        return Ink.RECEDED if self.rank < 0 else band_ink(self.swatch.slot)


def bands(stack: Stack, scale: Scale, rows: int) -> tuple[I16, I16]:
    """The dots of the bands of a stack in so many rows of cells."""
    return raster.runs(scale.dots(stack.high, 4 * rows), scale.dots(stack.low, 4 * rows))


def measure(lines: F64, scale: Scale, rows: int, band: tuple[I16, I16]) -> Runs:
    """The dots of lines (of shape (lines, columns)) in so many rows of cells; those of their bands are known."""
    line = scale.dots(lines, 4 * rows)
    return Runs(raster.runs(line, line), band)


def draw(canvas: Canvas, area: Area, runs: Runs, styles: Sequence[Style], *, band: bool, start: int = 0) -> None:
    """Draw all lines: first the bands, then the lines, and of both the receded ones first.

    Args:
        canvas: What to draw on.
        area: Where on it.
        runs: The dots, their lines joined.
        styles: How each line looks.
        band: Whether to draw the bands as well.
        start: The first dot column, counted from where dashes begin.
    """
    if not area.width or not area.height or not len(styles):
        return
    (top, bottom), (high, low) = runs
    tops, bottoms = _dashed(top, [style.swatch for style in styles], start), bottom
    inks, levels = [style.line for style in styles], [_LINES + style.rank for style in styles]
    differs = (high < top) | (low > bottom)  # where the extremes are the line itself there is no band to draw
    if band and differs.any():
        high = np.where(differs, high, np.int16(raster.EMPTY_TOP))
        tops, bottoms = np.concatenate((high, tops)), np.concatenate((low, bottoms))
        inks = [style.band for style in styles] + inks
        levels = [_BANDS + style.rank for style in styles] + levels
    together, owner = (cells.T for cells in raster.strongest(raster.cells(tops, bottoms, area.height), levels))
    some = together > 0
    rows, columns = slice(area.top, area.top + area.height), slice(area.left, area.left + area.width)
    np.copyto(canvas.glyphs[rows, columns], together.astype(np.uint32) + raster.BRAILLE, where=some)
    np.copyto(canvas.inks[rows, columns], np.array(inks, np.uint8)[owner], where=some)


def _dashed(top: I16, swatches: Sequence[Swatch], start: int) -> I16:
    """Leave dot columns out of the lines of later rounds of colours."""
    if all(swatch.marker == MARKERS[0] for swatch in swatches):
        return top
    top = top.copy()
    columns = np.arange(start, start + top.shape[1])
    for row, swatch in enumerate(swatches):
        on, off = _DASHES[MARKERS.index(swatch.marker) if swatch.marker in MARKERS else 0]
        top[row, (columns + _APART * swatch.slot) % (on + off) >= on] = raster.EMPTY_TOP
    return top


def draw_clipped(canvas: Canvas, area: Area, runs: Runs, styles: Sequence[Style]) -> None:
    """Mark the cells in which something lies above or below the range, in the colour of the line that does."""
    if not area.height:
        return
    top, bottom = runs.band
    last = area.top + area.height - 1
    for outside, row, mark in ((top < 0, area.top, ABOVE), (bottom >= 4 * area.height, last, BELOW)):
        if not outside.any():
            continue
        cells = outside[:, 0::2] | outside[:, 1::2]
        for index in _back_to_front(styles):
            columns = cells[index].nonzero()[0] + area.left
            canvas.glyphs[row, columns] = ord(mark)
            canvas.inks[row, columns] = styles[index].line


def draw_nonfinite(
    canvas: Canvas, area: Area, traces: Sequence[Trace], styles: Sequence[Style], window: tuple[float, float]
) -> None:
    """Mark NaN and -inf at their x on the lower edge and +inf on the upper one; a stretch of them trails off dashed."""
    last = area.top + area.height - 1
    rows = {POSITIVE: (area.top, INFINITE), NEGATIVE: (last, INFINITE), NAN: (last, BAD)}
    for index in _back_to_front(styles):
        for kind in traces[index].kinds if area.height else ():
            row, mark = rows[kind]
            cells = traces[index].nonfinite_columns(kind, *window, area.width) + area.left
            starts = np.diff(cells, prepend=-2) > 1
            trail = cells[~starts]
            trail = trail[canvas.inks[row, trail] <= Ink.GRID]
            canvas.glyphs[row, trail], canvas.inks[row, trail] = ord(TRAIL), styles[index].line
            first = cells[starts]
            canvas.glyphs[row, first], canvas.inks[row, first] = ord(mark), styles[index].line


def _back_to_front(styles: Sequence[Style]) -> list[int]:
    return sorted(range(len(styles)), key=lambda index: styles[index].rank)
