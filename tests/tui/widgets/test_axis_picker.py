"""Choosing the x axis of all charts, in a grid."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from textual.app import ComposeResult
from textual.pilot import Pilot
from textual.widgets import Input

from tests.tui.charts.made import chart, line
from tests.tui.waiting import text, until
from tui.charts.line import F64
from tui.themed_app import ThemedApp
from tui.widgets.axis_picker import AxisPicker
from tui.widgets.chart import Chart
from tui.widgets.chart_grid import ChartGrid


class Logged:
    def __init__(self, values: Sequence[float]) -> None:
        self.steps: F64 = np.arange(float(len(values)))
        self.values: F64 = np.asarray(values, np.float64)


class Grid(ThemedApp):
    def __init__(self) -> None:
        super().__init__()
        self.grid = ChartGrid()
        self.changes = 0

    def compose(self) -> ComposeResult:
        yield self.grid

    def on_mount(self) -> None:
        fall = np.linspace(3, 1, 50).tolist()
        names = {"tokens": np.arange(50) * 1024.0, "lr": np.linspace(1, 0, 50), "train/loss": fall}
        along = {name: Logged(values) for name, values in names.items()}
        self.grid.set_charts([chart(line(fall, along=along), metric=name) for name in ("train/loss", "val/loss")])

    def on_chart_pages_state_changed(self, _message: ChartGrid.StateChanged) -> None:
        self.changes += 1

    @property
    def axes(self) -> list[str]:
        return [str(chart.look.xaxis) for chart in self.grid.charts]


async def opened(app: Grid, pilot: Pilot[None]) -> None:
    """The picker is there and has the keyboard; the last chart had it."""
    await pilot.press("tab", "full_stop")
    await until(lambda: isinstance(app.focused, Chart) and app.focused.metric == "val/loss", pilot)
    await pilot.press("X")
    await until(lambda: isinstance(app.focused, Input), pilot)


async def test_any_metric_is_found_by_a_part_of_its_name_and_shared_by_all_charts() -> None:
    app = Grid()
    async with app.run_test(size=(120, 30)) as pilot:
        await opened(app, pilot)
        assert "step   relative time   time of day   tokens   lr   train/loss   1 of 6" in text(pilot)
        await pilot.press("l", "o", "enter")
        await until(lambda: app.axes == ["metric:train/loss"] * 2, pilot)
        await until(lambda: isinstance(app.focused, Chart) and app.focused.metric == "val/loss", pilot)
        assert app.changes == 1
        assert app.grid.state["x"] == "metric:train/loss"
        assert text(pilot).splitlines()[-1].rstrip().endswith("train/loss")


async def test_arrows_go_through_the_axes_and_round() -> None:
    app = Grid()
    async with app.run_test(size=(120, 30)) as pilot:
        await opened(app, pilot)
        await pilot.press("down", "up", "up", "up", "enter")
        await until(lambda: app.axes == ["metric:lr"] * 2, pilot)
        await pilot.press("X")
        await until(lambda: isinstance(app.focused, Input) and "5 of 6" in text(pilot), pilot)


async def test_escape_leaves_the_axis_as_it_is() -> None:
    app = Grid()
    async with app.run_test(size=(120, 30)) as pilot:
        await opened(app, pilot)
        await pilot.press("t", "o", "k", "escape")
        await until(lambda: isinstance(app.focused, Chart), pilot)
        assert app.axes == ["step", "step"]
        assert app.changes == 0
        assert not app.query_one(AxisPicker).display


async def test_a_name_that_nothing_has_is_said_and_not_taken() -> None:
    app = Grid()
    async with app.run_test(size=(120, 30)) as pilot:
        await opened(app, pilot)
        await pilot.press("q", "q", "enter")
        await until(lambda: "no metric of that name was logged" in text(pilot), pilot)
        assert isinstance(app.focused, Input)
        assert app.axes == ["step", "step"]


async def test_on_a_narrow_screen_the_chosen_one_is_in_sight() -> None:
    app = Grid()
    async with app.run_test(size=(60, 20)) as pilot:
        await opened(app, pilot)
        for place in range(6):
            await until(lambda place=place: f"{place + 1} of 6" in text(pilot), pilot)  # type: ignore[misc]
            axis = app.query_one(AxisPicker).axis
            assert axis is not None
            assert axis.label in text(pilot).splitlines()[-1]
            await pilot.press("down")


async def test_another_window_and_back_and_one_types_on() -> None:
    app = Grid()
    async with app.run_test(size=(120, 30)) as pilot:
        await opened(app, pilot)
        app.app_focus = False
        await until(lambda: app.focused is None, pilot)
        app.app_focus = True
        await until(lambda: isinstance(app.focused, Input), pilot)
        await pilot.press("t", "o", "enter")
        await until(lambda: app.axes == ["metric:tokens"] * 2, pilot)


async def test_the_choice_goes_when_the_focus_does() -> None:
    app = Grid()
    async with app.run_test(size=(120, 30)) as pilot:
        await opened(app, pilot)
        app.grid.charts[0].focus()
        await until(lambda: not app.query_one(AxisPicker).display, pilot)
        assert app.axes == ["step", "step"]
