"""The configs of several runs side by side: what differs first, identical rows out of the way by one key."""

from __future__ import annotations

from collections.abc import Sequence
from typing import ClassVar

from textual.binding import Binding, BindingType
from textual.reactive import reactive

from tui.details.diff import Cell, ConfigDiff, DiffRow
from tui.show.heads import Head
from tui.show.spans import Line, Span, mark
from tui.show.text import ELLIPSIS, clean, fit_middle, told_apart, width
from tui.show.values import pretty
from tui.widgets.side_by_side import SideBySide

HEADING = "of the runs"
_LONGEST = 200


class DiffTable(SideBySide):
    """A ``ConfigDiff`` as a table. Rows of what is known beside the configs stand behind a heading of their own."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("h", "toggle_identical", "Identical", id="diff.identical", tooltip="Show or hide identical rows"),
    ]

    identical: reactive[bool] = reactive(default=False)
    """Whether rows that are equal in all runs are shown."""

    def __init__(self, *, id: str | None = None) -> None:  # noqa: A002
        super().__init__(id=id)
        self.diff = ConfigDiff(())
        self._rows: list[DiffRow | None] = []
        self._short: dict[str, str] = {}

    def show(self, diff: ConfigDiff, heads: Sequence[Head]) -> None:
        """Show another comparison; cursor and scroll stay where they are."""
        self.diff, self.heads = diff, heads
        self.rows_changed()

    def row_at(self, index: int) -> DiffRow | None:
        """The row at ``index``, None for the heading."""
        return self._rows[index] if index < len(self._rows) else None

    @property
    def row_count(self) -> int:
        return len(self._rows)

    def rows_changed(self) -> None:
        rows = self.diff.select(identical=self.identical, needle=self.needle)
        config = [row for row in rows if row.section == "config"]
        facts = [row for row in rows if row.section == "run"]
        self._rows = [*config, *([None, *facts] if facts else [])]
        super().rows_changed()
        self._short = told_apart([row.key for row in rows], self.key_room)

    def title(self) -> Line:
        config = [row for row in self.diff.rows if row.section == "config"]
        differing = sum(row.kind != "equal" for row in config)
        toggle = "all shown" if self.identical else "h shows all"
        count = f"differing {differing} of {len(config)}"
        said = [Span(" config", "strong"), Span(f"  {count} · {toggle}", "dim"), *self.search_spans()]
        return self.against(said, " · against ") if len(self.heads) > 1 else said

    def empty(self) -> Line:
        if self.needle:
            return [Span(f" nothing holds {clean(self.needle)!r}: escape clears the search", "dim")]
        if not self.diff.rows:
            return [Span(" these runs have no config", "dim")]
        return [Span(" the configs are identical: h shows them", "dim")]

    def key(self, index: int, room: int | None = None) -> Line:
        row = self._rows[index]
        if row is None:
            return [Span(HEADING, "dim")]
        name = clean(row.key) if room is None else self._short[row.key]
        return mark([Span(name, "dim" if row.kind == "equal" else "")], self.needle, "match")

    def key_cells(self) -> int:
        return max((width(clean(row.key)) for row in self._rows if row), default=0)

    def cell(self, index: int, run: int) -> Line:
        row = self._rows[index]
        return [] if row is None else mark(_cell_line(row, row.cells[run], self.room(run)), self.needle, "match")

    def cell_cells(self, run: int) -> int:
        return max((_cell_width(row.cells[run]) for row in self._rows if row), default=0)

    def value_text(self, index: int, run: int) -> str:
        row = self.row_at(index)
        return "" if row is None or row.cells[run].missing else pretty(row.cells[run].value)

    def watch_identical(self) -> None:
        self.rows_changed()

    def action_toggle_identical(self) -> None:
        self.identical = not self.identical


def _shown(cell: Cell) -> str:
    """The text of a cell, no more of it than a table could ever show."""
    text = cell.text
    return clean(text if len(text) <= _LONGEST else text[: _LONGEST // 2] + ELLIPSIS + text[-_LONGEST // 2 :])


def _cell_width(cell: Cell) -> int:
    return width(_shown(cell)) + (len(cell.word) + 1 if cell.word else 0)


def _cell_line(row: DiffRow, cell: Cell, room: int) -> Line:
    """A value in ``room`` cells, cut in its middle: those that begin alike mostly differ in their ends."""
    if cell.missing:
        return [Span(cell.text, "dim")]
    role = "dim" if row.kind == "equal" else "accent strong" if cell.changed else ""
    word = [Span(f" {cell.word}", "warn")] if cell.word else []
    return [Span(fit_middle(_shown(cell), max(1, room - sum(width(span.text) for span in word))), role), *word]
