"""The summary of one run: each metric's last value, where its best was, and what is wrong with it."""

from __future__ import annotations

from collections.abc import Sequence
from typing import ClassVar

from textual.binding import Binding, BindingType

from tui.details.run_facts import SummaryEntry
from tui.show.spans import Line, Span, gap, mark, pad
from tui.show.text import clean, fit, width
from tui.show.values import pretty
from tui.widgets.line_view import LineView

_LONGEST = 200


class SummaryList(LineView):
    """One row per value; numbers stand right-aligned in a column."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("y", "copy", "Copy", id="summary_list.copy", tooltip="Copy the value under the cursor"),
        Binding("Y", "copy_all", "Copy all", id="summary_list.copy_all", show=False, tooltip="Copy the summary as TSV"),
    ]

    def __init__(self, *, id: str | None = None) -> None:  # noqa: A002
        super().__init__(id=id)
        self._entries: Sequence[SummaryEntry] = ()
        self._shown: list[SummaryEntry] = []
        self._name_cells = self._value_cells = 0

    def show(self, entries: Sequence[SummaryEntry]) -> None:
        """Show these entries."""
        if entries != self._entries:
            self._entries = entries
            self.rows_changed()

    @property
    def row_count(self) -> int:
        return len(self._shown)

    def rows_changed(self) -> None:
        wanted = self.needle.casefold()
        self._shown = [entry for entry in self._entries if wanted in f"{entry.name} {entry.text}".casefold()]
        room = self.scrollable_content_region.width
        names = max((width(clean(entry.name)) for entry in self._entries), default=0)
        values = max((width(clean(entry.text[:_LONGEST])) for entry in self._entries), default=0)
        self._value_cells = max(6, min(values, room // 3))
        self._name_cells = max(6, min(names, room - self._value_cells - 4))
        super().rows_changed()

    def on_resize(self) -> None:
        self.rows_changed()

    def header(self) -> list[Line]:
        return [[Span(" summary", "strong"), *self.search_spans()]]

    def empty(self) -> Line:
        if self.needle:
            return [Span(f" no metric holds {clean(self.needle)!r}: escape clears the search", "dim")]
        return [Span(" nothing logged yet", "dim")]

    def row(self, index: int) -> Line:
        entry = self._shown[index]
        name = fit(entry.name, self._name_cells)
        value = fit(entry.text[:_LONGEST], self._value_cells, "right")
        line = [gap(1), Span(name, "dim"), gap(2), Span(value, "bad" if entry.trouble else "")]
        note = [gap(2), Span(clean(entry.note), "bad" if entry.trouble else "dim")] if entry.note else []
        return mark(pad([*line, *note], self.scrollable_content_region.width), self.needle, "match")

    def action_copy(self) -> None:
        if self._shown:
            self.app.copy_to_clipboard(pretty(self._shown[self.cursor].value))
            self.notify("Copied the value", timeout=2)

    def action_copy_all(self) -> None:
        lines = [f"{clean(entry.name)}\t{clean(pretty(entry.value))}\n" for entry in self._shown]
        self.app.copy_to_clipboard("".join(lines))
        self.notify(f"Copied {len(lines)} values", timeout=2)
