"""What figures belong to: the machine, the versions and the day; never whose machine it is."""

from __future__ import annotations

import os
import platform
from collections.abc import Iterator, Mapping
from datetime import UTC, datetime
from importlib import metadata
from pathlib import Path

import psutil

PACKAGES = ("orjson", "numpy", "textual", "watchfiles", "psutil", "nvidia-ml-py", "plotext")


def machine() -> Mapping[str, str]:
    """The machine, the versions and the day that the figures belong to."""
    versions = ", ".join(f"{package} {metadata.version(package)}" for package in PACKAGES)
    memory = f"{psutil.virtual_memory().total / 2**30:.0f} GiB"
    system = f"{platform.system()} {platform.release().partition('-')[0]}, Python {platform.python_version()}"
    return {
        "machine": f"{_processor()}, {os.cpu_count()} cores, {memory}, {system}",
        "versions": f"runwatch {metadata.version('runwatch')}, {versions}",
        "date": f"{datetime.now(UTC):%Y-%m-%d}",
    }


def _processor() -> str:
    """The processor's name, or that of its architecture."""
    try:
        lines: Iterator[str] = iter(Path("/proc/cpuinfo").read_text().splitlines())
    except OSError:
        return platform.machine()
    names = (line.partition(":")[2].strip() for line in lines if line.startswith("model name"))
    return next(names, platform.machine())
