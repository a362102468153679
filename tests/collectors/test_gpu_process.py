from __future__ import annotations

import os
import subprocess
from collections.abc import Iterable, Sequence
from pathlib import Path

from collectors import launch
from collectors.backend import BackendUnavailable, Gap, GpuBackend, GpuEvent, GpuInfo, GpuSample
from collectors.gpu_process import RETRY, Devices, serve
from collectors.nvml import NvmlBackend
from collectors.protocol import decode
from collectors.samples import Hello, Line, Sample, StateLine
from tests.collectors.pyfake_nvml import DRIVER_NOT_LOADED, Err, PyFakeNvml, installed


class Boards:
    """A vendor with some devices, that may refuse to open or go away."""

    def __init__(self, vendor: str, count: int, refusal: str = "") -> None:
        self.vendor, self.count, self.refusal, self.closed, self.opened = vendor, count, refusal, 0, 0

    def open(self, now: float) -> None:
        self.opened += 1
        if self.refusal:
            raise BackendUnavailable(self.refusal)

    def infos(self) -> Sequence[GpuInfo]:
        return [GpuInfo(index, f"{self.vendor}-{index}", "board", self.vendor) for index in range(self.count)]

    def sample(self, now: float) -> Sequence[GpuSample]:
        if self.refusal:
            raise BackendUnavailable(self.refusal)
        return [GpuSample(index, f"{self.vendor}-{index}", "board") for index in range(self.count)]

    def events(self) -> Sequence[GpuEvent]:
        return [GpuEvent(1.0, f"{self.vendor}-0", "xid", 1)]

    def gaps(self) -> Sequence[Gap]:
        return [Gap(f"{self.vendor}-0", "fan", "NotSupported")]

    def close(self) -> None:
        self.closed += 1


def served(requests: Iterable[object], *vendors: Boards) -> list[Line]:
    lines: list[Line] = []
    serve(requests, lines.append, [lambda vendor=vendor: vendor for vendor in vendors])  # type: ignore[misc]
    return lines


def test_hello_and_then_an_answer_to_each_request() -> None:
    boards = Boards("a", 2)
    hello, first, second = served(range(2), boards)
    assert isinstance(hello, Hello)
    assert [info.uuid for info in hello.gpus] == ["a-0", "a-1"]
    assert isinstance(first, Sample)
    assert isinstance(second, Sample)
    assert [gpu.uuid for gpu in first.gpus] == ["a-0", "a-1"]
    assert (first.gaps[0].metric, first.events[0].kind) == ("fan", "xid")
    assert boards.closed == 1


def test_no_device_is_said_with_every_reason() -> None:
    (line,) = served(range(5), Boards("a", 1, "no driver"), Boards("b", 1, "no card"))
    assert isinstance(line, StateLine)
    assert (line.gpu, line.why) == ("unavailable", "no driver; no card")


def test_two_vendors_share_one_numbering() -> None:
    hello, sample = served(range(1), Boards("a", 2), Boards("b", 1))
    assert isinstance(hello, Hello)
    assert isinstance(sample, Sample)
    assert [(info.index, info.uuid) for info in hello.gpus] == [(0, "a-0"), (1, "a-1"), (2, "b-0")]
    assert [(gpu.index, gpu.uuid) for gpu in sample.gpus] == [(0, "a-0"), (1, "a-1"), (2, "b-0")]


def test_devices_that_change_are_told_before_their_values() -> None:
    boards = Boards("a", 1)

    def requests() -> Iterable[int]:
        yield 1
        boards.count = 2
        yield 2

    kinds = [type(line) for line in served(requests(), boards)]
    assert kinds == [Hello, Sample, Hello, Sample]


def test_vendor_that_goes_away_is_tried_again_while_the_other_goes_on() -> None:
    gone, stays = Boards("a", 1), Boards("b", 1)
    makers: list[type[GpuBackend]] = []
    devices = Devices([lambda: gone, lambda: stays, *makers], 0.0)
    gone.refusal = "unloaded"
    assert [gpu.uuid for gpu in devices.sample(1.0)] == ["b-0"]
    assert [gpu.uuid for gpu in devices.sample(RETRY)] == ["b-0"]
    gone.refusal = ""
    assert [gpu.uuid for gpu in devices.sample(2 * RETRY + 1)] == ["a-0", "b-0"]


def test_driver_that_goes_away_ends_the_service() -> None:
    with installed(PyFakeNvml(1)) as nvml:
        lines: list[Line] = []

        def requests() -> Iterable[int]:
            yield 1
            nvml.gpus[0]["util"] = Err(DRIVER_NOT_LOADED)
            yield 2
            raise AssertionError("it went on")

        serve(requests(), lines.append, [NvmlBackend])
    assert [type(line) for line in lines] == [Hello, Sample, StateLine]
    assert isinstance(lines[-1], StateLine)
    assert lines[-1].why == "the NVIDIA driver is not loaded"


def test_process_ends_with_its_input() -> None:
    command = launch.command("collectors.gpu_process")
    shown = subprocess.run(
        command, stdin=subprocess.DEVNULL, capture_output=True, env=launch.environment(), check=True, timeout=30
    )
    assert decode(shown.stdout.splitlines()[0]) is not None


def test_launch_keeps_the_current_directory_off_the_path(tmp_path: Path) -> None:
    """A training directory may hold a file named like a module of the standard library."""
    (tmp_path / "queue.py").write_text("raise SystemExit('the wrong module')\n")
    command, env = launch.command("collectors", "--help"), launch.environment()
    shown = subprocess.run(command, cwd=tmp_path, env=env, capture_output=True, check=True, text=True, timeout=30)
    assert "--run-pid" in shown.stdout


def test_launch_adds_to_the_path_only_what_is_not_installed() -> None:
    places = launch.environment({"PYTHONPATH": "/mine"})["PYTHONPATH"].split(os.pathsep)
    assert places[-1] == "/mine"
    assert set(places[:-1]) <= {str(launch.HOME)}
