"""A Python object in the place of NVML's library: no compiler needed, live changes, one process.

nvidia-ml-py's own wrappers still run on it: packing of arguments, versions of structs, the two calls for a size and
the mapping of errors, so their traps are under test too. Only dlopen and the real layout of memory are not.

``with installed(PyFakeNvml(gpus=2)) as nvml: nvml.gpus[0].update(power=350_000, fan=Err(3))``
"""

from __future__ import annotations

import contextlib
import ctypes as C  # noqa: N812 - as ctypes' own documentation has it
import time
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

import pynvml

NOT_SUPPORTED, NO_PERMISSION, DRIVER_NOT_LOADED, GPU_IS_LOST, RESET_REQUIRED, UNKNOWN = 3, 4, 9, 15, 16, 999
SMALL, NOT_FOUND, INVALID, TIMEOUT, BAD_VERSION, UNINITIALIZED = 7, 6, 2, 10, 25, 1


@dataclass(frozen=True)
class Err:
    """In the place of a value: the call fails with this code."""

    code: int


class _FailedError(Exception):
    pass


def board(index: int) -> dict[str, Any]:
    """The values of an idle board like an H100 SXM; any of them may be an Err."""
    return {
        "name": b"NVIDIA H100 80GB HBM3", "uuid": b"GPU-%012x" % index, "bus": b"00000000:%02X:00.0" % (16 + index),
        "minor": index, "util": (0, 0), "memory": (80 << 30, 500 << 20, 1 << 30), "power": 70_000, "handle": 0,
        "power_limit": 700_000, "temperature": 35, "slowdown": 87, "margin": 52, "clocks": (1980, 1980, 2619, 1545),
        "reasons": 0, "energy": 5_000_000, "fan": Err(NOT_SUPPORTED), "ecc": (0, 0), "pstate": 0,
        "remapped": (0, 0, 0, 0),
        "processes": [], "graphics": [], "mps": [], "shares": [], "gpm": {}, "gpm_supported": 1, "links": 0,
        "fields": {82: 37, 230: 0}, "link_counts": (0, 0), "mig": Err(NOT_SUPPORTED), "instances": {}, "events": 0x1F,
    }  # fmt: skip


