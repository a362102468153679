"""One run as rules look at it: its step clock, its curves, its devices and processes, followed from tick to tick."""

from __future__ import annotations

import math
from bisect import bisect_left
from collections.abc import Sequence

import numpy as np

from logstore.model.curves import Curves
from logstore.model.runs import Run
from tui.health import system_track
from tui.health.curve_track import CurveTrack
from tui.health.evidence import Announcement, Gpu, RunEvidence, StepClock, Workers
from tui.health.gpu_track import GpuTrack
from tui.health.step_clock import ClockTrack
from tui.health.system_track import SystemTrack
from tui.health.thresholds import Thresholds

WORKING = 50.0
"""Per cent of use from which the clock of a device means something."""
SILENT_SECONDS = 30.0
SILENT_FACTOR = 10.0
"""Seconds, and intervals, after which a telemetry file that does not grow is silent."""
MOST_ANNOUNCED = 32


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
    ) -> RunEvidence:
        """What is known now of a run that lives.

        Args:
            run: the run.
            now: seconds since the epoch.
            gpus: its devices on this machine, where they are known.
            workers: its processes on this machine, where they are seen: then ``gpus`` are all that it has.
            grew: when its directory or log grew last, where somebody looked.
        """
        if run.version != self._version:
            self._version = run.version
            self._curves.look(run)
            for host, curves in run.hosts.items():
                self._hosts.setdefault(host, SystemTrack(host, self._thresholds)).look(curves)
            self._listen(run)
        self._curves.look_at_progress(run, now)
        clock = self._clock.look(run, now, grew)
        return RunEvidence(
            key=run.key,
            name=run.name,
            clock=clock,
            nonfinite=self._curves.nonfinite,
            losses=self._curves.losses,
            progress=self._curves.progress,
            gpus=_evidence(gpus or ([] if workers else self._own_gpus()), clock, run.key),
            workers=workers or _own_workers(run, now),
            silent_hosts=_silent_hosts(run, clock, now),
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

    def _own_gpus(self) -> list[GpuTrack]:
        return [track for host in self._hosts.values() for track in host.mine()]


def _own_workers(run: Run, now: float) -> Workers | None:
    return next((found for curves in run.hosts.values() if (found := system_track.workers(curves, now))), None)


def _evidence(tracks: Sequence[GpuTrack], clock: StepClock, key: str) -> tuple[Gpu, ...]:
    """The run's devices, each beside the clock of the others that work."""
    if len(tracks) > 1:
        clocks = [track.clock if _works(track) else None for track in tracks]
        ordered = sorted(each for each in clocks if each is not None)
        for track, own in zip(tracks, clocks, strict=True):
            track.compare(_median_beside(ordered, own) if own is not None and len(ordered) > 1 else None)
    return tuple(track.evidence(key, clock.advanced) for track in tracks)


def _median_beside(ordered: Sequence[float], own: float) -> float:
    """The median of two or more ``ordered`` values without one that equals ``own``."""
    place, count = bisect_left(ordered, own), len(ordered) - 1
    upper, lower = count // 2, (count - 1) // 2
    return (ordered[upper + (upper >= place)] + ordered[lower + (lower >= place)]) / 2


def _works(track: GpuTrack) -> bool:
    return (track.util or 0.0) >= WORKING


def _silent_hosts(run: Run, clock: StepClock, now: float) -> dict[str, float]:
    """Hosts whose telemetry stopped growing well before the last row came, and when."""
    if clock.last_row is None:
        return {}
    stopped = ((host, _stopped(curves, clock.last_row, now)) for host, curves in run.hosts.items())
    return {host: time for host, time in stopped if time is not None}


def _stopped(curves: Curves, last_row: float, now: float) -> float | None:
    """When a telemetry file stopped, where it did although rows came after it."""
    series = next(iter(curves.values()), None)
    last = series.last_time if series is not None else None
    if series is None or last is None or len(series) < 3 or last_row - last <= SILENT_SECONDS:
        return None
    usual = float(np.median(np.diff(series.times[-10:])))
    patience = max(SILENT_SECONDS, SILENT_FACTOR * usual) if math.isfinite(usual) else math.inf
    newest = max((each.last_time for each in curves.values() if each.last_time is not None), default=math.inf)
    return newest if last_row - newest > patience and now - newest > patience else None
