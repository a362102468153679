"""What rules look at: small frozen values, made by the trackers of this package from runs and telemetry.

What is not known is None, and no rule concludes anything from it. Times are seconds since the epoch. What is made anew
for each curve, device and run at each tick is a named tuple: that takes a quarter of the time.
"""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType
from typing import NamedTuple

from logstore.model.fixed import fixed

_EMPTY: Mapping[str, float] = MappingProxyType({})


class StepClock(NamedTuple):
    """When a run made steps."""

    step: float | None = None
    """The furthest step."""
    advanced: float | None = None
    """Time of the last row of training; on our clock, where we saw it come."""
    last_row: float | None = None
    """The same of the last row of any kind, of any metric."""
    usual: float | None = None
    """Median seconds between recent rows of training; None before there are a few."""
    started: float | None = None
    """When the run, or its latest attempt, began."""
    grew: float | None = None
    """When its directory or log grew last, other than by rows and telemetry."""
    ranks: Mapping[int, float] = MappingProxyType({})
    """Time of the last row of each rank, where there are several."""
    far: bool = False
    """Whether the run is on another host, whose rows may come late through a shared file system."""
    pause: float | None = None
    """The longest time between two rows of training in this attempt: an evaluation or a checkpoint that ended."""


class Nonfinite(NamedTuple):
    """A metric with a value that is NaN or infinite."""

    metric: str
    rank: int
    step: float
    """Step at which this spell of non-finite values began."""
    value: float
    time: float | None
    """Time of that row."""
    again: float | None = None
    """When it was finite again; None while its newest value is not finite."""
    points: int = 1
    """How many values in a row are not finite."""
    loss: bool = False
    """Whether the metric is one that training minimises."""
    before: float | None = None
    """The value before this spell; None where it began with the curve."""
    pending: bool = False
    """Whether it is a score that has never been finite, such as a mean reward before the first episode ended."""


class LossRange(NamedTuple):
    """A loss beside its own usual range."""

    metric: str
    newest: float
    centre: float
    """Median of the points that make the range."""
    limit: float
    """The upper end of the range."""
    points: int
    """How many of the newest points in a row lie above it."""
    since: float | None = None
    """Time of the first of them."""
    step: float | None = None
    """Step of the first of them."""
    recent: float | None = None
    """Median of the newest points; None where there are too few."""
    best: float | None = None
    """The lowest such median so far; None where the loss may be negative, since then no factor means anything."""
    best_step: float | None = None
    creep_limit: float | None = None
    """What ``recent`` may reach at most: a multiple of ``best``, more where the loss scatters more."""
    departed: bool = False
    """Whether the points above are enough to tell of, and were not on their way back."""
    crept: bool = False
    """Whether ``recent`` and the levels before it lie above ``creep_limit``."""
    sudden: bool = False
    """Whether the first point above lay at least halfway to where they are: it came from one row to the next."""
    exploded: bool = False
    """Whether ``recent`` is a large multiple of the level at which the loss began."""
    resumed: bool = False
    """Whether the first point above is the first that the run logged after it was resumed."""


@fixed
class Progress:
    """How much a loss has improved over a long window: the medians of its two halves."""

    metric: str
    earlier: float
    later: float
    seconds: float
    """Time that the window covers."""


class Gpu(NamedTuple):
    """One device, as far as it says anything."""

    label: str
    """``0``, or ``0:1`` for a MIG instance."""
    host: str = ""
    """Where it is, for a device that is not on this machine."""
    time: float = 0.0
    """Of its newest sample."""
    status: str = "ok"
    util: float | None = None
    """Per cent."""
    util_mean: float | None = None
    """Mean over the last ``starvation_seconds``; None until that time is covered."""
    idle_since: float | None = None
    """Since when its use has not risen above ``idle_util_percent``."""
    power: float | None = None
    """Watts."""
    power_usual: float | None = None
    """Median while the run made steps."""
    memory_used: float | None = None
    """Bytes."""
    memory_total: float | None = None
    memory_rise: float | None = None
    """Bytes it rose by in ``memory_seconds``, where it hardly ever fell; None otherwise."""
    memory_seconds: float = 0.0
    temperature: float | None = None
    margin: float | None = None
    """Degrees left to the slowdown."""
    clock: float | None = None
    """MHz of the multiprocessors."""
    clock_usual: float | None = None
    """Median of the run's other devices that work."""
    slow_since: float | None = None
    """Since when ``clock`` has been below ``slow_clock_percent`` of ``clock_usual``."""
    slowed: Mapping[str, float] = _EMPTY
    """Why its clocks are lowered, and since when, by the names of ``collectors.nvml_device.REASONS``."""
    unowned: float | None = None
    """Bytes in use that no visible process holds; None where processes cannot be seen."""
    unowned_since: float | None = None
    uncorrected: float | None = None
    """New uncorrected ECC errors since we began to look."""
    remap_pending: bool = False
    remap_failed: bool = False
    recovery: int = 0
    """What the driver wants done with it; 0 where that is nothing, or not known."""
    owner: str | None = None
    """Key of the one run that uses it."""

    @property
    def subject(self) -> str:
        """What tells it from every other device that an alert may be about."""
        return subject(self.label, self.host)


