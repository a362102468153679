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
from collectors.visible import Visible, visible_devices

Kind = Literal["run", "other", "hidden", "free", "unknown"]
"""run: of one or more runs; other: of a process that is in no run; hidden: memory in use and no process to be seen;
free: nothing on it; unknown: the driver does not say who is there."""

BYSTANDERS = frozenset({"worker", "helper", "sampler"})
"""They have a device open without using it: inherited from a rank, or to read it as we do."""
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
        """The same process, with its devices and how they are known."""
        gpus, via = self._devices(process, facts)
        return replace(process, gpus=gpus, via=via) if gpus else process

    def _devices(self, process: ProcessSample, facts: Facts) -> tuple[tuple[str, ...], str]:
        if self._trusted:
            return self._by_driver(process.pid), "driver"
        if process.role in BYSTANDERS:
            return (), ""
        environment = facts.environment or {}
        visible = visible_devices(environment, self._infos)
        told = "environment" if visible.certain else "guess"
        if facts.minors is None or not self._minors:
            named = process.local_rank is not None or any("VISIBLE_DEVICES" in name for name in environment)
            return (_narrow(visible.uuids, visible, process.local_rank) if named else ()), told
        opened = tuple(self._minors[minor] for minor in sorted(facts.minors) if minor in self._minors)
        used = tuple(uuid for uuid in visible.uuids if self._boards.get(uuid) in opened) or opened
        own = _narrow(used, visible, process.local_rank)
        return own, "device file" if own == used and (visible.certain or len(used) == len(opened)) else told

    def _by_driver(self, pid: int) -> tuple[str, ...]:
        """The devices that list a pid; an instance stands for the device that it is part of."""
        listed = self._listed.get(pid, [])
        split = {self._boards[uuid] for uuid in listed if self._boards.get(uuid, uuid) != uuid}
        return tuple(uuid for uuid in listed if uuid not in split)


def _narrow(used: tuple[str, ...], visible: Visible, local_rank: int | None) -> tuple[str, ...]:
    """Of several devices that a rank could use, the one at its place is its own, by custom."""
    if len(used) > 1 and local_rank is not None and local_rank < len(visible.uuids):
        return (visible.uuids[local_rank],)
    return used


def owners(sample: Sample, held: float = HELD) -> dict[str, Owner]:
    """Whose each device of a sample is, by UUID; ``held`` is the memory in use that needs an explanation."""
    members = {process.pid for process in sample.processes}
    users: dict[str, list[ProcessSample]] = {}
    for process in sample.processes:
        for uuid in process.gpus:
            users.setdefault(uuid, []).append(process)
    return {gpu.uuid: _owner(gpu, users.get(gpu.uuid, ()), members, held) for gpu in sample.gpus}


def _owner(gpu: GpuSample, mine: Sequence[ProcessSample], members: Collection[int], held: float) -> Owner:
    """``mine`` are the processes of runs that use the device, ``members`` all of them by pid."""
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
