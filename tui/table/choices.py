"""The columns that a table of given runs could show, for a person to choose from. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import chain

from tui.show.direction import direction
from tui.table.column_set import known_columns
from tui.table.columns import META, Column, column_for, split_metric
from tui.table.fields import field
from tui.table.names import Names

BUILT_IN = ("state", "step", "speed", "eta", "age")


@dataclass(frozen=True, slots=True)
class Choice:
    """One column that could be shown."""

    column: Column
    chosen: bool

    @property
    def words(self) -> str:
        """What a search looks through."""
        return f"{self.column.id} {self.column.title} {self.column.about}".casefold()


def available(metrics: Iterable[str], config_keys: Iterable[str]) -> list[str]:
    """The ids of all columns worth offering: metrics with their best value, smoothed and curve, config keys, metadata.

    A name of no characters can be in a file, and names no column.
    """
    offered: list[str] = [*BUILT_IN]
    for metric in filter(None, metrics):
        best = direction(metric)
        offered += [f"metric:{metric}", *([f"metric:{metric}:{best}"] if best else [])]
        offered += [f"metric:{metric}:smooth", f"trend:{metric}"]
    offered += [f"config.{key}" for key in sorted(filter(None, config_keys))]
    return [*offered, *(f"meta:{name}" for name in META)]


class Choices:
    """Which columns are chosen, in which order, while a person is choosing. The first one stays where it is."""

    def __init__(self, offered: Iterable[str], chosen: Sequence[str]) -> None:
        self.chosen: list[str] = list(chosen)
        self._offered = list(dict.fromkeys([*offered]))

    def found(self, search: str) -> list[Choice]:
        """The chosen columns in their order, then the others, as far as they have all words of ``search``."""
        frozen = self.chosen[:1]
        others = [column_id for column_id in self._offered if column_id not in self.chosen]
        choices = [Choice(column_for(each), each in self.chosen) for each in [*self.chosen, *others]]
        words = search.casefold().split()
        return [choice for choice in choices if choice.column.id not in frozen and _has(choice, words)]

    def named(self, name: str) -> Choice | None:
        """The column with the id ``name``, or that a filter calls so, as ``best(val/loss)``; None for any other."""
        meant = (column for column in field(name, self._names).columns if self._is_known(column))
        found = next(chain(known_columns((name,)), meant), None)
        return None if found is None else Choice(column_for(found), found in self.chosen)

    @property
    def _names(self) -> Names:
        settings = (each.removeprefix("config.") for each in self._offered if each.startswith("config."))
        return Names(frozenset(settings), frozenset(filter(None, map(_metric_of, self._offered))))

    def _is_known(self, column_id: str) -> bool:
        """Whether it is no column of a config key or a metric that is not offered."""
        if column_id.startswith("config."):
            return column_id in self._offered
        metric = _metric_of(column_id)
        return metric in self._names.metrics if metric else bool(known_columns((column_id,)))

    def toggle(self, column_id: str) -> None:
        """Show the column, as the last one, or show it no more."""
        if column_id in self.chosen[1:]:
            self.chosen.remove(column_id)
        elif column_id not in self.chosen:
            self.chosen.append(column_id)

    def move(self, column_id: str, by: int) -> None:
        """Take a chosen column ``by`` places to the right, not before the first."""
        if column_id not in self.chosen[1:]:
            return
        place = self.chosen.index(column_id)
        self.chosen.insert(max(1, min(len(self.chosen) - 1, place + by)), self.chosen.pop(place))


def _metric_of(column_id: str) -> str | None:
    """The metric of which it shows a value; None where it shows something else."""
    return split_metric(column_id.removeprefix("metric:"))[0] if column_id.startswith("metric:") else None


def _has(choice: Choice, words: Iterable[str]) -> bool:
    return all(word in choice.words for word in words)
