"""The run table: virtual, one strip for each row on the screen, repainted by changed line.

It shows rows that somebody else owns (``TableRow``). ``set_rows`` says which there are, ``touch`` which changed;
what a person does comes back as messages. Sort, columns, marks and the rest are plain attributes, and ``state`` and
``restore`` hand all of them out and take them back as plain data.

The cursor stays on its run: when the order changes, the view moves so that this run stays on its line of the screen as
far as the ends of the table allow.

It is put together from parts that each know the canvas and none of the others: rows, order, columns, cursor; the mouse
points at the last and the order.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from tui.table.columns import default_columns
from tui.table.export import exact, tsv
from tui.table.view_state import restore, saved
from tui.widgets.table_columns import TableColumns
from tui.widgets.table_keys import KEYS
from tui.widgets.table_mouse import TableMouse
from tui.widgets.table_rows import TableRows


class RunTable(TableMouse, TableColumns, TableRows):
    """A table of runs with a cursor, marks, a sort and columns that a person chooses."""

    BINDINGS = KEYS

    def __init__(
        self,
        columns: Iterable[str] | None = None,
        *,
        empty: str = "no runs",
        settle: float = 2.0,
        id: str | None = None,  # noqa: A002
        classes: str | None = None,
    ) -> None:
        """A table without rows.

        Args:
            columns: ids of the columns; the first one is frozen.
            empty: what it says while it shows no row.
            settle: seconds between two changes of the order that nobody asked for.
            id: the widget's id.
            classes: the widget's classes.
        """
        super().__init__(columns or default_columns(()), empty=empty, id=id, classes=classes)
        self.calm.seconds = settle

    @property
    def state(self) -> dict[str, Any]:
        """Columns, widths, sort, marks, pins, colouring and cursor as plain data."""
        return saved(self.view)

    def restore(self, state: Mapping[str, Any]) -> None:
        """Take back what ``state`` gave; anything in it that makes no sense is left out."""
        self.rearrange(lambda: restore(self.view, state))

    def action_copy(self) -> None:
        """Copy the value where the row and the column under the cursors meet."""
        place, column = self.view.order.place(self.view.cursor), self.view.columns.cursor
        if place is not None and column is not None:
            self.app.copy_to_clipboard(exact(self.view.order.lines[place].value(column)))

    def action_copy_table(self) -> None:
        """Copy the marked rows, or all that are shown, with their columns, as tab-separated values."""
        rows = [self.rows[key] for key in self.marks or self.shown]
        self.app.copy_to_clipboard(tsv(self.view.columns.all, rows))
        self.notify(f"{len(rows)} rows copied, with tabs between their {len(self.columns)} columns", markup=False)
