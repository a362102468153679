"""A list of processes: Enter asks for all of one, K for a signal to it. The cursor stays on its process.

Others come, go and change places each second; a row that stands for several processes is known by the first of them.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import ClassVar

from textual import on
from textual.binding import Binding, BindingType
from textual.message import Message

from tui.widgets.line_view import LineView


class ProcessList(LineView):
    """The base; one says whose row is whose (``pids_at``)."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("enter", "open", "Process", id="process.open", tooltip="All of the process under the cursor"),
        Binding("K", "signal", "Signal", id="process.signal", tooltip="Send TERM, INT or KILL to it, after asking"),
    ]

    @dataclass
    class Chosen(Message):
        """A person wants to see all of what is under the cursor."""

        row: int
        pids: Sequence[int]

    @dataclass
    class SignalAsked(Message):
        """A person wants to send a signal to it."""

        row: int
        pids: Sequence[int]

    def __init__(self, *, id: str | None = None) -> None:  # noqa: A002
        super().__init__(id=id)
        self._here: int | None = None

    def pids_at(self, index: int) -> Sequence[int]:
        """The processes that the row at ``index`` stands for."""
        raise NotImplementedError

    def stand_on(self, pid: int) -> None:
        """Put the cursor on ``pid`` as soon as it has a row."""
        self._here = pid
        self._follow()

    def rows_changed(self) -> None:
        here = self._here
        super().rows_changed()
        self._here = here
        self._follow()

    def _follow(self) -> None:
        """Go after the process that the cursor was on; where it is gone, stay at its place."""
        rows = range(self.row_count)
        if self.cursor not in rows or self._here not in self.pids_at(self.cursor):
            self.cursor = next((row for row in rows if self._here in self.pids_at(row)), self.cursor)
        self._take_note()

    def watch_cursor(self, before: int, after: int) -> None:
        super().watch_cursor(before, after)
        self._take_note()

    def _take_note(self) -> None:
        if self.cursor < self.row_count:
            self._here = self.pids_at(self.cursor)[0]

    @on(LineView.Opened)
    def action_open(self) -> None:
        """Ask for all of the process under the cursor."""
        if self.cursor < self.row_count:
            self.post_message(self.Chosen(self.cursor, self.pids_at(self.cursor)))

    def action_signal(self) -> None:
        """Ask for a signal to the process under the cursor."""
        if self.cursor < self.row_count:
            self.post_message(self.SignalAsked(self.cursor, self.pids_at(self.cursor)))
