"""When a run makes no step, and what its GPUs and processes say about the cause. Pure; shared by three rules.

No step means: none for ``max(stall_seconds, stall_factor × the usual time between rows)``, and none for ``stall_pause``
times the longest pause that the run came back from, up to ``stall_busy_seconds``. Signs of life are allowed for: rows
of other metrics (an evaluation), a directory or log that grows, processes that write (a checkpoint). They excuse a run
for ``stall_busy_seconds``, not for ever.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

from tui.health.evidence import Gpu, RunEvidence, StepClock, Workers
from tui.health.thresholds import Thresholds

Cause = Literal["spinning", "starved", "idle", "busy", "unknown"]

LATE = 60.0
"""Seconds by which rows of another host may be late: NFS keeps what it knows of a file for up to a minute (nfs(5))."""
EARLY = 3.0
"""How many times as long as its first rows took a run may take for the next: it may log once an epoch."""
FRESH = 30.0
"""Seconds after which a sample of a GPU says nothing about now."""
MAIN_BUSY = 50.0
"""Per cent of a core that a main process uses when it does something."""
LOADER_BUSY = 50.0
"""Per cent of a core that all data workers together use when they do something."""


@dataclass(frozen=True, slots=True)
class Silence:
    """A run that makes no step."""

    seconds: float
    """Since its last step, or since it began."""
    since: float
    patience: float
    """How long it may take."""
    first: bool = False
    """Whether there has been no step at all."""


def silence(run: RunEvidence, thresholds: Thresholds, now: float) -> Silence | None:
    """Whether ``run`` has made no step for too long; None where all is well or nothing is known."""
    clock = run.clock
    if run.state != "running":
        return None
    if clock.usual is None or clock.advanced is None:
        return _before_the_first(clock, thresholds, now)
    patience = max(thresholds.stall_seconds, thresholds.stall_factor * clock.usual, _known_pause(clock, thresholds))
    patience += LATE if clock.far else 0.0
    seconds = now - clock.advanced
    if seconds <= patience:
        return None
    if seconds <= max(thresholds.stall_busy_seconds, patience) and now - _last_sign(run, thresholds, now) <= patience:
        return None
    return Silence(seconds, clock.advanced, patience)


def _known_pause(clock: StepClock, thresholds: Thresholds) -> float:
    """How long the run may pause because it did so before, and went on by itself."""
    return min(thresholds.stall_busy_seconds, thresholds.stall_pause * (clock.pause or 0.0))


def _before_the_first(clock: StepClock, thresholds: Thresholds, now: float) -> Silence | None:
    if clock.started is None:
        return None
    since = clock.last_row if clock.last_row is not None else clock.started
    patience = max(thresholds.stall_start_seconds, EARLY * (since - clock.started))
    if now - max(since, clock.started, clock.grew or since) <= patience:
        return None
    return Silence(now - since, since, patience, first=clock.last_row is None)


def _last_sign(run: RunEvidence, thresholds: Thresholds, now: float) -> float:
    """When the run last did anything that can be seen from outside."""
    signs = [time for time in (run.clock.last_row, run.clock.grew) if time is not None]
    if run.workers and run.workers.written is not None and run.workers.written >= thresholds.growth_rate:
        signs.append(now)
    return max(signs, default=0.0)


def known_gpus(gpus: Sequence[Gpu], now: float) -> list[Gpu]:
    """The devices that say now what they do."""
    return [gpu for gpu in gpus if gpu.status == "ok" and gpu.util is not None and now - gpu.time <= FRESH]


def spinning(gpu: Gpu, thresholds: Thresholds) -> bool:
    """Whether a device is at full use with little power: it waits in a loop, as a collective does."""
    if gpu.util is None or gpu.power is None or not gpu.power_usual:
        return False
    low = gpu.power < thresholds.hang_power_percent / 100 * gpu.power_usual
    return gpu.util >= thresholds.hang_util_percent and low


def idle(gpu: Gpu, thresholds: Thresholds) -> bool:
    """Whether a device does nothing."""
    return gpu.util is not None and gpu.util <= thresholds.idle_util_percent


def cause(run: RunEvidence, thresholds: Thresholds, now: float) -> Cause:
    """Why a run that makes no step makes none."""
    gpus = known_gpus(run.gpus, now)
    if not gpus:
        return "busy" if run.workers and computing(run.workers) else "unknown"
    spin = [gpu for gpu in gpus if spinning(gpu, thresholds)]
    rest = [gpu for gpu in gpus if idle(gpu, thresholds)]
    if spin and len(spin) + len(rest) == len(gpus):
        return "spinning"
    if len(rest) == len(gpus):
        return "starved" if run.workers and loading(run.workers) else "idle"
    return "busy"


def computing(workers: Workers) -> bool:
    """Whether the main processes are at work."""
    return workers.main_cpu is not None and workers.main_cpu >= MAIN_BUSY * max(1, workers.mains)


def loading(workers: Workers) -> bool:
    """Whether the data workers are at work."""
    return bool(workers.count) and workers.cpu is not None and workers.cpu >= LOADER_BUSY
