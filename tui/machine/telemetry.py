"""What the machine did in the last minutes: the sampler's lines, kept as columns of a bounded history. Pure.

``Telemetry.apply`` takes one decoded line of ``collectors.protocol``. What a device does not say is absent: its latest
value is missing from ``values`` and its history is NaN there, never 0. Devices are told apart by their UUID, since an
index may change; they are shown in the order of their index.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import TypeAlias

import numpy as np
import numpy.typing as npt

from collectors import ownership
from collectors.backend import GpuInfo, GpuProcess, GpuSample
from collectors.samples import Hello, Line, ProcessSample, Sample
from logstore.model.runs import Run

F64: TypeAlias = npt.NDArray[np.float64]

HISTORY = 600
"""Samples kept: ten minutes at one a second."""


class Ring:
    """The last ``capacity`` samples of any number of columns that share their times.

    Each array is written twice, ``capacity`` apart, so that what it holds is always one contiguous view.
    """

    __slots__ = ("_columns", "_count", "_times", "capacity")

    def __init__(self, capacity: int = HISTORY) -> None:
        self.capacity = capacity
        self._count = 0
        self._times = np.empty(2 * capacity)
        self._columns: dict[str, F64] = {}

    def __len__(self) -> int:
        return min(self._count, self.capacity)

    def __contains__(self, key: object) -> bool:
        return key in self._columns

    @property
    def total(self) -> int:
        """Samples ever added; from ``capacity`` on each new one drives out the oldest."""
        return self._count

    @property
    def keys(self) -> list[str]:
        """The columns that have ever had a value."""
        return list(self._columns)

    @property
    def times(self) -> F64:
        """When the samples were taken, seconds since the epoch, ascending."""
        return self._view(self._times)

    def values(self, key: str) -> F64:
        """The column ``key``, as long as ``times``; NaN where it had no value."""
        column = self._columns.get(key)
        return np.full(len(self), np.nan) if column is None else self._view(column)

    def append(self, time: float, values: Mapping[str, float]) -> None:
        """Add a sample; columns that it does not name have no value there."""
        for key in values.keys() - self._columns.keys():
            self._columns[key] = np.full(2 * self.capacity, np.nan)
        place = self._count % self.capacity
        self._times[[place, place + self.capacity]] = time
        for key, column in self._columns.items():
            column[[place, place + self.capacity]] = values.get(key, np.nan)
        self._count += 1

    def _view(self, column: F64) -> F64:
        start = max(0, self._count - self.capacity) % self.capacity
        view = column[start : start + len(self)]
        view.flags.writeable = False
        return view


@dataclass
class Gpu:
    """One device: what it is, what it does now, what it did."""

    index: int
    uuid: str
    name: str = ""
    instance: int | None = None
    status: str = "ok"
    """``ok``, ``lost`` or ``reset required``."""
    values: Mapping[str, float] = field(default_factory=dict)
    """The latest value of each metric that the device has; see ``collectors.backend``."""
    reasons: tuple[str, ...] = ()
    """Why its clocks are lower than they could be."""
    processes: tuple[GpuProcess, ...] | None = None
    """Who uses it; None where the driver does not say."""
    history: Ring = field(default_factory=Ring)

    @property
    def label(self) -> str:
        """``0`` for a device, ``0:1`` for instance 1 of device 0."""
        return str(self.index) if self.instance is None else f"{self.index}:{self.instance}"

    def fall_silent(self, time: float) -> None:
        """There was a sample at ``time`` that does not speak of the device: what it did before is not what it does."""
        self.values, self.reasons, self.processes = {}, (), None
        self.history.append(time, {})


@dataclass(frozen=True, slots=True)
class Owner:
    """Whose processes are on a device."""

    kind: ownership.Kind = "unknown"
    """``run``; ``other`` (a process of no run that is watched); ``hidden``; ``free``; ``unknown``."""
    runs: tuple[str, ...] = ()
    """Keys of the runs that have a process there."""
    names: tuple[str, ...] = ()
    """Their names, in the same order; not yet cleaned for a terminal."""
    others: int = 0
    """Processes there that belong to none of these runs."""
    users: tuple[str, ...] = ()
    """Whose those are."""


NOBODY = Owner()


class Telemetry:
    """This machine, as far as the sampler has told."""

    def __init__(self) -> None:
        self.host_name: str | None = None
        self.gpu_state = "waiting"
        """``waiting`` for the first line, then what the sampler says: ``ok``, ``unavailable``, ``stalled``, ..."""
        self.why = "waiting for the first sample"
        """Why there are no GPUs, or no news of them."""
        self.time: float | None = None
        """When the latest sample was taken, seconds since the epoch."""
        self.driver = ""
        """The driver of the devices, with the CUDA that it runs, as far as it says."""
        self.host: Mapping[str, float] = {}
        """The latest host values."""
        self.host_history = Ring()
        self.cores: tuple[float, ...] = ()
        """Per cent of each core at the latest sample."""
        self.processes: Sequence[ProcessSample] = ()
        """The processes of the runs that are watched."""
        self.gaps: Mapping[tuple[str, str], str] = {}
        """Why a metric of a device is absent, by UUID and metric."""
        self._gpus: dict[str, Gpu] = {}
        self._latest: Sample | None = None

    @property
    def gpus(self) -> list[Gpu]:
        """The devices in the order of their index."""
        return sorted(self._gpus.values(), key=lambda gpu: (gpu.index, gpu.instance or 0, gpu.uuid))

    @property
    def notice(self) -> str:
        """What is wrong with the sampling of the devices that are shown; empty where nothing is."""
        if not self._gpus or self.gpu_state in {"ok", "waiting"}:
            return ""
        return f"GPUs {self.gpu_state}: {self.why}" if self.why else f"GPUs {self.gpu_state}"

    def gpu(self, uuid: str) -> Gpu | None:
        """The device with this UUID."""
        return self._gpus.get(uuid)

    def apply(self, line: Line) -> None:
        """Take in one line of the sampler."""
        match line:
            case Hello():
                self._greet(line)
            case Sample():
                self._sample(line)
            case _:
                self.gpu_state, self.why = line.gpu, line.why
                if line.gpu in {"unavailable", "off"}:
                    self._gpus.clear()

    def _greet(self, hello: Hello) -> None:
        self.host_name = hello.host
        self.gpu_state, self.why = ("ok", "") if hello.gpus else (self.gpu_state, self.why)
        self._gpus = {info.uuid: self._known(info) for info in hello.gpus}
        self.driver = ", ".join(dict.fromkeys(filter(None, map(_driver, hello.gpus))))

    def _sample(self, sample: Sample) -> None:
        self.time = sample.time
        self.host = sample.host
        self.host_history.append(sample.time, sample.host)
        self.cores, self.processes = sample.cores, sample.processes
        self.gaps = {(gap.uuid, gap.metric): gap.why for gap in sample.gaps}
        self._latest = sample
        for gpu in sample.gpus:
            self._take(sample.time, gpu)
        silent = self._gpus.keys() - {gpu.uuid for gpu in sample.gpus}
        for uuid in silent:
            self._gpus[uuid].fall_silent(sample.time)
        if sample.gpus and not silent:
            self.gpu_state, self.why = "ok", ""

    def _known(self, info: GpuInfo) -> Gpu:
        gpu = self._gpus.get(info.uuid) or Gpu(info.index, info.uuid)
        gpu.index, gpu.name, gpu.instance = info.index, info.name, info.instance
        return gpu

    def _take(self, time: float, sample: GpuSample) -> None:
        gpu = self._gpus.setdefault(sample.uuid, Gpu(sample.index, sample.uuid))
        gpu.index, gpu.name, gpu.instance = sample.index, sample.name or gpu.name, sample.instance
        gpu.status, gpu.values = sample.status, sample.values
        gpu.reasons, gpu.processes = sample.reasons, sample.processes
        gpu.history.append(time, sample.values)

    # -- whose --------------------------------------------------------------------------------------------------

    def owners(self, runs: Mapping[str, Run], by_pid: Mapping[int, Run] | None = None) -> dict[str, Owner]:
        """Whose processes are on each device, by its UUID; ``by_pid`` is ``runs_by_pid``, from who has it already.

        A process belongs to a run when it is one of the run's ranks on this host, or descends from one; how that is
        known in containers too is told by ``collectors.ownership``.
        """
        if self._latest is None:
            return {}
        by_pid = self.runs_by_pid(runs) if by_pid is None else by_pid
        told = ownership.owners(self._latest)
        return {gpu.uuid: _owner(gpu, told[gpu.uuid], by_pid) for gpu in self._latest.gpus}

    def runs_by_pid(self, runs: Mapping[str, Run]) -> dict[int, Run]:
        """The run of every pid that is a run's: those of its ranks, and those that descend from them."""
        writers = {pid: run for run in runs.values() for pid in self._writers(run)}
        return {process.pid: writers[process.run] for process in self.processes if process.run in writers} | writers

    def _writers(self, run: Run) -> Iterator[int]:
        """The pids that write the run on this host; not of those that ended, since the pids may be others' by now."""
        main = (run.liveness,) if run.record.state is None else ()
        for liveness in (*main, *(rank.liveness for rank in run.processes.values())):
            if liveness.verdict == "alive" and liveness.pid is not None and self._is_here(liveness.host):
                yield liveness.pid
        process = run.record.process
        if main and run.liveness.verdict == "unknown" and process.pid is not None and self._is_here(process.host):
            yield process.pid

    def _is_here(self, host: str | None) -> bool:
        return None in {host, self.host_name} or host == self.host_name


def _driver(info: GpuInfo) -> str:
    """``driver 580.95.05, CUDA 13.0``; empty where it does not say."""
    parts = (("driver", info.driver), ("CUDA", info.cuda))
    return ", ".join(f"{name} {version}" for name, version in parts if version)


def _owner(gpu: GpuSample, told: ownership.Owner, by_pid: Mapping[int, Run]) -> Owner:
    listed = [process.pid for process in gpu.processes or ()]
    mine = {by_pid[pid].key: by_pid[pid].name for pid in (*told.runs, *listed) if pid in by_pid}
    # In a container the driver's pids are the host's: then none of them is a run's, and they say nothing of others.
    trusted = not mine or any(pid in by_pid for pid in listed)
    others = sum(pid not in by_pid for pid in listed) if trusted else 0
    if mine:
        return Owner("run", tuple(mine), tuple(mine.values()), others, told.users)
    return Owner("other" if told.kind == "run" else told.kind, others=others, users=told.users)
