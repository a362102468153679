"""Which devices are a run's at one tick, where that is known: the basis of its GPU-hours. Pure.

A device is the run's while the driver lists one of its processes there, or while one of them was told to use it
(CUDA_VISIBLE_DEVICES) and nobody else does: what was set aside for a run is its own also while it idles. It is not
while the driver lists others and none of the run's, would list them and does not, or while every process of the run
was told of other devices. What only a guess could tell is left unknown: an order of indices that is not certain,
device files where CUDA opens one for every device it sees, siblings that may be ranks or runs of their own.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass

from collectors.backend import GpuInfo, GpuSample
from collectors.ownership import BYSTANDERS
from collectors.roles import Facts
from collectors.samples import ProcessSample
from collectors.visible import Visible, told_devices

NO_FACTS = Facts("")


@dataclass(frozen=True, slots=True)
class Scene:
    """What one tick showed of one run and of the devices."""

    infos: Sequence[GpuInfo]
    gpus: Sequence[GpuSample]
    """With the names of the processes that can be seen from here."""
    processes: Sequence[ProcessSample]
    """Of this run, with their devices."""
    facts: Mapping[int, Facts]
    """What is known of these processes, by pid."""
    kin: Collection[int] = ()
    """Processes that may be the run's and do not say so."""
    sees_all: bool = False
    """The driver counts processes as we do: it would list the run's where they are."""


def holdings(scene: Scene) -> dict[str, bool]:
    """By UUID whether a device is the run's; a device of which that is not known is absent."""
    claims = _Claims(scene)
    found = {gpu.uuid: claims.is_mine(gpu) for gpu in scene.gpus}
    return {uuid: mine for uuid, mine in found.items() if mine is not None}


class _Claims:
    """What the processes of a run use and were told to use."""

    def __init__(self, scene: Scene) -> None:
        users = [process for process in scene.processes if process.role not in BYSTANDERS]
        told = {process.pid: _told(scene.facts.get(process.pid, NO_FACTS), scene.infos) for process in users}
        self._members = {process.pid for process in scene.processes}
        self._kin = scene.kin
        self._told = {uuid for visible in told.values() if visible is not None for uuid in visible.uuids}
        self._using = {uuid for each in users if _is_sure(each, told[each.pid]) for uuid in each.gpus}
        self._confined = bool(told) and None not in told.values()
        listed = {process.pid for gpu in scene.gpus for process in gpu.processes or ()}
        self._sees_all = scene.sees_all or not listed.isdisjoint(self._members)

    def is_mine(self, gpu: GpuSample) -> bool | None:
        """Whether a device is the run's; None where that is not known."""
        if gpu.uuid in self._using:
            return True
        others = [process for process in gpu.processes or () if process.pid not in self._members]
        told = gpu.uuid in self._told
        if any(process.pid in self._kin for process in others):
            return None if told or not self._confined else False
        if any(process.name for process in others):
            return False
        if told or self._confined:
            return told
        return False if self._sees_all and gpu.processes is not None else None


def _told(facts: Facts, infos: Sequence[GpuInfo]) -> Visible | None:
    """The devices that a process was told to use; None where it was not, or may count them in another order."""
    visible = told_devices(facts.environment or {}, infos)
    return visible if visible is not None and visible.certain else None


def _is_sure(process: ProcessSample, told: Visible | None) -> bool:
    """Whether what is said of a process's devices is more than a guess or an upper bound."""
    if process.via == "device file":
        return told is not None or len(process.gpus) == 1
    return process.via in {"driver", "environment"}
