from pathlib import Path

import pytest

from collectors.backend import Gap, GpuInfo, GpuSample
from collectors.samples import Hello, Sample, StateLine
from tui.checks.devices import check
from tui.machine.telemetry import Telemetry


def machine(*lines: Hello | Sample | StateLine) -> Telemetry:
    telemetry = Telemetry()
    for line in lines:
        telemetry.apply(line)
    return telemetry


def two_gpus(second: str = "ok", gaps: tuple[Gap, ...] = ()) -> Telemetry:
    names = [GpuInfo(i, f"GPU-{i}", "NVIDIA H100") for i in range(2)]
    samples = [GpuSample(i, f"GPU-{i}", "NVIDIA H100", status) for i, status in enumerate(["ok", second])]
    return machine(Hello(1.0, "box", 1, tuple(names)), Sample(2.0, gpus=tuple(samples), gaps=gaps))


def test_devices_that_answer_are_counted(tmp_path: Path) -> None:
    (found,) = check(two_gpus(), tmp_path)
    assert (found.status, found.what) == ("ok", "answers: 2 × NVIDIA H100")


def test_a_lost_device_fails_and_is_named(tmp_path: Path) -> None:
    found = check(two_gpus("lost"), tmp_path)[1]
    assert (found.name, found.status, found.what) == ("gpu 1", "fail", "lost")


def test_what_is_not_allowed_can_be_allowed(tmp_path: Path) -> None:
    gaps = (Gap("GPU-0", "nvlink_tx", "NoPermission"), Gap("GPU-0", "fan", "NotSupported"))
    found = check(two_gpus(gaps=gaps), tmp_path)[1]
    assert (found.status, found.what) == ("warn", "not allowed: nvlink_tx")


@pytest.mark.parametrize("lines", [(), (StateLine(1.0, "unavailable", "Driver Not Loaded"),)])
def test_a_machine_without_a_gpu_is_fine(tmp_path: Path, lines: tuple[StateLine, ...]) -> None:
    (found,) = check(machine(*lines), tmp_path)
    assert found.status == "ok"
    assert found.what.startswith("no GPU here (")


def test_a_device_whose_driver_does_not_answer_fails_with_why(tmp_path: Path) -> None:
    (tmp_path / "dev").mkdir()
    (tmp_path / "dev" / "nvidia0").touch()
    (found,) = check(machine(StateLine(1.0, "unavailable", "Driver/library version mismatch")), tmp_path)
    assert found.status == "fail"
    assert "Driver/library version mismatch" in found.what
    assert "nvidia-smi" in (found.advice or "")
