"""The alert log: a line for each alert, and the one under the cursor in full below them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import ClassVar

from textual.binding import Binding, BindingType
from textual.message import Message

from tui.health.alert_lines import Entry, detail_lines, entry_line
from tui.show.spans import Line, Span, mark
from tui.show.text import clean
from tui.widgets.line_view import LineView
from tui.widgets.painted import PaintedLines


class AlertDetail(PaintedLines):
    """One alert in full."""

    DEFAULT_CSS = "AlertDetail { height: 5; width: 1fr; border-top: hkey $faint; }"

    def __init__(self, *, id: str | None = None) -> None:  # noqa: A002
        super().__init__(id=id)
        self._entry: Entry | None = None

    def show(self, entry: Entry | None) -> None:
        """Show this alert; None: nothing."""
        self._entry = entry
        self.display = entry is not None
        self._build()

    def on_resize(self) -> None:
        self._build()

    def _build(self) -> None:
        width, height = self.content_size
        self.draw(detail_lines(self._entry, width, height) if self._entry is not None and width else [])


class AlertList(LineView):
    """One row per alert; Enter asks for its run."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("enter", "open", "Open", id="alerts.open", tooltip="Open the run that the alert is about"),
        Binding("y", "copy", "Copy", id="alerts.copy", tooltip="Copy the alert under the cursor"),
    ]

    @dataclass
    class Pointed(Message):
        """Another alert is under the cursor, or it changed."""

        entry: Entry | None

    @dataclass
    class Chosen(Message):
        """A person wants to see the run of an alert."""

        run: str

    def __init__(self, *, id: str | None = None) -> None:  # noqa: A002
        super().__init__(id=id)
        self._entries: Sequence[Entry] = ()
        self._shown: list[Entry] = []
        self._now = 0.0

    def show(self, entries: Sequence[Entry], now: float) -> None:
        """Show these alerts as seen at ``now``, seconds since the epoch."""
        self._entries, self._now = entries, now
        self.rows_changed()

    @property
    def row_count(self) -> int:
        return len(self._shown)

    def rows_changed(self) -> None:
        wanted = self.needle.casefold()
        self._shown = [entry for entry in self._entries if wanted in entry.words]
        super().rows_changed()
        self._point()

    def watch_cursor(self, before: int, after: int) -> None:
        super().watch_cursor(before, after)
        self._point()

    def _point(self) -> None:
        self.post_message(self.Pointed(self._shown[self.cursor] if self._shown else None))

    def header(self) -> list[Line]:
        if not self._entries:
            return []
        lasting = sum(entry.over is None for entry in self._entries)
        over = len(self._entries) - lasting
        counted = f" {lasting} now" + (f" · {over} over" if over else "")
        return [[Span(counted, "dim"), *self.search_spans()]]

    def empty(self) -> Line:
        if self.needle:
            return [Span(f" no alert holds {clean(self.needle)!r}: escape clears the search", "dim")]
        return [Span(" nothing is wrong, and nothing was since the app began", "dim")]

    def row(self, index: int) -> Line:
        width = self.scrollable_content_region.width
        return mark(entry_line(self._shown[index], self._now, width), self.needle, "match")

    def action_open(self) -> None:
        if self._shown and self._shown[self.cursor].alert.run is not None:
            self.post_message(self.Chosen(self._shown[self.cursor].alert.run or ""))

    def action_copy(self) -> None:
        if self._shown:
            entry = self._shown[self.cursor]
            self.app.copy_to_clipboard(clean(f"{entry.who}: {entry.alert.text}"))
            self.notify("Copied the alert", timeout=2)
