"""What we say of each device beside what ``nvidia-smi --query-gpu`` says at nearly the same moment."""

from __future__ import annotations

import csv
import shutil
import subprocess
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from benchmarks.gpu_calls import PAUSE
from collectors.backend import GpuSample
from collectors.nvml import NvmlBackend

MIB = float(1 << 20)
FIELDS = {
    "utilization.gpu": ("util", 1.0, "%"),
    "memory.used": ("memory_used", MIB, "MiB"),
    "memory.total": ("memory_total", MIB, "MiB"),
    "power.draw": ("power", 1.0, "W"),
    "enforced.power.limit": ("power_limit", 1.0, "W"),
    "temperature.gpu": ("temperature", 1.0, "°C"),
    "temperature.memory": ("temperature_memory", 1.0, "°C"),
    "clocks.sm": ("sm_clock", 1.0, "MHz"),
    "clocks.mem": ("memory_clock", 1.0, "MHz"),
    "fan.speed": ("fan", 1.0, "%"),
    "ecc.errors.uncorrected.volatile.total": ("ecc_uncorrected", 1.0, ""),
}
"""Field of nvidia-smi: our metric, its divisor to their unit, and the unit."""


@dataclass(frozen=True, slots=True)
class Pair:
    """One metric of one device, from both; None where one does not say."""

    device: str
    metric: str
    ours: float | None
    theirs: float | None
    unit: str


def compare() -> list[Pair] | str:
    """Every metric of every device, or why nvidia-smi said nothing. Raises BackendUnavailable."""
    if shutil.which("nvidia-smi") is None:
        return "nvidia-smi is not installed here."
    backend = NvmlBackend()
    now = time.monotonic()
    backend.open(now)
    backend.sample(now)
    time.sleep(PAUSE)
    samples = {sample.uuid: sample for sample in backend.sample(now + PAUSE) if sample.instance is None}
    backend.close()
    try:
        rows = ask()
    except (OSError, subprocess.SubprocessError) as failure:
        return f"nvidia-smi did not answer: {failure}"
    return [pair for row in rows if row["uuid"] in samples for pair in _pairs(samples[row["uuid"]], row)]


def ask() -> Sequence[Mapping[str, str]]:
    """What nvidia-smi says, by field."""
    fields = ["uuid", *FIELDS]
    command = ["nvidia-smi", f"--query-gpu={','.join(fields)}", "--format=csv,noheader,nounits"]
    shown = subprocess.run(command, capture_output=True, text=True, check=True, timeout=120)
    return list(csv.DictReader(shown.stdout.splitlines(), fieldnames=fields, skipinitialspace=True))


def _pairs(sample: GpuSample, row: Mapping[str, str]) -> list[Pair]:
    found = []
    for field, (metric, divisor, unit) in FIELDS.items():
        ours, theirs = sample.values.get(metric), _number(row[field] or "")
        if ours is not None or theirs is not None:
            found.append(Pair(sample.label, metric, None if ours is None else ours / divisor, theirs, unit))
    return found


def _number(text: str) -> float | None:
    """A value; None for ``[N/A]`` and its like."""
    try:
        return float(text)
    except ValueError:
        return None
