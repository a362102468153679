"""Machines to draw: samples as the sampler sends them, and runs whose processes are on the devices."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import replace
from pathlib import Path

from collectors.backend import GpuInfo, GpuProcess, GpuSample
from collectors.samples import Hello, ProcessSample, Sample
from logstore.model.delta import RunDelta
from logstore.model.liveness import Liveness
from logstore.model.records import RunRecord
from logstore.model.runs import Run
from tui.machine.gpu_strip_lines import Machine
from tui.machine.telemetry import Telemetry
from tui.show.palette import Swatch

GIB = 1 << 30
START = 1_785_672_000.0
HOST = {
    "cpu/percent": 38.1,
    "cpu/count": 16.0,
    "memory/used": 212.0 * GIB,
    "memory/total": 512.0 * GIB,
    "disk/free": 1.2 * 1024 * GIB,
    "net/rx": 900e6,
    "net/tx": 300e6,
    "load/1": 6.2,
}
NAMES = ("brave-otter", "calm-lynx", "dim-heron")


def uuid(index: int) -> str:
    return f"GPU-{index:08x}"


def info(index: int, name: str = "NVIDIA H200") -> GpuInfo:
    return GpuInfo(index, uuid(index), name, minor=index, memory_total=80 * GIB, power_limit=700.0)


def gpu(index: int, util: float | None = 97.0, pids: Sequence[int] | None = (), **changes: object) -> GpuSample:
    """A healthy device; ``util`` None is one that does not say, ``pids`` None one that does not list processes."""
    values = {
        "memory_used": (71.2 if util else 3.0) * GIB,
        "memory_total": 80.0 * GIB,
        "temperature": 64.0 if util else 41.0,
        "power": 612.0 if util else 98.0,
        "power_limit": 700.0,
        "sm_clock": 1980.0,
    }
    if util is not None:
        values["util"] = util
    processes = None if pids is None else tuple(GpuProcess(pid, 70 * GIB, 95.0, name="python") for pid in pids)
    sample = GpuSample(index, uuid(index), "NVIDIA H200", values=values, processes=processes)
    return replace(sample, **changes)  # type: ignore[arg-type]


def process(pid: int, run: int | None = None, **changes: object) -> ProcessSample:
    sample = ProcessSample(pid, 1, "python", "R", pid if run is None else run, "main", 98.0, 12 * GIB, 24)
    return replace(sample, **changes)  # type: ignore[arg-type]


def run(key: str, pid: int | None = None, host: str = "gpu01", **record: object) -> Run:
    """A run that ``pid`` writes on ``host``, alive."""
    made = Run(key, Path("/store") / key)
    known = RunRecord(name=key.rpartition("/")[2], host=host, pid=pid, **record)  # type: ignore[arg-type]
    made.apply(RunDelta(key, made.path, record=known, liveness=Liveness("alive", pid, host)))
    return made


def machine(
    gpus: Sequence[GpuSample],
    *,
    processes: Sequence[ProcessSample] = (),
    host: Mapping[str, float] | None = None,
    ticks: int = 1,
) -> Telemetry:
    """A machine that was sampled ``ticks`` times, its cpu swinging gently."""
    telemetry = Telemetry()
    telemetry.apply(Hello(START, "gpu01", 1, tuple(info(each.index) for each in gpus)))
    base = dict(HOST if host is None else host)
    for tick in range(ticks):
        values = dict(base)
        if "cpu/percent" in base and tick < ticks - 1:
            values["cpu/percent"] = 40 + 35 * math.sin(tick / 9)
        telemetry.apply(Sample(START + tick, values, (), tuple(gpus), tuple(processes)))
    return telemetry


def swatches(runs: Sequence[Run]) -> dict[str, Swatch]:
    return {each.key: Swatch(slot % 12, "━") for slot, each in enumerate(runs)}


def watched(telemetry: Telemetry, runs: Sequence[Run] = ()) -> Machine:
    return Machine(telemetry, telemetry.owners({each.key: each for each in runs}), swatches(runs))
