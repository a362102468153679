"""The machine in a few lines, from one device to sixteen, at any width."""

from __future__ import annotations

from collections.abc import Sequence

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from collectors.backend import GpuSample
from collectors.samples import Sample, StateLine
from tests.tui.fake_machine import GIB, HOST, START, gpu, machine, run, watched
from tui.machine.gpu_strip_lines import Machine, strip_lines, wanted_height
from tui.machine.telemetry import Telemetry
from tui.show.spans import Span, cells, plain

RUNS = (run("p/brave-otter", 100), run("p/calm-lynx", 200), run("p/dim-heron", 300))


def devices(count: int) -> list[GpuSample]:
    """Busy, shared, idle and silent devices in turn; the seventh is lost, the fifth overheats."""
    utils = (97.0, 95.0, 0.0, 60.0, None)
    pids: Sequence[list[int] | None] = ([100], [100, 200], [300], [], None)
    made = [gpu(index, utils[index % 5], pids[index % 5]) for index in range(count)]
    if count > 6:
        made[4] = gpu(4, 80.0, [100], reasons=("hw_thermal",))
        made[6] = gpu(6, status="lost", values={})
    return made


def strip(count: int, width: int, height: int) -> list[str]:
    machine_now = watched(machine(devices(count), ticks=90), RUNS)
    return [plain(line) for line in strip_lines(machine_now, width, height)]


def test_one_line_for_each_device_while_there_is_room() -> None:
    assert strip(3, 72, 5) == [
        " gpu  util                       mem  temp    watt  whose               ",
        " 0 ━━━━━━━━━━━━━━  97 %  71.2/80 GiB   64°   612 W  brave-otter         ",
        " 1 ━━━━━━━━━━━━━─  95 %  71.2/80 GiB   64°   612 W  brave-otter +1      ",
        " 2 ──────────────   0 %   3.0/80 GiB   41°    98 W  dim-heron ⚠         ",
        " cpu ▁▁▂▄▅▅▃▂  38 %   ram 212/512 GiB   disk 1.2 TiB free               ",
    ]


def test_several_beside_each_other_when_there_are_more_devices_than_lines() -> None:
    assert strip(8, 80, 5) == [
        " 0 ━━━━━━  97 %  71.2/80 GiB  brave-o…  4 ━━━━━─  80 %  71.2/80 GiB  brave… ⚠   ",
        " 1 ━━━━━━  95 %  71.2/80 GiB  brave-o…  5 ━━━━━━  97 %  71.2/80 GiB  brave-o…   ",
        " 2 ──────   0 %   3.0/80 GiB  dim-h… ⚠  6 ✖ lost  NVIDIA H200                   ",
        " 3 ━━━━──  60 %  71.2/80 GiB  unseen…   7 ──────   0 %   3.0/80 GiB  dim-h… ⚠   ",
        " cpu ▁▁▂▄▅▅▃▂  38 %   ram 212/512 GiB   disk 1.2 TiB free   net 1.1 GiB/s       ",
    ]


def test_one_line_for_all_of_them_on_a_small_terminal() -> None:
    assert strip(16, 80, 2) == [
        " 16 gpu ▇▇▁▄▆▇✖▁▄·▇▇▁▄·▇ 64 %  ⚠ 3 idle, 1 overheating, 1 lost   hottest 64°    ",
        " cpu ▁▁▂▄▅▅▃▂  38 %   ram 212/512 GiB   disk 1.2 TiB free   net 1.1 GiB/s       ",
    ]
    assert strip(4, 80, 1) == [" 4 gpu ▇▇▁▄ 63 %  ⚠ 1 idle   mem 217/320 GiB   hottest 64°   power 1.9 kW       "]


def test_an_absent_value_is_a_dash_and_an_unknown_owner_too() -> None:
    telemetry = machine([gpu(0, None, None, values={"memory_total": 80.0 * GIB})])
    title, line, _ = (plain(line) for line in strip_lines(watched(telemetry), 72, 4))
    assert title.split() == ["gpu", "util", "mem", "temp", "watt", "whose"]
    assert line.split() == ["0", "–", "–/80", "GiB", "–", "–", "–"]
    assert "━" not in line
    assert "─" not in line


def test_no_gpu_is_one_dim_line_with_the_reason_and_the_host_goes_on() -> None:
    telemetry = machine([])
    telemetry.apply(StateLine(START, "unavailable", "Driver Not Loaded\x1b[31m"))
    lines = strip_lines(watched(telemetry), 60, 2)
    assert plain(lines[0]).rstrip() == " no GPU: Driver Not Loaded␛[31m"
    assert lines[0][1].role == "dim"
    assert plain(lines[1]).startswith(" cpu ")


def test_before_the_first_sample_it_says_what_it_waits_for() -> None:
    lines = strip_lines(Machine(Telemetry(), {}, {}), 60, 2)
    assert [plain(line).strip() for line in lines] == [
        "no GPU: waiting for the first sample",
        "waiting for the first sample",
    ]


def test_a_silent_driver_is_told_and_old_values_are_not_shown() -> None:
    telemetry = machine([gpu(0), gpu(1)])
    telemetry.apply(StateLine(START + 5, "stalled", "no answer for 3 s"))
    telemetry.apply(Sample(START + 5, HOST))
    lines = [plain(line) for line in strip_lines(watched(telemetry), 80, 5)]
    assert lines[0].strip() == "⚠ GPUs stalled: no answer for 3 s"
    assert "97 %" not in "".join(lines)
    assert "⚠ GPUs stalled" in plain(strip_lines(watched(telemetry), 80, 1)[0])


def test_a_bar_has_the_colour_of_its_run() -> None:
    lines = strip_lines(watched(machine(devices(4)), RUNS), 80, 6)
    bars = [next(span.role for span in line if "━" in span.text or "─" in span.text) for line in lines[1:5]]
    assert bars == ["series-1", "series-1", "faint", "dim"]
    assert Span("dim-heron", "series-3") in lines[3]


def test_nothing_moves_when_a_warning_comes_or_digits_change() -> None:
    calm = watched(machine([gpu(0, 99.0, [300]), gpu(1, 97.0, [100])], ticks=90), RUNS)
    idle = watched(machine([gpu(0, 0.0, [300]), gpu(1, 97.0, [100])], ticks=90), RUNS)
    for width in range(40, 160, 7):
        assert strip_lines(calm, width, 4)[2] == strip_lines(idle, width, 4)[2]


@pytest.mark.parametrize("count", [0, 1, 2, 8, 16])
def test_the_wanted_height_shows_every_device_in_a_line_of_its_own(count: int) -> None:
    telemetry = machine(devices(count))
    lines = strip_lines(watched(telemetry, RUNS), 100, wanted_height(telemetry))
    assert len(lines) == wanted_height(telemetry)
    labels = [plain(line).split()[0] for line in lines[1:-1]]
    assert labels == [str(index) for index in range(count)]


@settings(max_examples=60, deadline=None)
@given(st.integers(0, 16), st.integers(12, 300), st.integers(1, 24))
def test_it_fits_any_size_and_names_or_counts_every_device(count: int, width: int, height: int) -> None:
    lines = strip_lines(watched(machine(devices(count), ticks=2), RUNS), width, height)
    assert len(lines) <= height
    assert {cells(line) for line in lines} == {width}
    text = "\n".join(plain(line) for line in lines)
    if count > 1 and f"{count} gpu" not in text:
        labels = {word for line in text.splitlines() for word in line.split() if word.isdecimal()}
        assert {str(index) for index in range(count)} <= labels
