"""NVIDIA GPUs through NVML, by way of nvidia-ml-py.

Devices are keyed by UUID; one that cannot be opened (no permission in this container, lost at boot) does not hide
the others and is tried again now and then; a lost one has a row, under its index. A device split by MIG gives a row
for itself and one for each instance; the layout is looked at again every ``LAYOUT`` seconds, since an administrator
may change it.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from typing import Any

from collectors.backend import BackendUnavailable, Gap, GpuEvent, GpuInfo, GpuSample, unopened
from collectors.nvml_calls import GONE, LOST, CallError, DeviceCalls, DeviceLostError, Driver, check_alive, load_driver
from collectors.nvml_device import MigInstance, NvmlDevice
from collectors.nvml_events import EventSet

LAYOUT = 30.0
"""Seconds between two looks at which devices and instances there are."""
UNNAMED = "NVIDIA GPU"
LOST_BEFORE = {**LOST, **{status: status for status in LOST.values()}, "Unknown": "lost"}
"""Why a device cannot be opened that is in the machine and broken, and its status: it has a row, to be missed."""


class NvmlBackend:
    """All NVIDIA devices of this machine."""

    def __init__(self, load: Callable[[], Driver] = load_driver) -> None:
        """``load`` gives the driver, or raises BackendUnavailable."""
        self._load = load
        self._driver: Driver
        self._versions: tuple[str | None, str | None] = (None, None)
        self._boards: dict[int, Board] = {}
        self._closed: dict[int, str] = {}
        self._events: EventSet | None = None
        self._layout_due = 0.0

    def open(self, now: float) -> None:
        """Load the driver's library and find the devices; raises BackendUnavailable and nothing else."""
        self._driver = self._load()
        self._versions = self._asked("nvmlSystemGetDriverVersion"), self._cuda()
        count = self._asked("nvmlDeviceGetCount")
        if not count:
            raise BackendUnavailable("the NVIDIA driver is loaded and has no device")
        self._closed = dict.fromkeys(range(count), "not opened")
        self._look(now)

    def _cuda(self) -> str | None:
        """Version 13020 is called 13.2."""
        number = self._asked("nvmlSystemGetCudaDriverVersion_v2") or self._asked("nvmlSystemGetCudaDriverVersion")
        return f"{number // 1000}.{number % 1000 // 10}" if number else None

    def _asked(self, function: str) -> Any:
        try:
            return self._driver.call(function)
        except CallError as failure:
            if failure.why in GONE:
                raise BackendUnavailable(GONE[failure.why]) from None
            return None

    def _look(self, now: float) -> None:
        """Open the devices that are not open yet and see which instances there are."""
        self._layout_due = now + LAYOUT
        opened = [index for index in self._closed if self._open_board(index)]
        for index in opened:
            del self._closed[index]
        for board in self._ordered():
            board.look(now)
        if opened:
            self._listen()

    def _open_board(self, index: int) -> bool:
        try:
            self._boards[index] = open_board(self._driver, index, *self._versions)
        except (CallError, DeviceLostError) as failure:
            self._closed[index] = str(failure)
            return False
        return True

    def _listen(self) -> None:
        if self._events is not None:
            self._events.close()
        self._events = EventSet(self._driver, [board.device.calls for board in self._ordered()])

    def _ordered(self) -> list[Board]:
        return [self._boards[index] for index in sorted(self._boards)]

    def infos(self) -> Sequence[GpuInfo]:
        """Each device, followed by its instances."""
        known = [info for board in self._ordered() for info in board.infos()]
        lost = [GpuInfo(index, unopened(index), UNNAMED) for index in self._lost()]
        return sorted([*known, *lost], key=lambda info: info.index)

    def _lost(self) -> dict[int, str]:
        """The status of each device that was lost before it could be opened, by its index."""
        return {index: LOST_BEFORE[why] for index, why in self._closed.items() if why in LOST_BEFORE}

    def sample(self, now: float) -> Sequence[GpuSample]:
        """Read every device, one after the other; raises BackendUnavailable when the driver went away."""
        if now >= self._layout_due:
            self._look(now)
        known = [sample for board in self._ordered() for sample in board.sample(now)]
        lost = [GpuSample(index, unopened(index), UNNAMED, status) for index, status in self._lost().items()]
        return sorted([*known, *lost], key=lambda sample: sample.index)

    def events(self) -> Sequence[GpuEvent]:
        """XID and ECC errors since the last call."""
        return self._events.poll() if self._events is not None else []

    def gaps(self) -> Sequence[Gap]:
        """Every metric that is absent now; a device that could not be opened is named by its index."""
        closed = [Gap(unopened(index), "*", why) for index, why in self._closed.items()]
        listening = self._events.gaps() if self._events is not None else []
        return [*closed, *listening, *(gap for board in self._ordered() for gap in board.gaps())]

    def close(self) -> None:
        """Free what the driver lent. The library is not shut down: the process ends, and shutting down can hang."""
        if self._events is not None:
            self._events.close()
        for board in self._boards.values():
            board.close()


