"""A scrolling view of lines: only what is seen is built, so that its length costs nothing.

A subclass says how many rows there are (``row_count``) and what one looks like (``row``); it may keep some lines at the
top (``header``). The view has the cursor, the keys of a list, the mouse, and a search that is typed in place: ``/``
begins it, every key then goes into the needle, Enter keeps it and Escape drops it.
"""

from __future__ import annotations

from typing import ClassVar

from textual import events
from textual.binding import Binding, BindingType
from textual.geometry import Region, Size
from textual.message import Message
from textual.reactive import reactive
from textual.scroll_view import ScrollView
from textual.strip import Strip

from tui.show.spans import Line, Span
from tui.show.text import clean
from tui.widgets.painted import Painted


class LineView(Painted, ScrollView, can_focus=True):
    """The base of tables, trees and logs of lines."""

    DEFAULT_CSS = """
    LineView { height: 1fr; width: 1fr; scrollbar-size: 1 1; overflow-x: hidden; overflow-y: auto; }
    """
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("up,k", "move(-1)", "Up", id="lines.up", show=False, tooltip="One row up"),
        Binding("down,j", "move(1)", "Down", id="lines.down", show=False, tooltip="One row down"),
        Binding("pageup,ctrl+u", "page(-1)", "Page up", id="lines.page_up", show=False, tooltip="One page up"),
        Binding("pagedown,ctrl+d", "page(1)", "Page down", id="lines.page_down", show=False, tooltip="One page down"),
        Binding("home,g", "jump(0)", "Top", id="lines.top", show=False, tooltip="To the first row"),
        Binding("end,G", "jump(-1)", "End", id="lines.end", show=False, tooltip="To the last row"),
        Binding("slash", "search", "Search", id="lines.search", tooltip="Show only rows that hold what you type"),
        Binding("enter", "keep_search", "Keep search", id="lines.keep", tooltip="Keep what is searched for"),
        Binding("escape", "drop_search", "Drop it", id="lines.drop", tooltip="Leave the search, with all rows"),
        Binding("escape", "forget_search", "Clear search", id="lines.clear", tooltip="Show all rows again"),
    ]

    HAS_CURSOR: ClassVar[bool] = True
    """Whether a row is marked that keys work on; without it the keys scroll."""

    cursor: reactive[int] = reactive(0, repaint=False)
    """The row that the keys work on."""
    needle: reactive[str] = reactive("")
    """What is searched for, in any case; empty for nothing."""
    searching: reactive[bool] = reactive(default=False)
    """Whether keys go into the needle."""

    _has_rows = False

    class Opened(Message):
        """A row was opened, with Enter or a double click."""

        def __init__(self, view: LineView, row: int) -> None:
            super().__init__()
            self.view = view
            self.row = row

        @property
        def control(self) -> LineView:
            """The view that sent this."""
            return self.view

    @property
    def row_count(self) -> int:
        """How many rows there are below the header."""
        raise NotImplementedError

    def row(self, index: int) -> Line:
        """What the row at ``index`` looks like."""
        raise NotImplementedError

    def header(self) -> list[Line]:
        """The lines that stay at the top."""
        return []

    def empty(self) -> Line:
        """What stands in the place of rows when there are none."""
        return []

    # -- drawing ------------------------------------------------------------------------------------------------

    @property
    def page_rows(self) -> int:
        """Rows that are seen at once."""
        return max(1, self.scrollable_content_region.height - len(self.header()))

    def content_width(self) -> int:
        """Cells of the widest row, where the view scrolls sideways."""
        return 0

    def rows_changed(self) -> None:
        """Take note that rows came, went or changed; the cursor stays inside them."""
        rows = self.row_count
        if bool(rows) != self._has_rows:
            self._has_rows = bool(rows)
            self.refresh_bindings()
        size = Size(self.content_width(), max(1, rows) + len(self.header()))
        if size.height != self.virtual_size.height and self.styles.is_auto_height:
            self.refresh(layout=True)
        self.virtual_size = size
        self.cursor = max(0, min(self.cursor, rows - 1))
        self.refresh()

    def render_line(self, y: int) -> Strip:
        """The strip at ``y`` cells below the top of the widget."""
        width = self.scrollable_content_region.width
        header = self.header()
        if y < len(header):
            return self.paint(header[y], width)
        index = y - len(header) + self.scroll_offset.y
        if index < self.row_count:
            here = self.HAS_CURSOR and index == self.cursor and self.has_focus
            return self.paint(self.row(index), width, "cursor" if here else "")
        return self.paint(self.empty() if index == self.row_count == 0 else [], width)

    def search_spans(self) -> Line:
        """The needle, as it stands in a header."""
        if self.searching:
            return [Span("  /", "accent"), Span(clean(self.needle)), Span("▏", "accent")]
        return [Span("  /", "dim"), Span(clean(self.needle), "accent")] if self.needle else []

    # -- cursor -------------------------------------------------------------------------------------------------

    def watch_cursor(self, before: int, after: int) -> None:
        self._refresh_row(before)
        self._refresh_row(after)
        self.keep_in_view(after)

    def keep_in_view(self, index: int) -> None:
        """Scroll no more than needed to see the row at ``index``, also before the scrollbar is there."""
        top = self.scroll_offset.y
        if index < top:
            self.scroll_to(y=index, animate=False, force=True)
        elif index >= top + self.page_rows:
            self.scroll_to(y=index - self.page_rows + 1, animate=False, force=True)

    def _refresh_row(self, index: int) -> None:
        self.refresh(Region(0, index - self.scroll_offset.y + len(self.header()), self.size.width, 1))

    def on_focus(self) -> None:
        self.refresh()

    def on_blur(self) -> None:
        self.searching = False
        self.refresh()

    def action_move(self, rows: int) -> None:
        if not self.HAS_CURSOR:
            self.scroll_to(y=self.scroll_offset.y + rows, animate=False)
            return
        self.cursor = max(0, min(self.cursor + rows, self.row_count - 1))

    def action_page(self, pages: int) -> None:
        self.action_move(pages * self.page_rows)

    def action_jump(self, index: int) -> None:
        if not self.HAS_CURSOR:
            self.scroll_to(y=0 if index >= 0 else self.max_scroll_y, animate=False)
            return
        self.cursor = max(0, index if index >= 0 else self.row_count + index)

    def on_click(self, event: events.Click) -> None:
        index = event.y - len(self.header()) + self.scroll_offset.y
        if event.y >= len(self.header()) and index < self.row_count:
            self.cursor = index
            if event.chain == 2:
                self.post_message(self.Opened(self, index))

    # -- search -------------------------------------------------------------------------------------------------

    def action_search(self) -> None:
        self.searching = True

    def watch_searching(self) -> None:
        self.refresh_bindings()

    def action_keep_search(self) -> None:
        self.searching = False

    def action_drop_search(self) -> None:
        self.searching, self.needle = False, ""

    def action_forget_search(self) -> None:
        self.needle = ""

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        """Escape clears a search only where there is one; while one is typed, only what ends it is to be had.

        What is done with rows can be done only where there are some.
        """
        if action in {"keep_search", "drop_search"}:
            return self.searching
        if self.searching:
            return False
        if action in _OF_ROWS and not self._has_rows:
            return action == "search" and bool(self.needle)
        if action == "forget_search":
            return bool(self.needle)
        return super().check_action(action, parameters)

    def watch_needle(self) -> None:
        self.rows_changed()
        self.refresh_bindings()

    def check_consume_key(self, key: str, character: str | None) -> bool:
        """Whether a key goes into the needle instead of doing what it is bound to."""
        return self.searching and (key in _EDITING or (character is not None and character.isprintable()))

    def on_key(self, event: events.Key) -> None:
        if self.searching and event.key == "enter":  # also where a subclass has another use for it
            event.stop()
            event.prevent_default()
            self.action_keep_search()
            return
        if not self.check_consume_key(event.key, event.character):
            return
        event.stop()
        event.prevent_default()
        match event.key:
            case "backspace":
                self.needle = self.needle[:-1]
            case "ctrl+u":
                self.needle = ""
            case _:
                self.needle += event.character or ""

    def on_paste(self, event: events.Paste) -> None:
        if self.searching:
            event.stop()
            self.needle += clean(event.text.partition("\n")[0])


_OF_ROWS = frozenset({"search", "open", "copy", "copy_all", "copy_table"})
_EDITING = frozenset({"backspace", "ctrl+u"})
