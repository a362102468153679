"""A machine's telemetry for scripts and for one look: tables of devices and processes, a line for the host, JSON."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass
from types import MappingProxyType

from collectors.backend import GpuProcess
from logstore.model.runs import Run
from tui.machine.gpu_words import bytes_pair, memory_text, reason_words, severe
from tui.machine.telemetry import NOBODY, Gpu, Owner, Telemetry
from tui.plain.output import Cell, Heading
from tui.show import units
from tui.show.text import Align

Row = Sequence[str | Cell]


@dataclass(frozen=True, slots=True)
class _Column:
    title: str
    text: Callable[[Gpu], str]
    needs: str = ""
    """The metric without which no device shows the column."""
    align: Align = "right"


def _percent(metric: str) -> Callable[[Gpu], str]:
    return lambda gpu: units.percent(gpu.values.get(metric))


def _power(gpu: Gpu) -> str:
    power, limit = gpu.values.get("power"), gpu.values.get("power_limit")
    if power is None:
        return units.ABSENT
    return f"{power:.0f}/{limit:.0f} W" if limit else f"{power:.0f} W"


def _temperature(gpu: Gpu) -> str:
    degrees = gpu.values.get("temperature")
    return units.ABSENT if degrees is None else f"{degrees:.0f} °C"


def _clock(gpu: Gpu) -> str:
    clock = gpu.values.get("sm_clock")
    return units.ABSENT if clock is None else f"{clock:.0f} MHz"


def _performance(gpu: Gpu) -> str:
    state = gpu.values.get("pstate")
    return units.ABSENT if state is None else f"P{state:.0f}"


_COLUMNS = (
    _Column("gpu", lambda gpu: gpu.label),
    _Column("name", lambda gpu: gpu.name, align="left"),
    _Column("util", _percent("util")),
    _Column("sm", _percent("sm_active"), "sm_active"),
    _Column("tensor", _percent("tensor_active"), "tensor_active"),
    _Column("dram", _percent("dram_active"), "dram_active"),
    _Column("memory", memory_text),
    _Column("power", _power),
    _Column("temp", _temperature),
    _Column("clock", _clock),
    _Column("perf", _performance, "pstate"),
    _Column("fan", _percent("fan"), "fan"),
)


def gpu_table(
    gpus: Sequence[Gpu], owners: Mapping[str, Owner] = MappingProxyType({})
) -> tuple[list[Heading], list[Row]]:
    """A row for each device, whose owners are told by UUID; columns that no device has are left out."""
    shown = [column for column in _COLUMNS if not column.needs or any(column.needs in gpu.values for gpu in gpus)]
    headings = [Heading(column.title, column.align, elastic=column.title == "name") for column in shown]
    whose = [owners.get(gpu.uuid, NOBODY) for gpu in gpus]
    runs = ["run"] if any(owner.runs for owner in whose) else []
    rows: list[Row] = [
        [*(column.text(gpu) for column in shown), *(_names(owner) for _ in runs), _condition(gpu, owner)]
        for gpu, owner in zip(gpus, whose, strict=True)
    ]
    return [*headings, *map(Heading, runs), Heading("condition", elastic=True)], rows


def _names(owner: Owner) -> str:
    return ", ".join(owner.names) or units.ABSENT


def _condition(gpu: Gpu, owner: Owner) -> Cell:
    if gpu.status != "ok":
        return Cell(gpu.status, "red")
    orphaned = owner.kind == "hidden" and not gpu.processes
    errors = gpu.values.get("ecc_uncorrected", 0.0)
    words = [*reason_words(gpu.reasons), *(["held by no visible process"] if orphaned else [])]
    words += [f"{units.count(errors)} uncorrected ECC error{'s' if errors != 1 else ''}"] if errors else []
    return Cell(", ".join(words) or "ok", "yellow" if orphaned or errors or severe(gpu.reasons) else None)


SORTS: tuple[str, ...] = ("gpu", "memory", "sm", "cpu", "ram", "time")
"""By device; or what takes most first; or what began first."""


def sorted_processes(gpus: Sequence[Gpu], by: str = "gpu") -> list[tuple[Gpu, GpuProcess]]:
    """Each process on each device, in one of the ``SORTS``; what is not known comes last."""
    rows = [(gpu, process) for gpu in gpus for process in gpu.processes or ()]
    if by == "gpu":
        return rows
    name = {"ram": "rss", "time": "started"}.get(by, by)
    sign = 1 if by == "time" else -1

    def key(row: tuple[Gpu, GpuProcess]) -> float:
        value: float | None = getattr(row[1], name)
        return math.inf if value is None else sign * value

    return sorted(rows, key=key)


def process_table(
    gpus: Sequence[Gpu],
    now: float | None = None,
    by: str = "gpu",
    runs: Mapping[int, Run] = MappingProxyType({}),
) -> tuple[list[Heading], list[Row]]:
    """A row for each process on each device.

    Args:
        gpus: the devices.
        now: seconds since the epoch, for how long each has run.
        by: one of ``SORTS``.
        runs: the run of each pid that is a run's.
    """
    shown = sorted_processes(gpus, by)
    named = ["run"] if any(process.pid in runs for _, process in shown) else []
    titles = ("gpu", "pid", "user", *named, "gpu mem", "sm", "cpu", "ram", "time")
    headings = [Heading(title, "left" if title in {"user", "run"} else "right") for title in titles]
    rows: list[Row] = [
        [
            gpu.label,
            str(process.pid),
            process.user or units.ABSENT,
            *(runs[process.pid].name if process.pid in runs else units.ABSENT for _ in named),
            units.size(process.memory),
            units.percent(process.sm),
            units.percent(process.cpu),
            units.size(process.rss),
            units.duration(None if now is None or process.started is None else max(0.0, now - process.started)),
            process.command or process.name or units.ABSENT,
        ]
        for gpu, process in shown
    ]
    return [*headings, Heading("command", elastic=True)], rows


def host_line(telemetry: Telemetry) -> str:
    """The host in one line; what it does not say is left out."""
    return "   ".join(part for part in _host_parts(telemetry) if part)


def _host_parts(telemetry: Telemetry) -> Iterable[str]:
    host = telemetry.host
    yield telemetry.host_name or ""
    yield telemetry.driver
    if "cpu/percent" in host:
        cores = host.get("cpu/limit", host.get("cpu/count"))
        yield f"cpu {units.percent(host['cpu/percent'])}" + (f" of {cores:g} cores" if cores else "")
    if "load/1" in host:
        yield f"load {host['load/1']:.1f}"
    if "memory/used" in host:
        yield f"memory {bytes_pair(host['memory/used'], host.get('memory/total'))}"
    if host.get("swap/used"):
        yield f"swap {units.size(host['swap/used'])}"
    if "net/rx" in host and "net/tx" in host:
        yield f"net ↓ {units.size(host['net/rx'])}/s ↑ {units.size(host['net/tx'])}/s"


def as_json(telemetry: Telemetry, by: str = "gpu", runs: Mapping[str, Run] = MappingProxyType({})) -> dict[str, object]:
    """Everything the sampler told, the processes of a device in one of the ``SORTS``; what is not known is absent.

    ``runs`` are those that may be on the devices, by their key.
    """
    by_pid = telemetry.runs_by_pid(runs)
    owners = telemetry.owners(runs, by_pid)
    return {
        "time": telemetry.time,
        "host": {"name": telemetry.host_name, "values": dict(telemetry.host)},
        "driver": telemetry.driver or None,
        "gpu_state": telemetry.gpu_state,
        "why": telemetry.why or None,
        "gpus": [_gpu_json(gpu, owners.get(gpu.uuid, NOBODY), by, by_pid) for gpu in telemetry.gpus],
        "gaps": [{"uuid": uuid, "metric": metric, "why": why} for (uuid, metric), why in telemetry.gaps.items()],
    }


def _gpu_json(gpu: Gpu, owner: Owner, by: str, runs: Mapping[int, Run]) -> dict[str, object]:
    shown = [_process_json(process, runs) for _, process in sorted_processes([gpu], by)]
    processes = None if gpu.processes is None else shown
    return {
        "index": gpu.index,
        "instance": gpu.instance,
        "uuid": gpu.uuid,
        "name": gpu.name,
        "status": gpu.status,
        "values": dict(gpu.values),
        "reasons": list(gpu.reasons),
        "held_by": owner.kind,
        "runs": list(owner.runs),
        "processes": processes,
    }


def _process_json(process: GpuProcess, runs: Mapping[int, Run]) -> dict[str, object]:
    return {**asdict(process), "run": runs[process.pid].key if process.pid in runs else None}
