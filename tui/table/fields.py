"""What the names in a filter stand for: the run's own properties, its config keys, its metrics. Pure."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

from tui.table.columns import AGGREGATES, META
from tui.table.names import NOTHING, Names
from tui.table.rows import TableRow, Value

_ALIASES: Final[Mapping[str, str]] = {
    **{name: name for name in ("name", "state", "step", "speed", "eta", "age")},
    **{name: f"meta:{name}" for name in META},
    "tag": "meta:tags",
    "note": "meta:notes",
    "runtime": "meta:duration",
    "exit_code": "meta:exit",
    "job": "meta:job_type",
    "owner": "meta:user",
}
_ASKED: Final = {"state": "any:state"}
"""Columns that show one word where a filter takes any that is true."""
MOMENTS: Final = frozenset({"created", "ended", "updated"})
"""Fields that are moments: they can be compared with a date."""
_SPANS: Final = frozenset({"age", "eta", "meta:duration", *(f"meta:{moment}" for moment in MOMENTS)})
_PREFIXES: Final = ("config.", "metric:", "meta:")
_SUMMARY: Final = "|".join(AGGREGATES)
CALL: Final = re.compile(rf"({_SUMMARY})\(([^\s()]+)\)")
"""``min(val/loss)``"""
_DOTTED: Final = re.compile(rf"(.+)\.({_SUMMARY})")


@dataclass(frozen=True, slots=True)
class Field:
    """What a name in a filter stands for: the first of these columns that has a value in a row."""

    columns: tuple[str, ...]
    choices: tuple[str, ...] = ()
    """The full names, where the name could stand for several; it stands for none of them then."""

    @property
    def is_span(self) -> bool:
        """Whether its values are seconds, so that ``5m`` means five minutes."""
        return self.columns[0] in _SPANS

    @property
    def moment(self) -> str | None:
        """The column with the same moment in seconds since the epoch, where the field is one."""
        name = self.columns[0].removeprefix("meta:")
        return f"at:{name}" if name in MOMENTS else None

    def value(self, row: TableRow) -> Value:
        """The field's value in ``row``, or None."""
        for column in self.columns:
            value = row.value(_ASKED.get(column, column))
            if value is not None:
                return value
        return None


def field(name: str, names: Names = NOTHING) -> Field:
    """The field that a person calls ``name``.

    Names of the run's own properties come first, then config keys, then metrics; ``config.``, ``metric:`` and ``meta:``
    before a name say which. ``val/loss.min`` and ``min(val/loss)`` are the smallest value of ``val/loss``.

    Args:
        name: what was typed.
        names: what the runs have: says what a name stands for that is only the end of one.
    """
    alias = _ALIASES.get(name.lower())
    if alias is not None:
        return Field((alias,))
    if name.startswith(_PREFIXES):
        return Field((name,))
    called, dotted = CALL.fullmatch(name), _DOTTED.fullmatch(name)
    metric, aggregate = (called[2], called[1]) if called else dotted.groups() if dotted else ("", "")
    own = () if called else (f"config.{name}", f"metric:{name}")
    summary = (f"metric:{metric}:{aggregate}",) if aggregate else ()
    if name in names or metric in names.metrics:
        return Field((*own, *summary))
    longer = _longer(name, metric, aggregate, names)
    if len(longer) > 1:
        return Field((*own, *summary), tuple(longer))
    return Field((*own, *summary, *longer.values()))


def _longer(name: str, metric: str, aggregate: str, names: Names) -> dict[str, str]:
    """The columns whose names end so, by their full names: config keys, or else metrics, or else their summaries."""
    settings = {key: f"config.{key}" for key in names.longer_settings(name)}
    metrics = {key: f"metric:{key}" for key in names.longer_metrics(name)}
    summaries = {f"{key}.{aggregate}": f"metric:{key}:{aggregate}" for key in names.longer_metrics(metric)}
    return settings or metrics or (summaries if aggregate else {})


def is_open(name: str) -> bool:
    """Whether what ``name`` stands for depends on what the runs have."""
    return name.lower() not in _ALIASES and not name.startswith(_PREFIXES)


def field_names() -> tuple[str, ...]:
    """The names of a run's own properties, as a filter takes them."""
    return tuple(sorted(_ALIASES))


def aliases() -> Mapping[str, str]:
    """The columns of a run's own properties, by these names."""
    return _ALIASES
