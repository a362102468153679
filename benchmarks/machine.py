"""What figures belong to: machine, versions, day, and what others did meanwhile; never whose machine it is."""

from __future__ import annotations

import contextlib
import os
import platform
import time
from collections.abc import Iterator, Mapping
from datetime import UTC, datetime
from importlib import metadata
from pathlib import Path

import psutil

PACKAGES = ("orjson", "numpy", "textual", "watchfiles", "psutil", "nvidia-ml-py", "plotext")


def machine() -> Mapping[str, str]:
    """The machine, the versions and the day that the figures belong to."""
    memory = f"{psutil.virtual_memory().total / 2**30:.0f} GiB"
    system = f"{platform.system()} {platform.release().partition('-')[0]}, Python {platform.python_version()}"
    return {
        "machine": f"{_processor()}, {os.cpu_count()} cores, {memory}, {system}",
        "versions": ", ".join(_versions("runwatch", *PACKAGES)),
        "date": f"{datetime.now(UTC):%Y-%m-%d}",
    }


def _versions(*packages: str) -> Iterator[str]:
    """Those packages that are installed; a checkout runs without being installed itself."""
    for package in packages:
        with contextlib.suppress(metadata.PackageNotFoundError):
            yield f"{package} {metadata.version(package)}"


def _processor() -> str:
    """The processor's name, or that of its architecture."""
    try:
        lines: Iterator[str] = iter(Path("/proc/cpuinfo").read_text().splitlines())
    except OSError:
        return platform.machine()
    names = (line.partition(":")[2].strip() for line in lines if line.startswith("model name"))
    return next(names, platform.machine())


class Others:
    """How much others use the machine from now on."""

    def __init__(self) -> None:
        self._begun, self._busy, self._own = time.monotonic(), _busy(), _own()

    def cores(self) -> float:
        """Cores in use by others, on average; what we started counts as ours once it was waited for."""
        seconds = time.monotonic() - self._begun
        return max(0.0, (_busy() - self._busy) - (_own() - self._own)) / max(seconds, 1e-9)

    @staticmethod
    def note(cores: float) -> str:
        """The same in words."""
        return f"meanwhile others used {cores:.1f} of {os.cpu_count()} cores"


def _busy() -> float:
    """Processor time that everybody has spent, in seconds."""
    times = psutil.cpu_times()
    return float(sum(times) - times.idle - getattr(times, "iowait", 0.0) - getattr(times, "guest", 0.0))


def _own() -> float:
    """Processor time of this process and of the children that it waited for."""
    times = os.times()
    return times.user + times.system + times.children_user + times.children_system
