"""The processes of the runs on this machine, and whoever else is on its devices, as rows in an order. Pure.

The main process and the ranks have a row each; the data-loader workers of a run share one, with how many of them wait
for a disk, since that is what one looks for. So do helpers that are on no device, where there are several. States that
are as they should be, running and sleeping, are not told.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Literal, get_args

from collectors.backend import GpuProcess
from collectors.rates import total
from collectors.samples import ProcessSample
from logstore.model.runs import Run
from tui.machine.telemetry import Telemetry
from tui.show.heads import Head
from tui.show.palette import Swatch

_STATES = {"D": "waits for disk", "T": "stopped", "t": "traced", "Z": "ended"}
WORKER = "worker"
_ROLES = ("main", "rank", "other", "helper", WORKER)
Order = Literal["run", "memory", "sm", "cpu", "ram", "time"]
"""By run, role and rank; or what takes most of something first."""
ORDERS: tuple[Order, ...] = get_args(Order)


@dataclass(frozen=True, slots=True)
class Row:
    """One process, or several of a run that do the same."""

    pids: tuple[int, ...]
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
    run: str | None = None
    """Key of the run it belongs to."""
    main: int | None = None
    """Pid of the run's process that it descends from."""
    seen: bool = True
    """Whether the pid is a process that can be seen from here: in a container the driver's may be the host's."""

    @property
    def pid(self) -> str:
        """Its pid, or how many processes it stands for."""
        return f"{len(self.pids)} ×" if self.together else str(self.pids[0])

    @property
    def together(self) -> bool:
        """Whether it stands for processes that do the same, be there only one of them."""
        return self.role == WORKER or len(self.pids) > 1

    def holds(self, wanted: str) -> bool:
        """Whether ``wanted``, in lower case, occurs in what it says of itself."""
        name = self.head.name if self.head is not None else "no run"
        return wanted in f"{' '.join(map(str, self.pids))} {name} {self.user} {self.role} {self.command}".casefold()


def process_rows(
    telemetry: Telemetry, by_pid: Mapping[int, Run], swatches: Mapping[str, Swatch], order: Order = "run"
) -> list[Row]:
    """The rows in ``order``; by run, processes of no run come last."""
    found = _Found.of(telemetry, by_pid, swatches)
    families: dict[tuple[int, str], list[ProcessSample]] = {}
    rows: list[Row] = []
    for process in sorted(telemetry.processes, key=_order):
        if _in_a_family(process, found.tenants):
            families.setdefault((process.run, process.role), []).append(process)
        else:
            rows.append(found.row(process))
    for family in families.values():
        alone = len(family) == 1 and family[0].role != WORKER
        rows.append(found.row(family[0]) if alone else _family(family, found))
    rows.sort(key=lambda row: (row.head is None, row.head.name if row.head else ""))
    members = {process.pid for process in telemetry.processes} | found.heads.keys()
    strangers = [_stranger(tenant) for pid, tenant in found.tenants.items() if pid not in members]
    return ordered([*rows, *strangers], order)


def process_row(telemetry: Telemetry, by_pid: Mapping[int, Run], swatches: Mapping[str, Swatch], pid: int) -> Row:
    """A row for this process alone, with as much of it as the sampler told."""
    found = _Found.of(telemetry, by_pid, swatches)
    process = next((process for process in telemetry.processes if process.pid == pid), None)
    if process is not None:
        return found.row(process)
    return _stranger(found.tenants[pid]) if pid in found.tenants else Row((pid,), None, "", "")


def _in_a_family(process: ProcessSample, tenants: Mapping[int, _Tenant]) -> bool:
    """Whether it is one of those that share a row: a worker, or a helper that is on no device."""
    helps = process.role in {"other", "helper"} and not process.gpus and process.pid not in tenants
    return process.role == WORKER or helps


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
    memory, sm = (total(getattr(process, name) for _, process in rows) for name in ("memory", "sm"))
    return _Tenant(rows[0][1], tuple(label for label, _ in rows), memory, sm)


@dataclass(frozen=True, slots=True)
class _Found:
    """What rows are made from: by pid the run, how it is named, and what the devices' drivers say."""

    labels: Mapping[str, str]
    """How a device is called, by its UUID."""
    runs: Mapping[int, Run]
    heads: Mapping[int, Head]
    tenants: Mapping[int, _Tenant]

    @classmethod
    def of(cls, telemetry: Telemetry, by_pid: Mapping[int, Run], swatches: Mapping[str, Swatch]) -> _Found:
        """All that is known now."""
        labels = {gpu.uuid: gpu.label for gpu in telemetry.gpus}
        heads = {pid: Head(run.name, swatches[run.key]) for pid, run in by_pid.items() if run.key in swatches}
        return cls(labels, by_pid, heads, _tenants(telemetry))

    def key(self, pid: int) -> str | None:
        """The key of the run of ``pid``."""
        return self.runs[pid].key if pid in self.runs else None

    def row(self, process: ProcessSample) -> Row:
        """The row of a process of a run."""
        tenant = self.tenants.get(process.pid)
        return Row(
            (process.pid,),
            self.heads.get(process.pid),
            process.role,
            process.command or process.name,
            (tenant.process.user if tenant else None) or "",
            process.started,
            state=_STATES.get(process.state, ""),
            waiting=int(process.state == "D"),
            rank=process.rank,
            gpus=tuple(self.labels[uuid] for uuid in process.gpus if uuid in self.labels),
            cpu=process.cpu,
            rss=process.rss,
            memory=tenant.memory if tenant else None,
            sm=tenant.sm if tenant else None,
            threads=process.threads,
            read=process.read,
            write=process.write,
            run=self.key(process.pid),
            main=process.run,
        )


def _family(family: Sequence[ProcessSample], found: _Found) -> Row:
    waiting = sum(process.state == "D" for process in family)
    return Row(
        tuple(process.pid for process in family),
        found.heads.get(family[0].pid),
        family[0].role,
        ", ".join(dict.fromkeys(process.command or process.name for process in family)),
        state=f"{waiting} wait for disk" if waiting else "",
        waiting=waiting,
        cpu=total(process.cpu for process in family),
        rss=total(process.rss for process in family),
        read=total(process.read for process in family),
        write=total(process.write for process in family),
        run=found.key(family[0].pid),
        main=family[0].run,
    )


def _stranger(tenant: _Tenant) -> Row:
    process = tenant.process
    return Row(
        (process.pid,),
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
        seen=process.name is not None,
    )
