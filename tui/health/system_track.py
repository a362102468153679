"""The devices and processes of a run as its own telemetry files tell: for runs on hosts that we do not sample.

The rows hold every device of a host. Those that they say are the run's count (``gpu/0/own``); where they do not know,
those that have worked since the run began.
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping

from logstore.model.series import Series
from tui.health.evidence import Workers
from tui.health.gpu_track import WORKED, GpuTrack
from tui.health.thresholds import Thresholds

CAUGHT_UP = 600
"""Rows of the past that are taken in when a file is first seen."""
FRESH = 30.0
"""Seconds after which a row says nothing about now."""
MAIN_AND_HELPER = 2
"""Processes beside the data workers up to which what is left of the CPU time is the main process's."""
PREFIX = "gpu/"
THROTTLED = "hw_slowdown"
"""What ``throttled`` counts as: the rows do not tell heat from supply."""


class SystemTrack:
    """Follows one host of one run."""

    def __init__(self, host: str, thresholds: Thresholds) -> None:
        self.host = host
        self.tracks: dict[str, GpuTrack] = {}
        self._thresholds = thresholds
        self._metrics: dict[str, dict[str, Series]] = {}
        self._known = 0
        self._owned: dict[str, float] = {}

    def look(self, curves: Mapping[str, Series]) -> None:
        """Take in the rows that are new."""
        if len(curves) != self._known:
            self._known, self._metrics = len(curves), _by_device(curves)
        for label, metrics in self._metrics.items():
            clock = _clock(metrics)
            if clock is None or clock.last_time is None:
                continue
            track = self.tracks.get(label) or self._meet(label)
            if clock.last_time > track.time:
                _take(track, clock, metrics)
        owned = ((label, metrics["own"]) for label, metrics in self._metrics.items() if "own" in metrics)
        self._owned = {label: own.last_time for label, own in owned if own.last and own.last_time is not None}

    def mine(self) -> list[GpuTrack]:
        """The devices that are the run's now; of which that is not known, those that have worked."""
        return [track for label, track in self.tracks.items() if self._is_mine(label, track)]

    def told(self, now: float) -> set[str]:
        """Labels of the devices that the rows call the run's own now."""
        return {label for label, time in self._owned.items() if now - time <= FRESH}

    def _is_mine(self, label: str, track: GpuTrack) -> bool:
        told = self._own(label, track.time)
        return track.worked if told is None else told

    def _own(self, label: str, time: float) -> bool | None:
        """Whether the rows call a device the run's own at ``time``; None where they do not say."""
        own = self._metrics[label].get("own")
        if own is None or own.last_time is None or time - own.last_time > FRESH:
            return None
        return bool(own.last)

    def _meet(self, label: str) -> GpuTrack:
        """Begin to follow a device; it may have worked long before the rows that are taken in."""
        track = self.tracks[label] = GpuTrack(label, self._thresholds, self.host)
        util = self._metrics[label].get("util")
        track.worked = util is not None and (util.maximum or 0.0) >= WORKED
        return track


def _by_device(curves: Mapping[str, Series]) -> dict[str, dict[str, Series]]:
    """Series by device and metric."""
    found: dict[str, dict[str, Series]] = {}
    for key, series in curves.items():
        parts = key.split("/")
        if len(parts) == 3 and key.startswith(PREFIX):
            found.setdefault(parts[1], {})[parts[2]] = series
    return found


def _clock(metrics: Mapping[str, Series]) -> Series | None:
    """The series that has a point in every row: the use of a device, or that it is lost."""
    known = [series for name in ("util", "lost") if (series := metrics.get(name)) is not None]
    return max(known, key=lambda series: series.last_time or 0.0, default=None)


def _take(track: GpuTrack, clock: Series, metrics: Mapping[str, Series]) -> None:
    for time, values in _rows(track.time, clock, metrics):
        reasons = (THROTTLED,) if values.get("throttled") else ()
        track.add(time, values, reasons, "lost" if values.get("lost") else "ok")


def _rows(after: float, clock: Series, metrics: Mapping[str, Series]) -> Iterator[tuple[float, dict[str, float]]]:
    """The new rows, each with the values that it has; a metric that is written more seldom keeps its last value."""
    times = clock.times[-CAUGHT_UP:]
    new = times[times > after].tolist()
    if len(new) == 1:
        yield new[0], _latest(metrics, new[0])
        return
    columns = {name: _aligned(series, new) for name, series in metrics.items()}
    for place, time in enumerate(new):
        yield time, {name: value for name, column in columns.items() if math.isfinite(value := column[place])}


def _latest(metrics: Mapping[str, Series], time: float) -> dict[str, float]:
    known = ((name, series.last, series.last_time) for name, series in metrics.items())
    return {name: last for name, last, at in known if last is not None and at is not None and time - at <= FRESH}


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
    count = _now(curves, "workers/count", now)
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


def _now(curves: Mapping[str, Series], key: str, now: float) -> float | None:
    series = curves.get(key)
    if series is None or series.last is None or series.last_time is None:
        return None
    fresh = now - series.last_time <= FRESH and math.isfinite(series.last)
    return series.last if fresh else None
