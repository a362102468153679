"""The devices and processes of a run as its own telemetry files tell: for runs on hosts that we do not sample.

The rows hold every device of a host. Those that they say are the run's count (``gpu/0/own``); where they do not know,
those that have worked since the run began.
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

import numpy as np

from logstore.model.series import Series
from tui.health.evidence import GpuFault, Memory, Workers
from tui.health.gpu_track import USED, WORKED, GpuTrack
from tui.health.own_memory import IN_USE, memory
from tui.health.thresholds import Thresholds

CAUGHT_UP = 600
"""Rows of the past that are taken in when a file is first seen."""
FRESH = 30.0
"""Seconds after which a row says nothing about now."""
MAIN_AND_HELPER = 2
"""Processes beside the data workers up to which what is left of the CPU time is the main process's."""
SILENT_SECONDS = 30.0
SILENT_FACTOR = 10.0
"""Seconds, and intervals, after which a telemetry file that does not grow is silent."""
FEWEST = 3
"""Rows from which the intervals are known."""
PREFIX = "gpu/"
WANTED = USED | {"throttled", "lost", "own"}
XID = "xid"
"""The metric of a device that has a point only where its driver reported an error: the code."""
MOST_FAULTS = 16
"""Errors of one device that are looked at, the latest."""
THROTTLED = "hw_slowdown"
"""What ``throttled`` counts as: the rows do not tell heat from supply."""


PROCESSES = ("workers/count", "process/cpu", "workers/cpu", "process/count", "workers/waiting", "process/write")
"""What the rows say of the run's processes."""
COUNT = PROCESSES[0]
"""In every row that says anything of processes."""
CLOCKS = ("util", "lost")
"""Metrics of a device one of which has a point in every row about it."""


@dataclass(slots=True)
class _Device:
    """The series of one device, the one of them that was its clock, and how many points of that were taken in."""

    metrics: dict[str, Series]
    clock: Series | None = None
    taken: int = 0


class SystemTrack:
    """Follows one host of one run. Rows come every few seconds, looks every second: most find nothing new."""

    def __init__(self, host: str, thresholds: Thresholds) -> None:
        self.host = host
        self.tracks: dict[str, GpuTrack] = {}
        self.revision = 0
        """Grows with every look that found something new."""
        self._thresholds = thresholds
        self._curves: Mapping[str, Series] = {}
        self._devices: dict[str, _Device] = {}
        self._first: Series | None = None
        self._news: list[Series] = []
        self._version = -1
        self._known = 0
        self._owned: dict[str, float] = {}
        self._mine: list[GpuTrack] = []
        self._xids: dict[str, Series] = {}
        self.memory: Memory | None = None
        """The memory that the run may use, where there is something to tell of it."""
        self._workers: tuple[float, float, Workers | None] = (math.inf, -math.inf, None)

    def look(self, curves: Mapping[str, Series]) -> None:
        """Take in the rows that are new."""
        if len(curves) != self._known or curves is not self._curves:
            self._meet_series(curves)
        version = sum([series.version for series in self._news])
        if version == self._version:
            return
        self._version = version
        self.revision += 1
        for label, device in self._devices.items():
            self._look_at(label, device)
        owned = ((label, device.metrics["own"]) for label, device in self._devices.items() if "own" in device.metrics)
        self._owned = {label: own.last_time for label, own in owned if own.last and own.last_time is not None}
        self._mine = [track for label, track in self.tracks.items() if self._is_mine(label, track)]
        self._workers = (math.inf, -math.inf, None)
        self.memory = memory(self.host, curves, self._thresholds.host_memory_percent)

    def _meet_series(self, curves: Mapping[str, Series]) -> None:
        self._known, self._curves, self._version = len(curves), curves, -1
        self._first = next(iter(curves.values()), None)
        self._devices = {label: _Device(found) for label, found in _by_device(curves).items()}
        self._xids = {
            key.split("/")[1]: curves[key] for key in curves if key.startswith(PREFIX) and key.endswith("/xid")
        }
        devices = [series for device in self._devices.values() for series in _news(device.metrics)]
        self._news = [*devices, *(curves[key] for key in (COUNT, IN_USE) if key in curves)]

    def _look_at(self, label: str, device: _Device) -> None:
        clock = _clock(device.metrics)
        if clock is None or clock.last_time is None:
            return
        track = self.tracks.get(label) or self._meet(label)
        new, device.taken = clock.count - device.taken if clock is device.clock else None, clock.count
        device.clock = clock
        if not clock.last_time > track.time:
            return
        if new == 1:
            _take(track, clock.last_time, _latest(device.metrics, clock.last_time))
            return
        for time, values in _rows(track.time, clock, device.metrics):
            _take(track, time, values)

    def mine(self) -> list[GpuTrack]:
        """The devices that are the run's now; of which that is not known, those that have worked."""
        return self._mine

    def faults(self, key: str) -> list[GpuFault]:
        """What the driver reported of the devices of the run ``key``, those of each device in their order."""
        if not self._xids:
            return []
        mine = {track.label for track in self._mine}
        return [
            GpuFault(time, label, XID, int(code), key, self.host)
            for label, series in self._xids.items()
            if label in mine
            for time, code in zip(
                series.times[-MOST_FAULTS:].tolist(), series.values[-MOST_FAULTS:].tolist(), strict=True
            )
            if math.isfinite(code)
        ]

    def workers(self, now: float) -> Workers | None:
        """The run's processes as the rows tell them; None where they do not, or not of now."""
        begun, until, told = self._workers
        if not begun <= now <= until:
            told = workers(self._curves, now)
            self._workers = (now, _fresh_until(self._curves, now), told)
        return told

    def stopped(self, last_row: float, now: float) -> float | None:
        """When the telemetry file stopped, where it did although the run's rows went on until ``last_row``."""
        first = self._first
        last = first.last_time if first is not None else None
        if first is None or last is None or last_row - last <= SILENT_SECONDS or len(first) < FEWEST:
            return None
        usual = float(np.median(np.diff(first.times[-10:])))
        patience = max(SILENT_SECONDS, SILENT_FACTOR * usual) if math.isfinite(usual) else math.inf
        newest = max((each.last_time for each in self._curves.values() if each.last_time is not None), default=math.inf)
        return newest if last_row - newest > patience and now - newest > patience else None

    def told(self, now: float) -> set[str]:
        """Labels of the devices that the rows call the run's own now."""
        return {label for label, time in self._owned.items() if now - time <= FRESH}

    def _is_mine(self, label: str, track: GpuTrack) -> bool:
        told = self._own(label, track.time)
        return track.worked if told is None else told

    def _own(self, label: str, time: float) -> bool | None:
        """Whether the rows call a device the run's own at ``time``; None where they do not say."""
        own = self._devices[label].metrics.get("own")
        if own is None or own.last_time is None or time - own.last_time > FRESH:
            return None
        return bool(own.last)

    def _meet(self, label: str) -> GpuTrack:
        """Begin to follow a device; it may have worked long before the rows that are taken in."""
        track = self.tracks[label] = GpuTrack(label, self._thresholds, self.host)
        util = self._devices[label].metrics.get("util")
        track.worked = util is not None and (util.maximum or 0.0) >= WORKED
        return track


