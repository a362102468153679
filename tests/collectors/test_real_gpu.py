"""The NVML backend on a real NVIDIA device, compared with nvidia-smi. Skipped with its reason where there is none."""

from __future__ import annotations

import csv
import os
import shutil
import subprocess
import time
from collections.abc import Iterator, Mapping

import pytest

from collectors.backend import BackendUnavailable, GpuSample
from collectors.nvml import NvmlBackend
from tests.collectors.running import DEADLINE, Running

pytestmark = pytest.mark.gpu

MIB = 1 << 20
WAITING = (0.0, 0.15, 0.3)
"""Moments of three samples: GPM needs two, a tenth of a second apart."""


@pytest.fixture
def backend() -> Iterator[NvmlBackend]:
    """The devices of this machine."""
    nvml = NvmlBackend()
    try:
        nvml.open(0.0)
    except BackendUnavailable as unavailable:
        pytest.skip(f"no NVIDIA GPU here: {unavailable}")
    yield nvml
    nvml.close()


def nvidia_smi(*fields: str) -> list[Mapping[str, str]]:
    """What nvidia-smi says of each device, by field."""
    if shutil.which("nvidia-smi") is None:
        pytest.skip("nvidia-smi is not installed")
    command = ["nvidia-smi", f"--query-gpu={','.join(fields)}", "--format=csv,noheader,nounits"]
    shown = subprocess.run(command, capture_output=True, text=True, check=True, timeout=60)
    return list(csv.DictReader(shown.stdout.splitlines(), fieldnames=fields, skipinitialspace=True))


def sampled(backend: NvmlBackend) -> list[GpuSample]:
    """The whole devices after some ticks."""
    samples: list[GpuSample] = []
    begun = time.monotonic()
    for moment in WAITING:
        time.sleep(max(0.0, begun + moment - time.monotonic()))
        samples = [sample for sample in backend.sample(time.monotonic()) if sample.instance is None]
    return samples


def number(text: str) -> float | None:
    """A value of nvidia-smi; None for ``[N/A]``."""
    try:
        return float(text)
    except ValueError:
        return None


def test_devices_are_those_of_nvidia_smi(backend: NvmlBackend) -> None:
    infos = [info for info in backend.infos() if info.instance is None]
    rows = nvidia_smi("index", "uuid", "name", "pci.bus_id", "driver_version")
    assert [(str(info.index), info.uuid, info.name, info.driver) for info in infos] == [
        (row["index"], row["uuid"], row["name"], row["driver_version"]) for row in rows
    ]
    assert [(info.bus_id or "").upper() for info in infos] == [row["pci.bus_id"].upper() for row in rows]


def test_what_stands_still_is_equal(backend: NvmlBackend) -> None:
    for info, row in zip(
        [info for info in backend.infos() if info.instance is None],
        nvidia_smi("memory.total", "power.limit"),
        strict=True,
    ):
        total, limit = number(row["memory.total"]), number(row["power.limit"])
        assert total is None or info.memory_total == pytest.approx(total * MIB, abs=MIB)
        assert limit is None or info.power_limit == pytest.approx(limit, abs=0.02)


def test_what_moves_is_near(backend: NvmlBackend) -> None:
    fields = ("memory.used", "temperature.gpu", "temperature.memory", "power.draw", "clocks.max.sm")
    for sample, row in zip(sampled(backend), nvidia_smi(*fields), strict=True):
        used, heat, memory_heat, power, fastest = (number(row[field]) for field in fields)
        values = sample.values
        assert used is None or values["memory_used"] == pytest.approx(used * MIB, abs=1024 * MIB)
        assert heat is None or values["temperature"] == pytest.approx(heat, abs=10)
        assert memory_heat is None or values["temperature_memory"] == pytest.approx(memory_heat, abs=10)
        assert power is None or values["power"] == pytest.approx(power, rel=0.5, abs=30)
        assert fastest is None or 0 < values["sm_clock"] <= fastest
        assert 0 <= values.get("util", 0) <= 100


def test_gpm_is_there_on_hopper_and_later_and_nowhere_else(backend: NvmlBackend) -> None:
    gaps = {(gap.uuid, gap.metric) for gap in backend.gaps()}
    for sample, row in zip(sampled(backend), nvidia_smi("compute_cap"), strict=True):
        capability = number(row["compute_cap"])
        if capability is not None and capability < 9:
            assert (sample.uuid, "gpm") in gaps
            assert "sm_active" not in sample.values
        elif (sample.uuid, "gpm") not in gaps:
            assert 0 <= sample.values["sm_active"] <= 100
            assert 0 <= sample.values["tensor_active"] <= 100


def test_energy_grows_as_power_says(backend: NvmlBackend) -> None:
    first = sampled(backend)
    begun = time.monotonic()
    time.sleep(5.2)
    for before, after in zip(first, sampled(backend), strict=True):
        joules = after.values["energy"] - before.values["energy"]
        watts = joules / (time.monotonic() - begun)
        assert watts == pytest.approx(after.values["power"], rel=0.6, abs=40)


def test_the_sampler_speaks_of_this_device(backend: NvmlBackend) -> None:
    with Running("--once", "--run-pid", str(os.getpid())) as sampler:
        sample = sampler.sample()
        assert sampler.process.wait(DEADLINE) == 0
    assert [gpu.uuid for gpu in sample.gpus] == [info.uuid for info in backend.infos()]
    assert all(gpu.values["memory_total"] > 0 for gpu in sample.gpus)
