"""``make gpu-check``: the whole of it over the driver in C, and its refusal where there is none."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path

import pytest

from benchmarks.gpu_check import main, run_tests
from benchmarks.gpu_compare import compare
from collectors import launch
from tests.collectors.fake_nvml.fake_nvml import DRIVER_NOT_LOADED, FakeNvml, compiler

PATIENCE = 150
"""Seconds for a check: half a dozen processes start one after the other, and others may use the machine."""
needs_cc = [
    pytest.mark.timeout(PATIENCE + 30),
    pytest.mark.needs_cc,
    pytest.mark.skipif(compiler() is None, reason="no C compiler here"),
]
NVIDIA_SMI = """#!/bin/sh
echo "{uuid}, 97, 71680, 81920, 612.30, 700.00, 64, 1980, 2619, [N/A], 0"
"""
HASTY = ("--ticks", "2", "--seconds", "0.2", "--rounds", "1", "--no-tests")


def check(nvml: FakeNvml, out: Path, *tools: Path, arguments: Sequence[str] = ()) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-m", "benchmarks.gpu_check", "--out", str(out), *HASTY, *arguments]
    environ = launch.environment(nvml.env(PATH=os.pathsep.join(map(str, tools))))
    return subprocess.run(command, env=environ, capture_output=True, text=True, timeout=PATIENCE, check=False)


class TestOverTheStub:
    pytestmark = needs_cc

    def test_everything_is_measured_and_kept(self, tmp_path: Path) -> None:
        tools = tmp_path / "bin"
        tools.mkdir()
        (tools / "nvidia-smi").write_text(NVIDIA_SMI.format(uuid=FakeNvml.uuid(0)))
        (tools / "nvidia-smi").chmod(0o755)
        out = tmp_path / "page.md"
        with FakeNvml(tmp_path, 2) as nvml:
            nvml[0].set(util_gpu=97, power=612_300, temp=64, mem_used=(70 << 30))
            done = check(nvml, out, tools)
        assert done.returncode == 0, done.stderr
        text = out.read_text()
        assert text == done.stdout
        lines = text.splitlines()
        assert "* GPUs: 2 × NVIDIA H100 80GB HBM3, driver 580.95.05" in lines
        assert "| 0 | power | 612.3 | 612.3 | W |" in lines
        assert "| 0 | temperature | 64 | 64 | °C |" in lines
        calls = {line.split("|")[1].strip(): line for line in lines if line.startswith("| `nvml")}
        assert {"`nvmlDeviceGetPowerUsage`", "`nvmlGpmMetricsGet`", "`nvmlEventSetWait_v2`"} <= calls.keys()
        assert "`nvmlDeviceGetPcieThroughput`" not in calls
        assert "| answered | 8 |" in calls["`nvmlDeviceGetPowerUsage`"], "two devices, twice two ticks"
        assert "| fan | NotSupported | 2 |" in lines
        assert [line.split("|")[1].strip() for line in lines if "|" in line][:4] == ["", "---", "a tick", "a slow tick"]
        assert sum(line.startswith(("| without |", "| with |")) for line in lines) == 2
        assert any(line.startswith("* meanwhile there worked: ") and "since PyTorch" in line for line in lines)
        assert "* processes that the driver lists: 0, 0 of them with ids that mean nobody here" in lines
        assert "* device files it has open: none" in lines
        assert "| 1 | temperature | 35 |" in lines
        assert "The sampler had no GPU" not in text

    def test_what_is_not_there_or_refuses_costs_its_part_alone(self, tmp_path: Path) -> None:
        (tmp_path / "nvidia-smi").write_text("#!/bin/sh\nexit 2\n")
        (tmp_path / "nvidia-smi").chmod(0o755)
        out = tmp_path / "docs" / "page.md"
        with FakeNvml(tmp_path) as nvml:
            done = check(nvml, out, tmp_path, arguments=("--python", str(tmp_path / "python")))
        assert done.returncode == 1
        text = out.read_text()
        assert "nvidia-smi did not answer: " in text
        assert f"* meanwhile there worked: nothing: {tmp_path / 'python'}: No such file or directory" in text
        assert f"The training could not be run: {tmp_path / 'python'}: No such file or directory" in text
        assert "| a slow tick | 2 |" in text

    def test_a_driver_that_is_not_loaded_is_one_line_and_no_page(self, tmp_path: Path) -> None:
        out = tmp_path / "page.md"
        with FakeNvml(tmp_path) as nvml:
            nvml[0].fail(DRIVER_NOT_LOADED, "init")
            done = check(nvml, out)
        assert done.returncode == 1
        assert done.stderr == "gpu-check: no NVIDIA GPU here: the NVIDIA driver is not loaded\n"
        assert not out.exists()


def test_without_nvidia_smi_nothing_stands_beside(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))
    assert compare() == "nvidia-smi is not installed here."


@pytest.mark.parametrize(
    ("body", "passes", "says"), [("assert True", True, "1 passed"), ("assert 0", False, "1 failed")]
)
def test_the_tests_count(tmp_path: Path, body: str, passes: bool, says: str) -> None:
    file = tmp_path / "test_it.py"
    file.write_text(f"def test_it():\n    {body}\n")
    done, line = run_tests(str(file))
    assert done is passes
    assert says in line


def test_a_page_is_never_written_by_hand_nor_without_a_gpu(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as caught:
        main(["--ticks", "many"])
    assert caught.value.code == 2
    assert "invalid int value" in capsys.readouterr().err
