"""The summary of one run: each metric's last value, its curve, where its best was, and what is wrong with it."""

from __future__ import annotations

from collections.abc import Sequence
from typing import ClassVar

from textual.binding import Binding, BindingType

from tui.details.run_facts import SummaryEntry
from tui.show.spans import Line, Span, gap, mark, pad
from tui.show.text import clean, fit, told_apart, width
from tui.show.values import pretty
from tui.table.cell_text import TREND_CELLS, spark
from tui.widgets.line_view import LineView

_LONGEST = 200
_NAME_CELLS = 16
"""Cells that names keep beside a curve; where they would have fewer there are no curves."""


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
        self._short: dict[str, str] = {}
        self._name_cells = self._value_cells = self._trend_cells = 0
        self._role = ""

    def show(self, entries: Sequence[SummaryEntry], role: str = "") -> None:
        """Show these entries; curves have the colour of ``role``."""
        if (entries, role) != (self._entries, self._role):
            self._entries, self._role = entries, role
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
        left = room - self._value_cells - 4
        curved = any(entry.series is not None for entry in self._entries)
        self._trend_cells = TREND_CELLS + 2 if curved and left - TREND_CELLS - 2 >= _NAME_CELLS else 0
        self._name_cells = max(6, min(names, left - self._trend_cells))
        self._short = told_apart([entry.name for entry in self._entries], self._name_cells)
        super().rows_changed()

    def on_resize(self) -> None:
        self.rows_changed()

    def header(self) -> list[Line]:
        title = [Span(" summary", "strong"), *self.search_spans()]
        if self.searching or self.needle or not self._trend_cells:
            return [title]
        value = fit("last", self._name_cells + 2 + self._value_cells - width("summary"), "right")
        noted = "best" if any(self._fits(entry.note) for entry in self._entries) else ""
        trend = fit("  trend", self._trend_cells) + (f"  {noted}" if noted else "")
        line = [*title, Span(value, "dim"), Span(trend, "dim")]
        return [pad(line, self.scrollable_content_region.width)]

    def empty(self) -> Line:
        if self.needle:
            return [Span(f" no metric holds {clean(self.needle)!r}: escape clears the search", "dim")]
        return [Span(" nothing logged yet: the first run.log() fills it", "dim")]

    def row(self, index: int) -> Line:
        entry = self._shown[index]
        name = fit(self._short[entry.name], self._name_cells)
        value = fit(entry.text[:_LONGEST], self._value_cells, "right")
        line = [gap(1), Span(name, "dim"), gap(2), Span(value, "bad" if entry.trouble else ""), *self._trend(entry)]
        if self._fits(entry.note):
            line += [gap(2), Span(clean(entry.note), "bad" if entry.trouble else "dim")]
        return mark(pad(line, self.scrollable_content_region.width), self.needle, "match")

    def _fits(self, note: str) -> bool:
        """Whether there is a note, and room for all of it."""
        taken = 1 + self._name_cells + 2 + self._value_cells + self._trend_cells + 2
        return bool(note) and taken + width(clean(note)) < self.scrollable_content_region.width

    def _trend(self, entry: SummaryEntry) -> Line:
        curve = spark(entry.series.values) if entry.series is not None and self._trend_cells else ""
        return [gap(2), Span(fit(curve, TREND_CELLS), self._role)] if self._trend_cells else []

    def action_copy(self) -> None:
        if self._shown:
            self.app.copy_to_clipboard(pretty(self._shown[self.cursor].value))
            self.notify("Copied the value", timeout=2)

    def action_copy_all(self) -> None:
        lines = [f"{clean(entry.name)}\t{clean(pretty(entry.value))}\n" for entry in self._shown]
        self.app.copy_to_clipboard("".join(lines))
        self.notify(f"Copied {len(lines)} values", timeout=2)
