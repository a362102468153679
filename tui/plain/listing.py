"""Runs as a list for the command line: the run table's columns, filter and order, without a screen. Pure."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from difflib import get_close_matches
from operator import attrgetter
from typing import NamedTuple

import numpy as np

from logstore.model.runs import Run
from logstore.model.summarise import summary_modes
from tui.plain.near_values import unknown_values
from tui.show.direction import Direction, direction
from tui.show.palette import assign
from tui.table.column_set import with_main_metric
from tui.table.columns import Column, column_for, default_columns
from tui.table.fields import CALL, field, field_names
from tui.table.names import Names
from tui.table.order import RowOrder
from tui.table.query import Query, compile_query
from tui.table.rows import Value
from tui.table.run_rows import RunRow, RunRows, metrics_of
from tui.table.sorting import Order, Sort

_FULL = ("metric:", "config.")
"""What columns of metrics and config keys are called in full: such a name needs no run that has it."""


_NAMED = 8
"""Metrics that an error names."""


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
    if not known and rows and not name.startswith(_FULL) and any(each.startswith(_FULL) for each in candidates):
        near = nearest(name, Names.of(rows) if names is None else names)
        raise ValueError(f"no run has {name!r}: it is neither a column, a config key nor a metric{near}")
    return column_for((known or list(candidates))[0])


def nearest(name: str, names: Names) -> str:
    """``; did you mean …?`` with what is called nearly ``name``; empty where nothing is."""
    called = CALL.fullmatch(name)
    asked = called[2] if called else name
    known = [*sorted(names.settings), *sorted(names.metrics), *field_names()]
    near = dict.fromkeys([*get_close_matches(asked, known), *(full for full in known if _ends_alike(asked, full))])
    return f"; did you mean {' or '.join(list(near)[:3])}?" if near else ""


def _ends_alike(asked: str, full: str) -> bool:
    """Whether the last part of ``full`` is nearly ``asked``: ``lrr`` and ``optim.lr``."""
    last = full.replace("/", ".").rpartition(".")[2]
    return last != full and bool(get_close_matches(asked, [last], cutoff=0.75))


def unknown(query: str, rows: Sequence[RunRow]) -> list[str]:
    """What of a filter no run has, most likely misspelt, with what is called nearly so: one line each."""
    known = Names.of(rows)
    asked = compile_query(query, known)
    names = [f"no run has {name!r}{nearest(name, known)}" for name in asked.missing(rows)]
    return [*names, *unknown_values(query, rows, known)]


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


def metric_called(name: str, names: Names) -> str:
    """The metric that a person calls ``name``: that very one, or the only one that ends so.

    Raises:
        ValueError: there is none, or several end so; the message says what could be meant.
    """
    if name in names.metrics:
        return name
    longer = names.longer_metrics(name)
    if len(longer) > 1:
        raise ValueError(_unclear(name, longer))
    if not longer:
        near = get_close_matches(name, sorted(names.metrics)) or sorted(names.metrics)[:_NAMED]
        hint = f"; there are {', '.join(near)}" if near else ""
        raise ValueError(f"no run has a metric {name!r}{hint}")
    return longer[0]


class Ranking(NamedTuple):
    """Runs by how good they are at one metric."""

    metric: str
    better: Direction
    rows: list[RunRow]
    """Those that have the metric, the best first; those in which it was never finite last."""

    def best(self, row: RunRow) -> tuple[float | None, float | None]:
        """The best value of one of them and its step; None where there is none, or its points are not known."""
        series = row.run.metrics.get(self.metric)
        value = row.value(f"metric:{self.metric}:{self.better}")
        step = None if series is None else series.minimum_step if self.better == "min" else series.maximum_step
        return (value if isinstance(value, int | float) else None), step


def ranked(rows: Sequence[RunRow], metric: str, passing: Sequence[RunRow] | None = None) -> Ranking:
    """The runs by the best value of what a person calls ``metric``.

    Args:
        rows: all rows.
        metric: its name, as in a filter.
        passing: those of ``rows`` that count; None: all.

    Raises:
        ValueError: there is no such metric, or nothing says whether less or more of it is better.
    """
    name = metric_called(metric, Names.of(rows))
    having = [row for row in (rows if passing is None else passing) if name in row.run.metrics]
    rules = [rule for row in having for rule in row.run.record.metrics]
    better = direction(name, summary_modes(name, rules))
    if better is None:
        way = "define_metric(…, goal=…) does; or sort by its smallest value: --sort"
        raise ValueError(f"nothing says whether less or more of {name!r} is better: {way} 'min({name})'")
    order = RowOrder()
    order.sort = (Order(f"metric:{name}:{better}", better == "max"),)
    order.set_rows(having)
    found = {row.key: row for row in having}
    return Ranking(name, better, [found[key] for key in order.keys])


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
