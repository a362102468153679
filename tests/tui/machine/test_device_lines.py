"""Every device as a row with its history and what slows it down."""

from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from collectors.samples import Hello, Sample, StateLine
from tests.tui.fake_machine import START, gpu, info, machine, run, watched
from tui.machine.device_lines import device_lines, history, pace
from tui.machine.telemetry import Ring, Telemetry
from tui.show.spans import Span, cells, plain

OTTER, HERON = run("p/brave-otter", 100), run("p/dim-heron", 300)


def drawn(telemetry: Telemetry, width: int) -> list[str]:
    return [plain(line).rstrip() for line in device_lines(watched(telemetry, [OTTER, HERON]), width)]


def test_each_device_has_a_row_with_its_state_in_words() -> None:
    telemetry = machine(
        [
            gpu(0, 97.0, [100], reasons=("sw_power_cap",)),
            gpu(1, 0.0, [300]),
            gpu(2, 80.0, [100], reasons=("hw_thermal", "sw_power_cap")),
            gpu(3, status="lost", values={}),
        ],
        ticks=600,
    )
    assert drawn(telemetry, 122) == [
        " gpus  4 × NVIDIA H200  1.3 kW",
        " gpu  last 10 min           util                   mem  temp       watt     clock  whose        state",
        "   0  ▇▇▇▇▇▇▇▇▇▇▇▇▇▇▇▇▇▇▇   97 %  ━━━━━━━─ 71.2/80 GiB   64°  612/700 W  1980 MHz  brave-otter  power cap",
        "   1  ▁▁▁▁▁▁▁▁▁▁▁▁▁▁▁▁▁▁▁    0 %  ━───────  3.0/80 GiB   41°   98/700 W  1980 MHz  dim-heron    ⚠ idle 9m59s",
        (
            "   2  ▆▆▆▆▆▆▆▆▆▆▆▆▆▆▆▆▆▆▆   80 %  ━━━━━━━─ 71.2/80 GiB   64°  612/700 W  1980 MHz  brave-otter"
            "  ⚠ overheating  power cap"
        ),
        "   3                           –                     –                                          ✖ lost",
    ]


def test_the_driver_and_its_cuda_are_told_once() -> None:
    telemetry = machine([gpu(0), gpu(1)])
    infos = tuple(replace(info(index), driver="580.95.05\x1b[m", cuda="13.0") for index in range(2))
    telemetry.apply(Hello(START, "gpu01", 1, infos))
    assert drawn(telemetry, 122)[0] == " gpus  2 × NVIDIA H200  1.2 kW  driver 580.95.05␛[m, CUDA 13.0"
    telemetry.apply(StateLine(START + 1, "stalled", "a driver call does not return"))
    assert drawn(telemetry, 60)[0] == " gpus  2 × NVIDIA H200  ⚠ GPUs stalled: a driver call does…"


def test_on_a_narrow_terminal_the_least_wanted_columns_go_and_the_state_stays() -> None:
    telemetry = machine([gpu(0, 0.0, [300]), gpu(1, 97.0, [100])], ticks=90)
    assert drawn(telemetry, 80)[1:] == [
        " gpu  last 2 min           util          mem  temp  whose        state",
        "   0        ▁▁▁▁▁▁▁▁▁▁▁▁    0 %   3.0/80 GiB   41°  dim-heron    ⚠ idle 1m29s",
        "   1        ▇▇▇▇▇▇▇▇▇▇▇▇   97 %  71.2/80 GiB   64°  brave-otter",
    ]


def test_columns_that_no_device_fills_take_no_room() -> None:
    names = drawn(machine([gpu(0, 97.0, values={"util": 97.0})]), 160)[1].split()
    assert names == ["gpu", "last", "100", "s", "util", "mem", "whose"]


