"""XID and ECC errors as the driver reports them, only those after we began to listen.

nvml.h: an event set, each device registered for the types that it supports, then waiting with a time-out of zero.
"""

from __future__ import annotations

import contextlib
import ctypes
import time
from collections.abc import Iterable
from typing import Any

from collectors.backend import Gap, GpuEvent
from collectors.nvml_calls import PERMANENT, CallError, DeviceCalls, Driver

KINDS = {0x8: "xid", 0x2: "ecc uncorrected", 0x1: "ecc corrected"}
WANTED = 0x8 | 0x2
"""Corrected errors come in storms and are counted anyway: not asked for."""
MOST_AT_ONCE = 64


class EventSet:
    """Listens on the devices it was given; whatever fails leaves a gap and no events."""

    def __init__(self, driver: Driver, devices: Iterable[DeviceCalls]) -> None:
        self._driver = driver
        self._uuids: dict[int | None, str] = {}
        self._gaps: list[Gap] = []
        self._set: Any = None
        try:
            self._set = driver.call("nvmlEventSetCreate")
        except CallError as failure:
            self._gaps.append(Gap("*", "events", failure.why))
            return
        for device in devices:
            self._register(device)

    def _register(self, device: DeviceCalls) -> None:
        try:
            supported = self._driver.call("nvmlDeviceGetSupportedEventTypes", device.handle)
            self._driver.call("nvmlDeviceRegisterEvents", device.handle, supported & WANTED, self._set)
        except CallError as failure:
            self._gaps.append(Gap(device.uuid, "events", failure.why))
            return
        self._uuids[_address(device.handle)] = device.uuid

    def poll(self) -> list[GpuEvent]:
        """What was reported since the last call; at most ``MOST_AT_ONCE``, the rest next time."""
        events: list[GpuEvent] = []
        while self._uuids and len(events) < MOST_AT_ONCE:
            try:
                data = self._driver.call("nvmlEventSetWait_v2", self._set, 0)
            except CallError as failure:
                self._give_up(failure.why)
                break
            kind = KINDS.get(int(data.eventType), f"event {int(data.eventType):#x}")
            events.append(GpuEvent(time.time(), self._uuid(data.device), kind, int(data.eventData)))
        return events

    def _give_up(self, why: str) -> None:
        """Listen no more where the driver cannot; that nothing happened yet is no failure."""
        if why in PERMANENT:
            self._gaps.append(Gap("*", "events", why))
            self._uuids = {}

    def _uuid(self, handle: Any) -> str:
        """Whose event it is; a handle that we did not register is asked for its name."""
        known = self._uuids.get(_address(handle))
        if known is not None:
            return known
        try:
            return str(self._driver.call("nvmlDeviceGetUUID", handle))
        except CallError:
            return "?"

    def gaps(self) -> list[Gap]:
        """The devices that report no events, and why."""
        return self._gaps

    def close(self) -> None:
        """Free the event set; raises nothing."""
        if self._set is not None:
            with contextlib.suppress(CallError):
                self._driver.call("nvmlEventSetFree", self._set)
        self._set, self._uuids = None, {}


def _address(handle: Any) -> int | None:
    return ctypes.cast(handle, ctypes.c_void_p).value
