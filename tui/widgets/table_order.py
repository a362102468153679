"""The part of the run table that says which rows are shown and in which order: sort, filter, groups and pins."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from time import monotonic

from tui.show.palette import Swatch
from tui.table.groups import can_group_by
from tui.table.order import Predicate
from tui.table.query import Query
from tui.table.sorting import Sort
from tui.widgets.table_canvas import TableCanvas

_TOLD = 3
"""How many names are told of which a name in the filter could be any."""


class TableOrder(TableCanvas):
    """A table that can be sorted, filtered and grouped."""

    @dataclass
    class SortChanged(TableCanvas.Sent, namespace="run_table"):
        """A person sorted the table."""

        sort: Sort

    @dataclass
    class GroupChanged(TableCanvas.Sent, namespace="run_table"):
        """A person put the runs into groups, or took them apart."""

        column: str | None

    @dataclass
    class GroupRequested(TableCanvas.Sent, namespace="run_table"):
        """A person wants to choose by what to group the runs."""

    @dataclass
    class MineChanged(TableCanvas.Sent, namespace="run_table"):
        """A person wants to see only runs of their own, or those of everybody."""

        only: bool

    @property
    def sort(self) -> Sort:
        """By which columns the rows are sorted, most significant first."""
        return self.view.order.sort

    @sort.setter
    def sort(self, sort: Sort) -> None:
        self.rearrange(lambda: self.view.sort(sort))

    @property
    def predicate(self) -> Predicate | None:
        """Which rows are shown; all of them when None."""
        return self.view.order.predicate

    @predicate.setter
    def predicate(self, predicate: Predicate | None) -> None:
        self.rearrange(lambda: self.view.filter(predicate))

    @property
    def missing(self) -> tuple[str, ...]:
        """Fields in the filter that no run has: most likely misspelt; or that could be several, and which ones."""
        query = self.view.order.predicate
        if not isinstance(query, Query):
            return ()
        unclear = {name: f"{name}, but {_either(full)}" for name, full in query.ambiguous.items()}
        return tuple(unclear.get(name, name) for name in query.missing(self.view.order.rows.values()))

    @property
    def only_mine(self) -> bool:
        """Whether only the runs of the person who looks are shown."""
        return self.view.order.only_mine

    @only_mine.setter
    def only_mine(self, only: bool) -> None:
        self.rearrange(lambda: self.view.show_mine(only))

    @property
    def group(self) -> str | None:
        """The column whose values put runs together in groups."""
        return None if self.view.order.grouping is None else self.view.order.grouping.column.id

    @group.setter
    def group(self, column_id: str | None) -> None:
        self.forget()
        self.rearrange(lambda: self.view.group_by(column_id))
        self.post_message(self.GroupChanged(self, column_id))

    def group_of(self, key: str) -> str | None:
        """The label of the group that a run is in; None where there are no groups."""
        return None if self.view.order.grouping is None else self.view.order.grouping.label(key)

    @property
    def group_swatches(self) -> Mapping[str, Swatch]:
        """How each group is told apart, by its label."""
        return {} if self.view.order.grouping is None else self.view.order.grouping.swatches

    def sort_by(self, column_id: str, *, add: bool) -> None:
        """Sort by a column as a person asks for it, or with ``add`` by it too."""
        self._sorted(lambda: self.view.sort_by(column_id, add=add))

    def _sorted(self, change: Callable[[], object]) -> None:
        """Sort as a person asks for it: who looks at the first row sees the first one then, whichever that is."""
        self.calm.moved(monotonic())
        if self.view.order.place(self.view.cursor) == 0:
            change()
            self.view.move_to(0)
            self.show_cursor()
        else:
            self.rearrange(change)
        self.post_message(self.SortChanged(self, self.sort))

    def action_sort(self, add: bool = False) -> None:
        """Sort by the column under the column cursor."""
        if self.view.columns.cursor is not None:
            self.sort_by(self.view.columns.cursor, add=add)

    def action_reverse(self) -> None:
        """Turn the sort around."""
        self._sorted(self.view.reverse)

    def action_mine(self) -> None:
        """Show only the runs of the person who looks, or those of everybody."""
        self.only_mine = not self.only_mine
        self.post_message(self.MineChanged(self, self.only_mine))

    def action_pin(self) -> None:
        """Keep the run under the cursor at the top, or let it go."""
        self.rearrange(self.view.toggle_pin)

    def action_group(self) -> None:
        """Put the runs together that share a value of the column under the column cursor, or take groups apart.

        Where that is not a column that runs can share a value of, a person is to choose one.
        """
        column = self.view.columns.cursor
        if self.group is not None:
            self.group = None
        elif column is not None and can_group_by(column):
            self.group = column
        else:
            self.post_message(self.GroupRequested(self))


def _either(names: Sequence[str]) -> str:
    """Some of ``names`` in words."""
    return " and ".join(names[:_TOLD]) + (f" and {len(names) - _TOLD} more" if len(names) > _TOLD else "")
