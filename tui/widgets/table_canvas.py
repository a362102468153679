"""A virtual table on the screen: draws a ``TableView``, one strip for each row in sight, and repaints by changed line.

Whoever changes the view says so with ``repaint``, ``rearrange`` or ``show_cursor``; what is then painted is every line
that would look different, and no other. Knows nothing of keys, the mouse, or who owns the rows.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass

from rich.style import Style
from textual.geometry import Region, Size
from textual.message import Message
from textual.scroll_view import ScrollView
from textual.strip import Strip

from tui.show.text import fit
from tui.table.calm import Calm
from tui.table.cells import header_line
from tui.table.groups import GroupRow
from tui.table.layout import GUTTER
from tui.table.view import TableView
from tui.widgets.table_paint import TONES, RowStrips
from tui.widgets.tones import Tones

HEADER = 1
"""Lines above the rows."""
EMPTY = 2
"""Lines that it takes to say that there is no row."""
NOTHING_LEFT = "no run passes the filter: esc shows all"
NOTHING_MINE = "none of the runs is yours: U shows all"
NOTHING_LEFT_OF_MINE = "no run of yours passes the filter: esc drops it"


class TableCanvas(ScrollView, can_focus=True):
    """Draws a table: titles that stay, rows that scroll, a cursor."""

    @dataclass
    class Sent(Message):
        """What all messages of a table have: who sent them."""

        table: TableCanvas

        @property
        def control(self) -> TableCanvas:
            """The table, for ``@on(..., selector)``."""
            return self.table

    DEFAULT_CSS = """
    TableCanvas {
        height: 1fr; width: 1fr; background: $background; color: $foreground;
        overflow-x: hidden; overflow-y: auto; scrollbar-size-vertical: 1;
    }
    """

    def __init__(self, columns: Iterable[str], *, empty: str, id: str | None, classes: str | None) -> None:  # noqa: A002
        super().__init__(id=id, classes=classes)
        self.view = TableView(columns)
        self.calm = Calm()
        self._empty = empty
        self._tones = Tones(self, TONES)
        self._strips = RowStrips(self._component)
        self._drawn: dict[int, Strip] = {}

    @property
    def empty(self) -> str:
        """What the table says while it shows no row."""
        return self._empty

    @empty.setter
    def empty(self, text: str) -> None:
        self._empty = text
        self.repaint()

    @property
    def cells(self) -> int:
        """The width of a line: that of the widget without its scrollbar."""
        return self.scrollable_content_region.width

    def repaint(self) -> None:
        """Ask for those lines to be painted that would look different now."""
        if not self.is_attached or not self.size:
            return
        self._fit()
        size = Size(self.cells, len(self.view.order.lines) + HEADER)
        if self.virtual_size != size:
            self.virtual_size = size
        dirty = self._dirty()
        if dirty:
            self.refresh(*(Region(0, y, self.cells, 1) for y in dirty))

    def rearrange(self, change: Callable[[], object]) -> None:
        """Let ``change`` change the order, and keep the cursor's run on its line of the screen."""
        place = self.view.order.place(self.view.cursor)
        line = None if place is None else place - self.scroll_offset.y
        change()
        self.repaint()
        place = self.view.order.place(self.view.cursor)
        if line is not None and place is not None and 0 <= line < self.size.height - HEADER:
            self.scroll_to(y=self._headed(place) if line == 0 else place - line, animate=False)

    def show_cursor(self) -> None:
        """Bring the cursor into sight and paint it."""
        place = self.view.order.place(self.view.cursor)
        top, lines = self.scroll_offset.y, self.size.height - HEADER
        if place is not None and lines > 0 and not top <= place < top + lines:
            self.scroll_to(y=self._headed(place) if place < top else place - lines + 1, animate=False)
        self.repaint()

    def _headed(self, place: int) -> int:
        """Where to begin so that the line at ``place`` is seen, and that of its group where it is right above."""
        above = self.view.order.lines[place - 1] if place else None
        return place - isinstance(above, GroupRow)

    def forget(self, keys: Iterable[str] | None = None) -> None:
        """These rows (or all) may look different now."""
        self._strips.forget(keys)

    @property
    def keys_in_sight(self) -> list[str]:
        """The keys of the lines on the screen."""
        top = self.scroll_offset.y
        return [line.key for line in self.view.order.lines[top : top + max(0, self.size.height - HEADER)]]

    def render_line(self, y: int) -> Strip:
        """The line ``y`` of the widget: the titles, a row, or nothing."""
        self._fit()
        layout = self.view.columns.layout
        self._drawn[y] = self._line(y)
        if self.view.columns.layout is not layout:
            self.call_after_refresh(self.repaint)
        return self._drawn[y]

    def notify_style_update(self) -> None:
        """Forget what was painted in the colours of before."""
        super().notify_style_update()
        self._tones.forget()
        self._strips = RowStrips(self._component)

    def on_resize(self) -> None:
        """Place the columns anew and keep the cursor in sight."""
        self._drawn.clear()
        self.show_cursor()

    def on_focus(self) -> None:
        """The cursor looks different with the focus."""
        self.repaint()

    def on_blur(self) -> None:
        """The cursor looks different without the focus."""
        self.repaint()

    def _fit(self) -> None:
        """Place the columns anew when the width is another one; a scrollbar may come and go without a resize."""
        if self.view.columns.layout.viewport != self.cells:
            self.view.columns.fit(self.cells)

    def _component(self, tone: str) -> Style:
        """The style of a tone; of no tone, the widget's own."""
        return self._tones[tone] if tone else self.rich_style

    def _line(self, y: int) -> Strip:
        view = self.view
        if y < HEADER:
            cursor = view.columns.cursor if self.has_focus else None
            return self._strips.line(header_line(view.columns.layout, view.order.sort, cursor))
        place = y - HEADER + self.scroll_offset.y
        if place < len(view.order.lines):
            return self._strips.row(view.order.lines[place], view, focus=self.has_focus)
        text = ""
        if not view.order.lines and y == HEADER + EMPTY - 1:
            text = " " * GUTTER + (self._nothing_left if view.order.rows else self.empty)
        return self._strips.line([(fit(text, self.cells), "dim")])

    @property
    def _nothing_left(self) -> str:
        """Why no row is shown though there are some."""
        order = self.view.order
        if not order.only_mine:
            return NOTHING_LEFT
        return NOTHING_MINE if order.predicate is None else NOTHING_LEFT_OF_MINE

    def _dirty(self) -> list[int]:
        """The lines that would look different; a second look where the first made a column grow."""
        layout = self.view.columns.layout
        dirty = [y for y in range(self.size.height) if self._line(y) != self._drawn.get(y)]
        return dirty if self.view.columns.layout is layout else self._dirty()
