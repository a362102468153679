"""The rows of ``process_rows`` as a table whose columns come and go with the width. Pure."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from tui.machine.process_rows import Order, Row
from tui.show import units
from tui.show.fields import GAP, Field, fitting, table_lines, taken
from tui.show.spans import Line, Span, pad
from tui.show.text import clean, fit_middle

_WIDEST_NAME = 24
_NARROWEST_COMMAND, _NAMING_COMMAND, _WIDE_COMMAND = 12, 20, 36
"""Cells that a command takes at least, where it alone names a process, and before more is told of it."""


def process_lines(rows: Sequence[Row], total: int, now: float | None = None, order: Order = "run") -> list[Line]:
    """A title and the rows, in lines of ``total`` cells; what no row says has no column.

    Args:
        rows: in the order in which they are shown.
        total: cells of a line.
        now: seconds since the epoch; None: how long processes have run is not told.
        order: what the title says of the order.
    """
    if not rows:
        return [pad([Span(" processes", "strong"), Span("  no run has one here", "dim")], total)]
    by = [Span(f"  by {_TITLES[order]}", "dim")] if order != "run" else []
    return [pad([Span(" processes", "strong"), *by], total), *table_lines(_fields(rows, total, now), total)]


def order_at(rows: Sequence[Row], total: int, now: float | None, column: int) -> Order | None:
    """The order that the title at ``column`` of the lines asks for; None where there is none."""
    right = 1
    for field in _fields(rows, total, now):
        right += field.width + GAP
        if column < right:
            return next((order for order, title in _TITLES.items() if title == field.title), None)
    return None


def _fields(rows: Sequence[Row], total: int, now: float | None) -> list[Field]:
    """The columns that ``total`` cells have room for."""
    named = any(row.head is not None for row in rows)
    fields = [
        Field("pid", [[Span(row.pid, "dim")] for row in rows], 0, "right", least=7),
        Field("user", [_dim(row.user) for row in rows], 7, most=12),
        Field("run", [_run(row) for row in rows] if named else [[] for _ in rows], 1, least=8),
        Field("role", [_dim(row.role) for row in rows], 8),
        Field("rank", [_dim("" if row.rank is None else str(row.rank)) for row in rows], 9, "right"),
        Field("gpu", [_dim(ranges(row.gpus)) for row in rows], 2, "right", most=15),
        Field("gpu mem", [_text(units.size(row.memory), row.memory) for row in rows], 3, "right", least=8),
        Field("sm", [_text(units.percent(row.sm), row.sm) for row in rows], 10, "right", least=5),
        Field("cpu", [_text(units.percent(row.cpu), row.cpu) for row in rows], 4, "right", least=6),
        Field("ram", [_text(units.size(row.rss), row.rss) for row in rows], 11, "right", least=8),
        Field("time", [_dim(_elapsed(row, now)) for row in rows], 6, "right", least=6),
        Field("state", [[Span(row.state, "warn" if row.waiting else "dim")] if row.state else [] for row in rows], 5),
    ]
    more = [
        Field("read", [_rate(row.read) for row in rows], 0, "right", least=10),
        Field("write", [_rate(row.write) for row in rows], 1, "right", least=10),
        Field("threads", [_dim("" if row.threads is None else str(row.threads)) for row in rows], 2, "right"),
    ]
    # Where no run names the processes their commands do, so they come before what is asked for less often.
    kept = fitting(fields, total - 1 - (0 if named else _NAMING_COMMAND + GAP))
    spare = total - 1 - taken(kept) - _WIDE_COMMAND
    kept += fitting(more, spare) if spare >= taken(more[:1]) else []
    room = total - 1 - taken(kept)
    if room >= _NARROWEST_COMMAND:
        kept.append(Field("command", [_dim(row.command) for row in rows], 12, most=room - GAP))
    return kept


_TITLES: Mapping[Order, str] = {
    "run": "run", "memory": "gpu mem", "sm": "sm", "cpu": "cpu", "ram": "ram", "time": "time"
}  # fmt: skip


def ranges(labels: Sequence[str]) -> str:
    """Labels of devices, those in a row as such: ``0-3,5,6:1``."""
    runs: list[list[str]] = []
    for label in labels:
        follows = runs and label.isdecimal() and runs[-1][-1].isdecimal() and int(label) == int(runs[-1][-1]) + 1
        if follows:
            runs[-1].append(label)
        else:
            runs.append([label])
    return ",".join(f"{run[0]}-{run[-1]}" if len(run) > 2 else ",".join(run) for run in runs)


def _elapsed(row: Row, now: float | None) -> str:
    return "" if now is None or row.started is None else units.duration(max(0.0, now - row.started))


def _run(row: Row) -> Line:
    if row.head is None:
        return [Span("no run", "dim")]
    return [Span(fit_middle(row.head.name, _WIDEST_NAME), row.head.role)]


def _dim(text: str) -> Line:
    return [Span(clean(text), "dim")] if text else []


def _text(text: str, value: float | None) -> Line:
    return [] if value is None else [Span(text)]


def _rate(value: float | None) -> Line:
    return [] if value is None else [Span(f"{units.size(value)}/s", "" if value >= 1 else "dim")]
