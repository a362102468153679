"""The machine on a screen of its own."""

from __future__ import annotations

from textual.pilot import Pilot

from collectors.samples import Line, Sample, StateLine
from tests.tui.fake_machine import HOST, START, gpu, process, uuid
from tests.tui.store import Told, model
from tui.frame_text import frame, plain
from tui.screens.system import SystemScreen
from tui.themed_app import ThemedApp
from tui.widgets.chart_grid import ChartGrid
from tui.widgets.system_panels import SystemPanels

OTTER = Told("brave-otter", record={"pid": 100, "host": "gpu01"})


class SystemApp(ThemedApp):
    def __init__(self, *lines: Line) -> None:
        super().__init__()
        self.model = model(OTTER)
        self.model.telemetry.host_name = "gpu01"
        self.system = SystemScreen(self.model)
        self.hear(*lines)

    def on_mount(self) -> None:
        self.push_screen(self.system)

    def hear(self, *lines: Line) -> None:
        for line in lines:
            self.model.telemetry.apply(line)

    def seen(self) -> str:
        return plain(frame(self.screen, self.size))

    @property
    def charts(self) -> ChartGrid:
        return self.system.query_one(ChartGrid)

    @property
    def panels(self) -> SystemPanels:
        return self.system.query_one(SystemPanels)


def samples(count: int, util: float = 97.0) -> list[Line]:
    devices = (gpu(0, util, [100]), gpu(1, util / 2, []))
    members = (process(100, gpus=(uuid(0),)),)
    return [Sample(START + tick, HOST, (10.0, 90.0), devices, members) for tick in range(count)]


async def settled(pilot: Pilot[None]) -> None:
    for _ in range(3):
        await pilot.pause()


async def test_panels_and_charts_stand_on_one_screen() -> None:
    app = SystemApp(*samples(30))
    async with app.run_test(size=(160, 45)) as pilot:
        await settled(pilot)
        text = app.seen()
        for words in ("2 × NVIDIA H200", "brave-otter", "processes", "host", "cpu", "cores", "gpu/util"):
            assert words in text
        assert "gpu/util" in app.charts.shown
        assert app.panels.has_focus


async def test_processes_are_ordered_by_one_key_and_stay_so() -> None:
    small = process(100, gpus=(uuid(0),), cpu=3.0)
    large = process(101, run=100, role="rank", rank=1, gpus=(uuid(1),), cpu=90.0)
    app = SystemApp(Sample(START, HOST, (), (gpu(0, pids=[100]), gpu(1, pids=[101])), (small, large)))
    async with app.run_test(size=(160, 45)) as pilot:
        await settled(pilot)
        assert "processes by" not in app.seen()
        for _ in range(3):
            await pilot.press("o")
        await settled(pilot)
        text = app.seen()
        assert "processes  by cpu" in text
        assert text.index(" 101  ") < text.index(" 100  ")
        assert app.system.view()["order"] == "cpu"
        app.system.restore({"order": "no such order"})
        assert app.panels.order == "run"


async def test_on_a_low_terminal_the_charts_are_one_key_away() -> None:
    app = SystemApp(*samples(30))
    async with app.run_test(size=(80, 24)) as pilot:
        await settled(pilot)
        assert (app.panels.display, app.charts.display) == (True, False)
        await pilot.press("tab")
        await settled(pilot)
        assert (app.panels.display, app.charts.display) == (False, True)
        assert app.system.focused in {app.charts, *app.charts.charts}
        await pilot.press("tab")
        await settled(pilot)
        assert app.panels.display
        assert app.panels.has_focus


async def test_a_new_sample_is_seen_at_once() -> None:
    app = SystemApp(*samples(3))
    async with app.run_test(size=(160, 45)) as pilot:
        await settled(pilot)
        app.hear(Sample(START + 9, HOST, gpus=(gpu(0, 41.0, [100]), gpu(1, 7.0, []))))
        app.system.show_telemetry()
        await settled(pilot)
        assert "41 %" in app.seen()


