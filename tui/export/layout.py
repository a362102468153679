"""Where the parts of an exported picture go: title, legend, plot, caption. Pixels, from the top left."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from tui.export.sketch import Curve, Sketch, legend
from tui.show.palette import Swatch
from tui.show.text import fit, width

FONT = 13
"""Height of the letters."""

_LETTER = 7.2
_MARGIN = 16
_ROW = 20
_MOST_ENTRIES = 24
_LONGEST_ENTRY = 96


@dataclass(frozen=True, slots=True)
class Box:
    """The plot's rectangle."""

    left: float
    top: float
    right: float
    bottom: float

    def x_at(self, share: float) -> float:
        """The x of a share from the left."""
        return self.left + share * (self.right - self.left)

    def y_at(self, share: float) -> float:
        """The y of a share from the bottom."""
        return self.bottom - share * (self.bottom - self.top)


@dataclass(frozen=True, slots=True)
class Entry:
    """One curve in the legend: the left end of its swatch, its base line, its text."""

    x: float
    y: float
    swatch: Swatch
    text: str


@dataclass(frozen=True, slots=True)
class Layout:
    """The places of everything."""

    left: float
    title_y: float
    entries: tuple[Entry, ...]
    box: Box
    caption: str
    caption_y: float


def lay_out(sketch: Sketch, picture_width: int, picture_height: int) -> Layout:
    """Places for ``sketch`` in a picture of that size; the legend takes as many rows as it needs."""
    labels = max((width(tick.label) for tick in sketch.y_ticks), default=1)
    left = _MARGIN + labels * _LETTER + 8
    title_y = _MARGIN + FONT
    entries, rows = _entries(sketch.curves, left, title_y + _ROW + 4, picture_width - _MARGIN)
    top = title_y + 12 + rows * _ROW
    bottom = max(top + 10, picture_height - _MARGIN - 2 * _ROW)
    box = Box(left, top, picture_width - _MARGIN, bottom)
    return Layout(left, title_y, tuple(entries), box, _caption(sketch), picture_height - _MARGIN + 4)


def _entries(curves: Sequence[Curve], left: float, y: float, right: float) -> tuple[list[Entry], int]:
    entries: list[Entry] = []
    x, rows = left, 1
    for curve in curves[:_MOST_ENTRIES]:
        text = legend(curve)
        text = fit(text, min(width(text), _LONGEST_ENTRY))
        cells = 20 + width(text) * _LETTER + 18
        if x > left and x + cells > right:
            x, rows = left, rows + 1
        entries.append(Entry(x, y + (rows - 1) * _ROW, curve.swatch, text))
        x += cells
    return entries, rows


def _caption(sketch: Sketch) -> str:
    words = [sketch.x_label, "smoothed" if sketch.smoothed else "", "outliers clipped" if sketch.clipped else ""]
    hidden = len(sketch.curves) - _MOST_ENTRIES
    words.append(f"{hidden} more curves" if hidden > 0 else "")
    return " · ".join(word for word in words if word)
