"""One run as rules look at it: its step clock, its curves, its devices and processes, followed from tick to tick."""

from __future__ import annotations

import math
from bisect import bisect_left
from collections.abc import Container, Sequence
from typing import NamedTuple

from logstore.model.runs import Run
from tui.health.curve_track import CurveTrack
from tui.health.evidence import Announcement, Gpu, GpuFault, Memory, RunEvidence, StepClock, Workers
from tui.health.gpu_track import GpuTrack
from tui.health.rules.calm import is_calm
from tui.health.step_clock import ClockTrack
from tui.health.system_track import SystemTrack
from tui.health.thresholds import Thresholds

MOST_ANNOUNCED = 32


class _Devices(NamedTuple):
    """What a run's own rows tell of devices, and those of them that are not calm."""

    gpus: tuple[Gpu, ...] = ()
    suspects: tuple[Gpu, ...] = ()


_NOTHING = _Devices()


class RunTrack:
    """Follows one run; ``look`` takes in what is new and says what is known now."""

    def __init__(self, thresholds: Thresholds) -> None:
        self._thresholds = thresholds
        self._clock = ClockTrack()
        self._curves = CurveTrack(thresholds)
        self._hosts: dict[str, SystemTrack] = {}
        self._version = -1
        self._heard = 0
        self._announced: tuple[Announcement, ...] = ()
        self._revision = -1
        self._tracks: list[GpuTrack] = []
        self._learnt = -math.inf
        self._told: tuple[object, _Devices] = (None, _NOTHING)
        self._faults: tuple[GpuFault, ...] = ()
        self._memories: tuple[Memory, ...] = ()

    def told(self, host: str, now: float) -> set[str]:
        """Labels of the devices on ``host`` that the run's own rows call its own, those that it never used too."""
        track = self._hosts.get(host)
        return track.told(now) if track is not None else set()

    def look(
        self,
        run: Run,
        now: float,
        *,
        gpus: Sequence[GpuTrack] = (),
        workers: Workers | None = None,
        grew: float | None = None,
        host: str = "",
        memory: float | None = None,
        heard: Container[tuple[str, str, int]] = (),
    ) -> RunEvidence:
        """What is known now of a run that lives.

        Args:
            run: the run.
            now: seconds since the epoch.
            gpus: its devices on this machine, where they are known.
            workers: its processes on this machine, where they are seen: then ``gpus`` are all that it has.
            grew: when its directory or log grew last, where somebody looked.
            host: this machine's name, where it is sampled.
            heard: what this machine's driver was heard to report: host, device and code.
            memory: bytes that it may use at most: a run here that may use as much has no limit of its own.
        """
        if run.version != self._version:
            self._version = run.version
            self._curves.look(run)
            for name, curves in run.hosts.items():
                if name not in self._hosts:
                    self._hosts[name] = SystemTrack(name, self._thresholds)
                self._hosts[name].look(curves)
            self._faults = tuple([fault for each in self._hosts.values() for fault in each.faults(run.key)])
            self._memories = tuple([each.memory for each in self._hosts.values() if each.memory is not None])
            self._listen(run)
        self._curves.look_at_progress(run, now)
        clock = self._clock.look(run, now, grew)
        here = bool(gpus or workers)
        own = _NOTHING if here else self._own_gpus(clock, run.key)
        return RunEvidence(
            key=run.key,
            name=run.name,
            clock=clock,
            nonfinite=self._curves.nonfinite,
            losses=self._curves.losses,
            progress=self._curves.progress,
            gpus=_evidence(gpus, clock.advanced, run.key) if here else own.gpus,
            suspects=own.suspects,
            faults=tuple([each for each in self._faults if (each.host, each.label, each.code) not in heard]),
            memories=tuple([each for each in self._memories if each.host != host or each.total != memory]),
            workers=workers or self._own_workers(now),
            silent_hosts=self._silent_hosts(clock.last_row, now),
            announced=self._announced,
        )

    def _listen(self, run: Run) -> None:
        """Hear the training's own alerts; lines that a watcher wrote name a rule, and are not heard again."""
        if len(run.events) < self._heard:
            self._heard = 0
        fresh = [event for event in run.events[self._heard :] if event.kind == "alert" and "rule" not in event.fields]
        self._heard = len(run.events)
        if fresh:
            new = tuple(Announcement(event.time, event.title, event.text, event.level) for event in fresh)
            self._announced = (*self._announced, *new)[-MOST_ANNOUNCED:]

    def _own_gpus(self, clock: StepClock, key: str) -> _Devices:
        """The devices that its own rows tell of: the same as before until rows come, or steps that power belongs to."""
        revision = sum([host.revision for host in self._hosts.values()])
        if revision != self._revision:
            self._revision = revision
            self._tracks = [track for host in self._hosts.values() for track in host.mine()]
            self._learnt = max((track.learnt for track in self._tracks), default=-math.inf)
        until = None if clock.advanced is None else min(clock.advanced, self._learnt)
        before, told = self._told
        if before != (revision, until):
            gpus = _evidence(self._tracks, until, key)
            told = _Devices(gpus, tuple([gpu for gpu in gpus if gpu.host and not is_calm(gpu, self._thresholds)]))
            self._told = ((revision, until), told)
        return told

    def _own_workers(self, now: float) -> Workers | None:
        for host in self._hosts.values():
            found = host.workers(now)
            if found is not None:
                return found
        return None

    def _silent_hosts(self, last_row: float | None, now: float) -> dict[str, float]:
        """Hosts whose telemetry stopped growing well before the last row came, and when."""
        silent: dict[str, float] = {}
        if last_row is None:
            return silent
        for name, host in self._hosts.items():
            stopped = host.stopped(last_row, now)
            if stopped is not None:
                silent[name] = stopped
        return silent


def _evidence(tracks: Sequence[GpuTrack], working_until: float | None, key: str) -> tuple[Gpu, ...]:
    """The run's devices, each beside the clock of the others that work."""
    if len(tracks) > 1:
        clocks = [track.clock_at_work for track in tracks]
        ordered = sorted(each for each in clocks if each is not None)
        for track, own in zip(tracks, clocks, strict=True):
            track.compare(_median_beside(ordered, own) if own is not None and len(ordered) > 1 else None)
    return tuple([track.evidence(key, working_until) for track in tracks])


def _median_beside(ordered: Sequence[float], own: float) -> float:
    """The median of two or more ``ordered`` values without one that equals ``own``."""
    place, count = bisect_left(ordered, own), len(ordered) - 1
    upper, lower = count // 2, (count - 1) // 2
    return (ordered[upper + (upper >= place)] + ordered[lower + (lower >= place)]) / 2
