"""A run's telemetry as charts: the devices first, in units that people read, and nothing that never changes."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from logstore.model.delta import Block, Column, RunDelta
from logstore.model.runs import Run
from tui.charts.line import ChartSpec
from tui.show.palette import MARKERS, Swatch
from tui.system_curves import system_charts

NOW = 1_790_000_000.0
GIB = float(1 << 30)


def charts(more: dict[str, float] | None = None) -> dict[str, ChartSpec]:
    values = {
        **(more or {}),
        "cpu/busiest": 90.0,
        "cpu/percent": 40.0,
        "cpu/count": 16.0,
        "disk/free": 100 * GIB,
        "memory/total": 64 * GIB,
        "memory/used": 12 * GIB,
        "net/rx": 3.0 * (1 << 20),
        "other/thing": 7.0,
        **{f"gpu/{index}/own": 1.0 for index in range(2)},
        **{f"gpu/{index}/power": 600.0 + index for index in range(2)},
        **{f"gpu/{index}/util": 97.0 for index in range(2)},
        **{f"gpu/{index}/memory_total": 80 * GIB for index in range(2)},
        "gpu/10/util": 50.0,
    }
    columns = {name: Column(None, np.array([value, value])) for name, value in values.items()}
    block = Block(np.array([0.0, 1.0]), np.array([NOW - 1, NOW]), columns)
    run = Run("demo/otter", Path("/store/demo/otter"))
    run.apply(RunDelta(run.key, run.path, system={"gpu01": (block,)}))
    return {chart.metric: chart for chart in system_charts(run, Swatch(3, MARKERS[0]), NOW)}


def test_the_devices_come_first_and_what_tells_most_of_each() -> None:
    assert list(charts()) == [
        *("gpu/util", "gpu/power", "cpu/percent", "cpu/busiest"),
        *("memory/used", "disk/free", "net/rx", "other/thing"),
    ]


def test_each_device_has_a_line_in_its_order() -> None:
    chart = charts()["gpu/util"]
    assert [line.name for line in chart.lines] == ["gpu 0", "gpu 1", "gpu 10"]
    assert (chart.kind, chart.unit) == ("heat", " %")
    assert [line.swatch.slot for line in chart.lines] == [0, 1, 2]


@pytest.mark.parametrize(
    ("quantity", "value", "unit"),
    [
        ("memory/used", 12.0, " GiB"),
        ("disk/free", 100.0, " GiB"),
        ("net/rx", 3.0, " MiB/s"),
        ("gpu/power", 600.0, " W"),
        ("cpu/percent", 40.0, " %"),
        ("other/thing", 7.0, ""),
    ],
)
def test_quantities_are_in_units_that_people_read(quantity: str, value: float, unit: str) -> None:
    chart = charts()[quantity]
    assert chart.unit == unit
    assert chart.lines[0].y.tolist() == [value, value]


@pytest.mark.parametrize(
    ("quantity", "value", "drawn", "unit", "kind"),
    [
        ("gpu/3/tensor_active", 44.0, 44.0, " %", "percent"),
        ("gpu/3/dram_active", 30.0, 30.0, " %", "percent"),
        ("gpu/3/sm_occupancy", 20.0, 20.0, " %", "percent"),
        ("gpu/3/memory_util", 12.0, 12.0, " %", "percent"),
        ("gpu/3/nvlink_tx", 5.0 * (1 << 20), 5.0, " MiB/s", "line"),
        ("gpu/3/pcie_rx", 5.0 * (1 << 20), 5.0, " MiB/s", "line"),
        ("gpu/3/temperature_memory", 80.0, 80.0, "°", "line"),
        ("gpu/3/sm_clock", 1980.0, 1980.0, " MHz", "line"),
        ("process/cpu", 780.0, 780.0, " %", "line"),
        ("process/read", 5.0 * (1 << 20), 5.0, " MiB/s", "line"),
        ("process/rss", 2 * GIB, 2.0, " GiB", "line"),
        ("process/rss", GIB / 4, 256.0, " MiB", "line"),
        ("psi/memory_full", 3.0, 3.0, " %", "line"),
        ("load/5", 3.0, 3.0, "", "line"),
        ("process/threads", 8.0, 8.0, "", "line"),
    ],
)
def test_what_a_sampler_writes_has_its_unit(quantity: str, value: float, drawn: float, unit: str, kind: str) -> None:
    chart = charts({quantity: value})[quantity.replace("gpu/3/", "gpu/")]
    assert (chart.unit, chart.kind, chart.lines[0].y.tolist()) == (unit, kind, [drawn, drawn])


def test_a_counter_of_joules_is_no_curve() -> None:
    assert "gpu/energy" not in charts({"gpu/0/energy": 1e9})


def test_errors_are_drawn_once_there_are_some() -> None:
    found = charts({"gpu/0/ecc_uncorrected": 0.0, "gpu/1/ecc_uncorrected": 2.0, "gpu/0/remap_pending": 0.0})
    assert [line.name for line in found["gpu/ecc_uncorrected"].lines] == ["gpu 1"]
    assert "gpu/remap_pending" not in found


def test_what_the_host_has_once_is_drawn_in_the_colour_of_the_run() -> None:
    chart = charts()["cpu/percent"]
    assert [(line.swatch.slot, line.name) for line in chart.lines] == [(3, "otter")]
    assert chart.kind == "percent"