def subject(label: str, host: str) -> str:
    """``0``, or ``node7 0`` of another host."""
    return f"{host} {label}" if host else label


@fixed
class GpuFault:
    """An error that the driver reported."""

    time: float
    label: str
    kind: str
    """``xid``, ``ecc uncorrected``, …"""
    code: int
    owner: str | None = None
    host: str = ""
    """Where the device is, if it is not on this machine."""


@fixed
class Workers:
    """The processes of a run on this machine."""

    count: int = 0
    """Data workers."""
    cpu: float | None = None
    """Per cent of a core, all data workers together."""
    waiting: int = 0
    """Data workers in state D: waiting for a disk or a file server."""
    main_cpu: float | None = None
    """Per cent of a core, the main processes together."""
    main_state: str | None = None
    """State of the main process: R, S, D, …"""
    mains: int = 0
    written: float | None = None
    """Bytes a second that all of them write."""


@fixed
class Announcement:
    """An alert that the training itself logged."""

    time: float
    title: str
    text: str
    level: str


@fixed
class Memory:
    """The memory that a run may use on one of its hosts, where that is nearly used up or the kernel killed for it."""

    host: str
    time: float | None
    """Of the newest row, where it is nearly used up."""
    used: float | None
    """Bytes."""
    total: float | None
    limited: bool
    """Whether ``total`` is a limit below what the host has."""
    killed: float | None = None
    """When the kernel killed last; None: never while the run went on."""
    kills: int = 0


class RunEvidence(NamedTuple):
    """All that is known of one run at one moment."""

    key: str
    name: str = ""
    state: str = "running"
    reason: str = ""
    """Why it is in that state."""
    left: float | None = None
    """When it stopped running, where that was seen; None while it runs."""
    clock: StepClock = StepClock()
    nonfinite: tuple[Nonfinite, ...] = ()
    losses: tuple[LossRange, ...] = ()
    """Those that have left their range, or crept up."""
    progress: tuple[Progress, ...] = ()
    gpus: tuple[Gpu, ...] = ()
    """The devices that are this run's."""
    suspects: tuple[Gpu, ...] = ()
    """Those of them on other hosts that a rule may have something to say of."""
    faults: tuple[GpuFault, ...] = ()
    """What its own telemetry files say that drivers reported of its devices."""
    memories: tuple[Memory, ...] = ()
    """What they say of the memory of its control groups."""
    workers: Workers | None = None
    silent_hosts: Mapping[str, float] = _EMPTY
    """Hosts whose telemetry file stopped growing while rows still come, and when it did."""
    announced: tuple[Announcement, ...] = ()


@fixed
class Space:
    """Something that fills up: bytes or inodes of a disk."""

    free: float
    total: float
    fall: float | None = None
    """How fast it is filled, per second; None where it is not, or not known."""

    @property
    def seconds_left(self) -> float | None:
        """Until nothing is free, at that rate."""
        return self.free / self.fall if self.fall else None


@fixed
class MachineEvidence:
    """All that is known of this machine at one moment."""

    host: str = ""
    sampled: float | None = None
    """When the latest sample was taken; None before the first."""
    interval: float = 1.0
    """Seconds between samples."""
    gpu_state: str = "ok"
    """How it stands with the GPUs, in the sampler's word: ``ok``, ``unavailable``, ``stalled``, ``hung``, …"""
    gpu_why: str = ""
    gpu_silent: float | None = None
    """Since when there has been no news of GPUs that were there before."""
    gpus: tuple[Gpu, ...] = ()
    faults: tuple[GpuFault, ...] = ()
    disk: Space | None = None
    inodes: Space | None = None
    disk_unanswered: float | None = None
    """Seconds for which the disk of the store has not answered."""
    memory_used: float | None = None
    memory_total: float | None = None
    """Bytes that the run may use at most: the control group's limit, or what the host has."""
    limited: bool = False
    """Whether that is a limit below what the host has."""
    oom_killed: float | None = None
    """When the kernel last killed a process of the control group for its memory."""
    oom_kills: int = 0