class Board:
    """A device and, where MIG splits it, its instances."""

    def __init__(self, device: NvmlDevice) -> None:
        self.device = device
        self._split = False
        self._instances: dict[str, MigInstance] = {}

    def look(self, now: float) -> None:
        """See which instances there are now; a device that does not answer keeps those it had."""
        if self.device.resting(now):
            return
        try:
            modes = self.device.calls.ask("mig", ("nvmlDeviceGetMigMode", ()))
            split = modes is not None and modes[0] == 1
            found = find_instances(self.device, self._instances) if split else {}
        except DeviceLostError:
            return
        if split != self._split:
            self.device.renew()
        for uuid in self._instances.keys() - found.keys():
            self._instances[uuid].close()
        self._split, self._instances = split, found

    def infos(self) -> list[GpuInfo]:
        """The device, then its instances."""
        return [self.device.info, *(instance.info for instance in self._instances.values())]

    def sample(self, now: float) -> list[GpuSample]:
        """The device, then its instances; those of a device that is lost are lost with it."""
        whole = self.device.sample(now)
        return [whole, *(instance.sample(now, whole.status) for instance in self._instances.values())]

    def gaps(self) -> list[Gap]:
        """Every metric that is absent now."""
        return [gap for part in self._parts() for gap in part.gaps()]

    def close(self) -> None:
        """Free the driver's buffers."""
        for part in self._parts():
            part.close()

    def _parts(self) -> list[NvmlDevice | MigInstance]:
        return [self.device, *self._instances.values()]


def open_board(driver: Driver, index: int, version: str | None, cuda: str | None = None) -> Board:
    """The device of this index; raises CallError or DeviceLostError where it cannot be had."""
    handle = driver.call("nvmlDeviceGetHandleByIndex", index)
    uuid = str(driver.call("nvmlDeviceGetUUID", handle))
    calls = DeviceCalls(driver, handle, uuid)
    name = calls.ask("name", ("nvmlDeviceGetName", ()))
    pci = calls.ask("bus_id", ("nvmlDeviceGetPciInfo_v3", ()), ("nvmlDeviceGetPciInfo", ()))
    minor = calls.ask("minor", ("nvmlDeviceGetMinorNumber", ()))
    bus_id = None if pci is None else str(pci.busId)
    info = GpuInfo(index, uuid, name or UNNAMED, bus_id=bus_id, minor=minor, driver=version, cuda=cuda)
    device = NvmlDevice(calls, info)
    device.describe()
    return Board(device)


def find_instances(device: NvmlDevice, known: Mapping[str, MigInstance]) -> dict[str, MigInstance]:
    """The MIG instances of a device by UUID, in the driver's order; holes in the numbering are usual.

    Raises DeviceLostError.
    """
    calls = device.calls
    most = calls.ask("mig", ("nvmlDeviceGetMaxMigDeviceCount", ())) or 0
    found: dict[str, MigInstance] = {}
    for number in range(most):
        try:
            handle = calls.driver.call("nvmlDeviceGetMigDeviceHandleByIndex", calls.handle, number)
            uuid = str(calls.driver.call("nvmlDeviceGetUUID", handle))
            found[uuid] = known.get(uuid) or _instance(device, DeviceCalls(calls.driver, handle, uuid), number)
        except CallError as failure:
            check_alive(failure.why)
    return found


def _instance(device: NvmlDevice, calls: DeviceCalls, number: int) -> MigInstance:
    gpu_instance = int(calls.driver.call("nvmlDeviceGetGpuInstanceId", calls.handle))
    memory = calls.ask("memory_used", ("nvmlDeviceGetMemoryInfo", ()))
    info = replace(
        device.info,
        uuid=calls.uuid,
        name=calls.ask("name", ("nvmlDeviceGetName", ())) or f"{device.info.name} MIG",
        instance=number,
        parent_uuid=device.info.uuid,
        memory_total=None if memory is None else int(memory.total),
        power_limit=None,
    )
    return MigInstance(calls, info, DeviceCalls(calls.driver, device.calls.handle, calls.uuid), gpu_instance)
