"""What stands above the processes: the fullest that leaves them their rows."""

from __future__ import annotations

from hypothesis import given, settings
from hypothesis import strategies as st

from collectors.samples import StateLine
from tests.tui.fake_machine import START, gpu, machine, run, watched
from tui.machine.machine_lines import PROCESSES, machine_lines
from tui.machine.telemetry import Telemetry
from tui.show.spans import cells, plain

OTTER = run("p/brave-otter", 100)


def devices(count: int) -> Telemetry:
    return machine([gpu(index, 97.0, [100]) for index in range(count)], ticks=3)


def drawn(telemetry: Telemetry, total: int, height: int) -> list[str]:
    return [plain(line).rstrip() for line in machine_lines(watched(telemetry, [OTTER]), total, height)]


def test_with_room_every_device_and_every_part_of_the_host_has_a_row() -> None:
    lines = drawn(devices(2), 120, 40)
    words = [line.split()[0] if line else "" for line in lines]
    assert words == ["gpus", "gpu", "0", "1", "", "host", "cpu", "ram", "disk", "net", ""]


def test_with_less_the_host_is_one_row() -> None:
    words = [line.split()[0] if line else "" for line in drawn(devices(8), 80, 21)]
    assert words == ["gpus", "gpu", *map(str, range(8)), "", "cpu", ""]
    assert [line.split()[0] for line in drawn(devices(8), 80, 17)[-2:]] == ["7", "cpu"]


def test_with_still_less_devices_stand_beside_each_other() -> None:
    lines = drawn(devices(16), 80, 21)
    assert lines[0].startswith(" gpus  16 × NVIDIA H200")
    assert [line.split()[0] for line in lines[1:9]] == list("01234567")
    assert [line[40:].split()[0] for line in lines[1:9]] == [str(index) for index in range(8, 16)]
    assert lines[9].split()[0] == "cpu"


def test_with_next_to_none_all_devices_are_one_row() -> None:
    assert [line.split()[:2] for line in drawn(devices(16), 80, 8)] == [["16", "gpu"], ["cpu", "▃"]]
    assert [line.split()[:2] for line in drawn(devices(16), 80, 3)] == [["16", "gpu"]]


def test_without_devices_the_reason_and_the_host_are_told() -> None:
    telemetry = machine([])
    telemetry.apply(StateLine(START, "unavailable", "Driver Not Loaded"))
    assert drawn(telemetry, 80, 9)[0] == " gpus  no GPU: Driver Not Loaded"
    assert drawn(telemetry, 80, 3)[0].split()[0] == "cpu"


@settings(max_examples=60, deadline=None)
@given(st.integers(0, 40), st.integers(24, 300), st.integers(1, 90))
def test_processes_keep_their_rows_in_every_size(count: int, total: int, height: int) -> None:
    lines = machine_lines(watched(devices(count), [OTTER]), total, height)
    assert len(lines) <= max(1, height - PROCESSES)
    assert {cells(line) for line in lines if line} == {total}
