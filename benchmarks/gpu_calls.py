"""How long each call takes that the NVIDIA backend makes: the backend itself runs, on a driver that keeps the time."""

from __future__ import annotations

import statistics
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from collectors.backend import Gap, GpuInfo
from collectors.gpm import LEAST_INTERVAL
from collectors.nvml import NvmlBackend
from collectors.nvml_calls import CallError, Driver, load_driver
from collectors.nvml_device import SLOW

PAUSE = 1.1 * LEAST_INTERVAL
"""Seconds between two ticks: the counters of Hopper and later need as much between two readings."""


@dataclass
class Clocked:
    """What calls of one function took, in microseconds, and how many failed in which way."""

    answered: list[float] = field(default_factory=list)
    failed: dict[str, list[float]] = field(default_factory=dict)


class ClockedDriver(Driver):
    """The real driver; keeps how long each call takes, by the function's name."""

    def __init__(self, driver: Driver) -> None:
        super().__init__(driver.binding)
        self.calls: dict[str, Clocked] = {}

    def call(self, name: str, *args: object) -> Any:
        """Make the call and note its time."""
        clocked = self.calls.setdefault(name, Clocked())
        begun = time.perf_counter_ns()
        try:
            answer = super().call(name, *args)
        except CallError as error:
            clocked.failed.setdefault(error.why, []).append((time.perf_counter_ns() - begun) / 1e3)
            raise
        clocked.answered.append((time.perf_counter_ns() - begun) / 1e3)
        return answer


@dataclass(frozen=True, slots=True)
class Timed:
    """One function of the driver."""

    name: str
    count: int
    median: float
    p99: float
    """Microseconds."""
    outcome: str
    """``answered``, or the driver's word for why it does not."""


@dataclass(frozen=True, slots=True)
class Ticks:
    """What was measured of the driver."""

    infos: Sequence[GpuInfo]
    calls: Sequence[Timed]
    """The calls that a tick makes, the most expensive first."""
    fast: Timed
    """A whole tick of all devices."""
    slow: Timed
    """A tick that also asks the slow questions."""
    gaps: Sequence[Gap]


def measure(ticks: int) -> Ticks:
    """Sample ``ticks`` times fast and as often slowly; raises BackendUnavailable where there is no device."""
    drivers: list[ClockedDriver] = []

    def load() -> Driver:
        drivers.append(ClockedDriver(load_driver()))
        return drivers[-1]

    backend = NvmlBackend(load)
    now = time.monotonic()
    backend.open(now)
    backend.sample(now)
    (driver,) = drivers
    driver.calls.clear()
    fast: list[float] = []
    slow: list[float] = []
    for tick in range(2 * ticks):
        time.sleep(PAUSE)
        now += PAUSE if tick % 2 else SLOW
        (fast if tick % 2 else slow).append(_clock(backend, now))
    infos, gaps = backend.infos(), backend.gaps()
    calls = sorted((timed for each in driver.calls.items() for timed in _timed(*each)), key=lambda row: -row.median)
    backend.close()
    return Ticks(infos, calls, _row("a tick", fast, ""), _row("a slow tick", slow, ""), gaps)


def _clock(backend: NvmlBackend, now: float) -> float:
    begun = time.perf_counter_ns()
    backend.sample(now)
    backend.events()
    return (time.perf_counter_ns() - begun) / 1e3


def _timed(name: str, clocked: Clocked) -> list[Timed]:
    answered = [_row(name, clocked.answered, "answered")] if clocked.answered else []
    return [*answered, *(_row(name, spent, why) for why, spent in clocked.failed.items())]


def _row(name: str, spent: Sequence[float], outcome: str) -> Timed:
    ordered = sorted(spent)
    worst = ordered[min(len(ordered) - 1, int(len(ordered) * 0.99))]
    return Timed(name, len(ordered), statistics.median(ordered), worst, outcome)


def absent(gaps: Sequence[Gap]) -> Mapping[tuple[str, str], int]:
    """The metrics that devices do not say, with the driver's word, and of how many devices."""
    counts: dict[tuple[str, str], int] = {}
    for gap in gaps:
        counts[gap.metric, gap.why] = counts.get((gap.metric, gap.why), 0) + 1
    return dict(sorted(counts.items()))
