"""A filter whose names mean what the rows of its table make of them, while these come, go and change. Pure."""

from __future__ import annotations

from collections.abc import Callable, Iterable

from tui.table.names import NOTHING, Names
from tui.table.order import Predicate
from tui.table.query import Query
from tui.table.rows import TableRow


class Filter:
    """What was last asked for. Which names the rows have is asked when a filter first depends on it."""

    def __init__(self) -> None:
        self.predicate: Predicate | None = None
        """Which rows pass; all of them when None."""
        self._names: Names | None = None

    def learn(self, news: Iterable[TableRow], everything: Callable[[], Iterable[TableRow]]) -> bool:
        """Take names for what they mean among all rows; whether the filter is another one now.

        Args:
            news: rows that are new or changed.
            everything: gives all rows, for when they were never asked for their names.
        """
        query = self.predicate
        if self._names is not None:
            self._names |= Names.of(news)
        elif isinstance(query, Query) and query.is_open:
            self._names = Names.of(everything())
        if isinstance(query, Query) and self._names is not None:
            self.predicate = query.among(self._names)
        return self.predicate is not query

    def forget(self) -> None:
        """All rows are other ones."""
        self._names = None if self._names is None else NOTHING
