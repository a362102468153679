"""The machine's last minutes as charts."""

from __future__ import annotations

import pytest

from tests.tui.fake_machine import GIB, START, gpu, machine
from tui.machine.machine_charts import machine_charts
from tui.machine.telemetry import HISTORY, Telemetry


def test_there_is_a_chart_for_each_quantity_with_a_line_for_each_device() -> None:
    charts = {chart.metric: chart for chart in machine_charts(machine([gpu(0), gpu(1, None)], ticks=5))}
    assert list(charts) == [
        *("gpu/util", "gpu/memory", "gpu/power", "gpu/temperature", "gpu/clock"),
        *("host/cpu", "host/memory", "host/network"),
    ]
    assert [line.name for line in charts["gpu/util"].lines] == ["gpu 0"]
    assert [line.name for line in charts["gpu/power"].lines] == ["gpu 0", "gpu 1"]
    assert [line.name for line in charts["host/network"].lines] == ["in", "out"]
    assert (charts["gpu/util"].kind, charts["host/cpu"].kind, charts["gpu/memory"].kind) == (
        "percent",
        "percent",
        "line",
    )


def test_percentages_of_several_devices_are_a_heat_strip() -> None:
    (util, *_) = machine_charts(machine([gpu(0), gpu(1)], ticks=5))
    assert util.kind == "heat"


def test_values_are_in_the_unit_of_the_chart_and_gaps_are_left_out() -> None:
    telemetry = machine([gpu(0)], ticks=3)
    telemetry.gpus[0].fall_silent(START + 3)
    memory = {chart.metric: chart for chart in machine_charts(telemetry)}["gpu/memory"]
    (line,) = memory.lines
    assert memory.unit == " GiB"
    assert line.y.tolist() == [71.2 * GIB * (1 / GIB)] * 3
    assert line.x.tolist() == [START, START + 1, START + 2]
    assert line.times is not None
    assert line.times.tolist() == line.x.tolist()


def test_a_line_only_appends_until_its_history_is_full() -> None:
    telemetry = machine([gpu(0)], ticks=3)
    (before, *_) = machine_charts(telemetry)[0].lines
    assert (before.version, before.generation) == (3, 0)
    full = machine([gpu(0)], ticks=HISTORY + 2)
    (after, *_) = machine_charts(full)[0].lines
    assert (after.version, after.generation, len(after.x)) == (HISTORY + 2, 2, HISTORY)


def test_arrays_that_were_handed_out_do_not_change() -> None:
    telemetry = machine([gpu(0)], ticks=HISTORY)
    (line, *_) = machine_charts(telemetry)[0].lines
    before = line.x.tolist()
    for extra in range(5):
        telemetry.gpus[0].history.append(START + HISTORY + extra, {"util": 1.0})
    assert line.x.tolist() == before


def test_nothing_known_gives_no_charts() -> None:
    assert machine_charts(Telemetry()) == []


def test_of_many_devices_memory_and_power_are_shares_that_lie_below_each_other() -> None:
    charts = {chart.metric: chart for chart in machine_charts(machine([gpu(index) for index in range(5)], ticks=2))}
    assert [charts[name].kind for name in ("gpu/memory", "gpu/power", "gpu/temperature")] == ["heat", "heat", "line"]
    assert (charts["gpu/memory"].title, charts["gpu/power"].title) == ("gpu/memory of total", "gpu/power of limit")
    assert [line.y.tolist() for line in charts["gpu/memory"].lines] == [pytest.approx([89.0, 89.0])] * 5
    assert charts["gpu/power"].lines[0].y.tolist() == pytest.approx([87.43, 87.43], abs=0.01)
    four = {chart.metric: chart for chart in machine_charts(machine([gpu(index) for index in range(4)], ticks=2))}
    assert (four["gpu/memory"].kind, four["gpu/memory"].unit, four["gpu/memory"].title) == ("line", " GiB", "")


def test_where_the_whole_is_not_known_lines_stay_lines() -> None:
    bare = {"util": 1.0, "memory_used": 2.0 * GIB, "power": 70.0, "power_limit": 0.0}
    charts = {each.metric: each for each in machine_charts(machine([gpu(at, values=bare) for at in range(6)]))}
    assert charts["gpu/memory"].kind == "line"
    assert [len(line.y) for line in charts["gpu/power"].lines] == [0] * 6
