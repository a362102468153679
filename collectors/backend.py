"""What a GPU backend gives, whatever the vendor: frozen values and one protocol.

A reading is a number or it is absent; *why* it is absent is kept once for each device and metric as a ``Gap``.
Values are in base units: per cent, bytes, bytes per second, watts, joules, degrees Celsius, MHz. One vendor is one
file with one class, nothing else knows the vendor's library, and no exception of the library leaves the backend.

Metrics in ``GpuSample.values`` (each absent where the device does not say):

=====================  ===============================================================================================
util, memory_util      per cent of the time that a kernel was resident / memory was read or written
memory_used, _total    bytes; what the driver keeps for itself is not counted as used where it says so apart
power, power_limit     watts; the limit is the one enforced now
energy                 joules, a counter: take differences; a fall means that it started again
temperature            of the core; ``temperature_memory``, ``temperature_hot``, ``temperature_margin`` where known
sm_clock, memory_clock MHz
fan                    per cent of the intended speed, not measured
pstate                 0 (fastest) to 15
sm_active, sm_occupancy, tensor_active, dram_active, fp64_active, fp32_active, fp16_active   per cent (GPM)
pcie_tx, pcie_rx, nvlink_tx, nvlink_rx   bytes per second
ecc_corrected, ecc_uncorrected   errors since the driver was loaded
remapped_rows, remap_pending, remap_failed   rows; the last two are 0 or 1
recovery               what the driver wants done with the device: 0 nothing, 1 a reset, 2 a reboot of the machine
=====================  ===============================================================================================
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Protocol


class BackendUnavailable(Exception):  # noqa: N818 - a state of the machine more than an error
    """There is no such GPU, library or driver here, or it went away; the text says which, in one line."""


UNOPENED = "index:"
"""What the names of devices begin with whose UUID is not known, since they could not be opened."""


def unopened(index: int) -> str:
    """The name that stands for the UUID of a device that could not be opened."""
    return f"{UNOPENED}{index}"


@dataclass(frozen=True, slots=True)
class GpuInfo:
    """A device, as it stays while the driver is loaded. The UUID is its identity; the index may change at a reboot."""

    index: int
    uuid: str
    name: str
    vendor: str = "nvidia"
    bus_id: str | None = None
    minor: int | None = None
    """N of /dev/nvidiaN."""
    instance: int | None = None
    """Number of a MIG instance within its device; None for a whole device."""
    parent_uuid: str | None = None
    """UUID of the device that a MIG instance is part of."""
    memory_total: int | None = None
    power_limit: float | None = None
    temperature_slowdown: float | None = None
    driver: str | None = None
    cuda: str | None = None
    """The newest version of CUDA that the driver runs."""

    @property
    def label(self) -> str:
        """``0`` for a device, ``0:1`` for instance 1 of device 0."""
        return label(self.index, self.instance)


@dataclass(frozen=True, slots=True)
class GpuProcess:
    """A process on a device. ``pid`` is what the driver says: of the host's namespace, in most containers too."""

    pid: int
    memory: int | None = None
    sm: float | None = None
    kind: str = "compute"
    """``compute``, ``graphics`` or ``mps``."""
    name: str | None = None
    """This and what follows is known only of a process that can be seen from here."""
    user: str | None = None
    command: str | None = None
    """Its command line, the program without its directory."""
    started: float | None = None
    """Seconds since the epoch."""
    cpu: float | None = None
    """Per cent of one core since the last tick."""
    rss: int | None = None
    """Resident bytes."""


@dataclass(frozen=True, slots=True)
class GpuSample:
    """What one device did at one tick."""

    index: int
    uuid: str
    name: str
    status: str = "ok"
    """``ok``, ``lost`` or ``reset required``; values of a device that is not ok are absent."""
    values: Mapping[str, float] = field(default_factory=dict)
    reasons: tuple[str, ...] = ()
    """Why the clocks are lower than they could be: the names in ``collectors.nvml_device.REASONS``."""
    processes: tuple[GpuProcess, ...] | None = None
    """None where the driver does not say; an empty tuple where it says that there are none."""
    instance: int | None = None

    @property
    def label(self) -> str:
        """``0`` for a device, ``0:1`` for instance 1 of device 0."""
        return label(self.index, self.instance)


@dataclass(frozen=True, slots=True)
class GpuEvent:
    """Something the driver reported at a moment: an XID error, an ECC error."""

    time: float
    uuid: str
    kind: str
    """``xid``, ``ecc uncorrected`` or ``ecc corrected``."""
    code: int


@dataclass(frozen=True, slots=True)
class Gap:
    """A metric that is absent, and why, in the driver's word (``NotSupported``, ``NoPermission``)."""

    uuid: str
    metric: str
    why: str


class GpuBackend(Protocol):
    """One vendor. All calls come from one thread, one after the other."""

    def open(self, now: float) -> None:
        """Find the devices; raises BackendUnavailable and nothing else."""

    def infos(self) -> Sequence[GpuInfo]:
        """The devices known now; may change between samples (MIG was repartitioned, a device came back)."""

    def sample(self, now: float) -> Sequence[GpuSample]:
        """Read every device; ``now`` is monotonic. Never sleeps; raises BackendUnavailable when the driver went."""

    def events(self) -> Sequence[GpuEvent]:
        """What was reported since the last call; does not wait."""

    def gaps(self) -> Sequence[Gap]:
        """Every metric that is absent now."""

    def close(self) -> None:
        """Give back what was taken."""


def label(index: int, instance: int | None) -> str:
    """How a device is named to a person and in the keys of a row: ``0``, or ``0:1`` for a MIG instance."""
    return str(index) if instance is None else f"{index}:{instance}"
