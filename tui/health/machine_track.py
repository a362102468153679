"""This machine as rules look at it: what telemetry says now, and what it said in the last minutes.

``look`` is called at each tick and takes in each sample once. Faults of devices come in by ``hear``, since a sample
that names one is soon followed by others that do not.
"""

from __future__ import annotations

import math
from collections import deque
from collections.abc import Container, Iterable, Mapping

from collectors.backend import GpuEvent
from collectors.rates import total
from collectors.samples import ProcessSample
from logstore.format import host_of, system_name
from logstore.model.runs import Run
from tui.health.evidence import Gpu, GpuFault, MachineEvidence, Workers
from tui.health.filling import Filling
from tui.health.gpu_track import GpuTrack
from tui.health.thresholds import Thresholds
from tui.machine.telemetry import Gpu as Device
from tui.machine.telemetry import Owner, Telemetry

MOST_FAULTS = 64
SURE = frozenset({"driver", "environment"})
"""How it may be known that a process has a device so that there is no doubt; see ``collectors.samples``."""
NO_NEWS = frozenset({"unavailable", "stalled", "hung", "restarting"})
"""States of the sampler in which nothing is known of the GPUs."""


class MachineTrack:
    """Follows this machine."""

    def __init__(self, thresholds: Thresholds) -> None:
        self._thresholds = thresholds
        self._tracks: dict[str, GpuTrack] = {}
        self.host = ""
        """Its name, as the telemetry files of runs have it."""
        self.memory: float | None = None
        """Bytes that may be used here at most."""
        self._owners: Mapping[str, Owner] = {}
        self._workers: dict[str, Workers] = {}
        self._sure: dict[str, set[str]] = {}
        self._perhaps: dict[str, set[str]] = {}
        self._places: dict[str, int] = {}
        self._disk, self._inodes = Filling(), Filling()
        self._time: float | None = None
        self._interval = 1.0
        self._silent: float | None = None
        self._heard: list[tuple[GpuEvent, str | None]] = []
        """What was reported since the last look, with the run that had the device before."""
        self._faults: deque[GpuFault] = deque(maxlen=MOST_FAULTS)
        self._kills: float | None = None
        self._killed: tuple[float, int] | None = None

    def hear(self, events: Iterable[GpuEvent]) -> None:
        """Take in what the driver reported: of the run that had the device when it happened, if it goes with it."""
        self._heard.extend((event, self._only_run_on(event.uuid)) for event in events)

    @property
    def reported(self) -> set[tuple[str, str, int]]:
        """What was heard of late: host, device and code."""
        return {(self.host, fault.label, fault.code) for fault in self._faults}

    def look(self, telemetry: Telemetry, runs: Mapping[str, Run], now: float) -> None:
        """Take in the latest sample, where there is a new one; ``runs`` are those that live."""
        self._watch_state(telemetry, now)
        time = telemetry.time
        if time is not None and time != self._time:
            self._look_at_sample(telemetry, time, runs)
        labels = {device.uuid: device.label for device in telemetry.gpus}
        self._faults.extend(self._fault(event, before, labels) for event, before in self._heard)
        self._heard.clear()

    def _look_at_sample(self, telemetry: Telemetry, time: float, runs: Mapping[str, Run]) -> None:
        if self._time is not None and 0 < time - self._time < 120:
            self._interval = 0.8 * self._interval + 0.2 * (time - self._time)
        self._time = time
        self.host = host_of(system_name(telemetry.host_name or "")) or ""
        by_pid = telemetry.runs_by_pid(runs)
        # The driver lists no processes on a device that it lost: it stays whose it was.
        lost = {device.uuid for device in telemetry.gpus if device.status != "ok"}
        kept = {
            uuid: owner
            for uuid, owner in self._owners.items()
            if uuid in lost and not runs.keys().isdisjoint(owner.runs)
        }
        self._owners = telemetry.owners(runs, by_pid) | kept
        self._look_at_host(time, telemetry.host)
        for device in telemetry.gpus:
            self._look_at(device, time)
        self._share_out(_by_run(telemetry.processes, by_pid))

    def _share_out(self, processes: Mapping[str, list[ProcessSample]]) -> None:
        """Note what each run has here: its processes, the devices that it surely uses, and those that it may."""
        self._workers = {key: workers(members) for key, members in processes.items()}
        self._places = {uuid: place for place, uuid in enumerate(self._tracks)}
        self._sure = {
            key: {uuid for each in members if each.via in SURE for uuid in each.gpus if uuid in self._tracks}
            for key, members in processes.items()
        }
        self._perhaps = {}
        for uuid in self._tracks:
            for key in self._runs_on(uuid):
                self._perhaps.setdefault(key, set()).add(uuid)

    def evidence(self, telemetry: Telemetry, working: Mapping[str, float]) -> MachineEvidence:
        """What is known now; ``working`` says until when each run made steps, by its key."""
        gpus = tuple(self._gpu(device.uuid, working) for device in telemetry.gpus if device.uuid in self._tracks)
        host = telemetry.host
        return MachineEvidence(
            host=telemetry.host_name or "",
            sampled=telemetry.time,
            interval=self._interval,
            gpu_state=telemetry.gpu_state,
            gpu_why=telemetry.why,
            gpu_silent=self._silent,
            gpus=gpus,
            faults=tuple(self._faults),
            disk=self._disk.space,
            inodes=self._inodes.space,
            disk_unanswered=host.get("disk/unanswered"),
            memory_used=host.get("memory/used"),
            memory_total=host.get("memory/total"),
            limited="memory/host_total" in host,
            oom_killed=self._killed[0] if self._killed else None,
            oom_kills=self._killed[1] if self._killed else 0,
        )

    def gpus_of(self, key: str, told: Container[str] = ()) -> list[GpuTrack]:
        """The devices of the run ``key``: those that it surely has, and of those that it may have the ones that work.

        A process may have every device open that it could use, so that alone does not make them its own. ``told`` are
        labels of devices that its own telemetry calls its own: the sampler beside it knows what it was told to use.
        """
        if not told and key not in self._sure and key not in self._perhaps:
            return []
        own = {uuid for uuid, track in self._tracks.items() if track.label in told} if told else set()
        sure, perhaps = self._sure.get(key, set()) | own, self._perhaps.get(key, set())
        tracks = ((uuid, self._tracks[uuid]) for uuid in sorted(sure | perhaps, key=self._places.__getitem__))
        return [track for uuid, track in tracks if uuid in sure or track.worked]

    def workers_of(self, key: str) -> Workers | None:
        """The processes of the run ``key``; None where none of them is seen here."""
        return self._workers.get(key)

    def _gpu(self, uuid: str, working: Mapping[str, float]) -> Gpu:
        owner = self._only_run_on(uuid)
        return self._tracks[uuid].evidence(owner, working.get(owner) if owner else None)

    def _runs_on(self, uuid: str) -> tuple[str, ...]:
        owner = self._owners.get(uuid)
        return owner.runs if owner else ()

    def _only_run_on(self, uuid: str) -> str | None:
        runs = self._runs_on(uuid)
        return runs[0] if len(runs) == 1 else None

    def _fault(self, event: GpuEvent, before: str | None, labels: Mapping[str, str]) -> GpuFault:
        owner = before or self._only_run_on(event.uuid)
        return GpuFault(event.time, labels.get(event.uuid, event.uuid[:12]), event.kind, event.code, owner)

    def _watch_state(self, telemetry: Telemetry, now: float) -> None:
        """Note since when nothing is known of GPUs that were there before."""
        silent = bool(self._tracks) and telemetry.gpu_state in NO_NEWS
        self._silent = (now if self._silent is None else self._silent) if silent else None

    def _look_at_host(self, time: float, host: Mapping[str, float]) -> None:
        self.memory = host.get("memory/total")
        self._disk.add(time, host.get("disk/free"), host.get("disk/total"))
        self._inodes.add(time, host.get("disk/inodes_free"), host.get("disk/inodes_total"))
        kills = host.get("memory/oom_kills")
        if kills is not None and not math.isfinite(kills):
            return
        if kills is not None and self._kills is not None and kills > self._kills:
            before = self._killed[1] if self._killed else 0
            self._killed = (time, before + int(kills - self._kills))
        self._kills = kills

    def _look_at(self, device: Device, time: float) -> None:
        track = self._tracks.get(device.uuid)
        if track is None or track.label != device.label:
            track = self._tracks[device.uuid] = GpuTrack(device.label, self._thresholds)
        owner = self._owners.get(device.uuid)
        hidden = owner is not None and owner.kind == "hidden"
        unowned = device.values.get("memory_used") if hidden else None
        track.add(time, device.values, device.reasons, device.status, unowned)


def _by_run(processes: Iterable[ProcessSample], by_pid: Mapping[int, Run]) -> dict[str, list[ProcessSample]]:
    found: dict[str, list[ProcessSample]] = {}
    for process in processes:
        run = by_pid.get(process.pid)
        if run is not None:
            found.setdefault(run.key, []).append(process)
    return found


def workers(processes: Iterable[ProcessSample]) -> Workers:
    """The processes of a run as rules look at them."""
    everyone = list(processes)
    loading = [process for process in everyone if process.role == "worker"]
    ranks = [process for process in everyone if process.role == "rank"]
    mains = ranks or [process for process in everyone if process.role == "main"]
    return Workers(
        count=len(loading),
        cpu=total(process.cpu for process in loading),
        waiting=sum(process.state == "D" for process in loading),
        main_cpu=total(process.cpu for process in mains),
        main_state=mains[0].state if len(mains) == 1 else None,
        mains=len(mains),
        written=total(process.write for process in everyone),
    )
