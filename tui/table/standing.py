"""Which columns are coloured from their best to their worst value, and where each row stands in them. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from tui.table.columns import Column
from tui.table.order import RowOrder


class Colouring:
    """The columns of a table that are coloured by standing."""

    def __init__(self) -> None:
        self.columns: set[str] = set()
        """Their ids."""
        self.stale = False
        """Whether rows changed since it was last worked out where each stands."""
        self._standings: Mapping[str, Mapping[str, str]] = {}

    def of(self, key: str) -> Mapping[str, str]:
        """How the coloured cells of a row stand among those of their columns: ``{column id: best, good, …}``."""
        return self._standings.get(key, {})

    def toggle(self, column: Column | None) -> bool:
        """Colour a column, or no more; whether it has a better end to colour by."""
        if column is None or column.best is None:
            return False
        self.columns ^= {column.id}
        return True

    def touch(self) -> bool:
        """Note that rows changed; whether that could have changed where rows stand."""
        self.stale |= bool(self.columns)
        return self.stale

    def work_out(self, order: RowOrder, columns: Iterable[Column]) -> None:
        """Find out where the rows that are shown stand in those of ``columns`` that are coloured."""
        self.stale = False
        coloured = [column for column in columns if column.id in self.columns]
        self._standings = standings(order, coloured) if coloured else {}


def standings(order: RowOrder, columns: Iterable[Column]) -> Mapping[str, Mapping[str, str]]:
    """Where each shown row stands in each of ``columns``: ``{row key: {column id: best, good, poor or worst}}``.

    Ranks decide, not distances, so one outlier does not make all the others look alike: the best and the worst value
    (and its equals), then the better and the poorer quarter. Columns without a better end are left out.
    """
    found: dict[str, dict[str, str]] = {}
    for column in columns:
        if column.best is None:
            continue
        ranked = [(column.sort_key(order.rows[key]), key) for key in order.keys]
        numbers = sorted((rank[1], key) for rank, key in ranked if rank[0] == 0)
        for key, standing in _standing(numbers, best_is_low=column.best == "min"):
            found.setdefault(key, {})[column.id] = standing
    return found


def _standing(numbers: list[tuple[float, str]], *, best_is_low: bool) -> Iterable[tuple[str, str]]:
    if len(numbers) < 2 or numbers[0][0] == numbers[-1][0]:
        return
    best, worst = (numbers[0][0], numbers[-1][0]) if best_is_low else (numbers[-1][0], numbers[0][0])
    for place, (number, key) in enumerate(numbers):
        share = (place + 0.5) / len(numbers)
        share = share if best_is_low else 1 - share
        if number in {best, worst}:
            yield key, "best" if number == best else "worst"
        elif share < 0.25 or share > 0.75:
            yield key, "good" if share < 0.25 else "poor"