async def test_it_waits_for_the_first_sample_and_then_shows_it() -> None:
    app = SystemApp()
    async with app.run_test(size=(120, 40)) as pilot:
        await settled(pilot)
        assert "no GPU: waiting for the first sample" in app.seen()
        assert "the charts begin with the first samples" in app.seen()
        app.hear(*samples(5))
        app.system.show_telemetry()
        await settled(pilot)
        assert app.charts.shown
        assert "waiting" not in app.seen()


async def test_a_driver_that_goes_away_is_told_and_the_host_goes_on() -> None:
    app = SystemApp(*samples(5))
    async with app.run_test(size=(120, 40)) as pilot:
        await settled(pilot)
        app.hear(
            StateLine(START + 6, "unavailable", "Driver Not Loaded"), Sample(START + 6, {**HOST, "cpu/percent": 11.0})
        )
        app.system.show_telemetry()
        await settled(pilot)
        assert "no GPU: Driver Not Loaded" in app.seen()
        assert "11 % of 16 cores" in app.seen()
        assert not any(metric.startswith("gpu/") for metric in app.charts.shown)


async def test_back_goes_back() -> None:
    app = SystemApp(*samples(2))
    async with app.run_test(size=(80, 24)) as pilot:
        await pilot.press("escape")
        assert app.screen is not app.system


async def test_the_arrangement_of_the_charts_is_there_again() -> None:
    app = SystemApp(*samples(5))
    async with app.run_test(size=(160, 45)) as pilot:
        await settled(pilot)
        view = app.system.view()
        app.system.restore(view)
        app.system.restore({"charts": "nonsense"})
        assert app.system.view() == view


async def test_a_chart_shows_every_device_though_most_of_them_idle() -> None:
    """Sixteen devices, three of which hold memory: those are what one looks for, not outliers."""
    devices = tuple(gpu(index, 97.0 if index < 3 else 0.0) for index in range(16))
    app = SystemApp(*[Sample(START + tick, HOST, (), devices) for tick in range(30)])
    async with app.run_test(size=(160, 60)) as pilot:
        await settled(pilot)
        chart = next(
            chart for chart in app.charts.charts if chart.spec is not None and chart.spec.metric == "gpu/memory"
        )
        assert chart.spec.lines
        assert "▴" not in app.seen()


async def test_one_chart_takes_all_room_and_the_panels_are_one_key_away() -> None:
    app = SystemApp(*samples(30))
    async with app.run_test(size=(160, 45)) as pilot:
        await settled(pilot)
        shown = [app.panels.display]
        for key in ("tab", "f", "tab"):
            await pilot.press(key)
            await settled(pilot)
            shown.append(app.panels.display)
        assert shown == [True, True, False, True]


async def test_a_chart_that_had_all_room_has_it_again() -> None:
    app = SystemApp(*samples(30))
    async with app.run_test(size=(160, 45)) as pilot:
        await settled(pilot)
        app.system.restore({"charts": {**app.charts.state, "full": "gpu/util"}})
        await settled(pilot)
        assert not app.panels.display


async def test_the_key_is_called_by_where_it_leads() -> None:
    app = SystemApp(*samples(30))
    async with app.run_test(size=(160, 45)) as pilot:
        await settled(pilot)
        assert "tab charts" in app.seen()
        for seen in ("tab processes", "tab charts"):
            await pilot.press("tab")
            await settled(pilot)
            assert seen in app.seen()
        await pilot.click(ChartGrid, offset=(5, 5))
        await settled(pilot)
        assert "tab processes" in app.seen()
        await pilot.press("tab")
        await settled(pilot)
        assert app.panels.has_focus


async def test_sixteen_devices_leave_the_processes_their_rows_on_a_low_terminal() -> None:
    devices = tuple(gpu(index, 97.0, [100 + index]) for index in range(16))
    members = tuple(process(100 + index, run=100, role="rank", gpus=(uuid(index),)) for index in range(16))
    app = SystemApp(Sample(START, HOST, (), devices, members))
    async with app.run_test(size=(80, 24)) as pilot:
        await settled(pilot)
        text = app.seen()
        assert [f" {100 + index} " in text for index in range(8)] == [True] * 8
        assert text.count("97 %") == 16
