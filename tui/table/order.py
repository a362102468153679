"""Which rows are shown and in which order: filter, sort, pins and groups over rows that keep changing. Pure.

Where no sort is asked for, what is alive comes first, the newest before the others, and then what ended, the latest
first, however it ended: what died just now stands right below what lives. Pinned rows come before all others.

A sort by a value that changes all the time must not make rows jump under the eyes of who reads them. So ``touch`` only
notes that the order may be out of date (and says so); the rows move when ``settle`` is called, which the table does at
most every two seconds and not while a person is moving about. What a person asks for (a sort, a filter, a pin)
and rows that come or go are settled at once.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Sequence
from dataclasses import dataclass, field

from tui.table.columns import NATURAL, Column, column_for
from tui.table.groups import Grouping
from tui.table.rows import TableRow
from tui.table.sorting import Rank, Sort, arrange

Predicate = Callable[[TableRow], bool]


@dataclass(slots=True)
class _SortKey:
    """One column of the sort, with the rank of every row in it."""

    column: Column
    descending: bool
    ranks: dict[str, Rank] = field(default_factory=dict)

    def read(self, rows: Iterable[TableRow]) -> dict[str, Rank]:
        """The ranks of ``rows`` as they are now."""
        asked = list(rows)
        return dict(zip([row.key for row in asked], self.column.sort_keys(asked), strict=True))

    def touch(self, row: TableRow) -> bool:
        """Rank a row anew; whether its rank is another one now."""
        before, self.ranks[row.key] = self.ranks[row.key], self.column.sort_key(row)
        return before != self.ranks[row.key]


class RowOrder:
    """The rows of a table in the order in which they are shown."""

    def __init__(self) -> None:
        self.rows: dict[str, TableRow] = {}
        self.keys: list[str] = []
        """The keys of the rows that pass the filter, first to last."""
        self.lines: list[TableRow] = []
        """What is drawn, from top to bottom: these rows, and where there are groups the lines of these."""
        self.grouping: Grouping | None = None
        self.sort: Sort = ()
        self.predicate: Predicate | None = None
        self.only_mine = False
        """Whether only those rows are shown whose runs are those of the person who looks."""
        self.pins: set[str] = set()
        self.stale = False
        """Whether ``settle`` could change anything."""
        self._place: dict[str, int] = {}
        self._shown: set[str] = set()
        self._by: list[_SortKey] = []

    def place(self, key: str | None) -> int | None:
        """On which line the row or the group with this key is, or None when it is on none."""
        return None if key is None else self._place.get(key)

    def set_rows(self, rows: Sequence[TableRow], touched: Collection[str] | None = None) -> None:
        """Show these rows instead of those before.

        Args:
            rows: all rows.
            touched: the keys of those that changed, where that is known: then of the others only new ones are ranked.
        """
        before, self.rows = self.rows, {row.key: row for row in rows}
        if touched is None or not self._by:
            self.rearrange()
            return
        news = [row for row in rows if row.key in touched or before.get(row.key) is not row]
        for key in self._by:
            key.ranks |= key.read(news)
        self._arrange()

    def rearrange(self) -> None:
        """Filter and sort everything anew."""
        asked = [_SortKey(column_for(order.column), order.descending) for order in self.sort]
        self._by = asked or [_SortKey(column, descending=False) for column in NATURAL]
        for key in self._by:
            key.ranks = key.read(self.rows.values())
        self._arrange()

    def select(self) -> None:
        """Filter, pin and group anew; what the rows are sorted by is as it was."""
        self._arrange()

    def touch(self, keys: Iterable[str]) -> bool:
        """Note that these rows changed; whether the order is out of date now."""
        for key in keys:
            row = self.rows.get(key)
            if row is not None:
                moved = [sort_key.touch(row) for sort_key in self._by]
                self.stale |= any(moved) or self._passes(row) != (key in self._shown)
                self.stale |= self.grouping is not None and self.grouping.moved(row)
        return self.stale

    def settle(self) -> None:
        """Bring the order up to date with what ``touch`` noted."""
        if self.stale:
            self._arrange()

    def _passes(self, row: TableRow) -> bool:
        if self.only_mine and row.value("is:mine") is not True:
            return False
        return self.predicate is None or self.predicate(row)

    def _arrange(self) -> None:
        everything = self.predicate is None and not self.only_mine
        shown = list(self.rows) if everything else [key for key, row in self.rows.items() if self._passes(row)]
        ordered = arrange(shown, [([key.ranks[row] for row in shown], key.descending) for key in self._by])
        if self.pins:
            ordered = [k for k in ordered if k in self.pins] + [k for k in ordered if k not in self.pins]
        self.keys, self._shown, self.stale = ordered, set(ordered), False
        self.lines = self._lines([self.rows[key] for key in ordered])
        self._place = {line.key: place for place, line in enumerate(self.lines)}

    def _lines(self, rows: list[TableRow]) -> list[TableRow]:
        if self.grouping is None:
            return rows
        return self.grouping.lines(rows, [(key.column.sort_key, key.descending) for key in self._by if self.sort])
