"""The part of the run table that goes about in it: the cursor on a line, marks, and opening what is there."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from time import monotonic

from tui.widgets.table_canvas import HEADER, TableCanvas


class TableCursor(TableCanvas):
    """A table with a cursor and marks; says where the one is and what the others are on whenever that changes."""

    @dataclass
    class Opened(TableCanvas.Sent, namespace="run_table"):
        """A person asked to see this run."""

        key: str

    @dataclass
    class CursorMoved(TableCanvas.Sent, namespace="run_table"):
        """The cursor is on another line: on a run, or (None) on a group or nowhere."""

        key: str | None

    @dataclass
    class MarksChanged(TableCanvas.Sent, namespace="run_table"):
        """These runs are marked now, in the order in which they are shown."""

        keys: tuple[str, ...]

    _told: tuple[str | None, frozenset[str]] = (None, frozenset())

    @property
    def marks(self) -> tuple[str, ...]:
        """The keys of the marked runs, in the order in which they are shown."""
        return self.view.marks

    @marks.setter
    def marks(self, keys: Iterable[str]) -> None:
        self.view.marked = set(keys)
        self.repaint()
        self._tell()

    @property
    def cursor_key(self) -> str | None:
        """The run under the cursor; None when there is none, or a group's line is."""
        return self.view.run

    @cursor_key.setter
    def cursor_key(self, key: str) -> None:
        place = self.view.order.place(key)
        if place is not None:
            self.view.move_to(place)
            self.show_cursor()

    @property
    def cursor_group(self) -> str | None:
        """The label of the group whose line is under the cursor."""
        return None if self.view.group is None else self.view.group.label

    def rearrange(self, change: Callable[[], object]) -> None:
        super().rearrange(change)
        self._tell()

    def show_cursor(self) -> None:
        super().show_cursor()
        self._tell()

    def go(self, place: int) -> None:
        """Put the cursor on the line at ``place``, or on the nearest there is."""
        self.calm.moved(monotonic())
        self.view.move_to(place)
        self.show_cursor()

    def action_open(self) -> None:
        """Say that the run under the cursor is to be opened; a group is folded, or unfolded, here."""
        if self.view.run is not None:
            self.post_message(self.Opened(self, self.view.run))
        else:
            self.rearrange(self.view.fold)

    def action_move(self, by: int) -> None:
        """Go ``by`` rows down."""
        self.go((self.view.order.place(self.view.cursor) or 0) + by)

    def action_page(self, by: int) -> None:
        """Go ``by`` pages down."""
        self.action_move(by * max(1, self.size.height - HEADER - 1))

    def action_end(self, side: int) -> None:
        """Go to the first (-1) or the last (1) row."""
        self.go(0 if side < 0 else len(self.view.order.lines) - 1)

    def action_mark(self) -> None:
        """Mark the run under the cursor, or take its mark away, and go on to the next."""
        if self.view.cursor is not None:
            self.view.toggle_mark()
            self.action_move(1)

    def action_extend(self, by: int) -> None:
        """Mark the run under the cursor and the one the cursor goes to."""
        if self.view.cursor is not None:
            place = (self.view.order.place(self.view.cursor) or 0) + by
            self.view.mark_to(place)
            self.go(place)

    def action_mark_all(self) -> None:
        """Mark all runs that are shown."""
        self.marks = {*self.view.marked, *self.view.order.keys}

    def action_unmark_all(self) -> None:
        """Take all marks away, those of hidden runs as well."""
        self.marks = ()

    def _tell(self) -> None:
        """Send the messages about what is not as it was when it was last told."""
        cursor, marks = self.view.cursor, self.view.marks
        before, self._told = self._told, (cursor, frozenset(marks))
        if cursor != before[0]:
            self.post_message(self.CursorMoved(self, self.view.run))
        if self._told[1] != before[1]:
            self.post_message(self.MarksChanged(self, marks))
