"""The processes of the runs on this machine, and whoever else is on its devices. Pure.

The main process and the ranks have a row each; the data-loader workers of a run share one, with how many of them wait
for a disk, since that is what one looks for. States that are as they should be, running and sleeping, are not told.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Literal, get_args

from collectors.backend import GpuProcess
from collectors.samples import ProcessSample
from logstore.model.runs import Run
from tui.machine.telemetry import Telemetry
from tui.show import units
from tui.show.fields import GAP, Field, fitting, table_lines, taken
from tui.show.heads import Head
from tui.show.palette import Swatch
from tui.show.spans import Line, Span, pad
from tui.show.text import clean, fit_middle

_STATES = {"D": "waits for disk", "T": "stopped", "t": "traced", "Z": "ended"}
_ROLES = ("main", "rank", "other", "helper", "worker")
_WIDEST_NAME = 24
_NARROWEST_COMMAND, _NAMING_COMMAND, _WIDE_COMMAND = 12, 20, 36
"""Cells that a command takes at least, where it alone names a process, and before more is told of it."""
Order = Literal["run", "memory", "sm", "cpu", "ram", "time"]
"""By run, role and rank; or what takes most of something first."""
ORDERS: tuple[Order, ...] = get_args(Order)


@dataclass(frozen=True, slots=True)
class Row:
    """One process, or the workers of a run together."""

    pid: str
    head: Head | None
    """The run it belongs to."""
    role: str
    command: str
    user: str = ""
    started: float | None = None
    """Seconds since the epoch."""
    state: str = ""
    waiting: int = 0
    """How many of them wait for a disk."""
    rank: int | None = None
    gpus: tuple[str, ...] = ()
    """Labels of its devices."""
    cpu: float | None = None
    rss: float | None = None
    memory: float | None = None
    """Bytes on its devices."""
    sm: float | None = None
    """Per cent of the multiprocessors, the sum over its devices."""
    threads: int | None = None
    read: float | None = None
    write: float | None = None


def process_rows(
    telemetry: Telemetry, by_pid: Mapping[int, Run], swatches: Mapping[str, Swatch], order: Order = "run"
) -> list[Row]:
    """The rows in ``order``; by run, processes of no run come last."""
    labels = {gpu.uuid: gpu.label for gpu in telemetry.gpus}
    heads = {pid: Head(run.name, swatches[run.key]) for pid, run in by_pid.items() if run.key in swatches}
    tenants = _tenants(telemetry)
    families: dict[int, list[ProcessSample]] = {}
    rows: list[Row] = []
    for process in sorted(telemetry.processes, key=_order):
        if process.role == "worker":
            families.setdefault(process.run, []).append(process)
        else:
            rows.append(_row(process, heads.get(process.pid), labels, tenants.get(process.pid)))
    rows += [_workers(family, heads.get(family[0].pid)) for family in families.values()]
    rows.sort(key=lambda row: (row.head is None, row.head.name if row.head else ""))
    return ordered([*rows, *_strangers(telemetry, tenants, heads)], order)


def ordered(rows: Sequence[Row], order: Order) -> list[Row]:
    """The rows, those that take most first, or those that began first; what is not known comes last."""
    if order == "run":
        return list(rows)
    keys: Mapping[Order, Callable[[Row], float | None]] = {
        "memory": lambda row: row.memory,
        "sm": lambda row: row.sm,
        "cpu": lambda row: row.cpu,
        "ram": lambda row: row.rss,
        "time": lambda row: None if row.started is None else -row.started,
    }
    known = [(keys[order](row), row) for row in rows]
    return [row for _, row in sorted(known, key=lambda each: -math.inf if each[0] is None else each[0], reverse=True)]


def _order(process: ProcessSample) -> tuple[int, int, int, int]:
    place = _ROLES.index(process.role) if process.role in _ROLES else len(_ROLES)
    return (process.run, place, process.rank if process.rank is not None else -1, process.pid)


@dataclass(frozen=True, slots=True)
class _Tenant:
    """A process as the devices' drivers list it, on all of them together."""

    process: GpuProcess
    gpus: tuple[str, ...]
    memory: float | None
    sm: float | None


