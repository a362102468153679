"""The part of the run table that changes its columns: which there are, how wide, which of them are coloured."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from tui.widgets.table_canvas import TableCanvas


class TableColumns(TableCanvas):
    """A table with columns that a person chooses, and a column cursor."""

    @dataclass
    class ColumnsRequested(TableCanvas.Sent, namespace="run_table"):
        """A person wants to choose the columns."""

    @property
    def columns(self) -> tuple[str, ...]:
        """The ids of the columns, the frozen one first."""
        return self.view.columns.ids

    @columns.setter
    def columns(self, ids: Iterable[str]) -> None:
        self.view.choose_columns(ids)
        self.repaint()

    @property
    def kinds(self) -> Mapping[str, Iterable[str]]:
        """The summaries that ``define_metric`` asked for, by metric: they say which end of one is the better."""
        return self.view.columns.kinds

    @kinds.setter
    def kinds(self, kinds: Mapping[str, Iterable[str]]) -> None:
        if kinds != self.view.columns.kinds:
            self.view.columns.kinds = kinds
            self.columns = self.columns

    def action_column(self, by: int) -> None:
        """Go ``by`` columns to the right."""
        self.view.columns.move(by)
        self.repaint()

    def action_widen(self, by: int) -> None:
        """Make the column under the column cursor ``by`` cells wider."""
        columns = self.view.columns
        if columns.cursor is not None:
            columns.resize(columns.cursor, columns.widths[columns.cursor] + by)
            self.repaint()

    def action_colour(self) -> None:
        """Colour the column under the column cursor by standing, or no more."""
        column = self.view.columns.cursor
        if column is not None and not self.view.toggle_colour(column):
            self.notify("Neither large nor small values of this column are known to be the better ones", markup=False)
        self.repaint()

    def action_choose(self) -> None:
        """Say that a person wants to choose the columns."""
        self.post_message(self.ColumnsRequested(self))
