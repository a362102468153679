"""Whose a GPU is: this run's, another run's, somebody else's, held by nobody we can see, or free. Pure.

The driver lists processes by the host's PIDs, also inside a container, unless its kernel module translates them. So
its word is believed for a run where one of its PIDs is a member of that run; else a device file that a process has
open decides, which is an upper bound; else the process's environment.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass, replace
from typing import Literal

from collectors.backend import GpuInfo, GpuSample
from collectors.roles import Facts
from collectors.samples import ProcessSample, Sample
from collectors.visible import visible_devices

Kind = Literal["run", "other", "hidden", "free", "unknown"]
"""run: of one or more runs; other: of a process that is in no run; hidden: memory in use and no process to be seen;
free: nothing on it; unknown: the driver does not say who is there."""

HELD = 1 << 30
"""Bytes in use above which somebody must be there: an idle driver holds less."""


@dataclass(frozen=True, slots=True)
class Owner:
    """Whose a device is, and how that is known."""

    kind: Kind
    runs: tuple[int, ...] = ()
    """Pids of the followed processes, as in ``ProcessSample.run``."""
    pids: tuple[int, ...] = ()
    users: tuple[str, ...] = ()
    via: str | None = None


class DeviceMap:
    """Says which devices a process has, from one tick's view of the GPUs."""

    def __init__(self, infos: Sequence[GpuInfo], gpus: Iterable[GpuSample], members: Iterable[int]) -> None:
        """``members`` are the pids of all followed processes."""
        self._infos = infos
        self._boards = {info.uuid: info.parent_uuid or info.uuid for info in infos}
        self._minors = {info.minor: info.uuid for info in infos if info.minor is not None and info.instance is None}
        self._listed: dict[int, list[str]] = {}
        for gpu in gpus:
            for process in gpu.processes or ():
                self._listed.setdefault(process.pid, []).append(gpu.uuid)
        self._trusted = not self._listed.keys().isdisjoint(members)

    def place(self, process: ProcessSample, facts: Facts) -> ProcessSample:
        """The same process, with its devices."""
        gpus, via = self(process, facts)
        return replace(process, gpus=gpus, via=via) if gpus else process

    def __call__(self, process: ProcessSample, facts: Facts) -> tuple[tuple[str, ...], str | None]:
        """UUIDs of the devices of a process and how that is known: ``driver``, ``device file`` or ``environment``."""
        if self._trusted:
            listed = tuple(self._listed.get(process.pid, ()))
            return listed, "driver" if listed else None
        if process.role in {"worker", "helper"}:
            return (), None
        environment = facts.environment or {}
        visible = visible_devices(environment, self._infos).uuids
        if facts.minors is None or not self._minors:
            told = process.local_rank is not None or any("VISIBLE_DEVICES" in name for name in environment)
            return _own(visible if told else (), visible, process.local_rank, "environment")
        opened = tuple(self._minors[minor] for minor in sorted(facts.minors) if minor in self._minors)
        used = tuple(uuid for uuid in visible if self._boards.get(uuid) in opened) or opened
        return _own(used, visible, process.local_rank, "device file")


def _own(
    used: tuple[str, ...], visible: tuple[str, ...], local_rank: int | None, via: str
) -> tuple[tuple[str, ...], str | None]:
    """Of several devices that a rank could use, the one at its place is its own, by custom."""
    if len(used) > 1 and local_rank is not None and local_rank < len(visible):
        return (visible[local_rank],), "environment"
    return used, via if used else None


def owners(sample: Sample, held: float = HELD) -> dict[str, Owner]:
    """Whose each device of a sample is, by UUID; ``held`` is the memory in use that needs an explanation."""
    members = {process.pid for process in sample.processes}
    return {gpu.uuid: _owner(gpu, sample.processes, members, held) for gpu in sample.gpus}


def _owner(gpu: GpuSample, processes: Iterable[ProcessSample], members: Collection[int], held: float) -> Owner:
    mine = [process for process in processes if gpu.uuid in process.gpus]
    others = [process for process in gpu.processes or () if process.pid not in members]
    pids = tuple(process.pid for process in others)
    users = tuple(sorted({process.user for process in others if process.user}))
    if mine:
        runs = tuple(sorted({process.run for process in mine}))
        return Owner("run", runs, pids, users, mine[0].via)
    if any(process.name for process in others):
        return Owner("other", (), pids, users, "driver")
    if others or gpu.values.get("memory_used", 0) >= held:
        return Owner("hidden", (), pids)
    return Owner("unknown" if gpu.processes is None else "free")
