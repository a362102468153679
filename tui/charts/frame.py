"""What the engine hands out: a ``Frame`` of rows of cells, each with runs of style codes (``Ink``).

A frame of w x h cells has exactly h rows, each exactly w cells wide. Rows are plain values: two rows that look the same
compare equal, so that a widget repaints only what differs.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from tui.show.palette import SLOTS

LEVELS = 24
"""Steps of the colour gradient of percent charts."""


class Ink:
    """What a cell is, so that a theme can colour it. Series and gradient inks count up from their base."""

    BLANK = 0
    GRID = 1
    AXIS = 2
    LABEL = 3
    TITLE = 4
    VALUE = 5
    NOTE = 6
    CURSOR = 7
    MARK = 8
    RECEDED = 9
    FOCUS = 10
    SERIES = 32
    QUIET = 48
    BAND = 64
    GRADIENT = 96


def series_ink(slot: int) -> int:
    """The bright ink of a palette slot."""
    return Ink.SERIES + slot % SLOTS


def quiet_ink(slot: int) -> int:
    """The quiet ink of a palette slot: lines that recede."""
    return Ink.QUIET + slot % SLOTS


def band_ink(slot: int) -> int:
    """The dim ink of a palette slot: bands."""
    return Ink.BAND + slot % SLOTS


def gradient_ink(share: float) -> int:
    """The gradient's ink for a share of 0 to 1."""
    return Ink.GRADIENT + min(LEVELS - 1, max(0, int(share * LEVELS)))


class Row(NamedTuple):
    """One row of cells: its text, and where each run of one ink ends (an index into the text)."""

    text: str
    runs: tuple[tuple[int, int], ...]


class Area(NamedTuple):
    """A rectangle of cells inside a frame."""

    left: int
    top: int
    width: int
    height: int

    def part(self, columns: range) -> Area:
        """Some of its columns, counted from its left edge."""
        return Area(self.left + columns.start, self.top, len(columns), self.height)


class Frame(NamedTuple):
    """A drawn chart.

    Attributes:
        rows: Exactly as many rows as the frame is high.
        area: Where the curves are.
        window: The range of x that the area shows, first and last.
        span: The range of y that the area shows, lowest and highest.
    """

    rows: tuple[Row, ...]
    area: Area
    window: tuple[float, float] = (0.0, 1.0)
    span: tuple[float, float] = (0.0, 1.0)

    def x_at(self, column: float) -> float:
        """The x in the middle of a column of the frame (columns outside the area give x outside the window)."""
        x0, x1 = self.window
        return x0 + (column + 0.5 - self.area.left) / max(1, self.area.width) * (x1 - x0)

    def column_of(self, x: float) -> int | None:
        """The column of the frame that holds x, or None where x is outside the window."""
        x0, x1 = self.window
        if not x0 <= x <= x1 or x1 <= x0:
            return None
        return self.area.left + min(self.area.width - 1, int((x - x0) / (x1 - x0) * self.area.width))


class Canvas:
    """A sheet of cells to draw on: one code point and one ink for each cell."""

    def __init__(self, width: int, height: int) -> None:
        self.glyphs: NDArray[np.uint32] = np.full((height, width), 0x20, np.uint32)
        self.inks: NDArray[np.uint8] = np.zeros((height, width), np.uint8)

    @property
    def width(self) -> int:
        """Cells in a row."""
        return int(self.glyphs.shape[1])

    def copy(self) -> Canvas:
        """A sheet of its own with the same cells."""
        twin = Canvas(0, 0)
        twin.glyphs, twin.inks = self.glyphs.copy(), self.inks.copy()
        return twin

    def clear(self, area: Area) -> None:
        """Blank out a part of the sheet."""
        part = slice(area.top, area.top + area.height), slice(area.left, area.left + area.width)
        self.glyphs[part], self.inks[part] = 0x20, Ink.BLANK

    def write(self, row: int, column: int, text: str, ink: int) -> None:
        """Write narrow text; what falls outside the sheet is left out."""
        height, width = self.glyphs.shape
        if not 0 <= row < height or column >= width:
            return
        text = text[max(0, -column) : width - column]
        column = max(0, column)
        end = column + len(text)
        self.glyphs[row, column:end] = [ord(char) for char in text]
        self.inks[row, column:end] = ink

    def rows(self, before: Painted | None = None) -> tuple[Row, ...]:
        """The sheet as rows. Blank cells join the run to their left: a run costs bytes, a blank none.

        Args:
            before: Another sheet of this size and its rows; those that did not change are taken over.
        """
        if before is None or before[0].glyphs.shape != self.glyphs.shape:
            return tuple(_rows(self.glyphs, self.inks))
        other, known = before
        changed = ((self.glyphs != other.glyphs) | (self.inks != other.inks)).any(axis=1).nonzero()[0]
        rows = list(known)
        for y, row in zip(changed.tolist(), _rows(self.glyphs[changed], self.inks[changed]), strict=True):
            rows[y] = row
        return tuple(rows)


Painted = tuple[Canvas, tuple[Row, ...]]
"""A sheet and its rows."""


def _rows(glyphs: NDArray[np.uint32], inks: NDArray[np.uint8]) -> list[Row]:
    height, width = glyphs.shape
    if not height or not width:
        return [Row("", ())] * height
    texts = np.ascontiguousarray(glyphs).view(f"U{width}").ravel().tolist()  # a codec would have to be imported first
    inks = _joined(glyphs, inks)
    starts = np.ones((height, width), np.bool_)
    np.not_equal(inks[:, 1:], inks[:, :-1], out=starts[:, 1:])
    lines, columns = starts.nonzero()
    codes = inks[lines, columns].tolist()
    bounds = np.searchsorted(lines, np.arange(height + 1)).tolist()
    cuts = columns.tolist()
    rows = []
    for y in range(height):
        first, last = bounds[y], bounds[y + 1]
        ends = [*cuts[first + 1 : last], width]
        rows.append(Row(texts[y], tuple(zip(ends, codes[first:last], strict=True))))
    return rows


def _joined(glyphs: NDArray[np.uint32], inks: NDArray[np.uint8]) -> NDArray[np.uint8]:
    """The ink of each cell; a blank has that of the cell to its left."""
    source = np.where(glyphs != 0x20, np.arange(glyphs.shape[1]), 0)
    np.maximum.accumulate(source, axis=1, out=source)
    source += np.arange(0, inks.size, inks.shape[1])[:, np.newaxis]
    return inks.take(source)


def text_row(parts: Sequence[tuple[str, int]]) -> Row:
    """A row from pieces of text with their inks; empty pieces are left out."""
    text, runs = "", []
    for piece, ink in parts:
        if piece:
            text += piece
            runs.append((len(text), int(ink)))
    return Row(text, tuple(runs))
