"""What the sampler says: three kinds of lines, as frozen values. ``collectors.protocol`` makes them text and back."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from collectors.backend import Gap, GpuEvent, GpuInfo, GpuSample


@dataclass(frozen=True, slots=True)
class ProcessSample:
    """One process of a run at one tick. What may not be seen of it, or needs a second look, is None."""

    pid: int
    ppid: int
    name: str
    state: str
    """R running, S sleeping, D waiting for I/O, T stopped, Z ended and not yet reaped."""
    run: int
    """Pid of the followed process that this one descends from."""
    role: str = "other"
    """``main``, ``rank``, ``worker`` (loads data), ``helper``, ``sampler`` (ours) or ``other``."""
    cpu: float | None = None
    """Per cent of one core since the last tick."""
    rss: int | None = None
    """Resident bytes; pages shared with other processes count in each of them."""
    threads: int | None = None
    read: float | None = None
    write: float | None = None
    """Bytes per second from and to storage."""
    rank: int | None = None
    local_rank: int | None = None
    gpus: tuple[str, ...] = ()
    """UUIDs of the devices it uses."""
    via: str | None = None
    """How that is known: ``driver`` (it lists the pid), ``device file`` (it has it open), ``environment`` (it was told
    so) or ``guess`` (so too, in an order that is not certain)."""
    started: float | None = None
    """Seconds since the epoch."""
    command: str | None = None
    """Its command line, the program without its directory; not of data workers, which have their rank's."""


@dataclass(frozen=True, slots=True)
class Hello:
    """Who speaks and which devices there are; comes first, and again when the devices change."""

    time: float
    host: str
    pid: int
    gpus: tuple[GpuInfo, ...] = ()


@dataclass(frozen=True, slots=True)
class StateLine:
    """How it stands with the GPUs: ok, starting, unavailable, stalled, restarting, hung or off, and why."""

    time: float
    gpu: str
    why: str = ""


@dataclass(frozen=True, slots=True)
class Sample:
    """Everything that was read at one tick."""

    time: float
    host: Mapping[str, float] = field(default_factory=dict)
    cores: tuple[float, ...] = ()
    """Per cent of each core since the last tick; empty at the first."""
    gpus: tuple[GpuSample, ...] = ()
    processes: tuple[ProcessSample, ...] = ()
    gaps: tuple[Gap, ...] = ()
    events: tuple[GpuEvent, ...] = ()
    own: Mapping[str, bool] = field(default_factory=dict)
    """By UUID whether a device is the run's, where one run is followed and that is known; rows alone tell it."""


Line = Hello | Sample | StateLine