def _tenants(telemetry: Telemetry) -> dict[int, _Tenant]:
    """The processes on the devices, by pid."""
    found: dict[int, list[tuple[str, GpuProcess]]] = {}
    for gpu in telemetry.gpus:
        for process in gpu.processes or ():
            found.setdefault(process.pid, []).append((gpu.label, process))
    return {pid: _tenant(rows) for pid, rows in found.items()}


def _tenant(rows: Sequence[tuple[str, GpuProcess]]) -> _Tenant:
    memory, sm = (_sum(getattr(process, name) for _, process in rows) for name in ("memory", "sm"))
    return _Tenant(rows[0][1], tuple(label for label, _ in rows), memory, sm)


def _row(process: ProcessSample, head: Head | None, labels: Mapping[str, str], tenant: _Tenant | None) -> Row:
    return Row(
        str(process.pid),
        head,
        process.role,
        process.command or process.name,
        (tenant.process.user if tenant else None) or "",
        process.started,
        _STATES.get(process.state, ""),
        int(process.state == "D"),
        process.rank,
        tuple(labels[uuid] for uuid in process.gpus if uuid in labels),
        process.cpu,
        process.rss,
        tenant.memory if tenant else None,
        tenant.sm if tenant else None,
        process.threads,
        process.read,
        process.write,
    )


def _workers(family: Sequence[ProcessSample], head: Head | None) -> Row:
    waiting = sum(process.state == "D" for process in family)
    return Row(
        f"{len(family)} ×",
        head,
        "worker",
        family[0].name,
        state=f"{waiting} wait for disk" if waiting else "",
        waiting=waiting,
        cpu=_sum(process.cpu for process in family),
        rss=_sum(process.rss for process in family),
        read=_sum(process.read for process in family),
        write=_sum(process.write for process in family),
    )


def _sum(values: Iterable[float | None]) -> float | None:
    """The sum of what is known; None where nothing is."""
    known = [value for value in values if value is not None]
    return sum(known) if known else None


def _strangers(telemetry: Telemetry, tenants: Mapping[int, _Tenant], heads: Mapping[int, Head]) -> list[Row]:
    """Processes on the devices that belong to no run, each once."""
    members = {process.pid for process in telemetry.processes} | heads.keys()
    return [_stranger(tenant) for pid, tenant in tenants.items() if pid not in members]


def _stranger(tenant: _Tenant) -> Row:
    process = tenant.process
    return Row(
        str(process.pid),
        None,
        "",
        process.command or process.name or "not seen from here",
        process.user or "",
        process.started,
        gpus=tenant.gpus,
        cpu=process.cpu,
        rss=process.rss,
        memory=tenant.memory,
        sm=tenant.sm,
    )


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
    named = any(row.head is not None for row in rows)
    fields = [
        Field("pid", [[Span(row.pid, "dim")] for row in rows], 0, "right", least=7),
        Field("user", [_dim(row.user) for row in rows], 7, most=12),
        Field("run", [_run(row) for row in rows] if named else [[] for _ in rows], 1, least=8),
        Field("role", [_dim(row.role) for row in rows], 8),
        Field("rank", [_dim("" if row.rank is None else str(row.rank)) for row in rows], 9, "right"),
        Field("gpu", [_dim(",".join(row.gpus)) for row in rows], 2, "right", most=15),
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
    return [pad([Span(" processes", "strong"), *by], total), *table_lines(kept, total)]


_TITLES: Mapping[Order, str] = {
    "run": "run", "memory": "gpu mem", "sm": "sm", "cpu": "cpu", "ram": "ram", "time": "time"
}  # fmt: skip


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
