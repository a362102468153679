import sys
from pathlib import Path

import pytest

from collectors.backend import GpuInfo, GpuSample
from collectors.protocol import encode
from collectors.samples import Hello, Sample, StateLine
from tui.machine.sampled import command, sample


def saying(tmp_path: Path, *lines: bytes, then: str = "") -> list[str]:
    """A sampler that prints ``lines`` and then runs a statement."""
    script = tmp_path / "sampler.py"
    script.write_text(f"import sys, time\nsys.stdout.buffer.write({b''.join(lines)!r})\nsys.stdout.flush()\n{then}\n")
    return [sys.executable, str(script)]


HELLO = encode(Hello(1.0, "box", 7, (GpuInfo(0, "GPU-0", "H100"),)))
SAMPLE = encode(Sample(2.0, {"cpu/percent": 38.0}, gpus=(GpuSample(0, "GPU-0", "H100", values={"util": 97.0}),)))


def test_what_the_sampler_says_is_what_is_known(tmp_path: Path) -> None:
    telemetry = sample(saying(tmp_path, HELLO, SAMPLE), 5.0)
    assert (telemetry.host_name, telemetry.gpu_state, telemetry.time) == ("box", "ok", 2.0)
    assert telemetry.host["cpu/percent"] == 38.0
    assert telemetry.gpus[0].values["util"] == 97.0


def test_lines_of_somebody_else_are_passed_over(tmp_path: Path) -> None:
    assert sample(saying(tmp_path, b"hello?\n", b'{"kind":"new"}\n', SAMPLE), 5.0).time == 2.0


def test_without_a_gpu_the_host_is_still_told(tmp_path: Path) -> None:
    state = encode(StateLine(1.0, "unavailable", "Driver Not Loaded"))
    telemetry = sample(saying(tmp_path, state, encode(Sample(2.0, {"cpu/percent": 5.0}))), 5.0)
    assert (telemetry.gpu_state, telemetry.why) == ("unavailable", "Driver Not Loaded")
    assert telemetry.host == {"cpu/percent": 5.0}


def test_a_sampler_that_hangs_is_given_up(tmp_path: Path) -> None:
    telemetry = sample(saying(tmp_path, HELLO, then="time.sleep(60)"), 5.0, patience=0.5)
    assert telemetry.gpu_state == "unavailable"
    assert telemetry.why.startswith("the driver did not answer in")


def test_a_sampler_that_fails_is_quoted(tmp_path: Path) -> None:
    telemetry = sample(saying(tmp_path, then="sys.exit('no\\x1b[31m such thing')"), 5.0)
    assert telemetry.why == "the sampler ended with 1: no␛[31m such thing"


@pytest.mark.parametrize("then", ["", "sys.exit(0)"])
def test_a_sampler_that_says_nothing_is_said(tmp_path: Path, then: str) -> None:
    assert sample(saying(tmp_path, then=then), 5.0).why == "the sampler said nothing"


def test_a_sampler_that_does_not_start_is_said() -> None:
    assert sample(["/nowhere/python"], 5.0).why.startswith("the sampler did not start: ")


def test_the_real_sampler_tells_of_this_host() -> None:
    telemetry = sample(command(0.2), 5.0)
    assert telemetry.host["memory/total"] > 0
    assert telemetry.host["cpu/percent"] >= 0
    assert telemetry.gpu_state in {"ok", "unavailable"}


def test_the_processes_of_runs_are_followed() -> None:
    assert command(0.5, [7, 9])[-6:] == ["--interval", "0.5", "--run-pid", "7", "--run-pid", "9"]
