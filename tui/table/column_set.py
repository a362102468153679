"""The columns a table shows, how wide they are, which of them is under the column cursor and which are in sight. Pure.

Widths follow the texts and only ever grow, so nothing jumps; a width that a person set stays as it is. So do the digits
of config values: a column has as many as tell those values apart that have been in sight.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace

from tui.show.text import width
from tui.table.columns import Column, column_for, split_metric
from tui.table.digits import Digits
from tui.table.layout import NARROWEST, WIDEST, Layout, lay_out, measure, scrolled_to, title_room, wanted_width
from tui.table.rows import TableRow
from tui.table.sorting import Sort, sort_mark


class ColumnSet:
    """Columns with their place on the screen; the first one is frozen."""

    def __init__(self, ids: Iterable[str]) -> None:
        self.all: tuple[Column, ...] = ()
        self.cursor: str | None = None
        """The column under the column cursor: what a key that means a column means."""
        self.kinds: Mapping[str, Iterable[str]] = {}
        """The summaries that ``define_metric`` asked for, by metric: they say which end of one is the better."""
        self.only_mine = False
        """Whether the table shows only the runs of the person who looks; the title of their names says so."""
        self.lively = True
        """Whether there are runs that live, or were while one looked: columns that are theirs alone are shown then."""
        self._home: str | None = None
        self.set_widths: dict[str, int] = {}
        """The widths a person set, by column id."""
        self.layout = Layout((), 0)
        self._measured: dict[str, int] = {}
        self._titles: dict[str, int] = {}
        self._digits = Digits()
        self._settings: list[tuple[int, Column]] = []
        self._viewport = 0
        self._first = 1
        self.choose(ids)

    @property
    def ids(self) -> tuple[str, ...]:
        """The ids of all columns, the frozen one first."""
        return tuple(column.id for column in self.all)

    @property
    def widths(self) -> dict[str, int]:
        """How wide each column is."""
        return {
            column.id: self.set_widths.get(column.id) or max(self._measured[column.id], self._titles.get(column.id, 0))
            for column in self.all
        }

    def choose(self, ids: Iterable[str]) -> None:
        """Show these columns, each once, in this order.

        Raises:
            ValueError: an id names no column.
        """
        self.all = with_main_metric(tuple(map(self._column_for, dict.fromkeys(ids))))
        self._measured = {column.id: self._measured.get(column.id, wanted_width(column, 0)) for column in self.all}
        if self.cursor not in self.ids or self.cursor == self._home:
            self.cursor = self._home = (_main_metric(self.all) or self.ids or (None,))[0]
        self.lay_out()

    def _column_for(self, column_id: str) -> Column:
        prefix, _, rest = column_id.partition(":")
        column = column_for(column_id, self.kinds.get(split_metric(rest)[0], ()) if prefix == "metric" else ())
        return replace(column, title="my runs") if self.only_mine and column_id == "name" else self._in_digits(column)

    def _in_digits(self, column: Column) -> Column:
        return column.in_digits(self._digits.of(column.id)) if column.is_setting else column

    def column(self, column_id: str) -> Column | None:
        """The column with this id, when it is one of these."""
        return next((column for column in self.all if column.id == column_id), None)

    def fit(self, viewport: int) -> None:
        """There are ``viewport`` cells now."""
        self._viewport = viewport
        self.lay_out()

    def mark_sorted(self, sort: Sort) -> None:
        """Make room for the sort marks in the titles."""
        named = {column.id: column for column in self.all}
        self._titles = {
            order.column: width(sort_mark(order.column, sort)) + title_room(named[order.column])
            for order in sort
            if order.column in named
        }
        self.lay_out()

    def measure(self, rows: Iterable[TableRow]) -> None:
        """Make room for the texts of ``rows``."""
        self._measured = measure(self.all, rows, self._measured)
        self.lay_out()

    def grow(self, texts: Sequence[str]) -> bool:
        """Make room for ``texts``, one for each column in sight; whether any column had to grow."""
        before = dict(self._measured)
        for placed, text in zip(self.layout.placed, texts, strict=True):
            known, wanted = before[placed.column.id], width(text)
            if wanted > known:
                self._measured[placed.column.id] = max(known, wanted_width(placed.column, wanted))
        if self._measured == before:
            return False
        self.lay_out()
        return True

    @property
    def _told(self) -> Sequence[Column]:
        """The columns that could say something."""
        return self.all if self.lively else [column for column in self.all if not column.of_live]

    def suit(self, row: TableRow, texts: Sequence[str]) -> bool:
        """Make room for a row that says ``texts``, and digits where that is what another value says too.

        Args:
            row: the row.
            texts: what its cells in sight say.

        Returns:
            Whether any column is another one now, so that the row says something else.
        """
        return self.grow(texts) | self._tell_apart(row, texts)

    def _tell_apart(self, row: TableRow, texts: Sequence[str]) -> bool:
        cells = [(column.id, row.value(column.id), texts[place]) for place, column in self._settings]
        alike = [self._digits.see(*cell) for cell in cells]
        if not any(alike):
            return False
        self.all = tuple(self._in_digits(column) for column in self.all)
        self.lay_out()
        return True

    def resize(self, column_id: str, cells: int) -> None:
        """Make a column ``cells`` cells wide, as a person asked."""
        if column_id in self.ids:
            self.set_widths[column_id] = max(NARROWEST, min(WIDEST, cells))
            self.lay_out()

    def move(self, by: int) -> None:
        """Take the column cursor ``by`` columns to the right, and the view with it."""
        ids = [column.id for column in self._told]
        place = ids.index(self.cursor) if self.cursor in ids else 0
        place = max(0, min(len(ids) - 1, place + by))
        self.cursor = ids[place]
        if place:
            self._first = scrolled_to(self._told, self.widths, self._viewport, self._first, place)
        self.lay_out()

    def scroll(self, by: int) -> None:
        """Take the view ``by`` columns to the right, while there are columns out of sight on that side."""
        hidden = self.layout.hidden_right if by > 0 else self.layout.hidden_left
        if hidden:
            self._first = max(1, self._first + by)
            self.lay_out()

    def lay_out(self) -> None:
        """Place the columns anew."""
        self.layout = lay_out(self._told, self.widths, self._viewport, self._first)
        columns = [placed.column for placed in self.layout.placed]
        self._settings = [(place, column) for place, column in enumerate(columns) if column.is_setting]
        self._first = self.layout.hidden_left + 1


def _main_metric(columns: Sequence[Column]) -> tuple[str, ...]:
    """The id of the first column that shows a metric, when there is one."""
    return tuple(column.id for column in columns if column.id.startswith("metric:"))[:1]


def with_main_metric(columns: tuple[Column, ...]) -> tuple[Column, ...]:
    """``columns`` with the first metric made the one that stands out, and its curve called just ``trend``."""
    main = _main_metric(columns)
    trend = tuple(f"trend:{split_metric(column_id.removeprefix('metric:'))[0]}" for column_id in main)
    return tuple(
        replace(column, tone="strong")
        if column.id in main
        else replace(column, title="trend")
        if column.id in trend
        else column
        for column in columns
    )


def known_columns(ids: Iterable[object]) -> tuple[str, ...]:
    """Those of ``ids`` that name a column: for ids that come from a file."""
    return tuple(column_id for column_id in ids if isinstance(column_id, str) and _names_column(column_id))


def _names_column(column_id: str) -> bool:
    try:
        column_for(column_id)
    except ValueError:
        return False
    return True


def known_widths(widths: Mapping[str, object]) -> dict[str, int]:
    """Those of ``widths`` that are widths: for widths that come from a file."""
    return {
        column_id: max(NARROWEST, min(WIDEST, cells))
        for column_id, cells in widths.items()
        if isinstance(cells, int) and not isinstance(cells, bool)
    }
