"""The run table: virtual, one strip for each row on the screen, repainted by changed line.

It shows rows that somebody else owns (``TableRow``). ``set_rows`` says which there are, ``touch`` which changed;
what a person does comes back as messages. Sort, columns, marks and the rest are plain attributes, and ``state`` and
``restore`` hand all of them out and take them back as plain data.

The cursor stays on its run: when the order changes, the view moves so that this run stays on its line of the screen as
far as the ends of the table allow. How an order that keeps changing is kept calm is said in ``tui.table.order``.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from time import monotonic
from typing import Any

from textual.message import Message
from textual.timer import Timer

from tui.show.palette import Swatch
from tui.table.columns import default_columns
from tui.table.export import exact, tsv
from tui.table.groups import can_group_by
from tui.table.order import Predicate
from tui.table.query import Query
from tui.table.rows import TableRow
from tui.table.sorting import Sort
from tui.widgets.table_canvas import HEADER
from tui.widgets.table_keys import KEYS
from tui.widgets.table_mouse import Click, TableMouse

QUIET = 0.75
"""How long no row moves by itself after a key or a click, as a share of the time to settle."""


class RunTable(TableMouse):
    """A table of runs with a cursor, marks, a sort and columns that a person chooses."""

    BINDINGS = KEYS

    @dataclass
    class Sent(Message):
        """What all messages of the table have: who sent them."""

        table: RunTable

        @property
        def control(self) -> RunTable:
            """The table, for ``@on(..., selector)``."""
            return self.table

    @dataclass
    class Opened(Sent):
        """A person asked to see this run."""

        key: str

    @dataclass
    class CursorMoved(Sent):
        """The cursor is on another line: on a run, or (None) on a group or nowhere."""

        key: str | None

    @dataclass
    class MarksChanged(Sent):
        """These runs are marked now, in the order in which they are shown."""

        keys: tuple[str, ...]

    @dataclass
    class SortChanged(Sent):
        """A person sorted the table."""

        sort: Sort

    @dataclass
    class GroupChanged(Sent):
        """A person put the runs into groups, or took them apart."""

        column: str | None

    @dataclass
    class GroupRequested(Sent):
        """A person wants to choose by what to group the runs."""

    @dataclass
    class ColumnsRequested(Sent):
        """A person wants to choose the columns."""

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
        self._settle_after = settle
        self._settling: Timer | None = None
        self._moved_at = 0.0
        self._told: tuple[str | None, tuple[str, ...]] = (None, ())

    # What the owner of the table sets and reads.

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
        self.view.columns.kinds = kinds
        self.columns = self.columns

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
        """The lines that all of the table takes: titles, rows, and those of groups."""
        return HEADER + len(self.view.order.lines)

    @property
    def sort(self) -> Sort:
        """By which columns the rows are sorted, most significant first."""
        return self.view.order.sort

    @sort.setter
    def sort(self, sort: Sort) -> None:
        self._rearrange(lambda: self.view.sort(sort))

    @property
    def missing(self) -> tuple[str, ...]:
        """Fields in the filter that no run has: most likely misspelt."""
        predicate = self.view.order.predicate
        return predicate.missing(self.rows.values()) if isinstance(predicate, Query) else ()

    @property
    def predicate(self) -> Predicate | None:
        """Which rows are shown; all of them when None."""
        return self.view.order.predicate

    @predicate.setter
    def predicate(self, predicate: Predicate | None) -> None:
        self._rearrange(lambda: self.view.filter(predicate))

    @property
    def group(self) -> str | None:
        """The column whose values put runs together in groups."""
        return None if self.view.order.grouping is None else self.view.order.grouping.column.id

    @group.setter
    def group(self, column_id: str | None) -> None:
        self.forget()
        self._rearrange(lambda: self.view.group_by(column_id))
        self.post_message(self.GroupChanged(self, column_id))

    def group_of(self, key: str) -> str | None:
        """The label of the group that a run is in; None where there are no groups."""
        return None if self.view.order.grouping is None else self.view.order.grouping.label(key)

    @property
    def group_swatches(self) -> Mapping[str, Swatch]:
        """How each group is told apart, by its label."""
        return {} if self.view.order.grouping is None else self.view.order.grouping.swatches

    @property
    def marks(self) -> tuple[str, ...]:
        """The keys of the marked runs, in the order in which they are shown."""
        return self.view.marks

    @marks.setter
    def marks(self, keys: Iterable[str]) -> None:
        self.view.marked = set(keys)
        self.repaint()
        self._tell()

    @property
    def cursor_key(self) -> str | None:
        """The run under the cursor; None when there is none, or a group's line is."""
        return self.view.run

    @cursor_key.setter
    def cursor_key(self, key: str) -> None:
        place = self.view.order.place(key)
        if place is not None:
            self.view.move_to(place)
            self._show_cursor()

    @property
    def cursor_group(self) -> str | None:
        """The label of the group whose line is under the cursor."""
        return None if self.view.group is None else self.view.group.label

    @property
    def state(self) -> dict[str, Any]:
        """Columns, widths, sort, marks, pins, colouring and cursor as plain data."""
        return self.view.state()

    def restore(self, state: Mapping[str, Any]) -> None:
        """Take back what ``state`` gave; anything in it that makes no sense is left out."""
        self._rearrange(lambda: self.view.restore(state))

    def set_rows(self, rows: Sequence[TableRow], touched: Collection[str] | None = None) -> None:
        """Show these rows; repaints the lines that differ.

        Args:
            rows: all rows.
            touched: the keys of those that changed, where that is known: cheaper while a large store is read bit by
                bit. Rows that were not there before need not be among them.
        """
        self.forget(None if touched is None else self.view.changed_lines(touched))
        self._rearrange(lambda: self.view.set_rows(rows, touched))

    def touch(self, keys: Iterable[str] | None = None) -> None:
        """These rows changed, or (None) any row on the screen may look different: repaint the lines that do."""
        touched = self.keys_in_sight if keys is None else list(keys)
        self.forget(self.view.changed_lines(touched))
        if self.view.touch(touched):
            self._settle_later()
        self.repaint()

    def settle(self) -> None:
        """Let rows move to where they belong by now, at once."""
        self._rearrange(self.view.settle)

    # What a person does.

    def action_open(self) -> None:
        """Say that the run under the cursor is to be opened; a group is folded, or unfolded, here."""
        if self.view.run is not None:
            self.post_message(self.Opened(self, self.view.run))
        else:
            self._rearrange(self.view.fold)

    def action_move(self, by: int) -> None:
        """Go ``by`` rows down."""
        self._go((self.view.order.place(self.view.cursor) or 0) + by)

    def action_page(self, by: int) -> None:
        """Go ``by`` pages down."""
        self.action_move(by * max(1, self.size.height - HEADER - 1))

    def action_end(self, side: int) -> None:
        """Go to the first (-1) or the last (1) row."""
        self._go(0 if side < 0 else len(self.view.order.lines) - 1)

    def action_column(self, by: int) -> None:
        """Go ``by`` columns to the right."""
        self.view.columns.move(by)
        self.repaint()

    def action_mark(self) -> None:
        """Mark the run under the cursor, or take its mark away, and go on to the next."""
        if self.view.cursor is not None:
            self.view.toggle_mark()
            self.action_move(1)

    def action_extend(self, by: int) -> None:
        """Mark the run under the cursor and the one the cursor goes to."""
        if self.view.cursor is not None:
            place = (self.view.order.place(self.view.cursor) or 0) + by
            self.view.mark_to(place)
            self._go(place)

    def action_mark_all(self) -> None:
        """Mark all runs that are shown."""
        self.marks = {*self.view.marked, *self.view.order.keys}

    def action_unmark_all(self) -> None:
        """Take all marks away, those of hidden runs as well."""
        self.marks = ()

    def action_pin(self) -> None:
        """Keep the run under the cursor at the top, or let it go."""
        self._rearrange(self.view.toggle_pin)

    def action_sort(self, add: bool = False) -> None:
        """Sort by the column under the column cursor."""
        if self.view.columns.cursor is not None:
            self._sort_by(self.view.columns.cursor, add=add)

    def action_reverse(self) -> None:
        """Turn the sort around."""
        self._rearrange(self.view.reverse)
        self.post_message(self.SortChanged(self, self.sort))

    def action_colour(self) -> None:
        """Colour the column under the column cursor by standing, or no more."""
        column = self.view.columns.cursor
        if column is not None and not self.view.toggle_colour(column):
            self.notify("Neither large nor small values of this column are known to be the better ones", markup=False)
        self.repaint()

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

    def action_widen(self, by: int) -> None:
        """Make the column under the column cursor ``by`` cells wider."""
        columns = self.view.columns
        if columns.cursor is not None:
            columns.resize(columns.cursor, columns.widths[columns.cursor] + by)
            self.repaint()

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

    def action_choose(self) -> None:
        """Say that a person wants to choose the columns."""
        self.post_message(self.ColumnsRequested(self))

    def click_title(self, column_id: str, *, add: bool) -> None:
        """Sort by the column, or with ``add`` by it too."""
        self.view.columns.cursor = column_id
        self._sort_by(column_id, add=add)

    def click_row(self, place: int, click: Click) -> None:
        """Go to the row; mark it, mark up to it, or open it."""
        if click is Click.EXTEND:
            self.view.mark_to(place)
        self._go(place)
        if click is Click.MARK:
            self.view.toggle_mark()
            self._show_cursor()
        elif click is Click.OPEN:
            self.action_open()

    # How the parts keep in step.

    def _rearrange(self, change: Callable[[], object]) -> None:
        self.rearrange(change)
        self._tell()

    def _show_cursor(self) -> None:
        self.show_cursor()
        self._tell()

    def _go(self, place: int) -> None:
        self._moved_at = monotonic()
        self.view.move_to(place)
        self._show_cursor()

    def _tell(self) -> None:
        """Send the messages about what is not as it was when it was last told."""
        cursor, marks = self.view.cursor, self.view.marks
        before, self._told = self._told, (cursor, marks)
        if cursor != before[0]:
            self.post_message(self.CursorMoved(self, self.view.run))
        if set(marks) != set(before[1]):
            self.post_message(self.MarksChanged(self, marks))

    def _sort_by(self, column_id: str, *, add: bool) -> None:
        self._moved_at = monotonic()
        self._rearrange(lambda: self.view.sort_by(column_id, add=add))
        self.post_message(self.SortChanged(self, self.sort))

    def _settle_later(self, seconds: float | None = None) -> None:
        if self._settling is None and self.is_attached:
            self._settling = self.set_timer(seconds or self._settle_after, self._settle)

    def _settle(self) -> None:
        """Let rows move, unless a person is moving about."""
        self._settling = None
        quiet = self._moved_at + QUIET * self._settle_after - monotonic()
        if quiet > 0:
            self._settle_later(quiet)
        else:
            self.settle()