class PyFakeNvml:
    """The library. ``missing`` are the symbols that its driver does not export yet; ``calls`` counts every call."""

    def __init__(self, gpus: int = 1, missing: tuple[str, ...] = ()) -> None:
        self.gpus = [board(index) for index in range(gpus)]
        self.missing = frozenset(missing)
        self.calls: Counter[str] = Counter()
        self.init: int = 0
        self.count: int = 0
        self.events: list[tuple[int, int, int]] = []
        self.buffers: dict[int, Any] = {}
        self.empty_rows = 0
        """Rows of utilisation that the driver hands out without having filled them."""
        self.made = 0
        self._refused: dict[str, int] = {}

    def __getattr__(self, name: str) -> Callable[..., int]:
        if not name.startswith("nvml") or name in self.missing or name not in FUNCTIONS:
            raise AttributeError(name)

        def function(*arguments: Any) -> int:
            self.calls[name] += 1
            if name in self._refused:
                return self._refused[name]
            try:
                return FUNCTIONS[name](self, *arguments) or 0
            except _FailedError as failed:
                return int(failed.args[0])

        return function

    def refuse(self, name: str, code: int) -> None:
        """Let every call of this function fail with this code from now on."""
        self._refused[name] = code

    def find(self, handle: Any) -> dict[str, Any]:
        """The board of a handle: 1 is the first; 100 and up are MIG instances, 10 for each board."""
        number = C.cast(handle, C.c_void_p).value or 0
        if number >= 100:
            return dict(self.gpus[number // 10 - 10]["instances"][number % 10])
        if not 1 <= number <= len(self.gpus):
            raise _FailedError(INVALID)
        return self.gpus[number - 1]


def _target(reference: Any) -> Any:
    """What ``byref`` points at."""
    return getattr(reference, "_obj", reference)


def _number(value: Any) -> int:
    return int(getattr(value, "value", value))


def _point(reference: Any, number: int) -> None:
    C.cast(C.addressof(_target(reference)), C.POINTER(C.c_void_p))[0] = number


def _value(fake: PyFakeNvml, handle: Any, key: str) -> Any:
    value = fake.find(handle).get(key, Err(NOT_SUPPORTED))
    if isinstance(value, Err):
        raise _FailedError(value.code)
    return value


def _scalar(key: str) -> Callable[..., None]:
    def function(fake: PyFakeNvml, handle: Any, out: Any) -> None:
        _target(out).value = _value(fake, handle, key)

    return function


def _indexed(key: str) -> Callable[..., None]:
    def function(fake: PyFakeNvml, handle: Any, place: Any, *rest: Any) -> None:
        value = _value(fake, handle, key)[_number(place)]
        if isinstance(value, Err):
            raise _FailedError(value.code)
        _target(rest[-1]).value = value

    return function


def _text(key: str) -> Callable[..., None]:
    def function(fake: PyFakeNvml, handle: Any, out: Any, room: Any) -> None:
        out.value = _value(fake, handle, key)

    return function


def _processes(key: str) -> Callable[..., int]:
    def function(fake: PyFakeNvml, handle: Any, count: Any, rows: Any) -> int:
        processes = _value(fake, handle, key)
        room, _target(count).value = _target(count).value, len(processes)
        if processes and (rows is None or room < len(processes)):
            return SMALL
        for row, (pid, memory) in zip(rows or (), processes, strict=False):
            row.pid, row.usedGpuMemory = pid, memory
        return 0

    return function


def _init(fake: PyFakeNvml, *_: Any) -> int:
    return fake.init


def _count(fake: PyFakeNvml, out: Any) -> int:
    _target(out).value = len(fake.gpus)
    return fake.count


def _handle(fake: PyFakeNvml, index: Any, out: Any) -> None:
    if _number(index) >= len(fake.gpus):
        raise _FailedError(INVALID)
    _value(fake, C.c_void_p(_number(index) + 1), "handle")
    _point(out, _number(index) + 1)


def _handle_by_uuid(fake: PyFakeNvml, uuid: Any, out: Any) -> None:
    for index, gpu in enumerate(fake.gpus):
        if gpu["uuid"] == uuid.value:
            return _handle(fake, index, out)
    raise _FailedError(NOT_FOUND)


def _pci(fake: PyFakeNvml, handle: Any, out: Any) -> None:
    _target(out).busId = _value(fake, handle, "bus")


def _utilisation(fake: PyFakeNvml, handle: Any, out: Any) -> None:
    _target(out).gpu, _target(out).memory = _value(fake, handle, "util")


def _memory(fake: PyFakeNvml, handle: Any, out: Any) -> None:
    total, reserved, used = _value(fake, handle, "memory")
    _target(out).total, _target(out).used = total, used + reserved


def _memory_v2(fake: PyFakeNvml, handle: Any, out: Any) -> int:
    if _target(out).version != 0x2000028:
        return BAD_VERSION
    _target(out).total, _target(out).reserved, _target(out).used = _value(fake, handle, "memory")
    return 0


def _temperature(fake: PyFakeNvml, handle: Any, out: Any) -> None:
    _target(out).temperature = _value(fake, handle, "temperature")


def _old_temperature(fake: PyFakeNvml, handle: Any, sensor: Any, out: Any) -> None:
    _target(out).value = _value(fake, handle, "temperature")


def _threshold(fake: PyFakeNvml, handle: Any, kind: Any, out: Any) -> None:
    _target(out).value = _value(fake, handle, "slowdown")


def _margin(fake: PyFakeNvml, handle: Any, out: Any) -> None:
    _target(out).marginTemperature = _value(fake, handle, "margin")


def _remapped(fake: PyFakeNvml, handle: Any, *out: Any) -> None:
    for reference, value in zip(out, _value(fake, handle, "remapped"), strict=True):
        _target(reference).value = value


def _shares(fake: PyFakeNvml, handle: Any, rows: Any, count: Any, since: Any) -> int:
    shares = [row for row in _value(fake, handle, "shares") if row[2] > _number(since)]
    if rows is None:  # drivers always ask for room for 100 (go-nvml issue 11)
        _target(count).value = 100
        return SMALL
    if not shares:
        return NOT_FOUND
    for row, (pid, share, stamp) in zip(rows, shares, strict=False):
        row.pid, row.smUtil, row.timeStamp = pid, share, stamp
    _target(count).value = len(shares) + fake.empty_rows
    return 0


def _shares_info(fake: PyFakeNvml, handle: Any, out: Any) -> int:
    shares = _value(fake, handle, "shares_info")
    if not _target(out).procUtilArray:
        _target(out).processSamplesCount = len(shares)
        return SMALL
    for place, (pid, share, stamp) in enumerate(shares):
        row = _target(out).procUtilArray[place]
        row.pid, row.smUtil, row.timeStamp = pid, share, stamp
    return 0


def _fields(fake: PyFakeNvml, handle: Any, count: Any, rows: Any) -> None:
    links, counts = _value(fake, handle, "links"), _value(fake, handle, "link_counts")
    fields = {91: links, 138: counts[0], 139: counts[1], **_value(fake, handle, "fields")}
    for place in range(_number(count)):
        row = _target(rows)[place]
        value = fields.get(row.fieldId, Err(NOT_SUPPORTED))
        if isinstance(value, Err):
            row.nvmlReturn = value.code
        else:
            row.nvmlReturn, row.valueType, row.value.ullVal = 0, 3, value


def _gpm_support(fake: PyFakeNvml, handle: Any, out: Any) -> None:
    _target(out).isSupportedDevice = _value(fake, handle, "gpm_supported")


def _gpm_alloc(fake: PyFakeNvml, out: Any) -> None:
    fake.made += 1
    fake.buffers[fake.made] = None
    _point(out, fake.made)


def _gpm_free(fake: PyFakeNvml, sample: Any) -> None:
    del fake.buffers[C.cast(sample, C.c_void_p).value or 0]


def _gpm_take(fake: PyFakeNvml, handle: Any, sample: Any) -> None:
    fake.buffers[C.cast(sample, C.c_void_p).value or 0] = dict(_value(fake, handle, "gpm"))


def _gpm_take_instance(fake: PyFakeNvml, handle: Any, instance: Any, sample: Any) -> None:
    parts = _value(fake, handle, "instances")
    part = next((part for part in parts.values() if part["gi"] == _number(instance)), None)
    if part is None:
        raise _FailedError(INVALID)
    fake.buffers[C.cast(sample, C.c_void_p).value or 0] = dict(part.get("gpm", {}))


def _gpm_metrics(fake: PyFakeNvml, out: Any) -> None:
    request = _target(out)
    values = fake.buffers[C.cast(request.sample2, C.c_void_p).value or 0] or {}
    for place in range(request.numMetrics):
        row = request.metrics[place]
        row.nvmlReturn = 0 if row.metricId in values else NOT_SUPPORTED
        row.value = values.get(row.metricId, 0.0)


def _mig_mode(fake: PyFakeNvml, handle: Any, current: Any, pending: Any) -> None:
    _target(current).value = _target(pending).value = _value(fake, handle, "mig")


def _mig_most(fake: PyFakeNvml, handle: Any, out: Any) -> None:
    _target(out).value = 7


def _mig_handle(fake: PyFakeNvml, handle: Any, index: Any, out: Any) -> None:
    if _number(index) not in _value(fake, handle, "instances"):
        raise _FailedError(NOT_FOUND)
    parent = C.cast(handle, C.c_void_p).value or 0
    _point(out, 90 + parent * 10 + _number(index))


def _event_set(fake: PyFakeNvml, out: Any) -> None:
    _gpm_alloc(fake, out)


def _event_wait(fake: PyFakeNvml, events: Any, out: Any, timeout: Any) -> int:
    if not fake.events:
        return TIMEOUT
    index, kind, data = fake.events.pop(0)
    event = _target(out)
    event.device, event.eventType, event.eventData = C.cast(C.c_void_p(index + 1), type(event.device)), kind, data
    return 0


def _event_types(fake: PyFakeNvml, handle: Any, out: Any) -> None:
    _target(out).value = _value(fake, handle, "events")


def _driver_version(fake: PyFakeNvml, out: Any, room: Any) -> None:
    out.value = b"580.95.05"


def _nothing(fake: PyFakeNvml, *_: Any) -> int:
    return 0


FUNCTIONS: dict[str, Callable[..., int | None]] = {
    "nvmlInitWithFlags": _init,
    "nvmlShutdown": _nothing,
    "nvmlSystemGetDriverVersion": _driver_version,
    "nvmlDeviceGetCount_v2": _count,
    "nvmlDeviceGetHandleByIndex_v2": _handle,
    "nvmlDeviceGetHandleByUUID": _handle_by_uuid,
    "nvmlDeviceGetName": _text("name"),
    "nvmlDeviceGetUUID": _text("uuid"),
    "nvmlDeviceGetPciInfo_v3": _pci,
    "nvmlDeviceGetMinorNumber": _scalar("minor"),
    "nvmlDeviceGetUtilizationRates": _utilisation,
    "nvmlDeviceGetMemoryInfo": _memory,
    "nvmlDeviceGetMemoryInfo_v2": _memory_v2,
    "nvmlDeviceGetPowerUsage": _scalar("power"),
    "nvmlDeviceGetEnforcedPowerLimit": _scalar("power_limit"),
    "nvmlDeviceGetTemperatureV": _temperature,
    "nvmlDeviceGetTemperature": _old_temperature,
    "nvmlDeviceGetTemperatureThreshold": _threshold,
    "nvmlDeviceGetMarginTemperature": _margin,
    "nvmlDeviceGetClockInfo": _indexed("clocks"),
    "nvmlDeviceGetCurrentClocksEventReasons": _scalar("reasons"),
    "nvmlDeviceGetCurrentClocksThrottleReasons": _scalar("reasons"),
    "nvmlDeviceGetTotalEnergyConsumption": _scalar("energy"),
    "nvmlDeviceGetFanSpeed": _scalar("fan"),
    "nvmlDeviceGetPerformanceState": _scalar("pstate"),
    "nvmlDeviceGetTotalEccErrors": _indexed("ecc"),
    "nvmlDeviceGetRemappedRows": _remapped,
    "nvmlDeviceGetPcieThroughput": _nothing,
    "nvmlDeviceGetComputeRunningProcesses_v3": _processes("processes"),
    "nvmlDeviceGetComputeRunningProcesses_v2": _processes("processes"),
    "nvmlDeviceGetGraphicsRunningProcesses_v3": _processes("graphics"),
    "nvmlDeviceGetMPSComputeRunningProcesses_v3": _processes("mps"),
    "nvmlDeviceGetProcessUtilization": _shares,
    "nvmlDeviceGetProcessesUtilizationInfo": _shares_info,
    "nvmlDeviceGetFieldValues": _fields,
    "nvmlGpmQueryDeviceSupport": _gpm_support,
    "nvmlGpmSampleAlloc": _gpm_alloc,
    "nvmlGpmSampleFree": _gpm_free,
    "nvmlGpmSampleGet": _gpm_take,
    "nvmlGpmMigSampleGet": _gpm_take_instance,
    "nvmlGpmMetricsGet": _gpm_metrics,
    "nvmlDeviceGetMigMode": _mig_mode,
    "nvmlDeviceGetMaxMigDeviceCount": _mig_most,
    "nvmlDeviceGetMigDeviceHandleByIndex": _mig_handle,
    "nvmlDeviceGetGpuInstanceId": _scalar("gi"),
    "nvmlEventSetCreate": _event_set,
    "nvmlEventSetFree": _gpm_free,
    "nvmlDeviceGetSupportedEventTypes": _event_types,
    "nvmlDeviceRegisterEvents": _nothing,
    "nvmlEventSetWait_v2": _event_wait,
}


@contextlib.contextmanager
def installed(fake: PyFakeNvml) -> Iterator[PyFakeNvml]:
    """Let nvidia-ml-py call ``fake``; it caches function pointers for the process, so they are dropped."""
    before, pynvml.nvmlLib = pynvml.nvmlLib, fake
    pynvml._nvmlGetFunctionPointer_cache.clear()
    try:
        yield fake
    finally:
        pynvml.nvmlLib = before
        pynvml._nvmlGetFunctionPointer_cache.clear()


def stamp(seconds_ago: float = 0.0) -> int:
    """A time stamp as the driver writes it: microseconds since the epoch."""
    return int((time.time() - seconds_ago) * 1e6)
