"""Runs as a list for the command line: the run table's columns, filter and order, without a screen. Pure."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from operator import attrgetter

import numpy as np

from logstore.model.runs import Run
from tui.show.palette import assign
from tui.table.column_set import with_main_metric
from tui.table.columns import Column, column_for, default_columns
from tui.table.fields import field
from tui.table.names import Names
from tui.table.order import RowOrder
from tui.table.query import Query, compile_query
from tui.table.rows import Value
from tui.table.run_rows import RunRow, RunRows, metrics_of
from tui.table.sorting import Order, Sort


def rows_of(runs: Mapping[str, Run], now: float, price: float | None = None) -> list[RunRow]:
    """A row for each run, true at ``now``; ``price`` is that of one GPU-hour."""
    rows = RunRows(price)
    rows.now = now
    oldest_first = sorted(runs.values(), key=attrgetter("seniority"))
    return rows.update(runs, assign(run.key for run in oldest_first))


def resolve(name: str, rows: Sequence[RunRow], names: Names | None = None) -> Column:
    """The column that a person calls ``name``: as in a filter, or a column's id.

    Args:
        name: what was typed.
        rows: all rows.
        names: the config keys and metrics that these have, where that is known.

    Raises:
        ValueError: nothing is called so, or no run has it; the message says what could be.
    """
    if name.startswith("trend:"):
        return column_for(name)
    asked = field(name, Names.of(rows) if names is None else names)
    if asked.choices:
        raise ValueError(_unclear(name, asked.choices))
    candidates = asked.columns
    known = [candidate for candidate in candidates if any(row.value(candidate) is not None for row in rows)]
    if not known and len(candidates) > 1 and rows:
        raise ValueError(f"no run has {name!r}: it is neither a column, a config key nor a metric")
    return column_for((known or list(candidates))[0])


def columns_of(names: str | None, rows: Sequence[RunRow]) -> dict[str, Column]:
    """The columns called ``names`` (with commas between them), by what they were called; a table's usual ones for None.

    Raises:
        ValueError: a name is no column's.
    """
    if names is None:
        found = {name: column_for(name) for name in default_columns(metrics_of(row.run for row in rows))}
    else:
        known = Names.of(rows)
        found = {name: resolve(name, rows, known) for name in _split(names)}
    return dict(zip(found, with_main_metric(tuple(found.values())), strict=True))


def arranged(rows: Sequence[RunRow], query: str = "", sort: str | None = None) -> list[RunRow]:
    """The rows that pass ``query`` in the order that ``sort`` asks for; without one, live and new ones first.

    Args:
        rows: all rows.
        query: a filter; see ``tui.table.query``.
        sort: columns with commas between them; ``-`` before one turns it around.

    Raises:
        ValueError: the filter or the sort cannot be understood.
    """
    order = RowOrder()
    order.predicate = _filter(query, rows) if query.strip() else None
    order.sort = _sort(sort, rows) if sort else ()
    order.set_rows(rows)
    found = {row.key: row for row in rows}
    return [found[key] for key in order.keys]


def plain(value: Value) -> object:
    """A cell's value as JSON has it."""
    if isinstance(value, np.ndarray):
        return value.tolist()
    return list(value) if isinstance(value, tuple) else value


def counted(rows: Iterable[RunRow], word: Callable[[RunRow], str]) -> str:
    """How many rows there are of each word: ``3 running · 1 stalled · 14 finished``."""
    counts: dict[str, int] = {}
    for row in rows:
        counts[word(row)] = counts.get(word(row), 0) + 1
    return " · ".join(f"{count} {name}" for name, count in counts.items())


def _filter(text: str, rows: Sequence[RunRow]) -> Query:
    query = compile_query(text)
    query = query.among(Names.of(rows)) if query.is_open else query
    for name, choices in query.ambiguous.items():
        raise ValueError(_unclear(name, choices))
    return query


def _unclear(name: str, choices: Sequence[str]) -> str:
    return f"{name!r} could be {' or '.join(choices)}: write it in full"


def _sort(names: str, rows: Sequence[RunRow]) -> Sort:
    known = Names.of(rows)
    return tuple(Order(resolve(name.lstrip("-+"), rows, known).id, name.startswith("-")) for name in _split(names))


def _split(names: str) -> list[str]:
    return [name.strip() for name in names.split(",") if name.strip()]
