"""From the tones of a table's lines to strips: what each tone looks like, and the strips that are kept."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from typing import Final

from rich.segment import Segment
from rich.style import Style
from textual.strip import Strip

from tui.show.palette import SLOTS
from tui.table.cells import Run, row_line, texts_of
from tui.table.rows import SHAPES, TableRow
from tui.table.view import TableView
from tui.widgets.tones import Tone

MOST_STRIPS: Final = 1000
"""How many rows' strips are kept: many screens full, some megabytes."""

TONES: Final[Mapping[str, Tone]] = {
    "title": Tone("dim"),
    "title-sorted": Tone("foreground", bold=True),
    "title-cursor": Tone("foreground", underline=True),
    "plain": Tone("foreground"),
    "name": Tone("foreground"),
    "strong": Tone("foreground", bold=True),
    "dim": Tone("dim"),
    "bad": Tone("error", bold=True),
    "best": Tone("success", bold=True),
    "good": Tone("success"),
    "poor": Tone("warning"),
    "worst": Tone("error"),
    "cursor": Tone(ground="panel"),
    "cursor-focus": Tone(ground="panel", bold=True),
    **{f"state-{word}": Tone(f"state-{word}") for word in SHAPES},
    **{f"series-{slot}": Tone(f"series-{slot}") for slot in range(1, SLOTS + 1)},
}
"""What each tone looks like."""


class RowStrips:
    """The strips of a table's lines in the colours of one theme; a row's strip is kept until something in it changes.

    Args:
        component: gives the style of a tone, and of ``""`` the widget's own.
    """

    def __init__(self, component: Callable[[str], Style]) -> None:
        self._component = component
        self._styles: dict[tuple[str, str], Style] = {}
        self._kept: dict[str, tuple[tuple[object, ...], Strip]] = {}

    def forget(self, keys: Iterable[str] | None = None) -> None:
        """These rows (or all) are to be painted anew."""
        if keys is None:
            self._kept.clear()
            return
        for key in keys:
            self._kept.pop(key, None)

    def row(self, row: TableRow, view: TableView, *, focus: bool) -> Strip:
        """The strip of ``row``; what is wider than its column, or looks like another, makes that grow."""
        key = row.key
        ground = ("cursor-focus" if focus else "cursor") if key == view.cursor else ""
        standing = view.colouring.of(key)
        look = (view.columns.layout, row, row.swatch, ground, key in view.marked, key in view.order.pins, standing)
        known = self._kept.get(key)
        if known is not None and known[0] == look:
            return known[1]
        strip = self.line(self._runs(row, view), ground)
        if len(self._kept) >= MOST_STRIPS:
            self._kept.clear()
        self._kept[key] = ((view.columns.layout, *look[1:]), strip)
        return strip

    def line(self, runs: Iterable[Run], ground: str = "") -> Strip:
        """The strip of any line, over the background of the tone ``ground``."""
        return Strip([Segment(text, self._style(tone, ground)) for text, tone in runs])

    def _runs(self, row: TableRow, view: TableView) -> list[Run]:
        inside = view.order.grouping is not None and row.key in view.order.rows
        texts = texts_of(row, view.columns.layout, inside=inside)
        while view.columns.suit(row, texts):
            texts = texts_of(row, view.columns.layout, inside=inside)
        return row_line(
            row,
            texts,
            view.columns.layout,
            marked=row.key in view.marked,
            pinned=row.key in view.order.pins,
            standing=view.colouring.of(row.key),
        )

    def _style(self, tone: str, ground: str) -> Style:
        style = self._styles.get((tone, ground))
        if style is None:
            style = self._component("")
            for name in filter(None, (ground, tone)):
                style += self._component(name)
            self._styles[tone, ground] = style
        return style
