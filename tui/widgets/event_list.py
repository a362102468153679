"""What happened to a run: alerts, notes, resumes and artifacts with their time and level, the latest first."""

from __future__ import annotations

from collections.abc import Sequence
from typing import ClassVar

from textual.binding import Binding, BindingType

from logstore.model.delta import Event
from tui.details.event_lines import event_lines, latest_first
from tui.show.spans import Line, Span, mark
from tui.show.text import clean
from tui.widgets.line_view import LineView


class EventList(LineView):
    """One row per event."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("enter", "open", "Open", id="events.open", tooltip="All that the event says"),
        Binding("y", "copy", "Copy", id="events.copy", tooltip="Copy the event under the cursor"),
    ]

    def __init__(self, *, id: str | None = None) -> None:  # noqa: A002
        super().__init__(id=id)
        self._events: Sequence[Event] = ()
        self._now = 0.0
        self._shown: list[Event] = []
        self._lines: list[Line] = []

    def show(self, events: Sequence[Event], now: float) -> None:
        """Show these events as seen at ``now``, seconds since the epoch."""
        self._events, self._now = events, now
        self.rows_changed()

    @property
    def chosen(self) -> Event | None:
        """The event under the cursor."""
        return self._shown[self.cursor] if self.cursor < len(self._shown) else None

    @property
    def row_count(self) -> int:
        return len(self._shown)

    def rows_changed(self) -> None:
        wanted = self.needle.casefold()
        self._shown = [
            event
            for event in latest_first(self._events)
            if wanted in f"{event.kind} {event.level} {event.title} {event.text}".casefold()
        ]
        self._lines = event_lines(self._shown, self._now, self.scrollable_content_region.width)
        super().rows_changed()

    def on_resize(self) -> None:
        self.rows_changed()

    def header(self) -> list[Line]:
        count = f"  {len(self._events)}" if self._events else ""
        return [[Span(" events", "strong"), Span(count, "dim"), *self.search_spans()]]

    def empty(self) -> Line:
        if self.needle:
            return [Span(f" no event holds {clean(self.needle)!r}: escape clears the search", "dim")]
        return [Span(" no alerts, notes or resumes: run.alert(title) writes one", "dim")]

    def row(self, index: int) -> Line:
        return mark(self._lines[index], self.needle, "match")

    def action_open(self) -> None:
        if self._shown:
            self.post_message(self.Opened(self, self.cursor))

    def action_copy(self) -> None:
        if self.chosen is not None:
            self.app.copy_to_clipboard(told(self.chosen))
            self.notify("Copied the event", timeout=2)


def told(event: Event) -> str:
    """The event in a line: level, title and text."""
    return " ".join(part for part in (event.level, event.title, event.text) if part)
