"""The process that talks to the drivers: ``python -m collectors.gpu_process``, started by ``collectors.gpu_source``.

A driver call can block for ever or crash, so this process does nothing else. It says hello, or that there is no GPU
and ends; then it answers each line on its standard input with one sample line. It ends when its input does, and
with its parent. All calls to a driver come from its one thread.
"""

from __future__ import annotations

import contextlib
import ctypes
import os
import signal
import sys
import time
from collections.abc import Callable, Iterable, Sequence
from dataclasses import replace

from collectors.amd import AmdBackend
from collectors.backend import BackendUnavailable, Gap, GpuBackend, GpuEvent, GpuInfo, GpuSample
from collectors.nvml import NvmlBackend
from collectors.protocol import encode
from collectors.samples import Hello, Line, Sample, StateLine

PR_SET_PDEATHSIG = 1
RETRY = 60.0
"""Seconds between two tries to open a vendor's devices while another vendor's are open."""


class Vendor:
    """One vendor's backend while it is open, and the reason while it is not."""

    def __init__(self, make: Callable[[], GpuBackend]) -> None:
        self._make = make
        self._due = 0.0
        self.backend: GpuBackend | None = None
        self.why = ""

    def open(self, now: float) -> None:
        """Open the devices, if they are not open and it is time to try."""
        if self.backend is None and now >= self._due:
            self._due = now + RETRY
            backend = self._make()
            try:
                backend.open(now)
            except BackendUnavailable as refused:
                self.why = str(refused)
            else:
                self.backend = backend

    def sample(self, now: float) -> Sequence[GpuSample]:
        """What its devices do now; nothing where they are not open."""
        self.open(now)
        if self.backend is None:
            return ()
        try:
            return self.backend.sample(now)
        except BackendUnavailable as gone:
            self.backend, self.why, self._due = None, str(gone), now + RETRY
            return ()


class Devices:
    """The devices of every vendor in one numbering: a vendor's indices begin where those before it end."""

    def __init__(self, makers: Sequence[Callable[[], GpuBackend]], now: float) -> None:
        """Raises BackendUnavailable where there is none; its text holds each vendor's reason."""
        self._vendors = [Vendor(make) for make in makers]
        for vendor in self._vendors:
            vendor.open(now)
        self._check()

    def _check(self) -> None:
        if not any(self._opened()):
            raise BackendUnavailable("; ".join(vendor.why for vendor in self._vendors if vendor.why))

    def _opened(self) -> list[GpuBackend]:
        return [vendor.backend for vendor in self._vendors if vendor.backend is not None]

    def infos(self) -> tuple[GpuInfo, ...]:
        """Every device known now."""
        shown: list[GpuInfo] = []
        for backend in self._opened():
            base = _next_index(shown)
            shown += [replace(info, index=info.index + base) for info in backend.infos()]
        return tuple(shown)

    def sample(self, now: float) -> tuple[GpuSample, ...]:
        """Read every device; raises BackendUnavailable when none is left."""
        shown: list[GpuSample] = []
        for vendor in self._vendors:
            base = _next_index(shown)
            shown += [replace(row, index=row.index + base) if base else row for row in vendor.sample(now)]
        self._check()
        return tuple(shown)

    def gaps(self) -> tuple[Gap, ...]:
        """Every metric that is absent now."""
        return tuple(gap for backend in self._opened() for gap in backend.gaps())

    def events(self) -> tuple[GpuEvent, ...]:
        """What the drivers reported since the last call."""
        return tuple(event for backend in self._opened() for event in backend.events())

    def close(self) -> None:
        """Give back what was taken."""
        for backend in self._opened():
            backend.close()


def _next_index(shown: Sequence[GpuInfo | GpuSample]) -> int:
    return max((row.index + 1 for row in shown), default=0)


def serve(
    requests: Iterable[object], write: Callable[[Line], None], makers: Sequence[Callable[[], GpuBackend]]
) -> None:
    """Answer each request with a sample until there are no more, or until there is no device any more."""
    try:
        devices = Devices(makers, time.monotonic())
        infos = _greet(devices, None, write)
        for _ in requests:
            gpus = devices.sample(time.monotonic())
            infos = _greet(devices, infos, write)
            write(Sample(time.time(), gpus=gpus, gaps=devices.gaps(), events=devices.events()))
        devices.close()
    except BackendUnavailable as gone:
        write(StateLine(time.time(), "unavailable", str(gone)))


def _greet(devices: Devices, before: tuple[GpuInfo, ...] | None, write: Callable[[Line], None]) -> tuple[GpuInfo, ...]:
    """Say which devices there are, if they are others than before."""
    infos = devices.infos()
    if infos != before:
        write(Hello(time.time(), os.uname().nodename, os.getpid(), infos))
    return infos


def die_with_parent() -> None:
    """Ask the kernel to kill us when the process that started us ends, also while a driver call hangs (Linux)."""
    if sys.platform == "linux":
        ctypes.CDLL(None).prctl(PR_SET_PDEATHSIG, signal.SIGKILL, 0, 0, 0)


def main() -> None:
    """Serve on standard input and output; leaves without the interpreter's and the driver's own tidying up."""
    die_with_parent()
    signal.signal(signal.SIGINT, signal.SIG_IGN)

    def write(line: Line) -> None:
        os.write(1, encode(line))

    with contextlib.suppress(BrokenPipeError):
        serve(sys.stdin.buffer, write, (NvmlBackend, AmdBackend))
    os._exit(0)


if __name__ == "__main__":
    main()
