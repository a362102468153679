"""The processes of the runs on this machine, and whoever else is on its devices. Pure.

The main process and the ranks have a row each; the data-loader workers of a run share one, with how many of them wait
for a disk, since that is what one looks for.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from collectors.samples import ProcessSample
from logstore.model.runs import Run
from tui.machine.telemetry import Telemetry
from tui.show import units
from tui.show.fields import Field, fitting, table_lines
from tui.show.heads import Head
from tui.show.palette import Swatch
from tui.show.spans import Line, Span, pad
from tui.show.text import clean, fit_middle

_STATES = {
    "R": "running",
    "S": "sleeping",
    "D": "waits for disk",
    "T": "stopped",
    "t": "traced",
    "Z": "ended",
    "I": "idle",
}
_ROLES = ("main", "rank", "other", "helper", "worker")
_WIDEST_NAME = 24


@dataclass(frozen=True, slots=True)
class Row:
    """One process, or the workers of a run together."""

    pid: str
    head: Head | None
    """The run it belongs to."""
    role: str
    name: str
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
    threads: int | None = None
    read: float | None = None
    write: float | None = None


def process_rows(telemetry: Telemetry, by_pid: Mapping[int, Run], swatches: Mapping[str, Swatch]) -> list[Row]:
    """The rows by run, role and rank; processes of no run come last."""
    labels = {gpu.uuid: gpu.label for gpu in telemetry.gpus}
    heads = {pid: Head(run.name, swatches[run.key]) for pid, run in by_pid.items() if run.key in swatches}
    memory = _memory(telemetry)
    families: dict[int, list[ProcessSample]] = {}
    rows: list[Row] = []
    for process in sorted(telemetry.processes, key=_order):
        if process.role == "worker":
            families.setdefault(process.run, []).append(process)
        else:
            rows.append(_row(process, heads.get(process.pid), labels, memory))
    rows += [_workers(family, heads.get(family[0].pid)) for family in families.values()]
    rows.sort(key=lambda row: (row.head is None, row.head.name if row.head else ""))
    return [*rows, *_strangers(telemetry, heads)]


def _order(process: ProcessSample) -> tuple[int, int, int, int]:
    place = _ROLES.index(process.role) if process.role in _ROLES else len(_ROLES)
    return (process.run, place, process.rank if process.rank is not None else -1, process.pid)


def _memory(telemetry: Telemetry) -> dict[int, float]:
    """Bytes on all devices together, by pid."""
    memory: dict[int, float] = {}
    for gpu in telemetry.gpus:
        for process in gpu.processes or ():
            if process.memory is not None:
                memory[process.pid] = memory.get(process.pid, 0.0) + process.memory
    return memory


def _row(process: ProcessSample, head: Head | None, labels: Mapping[str, str], memory: Mapping[int, float]) -> Row:
    return Row(
        str(process.pid),
        head,
        process.role,
        process.name,
        _STATES.get(process.state, process.state),
        int(process.state == "D"),
        process.rank,
        tuple(labels[uuid] for uuid in process.gpus if uuid in labels),
        process.cpu,
        process.rss,
        memory.get(process.pid),
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
        f"{waiting} wait for disk" if waiting else "",
        waiting,
        cpu=_sum(process.cpu for process in family),
        rss=_sum(process.rss for process in family),
        read=_sum(process.read for process in family),
        write=_sum(process.write for process in family),
    )


def _sum(values: Iterable[float | None]) -> float | None:
    """The sum of what is known; None where nothing is."""
    known = [value for value in values if value is not None]
    return sum(known) if known else None


def _strangers(telemetry: Telemetry, heads: Mapping[int, Head]) -> list[Row]:
    """Processes on the devices that belong to no run, each once."""
    members = {process.pid for process in telemetry.processes} | heads.keys()
    found: dict[int, Row] = {}
    memory = _memory(telemetry)
    for gpu in telemetry.gpus:
        for process in gpu.processes or ():
            if process.pid not in members:
                before = found.get(process.pid)
                gpus = (*(before.gpus if before else ()), gpu.label)
                name = process.name or "not seen from here"
                user = process.user or ""
                found[process.pid] = Row(str(process.pid), None, user, name, gpus=gpus, memory=memory.get(process.pid))
    return list(found.values())


def process_lines(rows: Sequence[Row], total: int) -> list[Line]:
    """A title and the rows, in lines of ``total`` cells; what no row says has no column."""
    title = pad([Span(" processes", "strong"), *([] if rows else [Span("  no run has one here", "dim")])], total)
    if not rows:
        return [title]
    fields = [
        Field("pid", [[Span(row.pid, "dim")] for row in rows], 0, "right", least=7),
        Field("run", [_run(row) for row in rows], 1, least=8),
        Field("role", [_dim(row.role) for row in rows], 4),
        Field("rank", [_dim("" if row.rank is None else str(row.rank)) for row in rows], 7, "right"),
        Field("gpu", [_dim(",".join(row.gpus)) for row in rows], 2, "right", most=15),
        Field("cpu", [_text(units.percent(row.cpu), row.cpu) for row in rows], 3, "right", least=6),
        Field("ram", [_text(units.size(row.rss), row.rss) for row in rows], 6, "right", least=8),
        Field("gpu mem", [_text(units.size(row.memory), row.memory) for row in rows], 8, "right", least=8),
        Field("read", [_rate(row.read) for row in rows], 10, "right", least=10),
        Field("write", [_rate(row.write) for row in rows], 11, "right", least=10),
        Field("threads", [_dim("" if row.threads is None else str(row.threads)) for row in rows], 12, "right"),
        Field("state", [[Span(row.state, "warn" if row.waiting else "dim")] for row in rows], 5, least=14),
        Field("command", [_dim(row.name) for row in rows], 9, most=40),
    ]
    return [title, *table_lines(fitting(fields, total - 1), total)]


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
