"""By what the runs of a table could be grouped: what some of them share, and not all. Pure."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from tui.show.text import clean
from tui.table.columns import column_for
from tui.table.rows import TableRow

FIRST = ("meta:group", "meta:job_type", "meta:tags", "meta:project", "meta:host", "meta:branch", "meta:commit", "state")
"""What is offered before the config keys."""
MOST = 200
"""Runs that are looked at: enough to see what they share."""
_EXAMPLES = 4


@dataclass(frozen=True, slots=True)
class Way:
    """One column whose values put runs together."""

    column: str
    title: str
    groups: tuple[tuple[str, int], ...]
    """The labels of the groups and how many runs are in each, the largest first."""

    @property
    def examples(self) -> str:
        """The first groups in words: ``adamw 4 · sgd 2 · 3 more``."""
        told = [f"{label} {count}" for label, count in self.groups[:_EXAMPLES]]
        more = len(self.groups) - len(told)
        return " · ".join([*told, *([f"{more} more"] if more else [])])


def ways(rows: Iterable[TableRow], config_keys: Iterable[str]) -> list[Way]:
    """The columns by which ``rows`` fall into at least two groups, and fewer than there are rows."""
    looked_at = list(rows)[:MOST]
    ids = [*FIRST, *(f"config.{key}" for key in config_keys)]
    found = (_way(column_id, looked_at) for column_id in ids)
    return [way for way in found if 1 < len(way.groups) < max(2, len(looked_at))]


def _way(column_id: str, rows: Sequence[TableRow]) -> Way:
    column = column_for(column_id)
    counted = Counter(map(clean, column.texts(rows)))
    title = column_id.removeprefix("config.") if column_id.startswith("config.") else column.title
    return Way(column_id, clean(title), tuple(counted.most_common()))
