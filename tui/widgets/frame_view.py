"""A widget that shows a ``Frame`` and repaints only the rows that changed since the last one."""

from __future__ import annotations

import re

from rich.cells import cell_len
from rich.segment import Segment
from textual.geometry import Region
from textual.strip import Strip
from textual.widget import Widget

from tui.charts.frame import Frame, Ink, Row
from tui.widgets.ink_styles import InkStyles

_FOREIGN = re.compile("[^\x20-\x7e\u2500-\u25b8\u2800-\u28ff✖∞·…]")
"""What is not one of the engine's own glyphs, and may be wider than a cell."""


class FrameView(Widget):
    """Shows frames. What is in them is the business of the subclass, which calls ``show_frame``."""

    ALLOW_SELECT = False
    DEFAULT_CSS = "FrameView { width: 1fr; height: 1fr; color: $foreground; }"

    def __init__(self, *, name: str | None = None, id: str | None = None, classes: str | None = None) -> None:  # noqa: A002
        super().__init__(name=name, id=id, classes=classes)
        self._rows: tuple[Row, ...] = ()
        self._strips: list[Strip | None] = []
        self._styles_of_ink = InkStyles(self)

    def show_frame(self, frame: Frame) -> None:
        """Take over a frame; only rows that differ from the last one are painted again."""
        old, new = self._rows, frame.rows
        self._rows = new
        if len(old) != len(new):
            self._strips = [None] * len(new)
            self.refresh()
            return
        changed = [y for y, (before, now) in enumerate(zip(old, new, strict=True)) if before != now]
        for y in changed:
            self._strips[y] = None
        if changed:
            self.refresh(*_regions(changed, self.size.width))

    def notify_style_update(self) -> None:
        """Colours may have changed: work them out again."""
        super().notify_style_update()
        self._styles_of_ink.forget()
        self._strips = [None] * len(self._rows)

    def render_line(self, y: int) -> Strip:
        """One row of the frame."""
        if y >= len(self._rows):
            return Strip.blank(self.size.width, self.rich_style)
        strip = self._strips[y]
        if strip is None or strip.cell_length != self.size.width:
            strip = self._strips[y] = self._strip(self._rows[y])
        return strip

    def _strip(self, row: Row) -> Strip:
        start, segments = 0, []
        for end, ink in row.runs:
            segments.append(Segment(row.text[start:end], self._styles_of_ink[ink]))
            start = end
        width = cell_len(row.text) if _FOREIGN.search(row.text) else len(row.text)
        return Strip(segments, width).adjust_cell_length(self.size.width, self._styles_of_ink[Ink.BLANK])


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
