"""The processes on an NVIDIA device: memory and share of the multiprocessors of each.

The lists have two layouts in use, asked newest first by name; calling the unversioned function would raise outside
NVML's own errors on an older driver. Memory is None where the driver does not know it (MIG, containers). Utilisation
comes as samples since a moment, each process at moments of its own up to a second apart, so a window is asked for and
the newest sample of each process counts; "not found" means that there were none, so the process idled.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import replace
from typing import Any

from collectors.backend import GpuProcess
from collectors.nvml_calls import PERMANENT, Call, CallError, DeviceCalls, check_alive

NO_SAMPLES = frozenset({"NotFound", "code 0"})
"""``code 0``: nvidia-ml-py raises NVMLError(success) where the driver answers the question for the size so."""

WINDOW = 2.0
"""Seconds that a question about utilisation looks back: longer than the driver's longest period between two samples of
a process. Asked from the newest stamp seen, a process that was sampled before its neighbour would seem to idle."""
NOBODY = 0
"""The pid in the rows that a driver hands out without having filled them."""


def _listing(kind: str) -> tuple[Call, ...]:
    return tuple((f"nvmlDeviceGet{kind}RunningProcesses_{version}", ()) for version in ("v3", "v2"))


COMPUTE = _listing("Compute")
OTHERS = {"graphics": _listing("Graphics"), "mps": _listing("MPSCompute")}
UTILISATION = ("nvmlDeviceGetProcessUtilization", "nvmlDeviceGetProcessesUtilizationInfo")


class ProcessReader:
    """Reads the compute processes at every tick and the graphics and MPS ones when told to."""

    def __init__(self, calls: DeviceCalls, *, utilisation: bool = True, clock: Callable[[], float] = time.time) -> None:
        """``clock`` gives seconds since the epoch, as the driver stamps its samples."""
        self._calls = calls
        self._others: dict[int, GpuProcess] = {}
        self._functions = list(UTILISATION) if utilisation else []
        self._clock = clock

    def read(self, *, slow: bool) -> tuple[GpuProcess, ...] | None:
        """The processes by pid; None where the driver does not say. Raises DeviceLostError, BackendUnavailable."""
        rows = self._calls.ask("processes", *COMPUTE)
        if slow:
            self._others = {}
            for kind, listing in OTHERS.items():
                self._others.update(_processes(self._calls.ask(f"processes_{kind}", *listing) or (), kind))
        if rows is None:
            return tuple(self._others.values()) or None
        found = self._others | _processes(rows, "compute")
        shares = self._shares() if found else None
        if shares is not None:
            found = {pid: replace(process, sm=shares.get(pid, 0.0)) for pid, process in found.items()}
        return tuple(sorted(found.values(), key=lambda process: process.pid))

    def _shares(self) -> dict[int, float] | None:
        """Per cent of the multiprocessors by pid of late; None where the driver does not say."""
        since = int((self._clock() - WINDOW) * 1e6)
        while self._functions:
            try:
                rows = self._calls.driver.call(self._functions[0], self._calls.handle, since)
                self._calls.note("process_sm", None)
                return self._newest(rows, since)
            except CallError as failure:
                if failure.why in NO_SAMPLES:
                    self._calls.note("process_sm", None)
                    return {}
                check_alive(failure.why)
                self._calls.note("process_sm", failure.why)
                if failure.why not in PERMANENT:
                    return None
                del self._functions[0]
        return None

    def _newest(self, rows: Any, since: int) -> dict[int, float]:
        """The latest sane share of each pid; drivers return old rows, empty ones and rows above 100 % too."""
        sane = [row for row in rows if row.pid != NOBODY and row.smUtil <= 100 and row.timeStamp > since]
        return {int(row.pid): float(row.smUtil) for row in sorted(sane, key=lambda row: int(row.timeStamp))}


def _processes(rows: Any, kind: str) -> dict[int, GpuProcess]:
    return {int(row.pid): GpuProcess(int(row.pid), row.usedGpuMemory, None, kind) for row in rows}
