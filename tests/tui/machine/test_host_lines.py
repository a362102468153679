"""The host in a few rows."""

from __future__ import annotations

from hypothesis import given, settings
from hypothesis import strategies as st

from tests.tui.fake_machine import GIB, HOST, machine
from tui.machine.host_lines import host_lines
from tui.machine.telemetry import Telemetry
from tui.show.spans import Span, cells, plain

FULL = {
    **HOST,
    "cpu/busiest": 97.0,
    "cpu/iowait": 12.0,
    "load/5": 5.8,
    "load/15": 5.1,
    "swap/used": 1.5 * GIB,
    "swap/total": 8.0 * GIB,
    "disk/total": 3.0 * 1024 * GIB,
    "disk/read": 120e6,
    "disk/busy": 95.0,
    "psi/io": 12.0,
}


def drawn(telemetry: Telemetry, width: int) -> list[str]:
    return [plain(line).rstrip() for line in host_lines(telemetry, width)]


def test_each_part_of_the_host_has_a_row() -> None:
    telemetry = machine([], host=FULL, ticks=600)
    telemetry.cores = (0.0, 20.0, 50.0, 100.0)
    lines = drawn(telemetry, 120)
    assert [line.split()[0] for line in lines] == ["host", "cpu", "cores", "ram", "disk", "net"]
    assert lines[0] == " host  gpu01"
    assert lines[1].endswith("38 % of 16 cores  busiest core 97 %  waits for disk 12 %  load 6.2 5.8 5.1")
    assert lines[2].split() == ["cores", "▁▁▄▇"]
    assert lines[3].endswith("212/512 GiB  swap 1.5/8 GiB")
    assert lines[4].endswith("1.2 TiB free of 3.0 TiB  read 114 MiB/s  busy 95 %  pressure 12 %")
    assert lines[5].endswith("in 858 MiB/s  out 286 MiB/s")


def test_what_holds_a_training_up_is_a_warning() -> None:
    lines = host_lines(machine([], host=FULL), 160)
    assert Span("12 %", "warn") in lines[1]
    assert Span("95 %", "warn") in lines[3]
    full_memory = {**FULL, "memory/used": 505.0 * GIB, "memory/oom_kills": 2.0, "disk/unanswered": 7.0}
    lines = host_lines(machine([], host=full_memory), 160)
    assert any(span.role == "warn" and "━" in span.text for span in lines[2])
    assert Span("2", "bad") in lines[2]
    assert Span("has not answered for 7.0s", "bad") in lines[3]


def test_a_limit_of_a_container_stands_beside_the_whole_host() -> None:
    limited = {**HOST, "cpu/limit": 4.0, "cpu/host_percent": 12.0, "memory/host_used": 3.0 * GIB}
    limited["memory/host_total"] = 1000.0 * GIB
    lines = drawn(machine([], host=limited), 140)
    assert "38 % of 4 cores  whole host 12 %" in lines[1]
    assert "whole host 0.0/1 TiB" in lines[2]


def test_what_is_not_known_has_no_row() -> None:
    assert drawn(machine([], host={"load/1": 0.5}), 60) == [" host  gpu01", f" cpu   {' ' * 15}  load 0.5"]


def test_before_the_first_sample_it_says_so() -> None:
    assert drawn(Telemetry(), 60) == [" host  waiting for the first sample"]


def test_more_cores_than_cells_are_shown_by_their_busiest_neighbours() -> None:
    telemetry = machine([], host=HOST)
    telemetry.cores = tuple(100.0 if core == 7 else 0.0 for core in range(384))
    (line,) = [line for line in drawn(telemetry, 60) if line.startswith(" cores")]
    assert len(line.split()[1]) <= 60 - 8
    assert line.split()[1].count("▇") == 1


@settings(max_examples=40, deadline=None)
@given(st.dictionaries(st.sampled_from(sorted(FULL)), st.floats(0, 1e15)), st.integers(12, 300))
def test_any_host_fits_any_width(host: dict[str, float], width: int) -> None:
    assert {cells(line) for line in host_lines(machine([], host=host), width)} == {width}
