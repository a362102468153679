"""Runs that belong together under one line: a row for the group, with what its members have in common. Pure.

A group's number is the mean of its members' finite ones; of a column that shows a smallest or a largest value it is
that of all members. Its step is the furthest, its eta the latest, its age that of the newest; its state is that of its
liveliest member. A config value or a text is shown where all members share it, else how many different ones there are.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable, Mapping, Sequence
from statistics import fmean

from tui.show.palette import Swatch, assign
from tui.show.units import ABSENT
from tui.table import cell_text
from tui.table.columns import column_for
from tui.table.rows import ALARMS, SHAPES, TableRow, Value, state_word
from tui.table.sorting import Rank, arrange, rank

RankOf = Callable[[TableRow], Rank]

OPEN, FOLDED = "▾", "▸"
PREFIX = "group\x00"
"""What the key of a group's row begins with; no run's key can."""

_FOLDS: dict[str, Callable[[list[float]], float]] = {
    "step": max,
    "eta": max,
    "age": min,
    "created": min,
    "ended": min,
    "updated": min,
    "alerts": sum,
    "min": min,
    "max": max,
}
_MEASURED = frozenset({"meta:created", "meta:ended", "meta:updated", "meta:duration", "meta:alerts"})
_LIVELIEST = tuple(SHAPES)


class GroupRow:
    """The line of a group: a row like any other, made of its members."""

    health = "ok"

    def __init__(self, label: str, members: Sequence[TableRow], swatch: Swatch, *, folded: bool) -> None:
        self.label = label
        self.members = members
        self.swatch = swatch
        self.folded = folded

    @property
    def key(self) -> str:
        """A key that no run has."""
        return PREFIX + self.label

    @property
    def name(self) -> str:
        """What the members share, and how many they are."""
        return f"{FOLDED if self.folded else OPEN} {self.label} · {len(self.members)}"

    @property
    def state(self) -> str:
        """The state of the liveliest member."""
        return min(map(state_word, self.members), key=_liveliness)

    @property
    def alarm(self) -> str:
        """The worst that is wrong with a member."""
        return max((member.alarm for member in self.members), key=list(ALARMS).index)

    def value(self, column_id: str, /) -> Value:
        """What the members' values come to."""
        if column_id in {"name", "state"}:
            return self.name if column_id == "name" else self.state
        if column_id.startswith("trend:"):
            return None
        values = [member.value(column_id) for member in self.members]
        if can_group_by(column_id) and column_id not in _MEASURED:
            return _shared(values)
        return _folded(column_id, [float(value) for value in values if isinstance(value, int | float)])


class Grouping:
    """Groups rows by the value of one column."""

    def __init__(self, column_id: str, folded: Iterable[str] = ()) -> None:
        self.column = column_for(column_id)
        self.folded = set(folded)
        """The labels of the groups whose members are not shown."""
        self.swatches: Mapping[str, Swatch] = {}
        """How each group is told apart, by its label: the same however the table is sorted."""
        self._values: dict[str, str] = {}
        self._labels: dict[str, str] = {}

    def label(self, key: str) -> str | None:
        """The label of the group that the row with this key is in."""
        value = self._values.get(key)
        return None if value is None else self._labels[value]

    def moved(self, row: TableRow) -> bool:
        """Whether a row that was in one group belongs into another one by now."""
        value = self._value(row)
        return self._values.get(row.key, value) != value

    def group_of(self, key: str) -> str | None:
        """The key of the line of the group that the row is in."""
        label = self.label(key)
        return None if label is None else PREFIX + label

    def lines(
        self, rows: Sequence[TableRow], sort: Sequence[tuple[Callable[[TableRow], Rank], bool]]
    ) -> list[TableRow]:
        """The rows in groups: each group's line, and below it those of its members unless it is folded.

        Args:
            rows: in the order that they have inside their group.
            sort: how to rank a group in each sort column, and whether that is descending; by label when empty.
        """
        members = self._members(rows)
        self.swatches = assign(sorted(members))
        ranks = {label: _rank(label, each[0].value(self.column.id)) for label, each in members.items()}
        groups = [
            GroupRow(label, each, self.swatches[label], folded=label in self.folded) for label, each in members.items()
        ]
        keys = [([rank_of(group) for group in groups], down) for rank_of, down in sort]
        ordered = arrange(groups, keys or [([ranks[group.label] for group in groups], False)])
        return [line for group in ordered for line in (group, *(() if group.folded else group.members))]

    def _members(self, rows: Sequence[TableRow]) -> dict[str, list[TableRow]]:
        """The rows of each group by its label, which is as short as keeps it apart from the others."""
        together: dict[str, list[TableRow]] = {}
        for row in rows:
            value = self._values[row.key] = self._value(row)
            together.setdefault(value, []).append(row)
        labels = self.column.texts(each[0] for each in together.values())
        self._labels = dict(zip(together, labels, strict=True))
        return {self._labels[value]: each for value, each in together.items()}

    def _value(self, row: TableRow) -> str:
        """What the rows of one group have in common, in full."""
        value = row.value(self.column.id)
        return cell_text.setting(value, None) if self.column.is_setting else self.column.write(value)


def _rank(label: str, value: Value) -> Rank:
    return rank(None if label == ABSENT else value)


def can_group_by(column_id: str) -> bool:
    """Whether runs can share a value of this column: config keys, metadata and the state, but no measured value."""
    return column_id == "state" or column_id.startswith(("config.", "meta:"))


def _shared(values: Sequence[Value]) -> Value:
    """The value that all have, or how many there are."""
    if all(value == values[0] and type(value) is type(values[0]) for value in values):
        return values[0]
    return f"{len({repr(value) for value in values})} values"


def _folded(column_id: str, numbers: list[float]) -> float | None:
    """The finite ``numbers`` made one; without any, the first that is not; None without a number."""
    finite = [number for number in numbers if math.isfinite(number)]
    if not finite:
        return numbers[0] if numbers else None
    return _fold(column_id)(finite)


def _fold(column_id: str) -> Callable[[list[float]], float]:
    what = column_id.rpartition(":")[2]
    return _FOLDS.get((column_for(column_id).best or what) if what == "best" else what, fmean)


def _liveliness(word: str) -> int:
    return _LIVELIEST.index(word) if word in _LIVELIEST else len(_LIVELIEST)