def test_a_wide_terminal_has_room_for_all_that_a_device_says() -> None:
    gib = float(1 << 30)
    values = {
        **gpu(0).values,
        "sm_active": 81.0,
        "tensor_active": 55.0,
        "dram_active": 60.0,
        "fan": 45.0,
        "pstate": 0.0,
        "memory_clock": 2619.0,
        "pcie_rx": 12.1 * gib,
        "pcie_tx": 0.35 * gib,
        "nvlink_rx": 0.0,
        "nvlink_tx": 0.0,
        "energy": 1234 * 3.6e6,
        "ecc_corrected": 3.0,
        "ecc_uncorrected": 0.0,
    }
    worse = {**values, "ecc_uncorrected": 2.0, "energy": 3.6e5}
    fine = {**values, "ecc_corrected": 0.0}
    telemetry = machine([gpu(0, values=values), gpu(1, values=worse), gpu(2, values=fine), gpu(3)])
    titles, *rows = drawn(telemetry, 230)[1:]
    for title, texts in {
        "sm": ["81 %"] * 3,
        "tensor": ["55 %"] * 3,
        "dram": ["60 %"] * 3,
        "fan": ["45 %"] * 3,
        "perf": ["P0"] * 3,
        "clock": ["1980 MHz"] * 3,
        "mem clock": ["2619 MHz"] * 3,
        "pcie in/out": ["12.1/0.3 GiB/s"] * 3,
        "nvlink in/out": ["0/0 B/s"] * 3,
        "energy": ["1234.0 kWh", "0.10 kWh", "1234.0 kWh"],
        "ecc errors": ["3 corrected", "2 uncorrected", "none"],
    }.items():
        end = titles.index(f"  {title}  ") + 2 + len(title)
        assert [row[:end].rstrip().endswith(text) for row, text in zip(rows, texts, strict=False)] == [True] * 3, title
        assert rows[3][end - 4 : end].strip() in {"", "MHz"}


def test_errors_that_were_not_corrected_stand_out() -> None:
    telemetry = machine([gpu(0, values={"util": 1.0, "ecc_uncorrected": 2.0})])
    assert Span("2 uncorrected", "bad") in device_lines(watched(telemetry), 230)[2]


@pytest.mark.parametrize(
    ("ticks", "apart", "cells", "seconds"),
    [
        (1, 1, 20, 1),
        (15, 1, 20, 1),
        (30, 1, 20, 2),
        (300, 1, 20, 16),
        (600, 1, 20, 30),
        (600, 1, 100, 6),
        (9, 5, 20, 5),
    ],
)
def test_a_strip_is_soon_filled_and_then_holds_ten_minutes(ticks: int, apart: int, cells: int, seconds: float) -> None:
    telemetry = Telemetry()
    for tick in range(ticks):
        telemetry.apply(Sample(START + tick * apart, {"cpu/percent": 1.0}))
    assert pace(telemetry, cells) == seconds


def test_without_devices_the_reason_is_told() -> None:
    telemetry = machine([])
    telemetry.apply(StateLine(START, "unavailable", "Driver Not Loaded"))
    assert drawn(telemetry, 60) == [" gpus  no GPU: Driver Not Loaded"]


def test_a_silent_driver_is_told_in_the_title() -> None:
    telemetry = machine([gpu(0)])
    telemetry.apply(StateLine(START, "stalled", "no answer"))
    assert drawn(telemetry, 80)[0] == " gpus  1 × NVIDIA H200  ⚠ GPUs stalled: no answer"


def test_a_history_is_as_high_as_its_values_and_blank_where_there_are_none() -> None:
    ring = Ring()
    for time in range(600):
        ring.append(float(time), {"util": 100.0 if time >= 540 else 10.0} if time >= 480 else {})
    assert history(ring, "util", 10, 60.0, "dim") == [Span("        ▁▇", "dim")]


def test_a_strip_has_the_colour_of_the_run_on_the_device() -> None:
    telemetry = machine([gpu(0, 97.0, [100]), gpu(1, 97.0, [300]), gpu(2, 97.0, [777])], ticks=600)
    lines = device_lines(watched(telemetry, [OTTER, HERON]), 120)
    roles = [next(span.role for span in line if "▇▇" in span.text) for line in lines[2:]]
    assert roles == ["series-1", "series-2", "dim"]


@settings(max_examples=40, deadline=None)
@given(st.integers(0, 16), st.integers(24, 300))
def test_every_line_has_exactly_the_width_and_every_device_its_row(count: int, width: int) -> None:
    telemetry = machine([gpu(index, 50.0, [100]) for index in range(count)], ticks=3)
    lines = device_lines(watched(telemetry, [OTTER]), width)
    assert {cells(line) for line in lines} == {width}
    assert len(lines) == count + 2 if count else lines


def test_a_device_that_tells_no_use_shows_that_of_its_multiprocessors() -> None:
    telemetry = machine([gpu(0, values={"sm_active": 97.0})], ticks=600)
    assert drawn(telemetry, 80)[2].split()[:2] == ["0", "▇" * 43]


def test_the_title_says_how_many_are_free() -> None:
    idle = {"util": 0.0, "memory_used": 0.0, "power": 70.0}
    telemetry = machine(
        [gpu(0, 97.0, [100]), gpu(1, values=idle), gpu(2, values=idle), gpu(3, status="lost", values={})]
    )
    assert drawn(telemetry, 90)[0] == " gpus  4 × NVIDIA H200  2 free  752 W"
    assert drawn(machine([gpu(0, values=idle)]), 90)[0] == " gpus  1 × NVIDIA H200"
