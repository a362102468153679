"""What a table shows and what a person did to it: order, columns, groups, cursor, marks, colouring. Pure.

Marks are kept for runs that the filter hides, and for runs that were marked last time and have not appeared yet.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from itertools import chain

from tui.table.column_set import ColumnSet
from tui.table.filtering import Filter
from tui.table.groups import Grouping, GroupRow
from tui.table.order import Predicate, RowOrder
from tui.table.rows import LIVE, TableRow, state_word
from tui.table.sorting import Sort, reversed_sort, toggled
from tui.table.standing import Colouring

SAMPLE = 100
"""How many rows are looked at to find out how wide the columns have to be."""


class TableView:
    """A table, without a screen."""

    def __init__(self, columns: Iterable[str]) -> None:
        self.order = RowOrder()
        self.columns = ColumnSet(columns)
        self.cursor: str | None = None
        """The key of the line under the cursor: a run's or a group's."""
        self.marked: set[str] = set()
        self.colouring = Colouring()
        self._filter = Filter()
        self._lived = False
        self._place = 0
        self._wanted: str | None = None

    @property
    def marks(self) -> tuple[str, ...]:
        """The marked runs: those shown in the order in which they are shown, then the hidden ones."""
        places = {key: place for key in self.marked if (place := self.order.place(key)) is not None}
        hidden = self.marked.intersection(self.order.rows).difference(places)
        return (*sorted(places, key=places.__getitem__), *sorted(hidden))

    @property
    def run(self) -> str | None:
        """The key of the run under the cursor; None when there is none, or a group is."""
        return self.cursor if self.cursor in self.order.rows else None

    @property
    def group(self) -> GroupRow | None:
        """The group whose line is under the cursor."""
        place = self.order.place(self.cursor)
        line = None if place is None else self.order.lines[place]
        return line if isinstance(line, GroupRow) else None

    def set_rows(self, rows: Sequence[TableRow], touched: Collection[str] | None = None) -> None:
        """Show these rows; what is marked, pinned or under the cursor stays so where it still is there.

        Args:
            rows: all rows.
            touched: the keys of those that changed, where that is known; new ones need not be among them.
        """
        before = self.order.rows
        if touched is None:
            self._filter.forget()
        self._learn(rows if touched is None else [row for row in rows if row.key in touched or row.key not in before])
        self.order.set_rows(rows, touched)
        gone = before.keys() - self.order.rows.keys()
        self.marked -= gone
        self.order.pins -= gone
        self._measure(rows if touched is None else [row for row in rows if row.key not in before])
        self._look_for_life(rows if touched is None else [row for row in rows if row.key in touched])
        self._arranged()

    def _look_for_life(self, rows: Sequence[TableRow]) -> None:
        """Show what only live runs have from the first on that is seen."""
        lively = self._lived or not self.order.rows or any(state_word(row) in LIVE for row in rows)
        self._lived = lively and bool(self.order.rows)
        if lively != self.columns.lively:
            self.columns.lively = lively
            self.columns.lay_out()

    def choose_columns(self, ids: Iterable[str]) -> None:
        """Show these columns.

        Raises:
            ValueError: an id names no column.
        """
        self.columns.choose(ids)
        self._measure(list(self.order.rows.values()))
        self._stand()

    def sort(self, sort: Sort) -> None:
        """Sort, now."""
        self.order.sort = sort
        self.order.rearrange()
        self.columns.mark_sorted(sort)
        self._arranged()

    def sort_by(self, column_id: str, *, add: bool = False) -> bool:
        """Sort by a column as a person asks for it (``toggled``); whether it is one of the columns."""
        column = self.columns.column(column_id)
        if column is None:
            return False
        self.sort(toggled(self.order.sort, column_id, first_descending=column.first_descending, add=add))
        return True

    def reverse(self) -> None:
        """Turn the most significant sort column around."""
        self.sort(reversed_sort(self.order.sort))

    def filter(self, predicate: Predicate | None) -> None:
        """Show only the rows that pass."""
        self._filter.predicate = predicate
        self._learn(())
        self.order.select()
        self._arranged()

    def _learn(self, news: Iterable[TableRow]) -> bool:
        """Take the filter for what it means now that there are ``news``; whether that is something else."""
        changed = self._filter.learn(news, lambda: chain(self.order.rows.values(), news))
        self.order.predicate = self._filter.predicate
        return changed

    def show_mine(self, only: bool) -> None:
        """Show only the runs of the person who looks, or those of everybody."""
        self.order.only_mine = self.columns.only_mine = only
        self.columns.choose(self.columns.ids)
        self.order.select()
        self._arranged()

    def touch(self, keys: Iterable[str]) -> bool:
        """Note that these rows changed; whether there is something to settle."""
        keys = list(keys)
        rows = [self.order.rows[key] for key in keys if key in self.order.rows]
        self._look_for_life(rows)
        self.order.stale |= self._learn(rows)
        is_stale = self.colouring.touch()
        return self.order.touch(keys) or is_stale

    def settle(self) -> None:
        """Bring the order up to date with what was touched."""
        self.order.settle()
        self._arranged()

    def move_to(self, place: int) -> None:
        """Put the cursor on the row at ``place``, or on the nearest there is."""
        self._wanted = None
        self._put(place)

    def _put(self, place: int) -> None:
        self._place = max(0, min(len(self.order.lines) - 1, place))
        self.cursor = self.order.lines[self._place].key if self.order.lines else None

    def await_cursor(self, key: str | None) -> None:
        """Put the cursor on this line once there is such a one, unless it is moved before."""
        self._wanted = key

    def toggle_mark(self) -> None:
        """Mark the run under the cursor, or all members of the group there; or take these marks away."""
        keys = self._keys_at_cursor()
        self.marked = self.marked - keys if keys <= self.marked else self.marked | keys

    def _keys_at_cursor(self) -> set[str]:
        if self.group is not None:
            return {member.key for member in self.group.members}
        return set() if self.run is None else {self.run}

    def mark_to(self, place: int) -> None:
        """Mark the row under the cursor, the one at ``place`` and all between."""
        here = self.order.place(self.cursor)
        if here is not None:
            low, high = sorted((here, max(0, place)))
            self.marked.update(line.key for line in self.order.lines[low : high + 1] if line.key in self.order.rows)

    def toggle_pin(self) -> None:
        """Keep the run under the cursor at the top (of its group), or let it go where the sort has it."""
        if self.run is not None:
            self.order.pins ^= {self.run}
            self.order.select()
            self._arranged()

    def group_by(self, column_id: str | None) -> None:
        """Put runs with the same value in a column together, or (None) each by itself."""
        self.order.grouping = None if column_id is None else Grouping(column_id)
        self.order.select()
        self._arranged()

    def fold(self) -> None:
        """Hide the members of the group under the cursor, or show them."""
        if self.group is not None and self.order.grouping is not None:
            self.order.grouping.folded ^= {self.group.label}
            self.order.select()
            self._arranged()

    def changed_lines(self, keys: Iterable[str]) -> set[str]:
        """The keys of all lines that look different when these rows changed: theirs, and those of their groups."""
        touched = set(keys)
        if self.order.grouping is not None:
            touched |= {group for key in touched if (group := self.order.grouping.group_of(key)) is not None}
        return touched

    def toggle_colour(self, column_id: str) -> bool:
        """Colour a column by standing, or no more; whether it has a better end to colour by."""
        is_coloured = self.colouring.toggle(self.columns.column(column_id))
        self._stand()
        return is_coloured

    def _measure(self, rows: Sequence[TableRow]) -> None:
        self.columns.measure(rows[:: max(1, -(-len(rows) // SAMPLE))])

    def _arranged(self) -> None:
        if self.order.place(self._wanted) is not None:
            self.cursor, self._wanted = self._wanted, None
        place = self.order.place(self.cursor)
        self._put(self._place if place is None else place)
        self._stand()

    def _stand(self) -> None:
        self.colouring.work_out(self.order, self.columns.all)
