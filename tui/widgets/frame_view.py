"""A widget that shows a ``Frame`` and repaints only the rows that changed since the last one.

Its rows go to the screen as they are, without the toolkit's way around them: charts change ten times a second, and
mostly at one end of a row, so that what a row begins with is taken over from the row that was there before.
"""

from __future__ import annotations

import re

from rich.cells import cell_len
from rich.segment import Segment
from textual.geometry import Region, Spacing
from textual.strip import Strip
from textual.widget import Widget

from tui.charts.frame import Frame, Ink, Row
from tui.widgets.ink_styles import InkStyles

_FOREIGN = re.compile("[^\x20-\x7e\u2500-\u25b8\u2800-\u28ff✖∞·…]")
"""What is not one of the engine's own glyphs, and may be wider than a cell."""

NO_GUTTER = Spacing()


class FrameView(Widget):
    """Shows frames. What is in them is the business of the subclass, which calls ``show_frame``."""

    ALLOW_SELECT = False
    DEFAULT_CSS = "FrameView { width: 1fr; height: 1fr; color: $foreground; }"

    def __init__(self, *, name: str | None = None, id: str | None = None, classes: str | None = None) -> None:  # noqa: A002
        super().__init__(name=name, id=id, classes=classes)
        self._rows: tuple[Row, ...] = ()
        self._painted: list[tuple[Row, list[Segment], Strip] | None] = []
        """What was last painted of each row; None where that was in other colours or of another width."""
        self._styles_of_ink = InkStyles(self)

    def show_frame(self, frame: Frame) -> None:
        """Take over a frame; only rows that differ from the last one are painted again."""
        old, new = self._rows, frame.rows
        self._rows = new
        if len(old) != len(new):
            self._painted = [None] * len(new)
            self.refresh()
            return
        changed = [y for y, (before, now) in enumerate(zip(old, new, strict=True)) if before != now]
        if changed:
            self.refresh(*_regions(changed, self.outer_size.width))

    def notify_style_update(self) -> None:
        """Colours may have changed: work them out again."""
        super().notify_style_update()
        self._styles_of_ink.forget()
        self._painted = [None] * len(self._rows)

    def render_lines(self, crop: Region) -> list[Strip]:
        """The rows of a part of the widget; those of one with a border or padding go the usual way."""
        if self.gutter != NO_GUTTER:
            return super().render_lines(crop)
        width = self.outer_size.width
        strips = [self._strip(y, width) for y in crop.line_range]
        return strips if crop.column_span == (0, width) else [strip.crop(*crop.column_span) for strip in strips]

    def render_line(self, y: int) -> Strip:
        """One row of the frame."""
        return self._strip(y, self.size.width)

    def _strip(self, y: int, width: int) -> Strip:
        """A row in exactly ``width`` cells; blank where there is none."""
        if y >= len(self._rows):
            return Strip.blank(width, self._styles_of_ink[Ink.BLANK])
        row, painted = self._rows[y], self._painted[y]
        if painted is None or painted[0] is not row or painted[2].cell_length != width:
            segments = self._segments(row, painted)
            cells = cell_len(row.text) if _FOREIGN.search(row.text) else len(row.text)
            strip = Strip(segments, cells).adjust_cell_length(width, self._styles_of_ink[Ink.BLANK])
            painted = self._painted[y] = (row, segments, strip)
        return painted[2]

    def _segments(self, row: Row, before: tuple[Row, list[Segment], Strip] | None) -> list[Segment]:
        """A row in colours; what it begins with is that of ``before`` where it is the same."""
        kept = _alike(row, before[0]) if before is not None else 0
        segments = before[1][:kept] if before is not None else []
        start = row.runs[kept - 1][0] if kept else 0
        for end, ink in row.runs[kept:]:
            segments.append(Segment(row.text[start:end], self._styles_of_ink[ink]))
            start = end
        return segments


def _alike(row: Row, other: Row) -> int:
    """How many runs both rows begin with."""
    high = next((at for at, (a, b) in enumerate(zip(row.runs, other.runs, strict=False)) if a != b), None)
    low, high = 0, min(len(row.runs), len(other.runs)) if high is None else high
    while low < high:
        middle = (low + high + 1) // 2
        end = row.runs[middle - 1][0]
        low, high = (middle, high) if row.text[:end] == other.text[:end] else (low, middle - 1)
    return low


def _regions(rows: list[int], width: int) -> list[Region]:
    """The rows as regions, neighbours in one."""
    regions: list[Region] = []
    for y in rows:
        if regions and regions[-1].bottom == y:
            last = regions.pop()
            regions.append(Region(0, last.y, width, last.height + 1))
        else:
            regions.append(Region(0, y, width, 1))
    return regions
