"""The part of the run table that shows rows which keep changing: which there are, and when they move.

Rows that changed are painted at once; where the order is out of date by that, they move a little later, and not while
a person is moving about. How an order that keeps changing is kept calm is said in ``tui.table.order``.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from time import monotonic

from textual.timer import Timer

from tui.table.rows import TableRow
from tui.widgets.table_canvas import EMPTY, HEADER, TableCanvas


class TableRows(TableCanvas):
    """A table whose rows somebody else owns."""

    _settling: Timer | None = None

    @property
    def rows(self) -> Mapping[str, TableRow]:
        """All rows by key, those that the filter hides as well."""
        return self.view.order.rows

    @property
    def shown(self) -> tuple[str, ...]:
        """The keys of the rows that pass the filter, in their order."""
        return tuple(self.view.order.keys)

    @property
    def lines(self) -> int:
        """The lines that all of the table takes: titles, rows, and those of groups; or what it says without any."""
        return HEADER + (len(self.view.order.lines) or EMPTY)

    def set_rows(self, rows: Sequence[TableRow], touched: Collection[str] | None = None) -> None:
        """Show these rows; repaints the lines that differ.

        Args:
            rows: all rows.
            touched: the keys of those that changed, where that is known: cheaper while a large store is read bit by
                bit. Rows that were not there before need not be among them.
        """
        self.forget(None if touched is None else self.view.changed_lines(touched))
        self.rearrange(lambda: self.view.set_rows(rows, touched))

    def touch(self, keys: Iterable[str] | None = None) -> None:
        """These rows changed, or (None) any row on the screen may look different: repaint the lines that do."""
        touched = self.keys_in_sight if keys is None else list(keys)
        self.forget(self.view.changed_lines(touched))
        if self.view.touch(touched):
            self._settle_after(self.calm.seconds)
        self.repaint()

    def settle(self) -> None:
        """Let rows move to where they belong by now, at once."""
        self.rearrange(self.view.settle)

    def _settle_after(self, seconds: float) -> None:
        if self._settling is None and self.is_attached:
            self._settling = self.set_timer(seconds, self._settle)

    def _settle(self) -> None:
        """Let rows move, unless a person is moving about."""
        self._settling = None
        left = self.calm.left(monotonic())
        if left > 0:
            self._settle_after(left)
        else:
            self.settle()
