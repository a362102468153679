"""The summaries of several runs side by side: the best value of each metric carries a star."""

from __future__ import annotations

from collections.abc import Sequence
from typing import ClassVar

from textual.binding import Binding, BindingType
from textual.reactive import reactive

from tui.details.diff import SummaryDiff, SummaryRow
from tui.show import units
from tui.show.heads import Head
from tui.show.spans import Line, Span, cells, mark
from tui.show.text import clean, told_apart, width
from tui.show.values import pretty
from tui.widgets.side_by_side import SideBySide

STAR = "★"


class SummaryTable(SideBySide):
    """A ``SummaryDiff`` as a table; its values, or their distances from the baseline run."""

    RIGHT_ALIGNED = True
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("d", "toggle_deltas", "Deltas", id="summary.deltas", tooltip="Show distances from the baseline run"),
    ]

    deltas: reactive[bool] = reactive(default=False)
    """Whether the runs are shown by their distance from the baseline."""

    def __init__(self, *, id: str | None = None) -> None:  # noqa: A002
        super().__init__(id=id)
        self.diff = SummaryDiff(())
        self._rows: list[SummaryRow] = []
        self._short: dict[str, dict[str, str]] = {}

    def show(self, diff: SummaryDiff, heads: Sequence[Head]) -> None:
        """Show another comparison; cursor and scroll stay where they are."""
        self.diff, self.heads = diff, heads
        self.rows_changed()

    @property
    def row_count(self) -> int:
        return len(self._rows)

    def rows_changed(self) -> None:
        self._rows = self.diff.select(needle=self.needle)
        super().rows_changed()
        metrics: dict[str, list[str]] = {}
        for row in self._rows:
            metrics.setdefault(_kind(row), []).append(row.metric)
        self._short = {kind: told_apart(names, self.key_room - width(kind)) for kind, names in metrics.items()}

    def title(self) -> Line:
        said = [Span(" summary", "strong"), Span(f"  {STAR} best", "dim"), *self.search_spans()]
        return self.against(said, " · Δ to ") if self.deltas and self.heads else said

    def empty(self) -> Line:
        said = f" no metric holds {clean(self.needle)!r}" if self.needle else " these runs have logged nothing yet"
        return [Span(said, "dim")]

    def key(self, index: int, room: int | None = None) -> Line:
        row = self._rows[index]
        kind = _kind(row)
        name = clean(row.metric) if room is None else self._short[kind][row.metric]
        return mark([Span(name), Span(kind, "dim")], self.needle, "match")

    def key_cells(self) -> int:
        return max((width(clean(row.metric) + _kind(row)) for row in self._rows), default=0)

    def cell(self, index: int, run: int) -> Line:
        row = self._rows[index]
        best = run in row.best
        star = [Span(f"{STAR} ", "good")] if best else []
        if self._tells_delta(run):
            return [*star, self._delta(row, run)]
        absent = row.values[run] is None
        return [*star, Span(clean(row.text(run)), "good" if best else "dim" if absent else "")]

    def _delta(self, row: SummaryRow, run: int) -> Span:
        """How far a run is from the baseline, coloured where that is for better or for worse."""
        delta = row.deltas(self.baseline)[run]
        if not delta:
            return Span(units.ABSENT if delta is None else "=", "dim")
        whole = isinstance(row.values[run], int) and isinstance(row.values[self.baseline], int)
        size = units.count(abs(delta)) if whole else units.value(abs(delta))
        role = "" if row.direction is None else "good" if (delta < 0) == (row.direction == "min") else "warn"
        return Span(f"{'+' if delta > 0 else '−'}{size}", role)

    def cell_cells(self, run: int) -> int:
        return max((cells(self.cell(index, run)) for index in range(self.row_count)), default=0)

    def _tells_delta(self, run: int) -> bool:
        return self.deltas and run != self.baseline

    def value_text(self, index: int, run: int) -> str:
        value = self._rows[index].values[run]
        return "" if value is None else pretty(value)

    def watch_deltas(self) -> None:
        self.rows_changed()

    def action_toggle_deltas(self) -> None:
        self.deltas = not self.deltas


def _kind(row: SummaryRow) -> str:
    """Which value of its metric it is, where that is not the last one."""
    return "" if row.kind in {"", "last"} else f" {row.kind}"