def _by_device(curves: Mapping[str, Series]) -> dict[str, dict[str, Series]]:
    """Series by device and metric, those that mean something here."""
    found: dict[str, dict[str, Series]] = {}
    for key, series in curves.items():
        parts = key.split("/")
        if len(parts) == 3 and key.startswith(PREFIX):
            device = found.setdefault(parts[1], {})
            if parts[2] in WANTED:
                device[parts[2]] = series
    return found


def _news(metrics: Mapping[str, Series]) -> list[Series]:
    """Of a device, what has a point in every row that says something new of it."""
    clocks = [metrics[name] for name in CLOCKS if name in metrics]
    return clocks or [metrics[name] for name in ("own",) if name in metrics]


def _clock(metrics: Mapping[str, Series]) -> Series | None:
    """The series that has a point in every row: the use of a device, or that it is lost."""
    util, lost = metrics.get("util"), metrics.get("lost")
    if util is None or lost is None:
        return lost if util is None else util
    return lost if (lost.last_time or 0.0) > (util.last_time or 0.0) else util


def _take(track: GpuTrack, time: float, values: Mapping[str, float]) -> None:
    reasons = (THROTTLED,) if values.get("throttled") else ()
    track.add(time, values, reasons, "lost" if values.get("lost") else "ok")


def _rows(after: float, clock: Series, metrics: Mapping[str, Series]) -> Iterator[tuple[float, dict[str, float]]]:
    """The new rows, each with the values that it has; a metric that is written more seldom keeps its last value."""
    times = clock.times[-CAUGHT_UP:]
    new = times[times > after].tolist()
    columns = {name: _aligned(series, new) for name, series in metrics.items()}
    for place, time in enumerate(new):
        yield time, {name: value for name, column in columns.items() if math.isfinite(value := column[place])}


def _latest(metrics: Mapping[str, Series], time: float) -> dict[str, float]:
    return {
        name: last
        for name, series in metrics.items()
        if (last := series.last) is not None and (at := series.last_time) is not None and time - at <= FRESH
    }


def _aligned(series: Series, times: list[float]) -> list[float]:
    """The latest value of ``series`` at each of ``times``; NaN where that is too long ago."""
    own, values = series.times, series.values
    found = []
    for time, place in zip(times, own.searchsorted(times, side="right").tolist(), strict=True):
        fresh = place > 0 and time - own[place - 1] <= FRESH
        found.append(float(values[place - 1]) if fresh else math.nan)
    return found


def workers(curves: Mapping[str, Series], now: float) -> Workers | None:
    """The run's processes as its rows tell them; None where they do not, or not of now."""
    count = _now(curves, COUNT, now)
    if count is None:
        return None
    everyone, loading = _now(curves, "process/cpu", now), _now(curves, "workers/cpu", now)
    alone = (_now(curves, "process/count", now) or 0.0) - count <= MAIN_AND_HELPER
    return Workers(
        count=int(count),
        cpu=loading,
        waiting=int(_now(curves, "workers/waiting", now) or 0),
        main_cpu=max(0.0, everyone - (loading or 0.0)) if alone and everyone is not None else None,
        mains=1,
        written=_now(curves, "process/write", now),
    )


def _fresh_until(curves: Mapping[str, Series], now: float) -> float:
    """Until when what is fresh now stays so, if no row comes."""
    known = (series.last_time for name in PROCESSES if (series := curves.get(name)) is not None)
    return min((time + FRESH for time in known if time is not None and now - time <= FRESH), default=math.inf)


def _now(curves: Mapping[str, Series], key: str, now: float) -> float | None:
    series = curves.get(key)
    if series is None or series.last is None or series.last_time is None:
        return None
    fresh = now - series.last_time <= FRESH and math.isfinite(series.last)
    return series.last if fresh else None
