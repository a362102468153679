"""The mouse on a table: what was clicked and how, borders that are dragged, columns that scroll sideways."""

from __future__ import annotations

from enum import Enum, auto

from textual import events

from tui.table.layout import GUTTER, Placed
from tui.widgets.table_canvas import HEADER
from tui.widgets.table_cursor import TableCursor
from tui.widgets.table_order import TableOrder


class Click(Enum):
    """What a click on a row asks for."""

    GO = auto()
    MARK = auto()
    """A click on the cells before the first column."""
    EXTEND = auto()
    """With shift: everything from the cursor to here."""
    OPEN = auto()
    """The second one of a double click."""


class TableMouse(TableCursor, TableOrder):
    """A table that can be pointed at."""

    _dragged: Placed | None = None

    def click_title(self, column_id: str, *, add: bool) -> None:
        """Sort by the column, or with ``add`` by it too."""
        self.view.columns.cursor = column_id
        self.sort_by(column_id, add=add)

    def click_row(self, place: int, click: Click) -> None:
        """Go to the row; mark it, mark up to it, or open it."""
        if click is Click.EXTEND:
            self.view.mark_to(place)
        self.go(place)
        if click is Click.MARK:
            self.view.toggle_mark()
            self.show_cursor()
        elif click is Click.OPEN:
            self.action_open()

    def on_click(self, event: events.Click) -> None:
        """A click on a title sorts, on a row goes there, on the cells before it marks; a double click opens.

        With shift a title is added to the sort, and all rows from the cursor to the one clicked are marked.
        """
        event.stop()
        place = event.y - HEADER + self.scroll_offset.y
        if event.y < HEADER:
            layout = self.view.columns.layout
            placed = layout.at(event.x)
            if placed is not None and layout.border_at(event.x) is None:
                self.click_title(placed.column.id, add=event.shift)
        elif place < len(self.view.order.lines):
            self.click_row(place, _kind(event))

    def on_mouse_down(self, event: events.MouseDown) -> None:
        """Begin to drag a column's border."""
        border = self.view.columns.layout.border_at(event.x) if event.y < HEADER else None
        if border is not None:
            self._dragged = border
            self.capture_mouse()

    def on_mouse_move(self, event: events.MouseMove) -> None:
        """Drag a column's border."""
        if self._dragged is not None:
            self.view.columns.resize(self._dragged.column.id, event.x - self._dragged.x)
            self.repaint()

    def on_mouse_up(self) -> None:
        """Let the border go."""
        if self._dragged is not None:
            self._dragged = None
            self.release_mouse()

    def on_mouse_scroll_right(self, event: events.MouseScrollRight) -> None:
        """Go one column to the right."""
        self._scroll_columns(event, 1)

    def on_mouse_scroll_left(self, event: events.MouseScrollLeft) -> None:
        """Go one column to the left."""
        self._scroll_columns(event, -1)

    def on_mouse_scroll_down(self, event: events.MouseScrollDown) -> None:
        """With shift, go one column to the right: many terminals send no other sideways scrolling."""
        if event.shift:
            self._scroll_columns(event, 1)

    def on_mouse_scroll_up(self, event: events.MouseScrollUp) -> None:
        """With shift, go one column to the left."""
        if event.shift:
            self._scroll_columns(event, -1)

    def _scroll_columns(self, event: events.MouseEvent, by: int) -> None:
        event.stop()
        event.prevent_default()
        self.view.columns.scroll(by)
        self.repaint()


def _kind(event: events.Click) -> Click:
    if event.shift:
        return Click.EXTEND
    if event.x < GUTTER:
        return Click.MARK
    return Click.OPEN if event.chain == 2 else Click.GO
