"""The machine of a run, from /proc: CPU model, cores, memory, and NVIDIA GPUs without a call into their library."""

from __future__ import annotations

import os
import re
from pathlib import Path

from logstore.processes import PROC, first_bytes

_CPU = re.compile(r"^(?:model name|Hardware|cpu model)\s*:\s*(.+)$", re.MULTILINE)
_MEMORY = re.compile(r"^MemTotal:\s*(\d+) kB$", re.MULTILINE)
_GPU = re.compile(r"^(Model|GPU UUID|Bus Location):\s*(.+?)\s*$", re.MULTILINE)
_GPU_KEYS = {"Model": "name", "GPU UUID": "uuid", "Bus Location": "bus"}


def describe_hardware(proc: Path = PROC) -> dict[str, object]:
    """CPU model, cores this process may use, memory in bytes and GPUs; what cannot be known is absent."""
    # Of /proc/cpuinfo only the start is read: it says the same for each of 256 cores, and asks every one of them.
    model = _CPU.search(first_bytes(proc / "cpuinfo") or "")
    memory = _MEMORY.search(first_bytes(proc / "meminfo") or "")
    known = {
        "cpu": model[1].strip() if model else None,
        "cores": _cores(),
        "memory": int(memory[1]) * 1024 if memory else None,
        "gpus": _gpus(proc) or None,
    }
    return {key: value for key, value in known.items() if value is not None}


def _cores() -> int | None:
    try:
        return len(os.sched_getaffinity(0))
    except (AttributeError, OSError):
        return os.cpu_count()


def _gpus(proc: Path) -> list[dict[str, str]]:
    """Name, UUID and bus address of each GPU, in the order of the bus."""
    try:
        places = sorted((proc / "driver/nvidia/gpus").iterdir())
    except OSError:
        return []
    found = (_GPU.findall(first_bytes(place / "information") or "") for place in places)
    gpus = [{_GPU_KEYS[key]: value for key, value in facts} for facts in found]
    return [gpu for gpu in gpus if gpu]
