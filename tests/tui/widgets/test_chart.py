"""One chart, with keys and mouse, driven by Textual's pilot."""

from __future__ import annotations

from datetime import UTC

import numpy as np
import pytest
from textual import events
from textual.app import ComposeResult
from textual.widgets import Static

from tests.tui.charts.made import chart, line
from tui import themes
from tui.charts.line import ChartSpec, Look
from tui.charts.window import FULL, fixed
from tui.show.palette import Swatch
from tui.themed_app import ThemedApp
from tui.widgets.chart import Chart

FALL = (2 + 3 * np.exp(-np.arange(1001) / 200)).tolist()


def spec(*, live: bool = False) -> ChartSpec:
    return chart(line(FALL, key="otter", live=live), metric="train/loss")


class OneChart(ThemedApp):
    def __init__(self, shown: ChartSpec | None = None, look: Look | None = None, theme: str = themes.DARK) -> None:
        super().__init__(theme)
        self.chart = Chart(shown or spec(), look, zone=UTC)
        self.told: list[object] = []

    def compose(self) -> ComposeResult:
        yield Static("above")
        yield self.chart

    def on_mount(self) -> None:
        self.chart.focus()

    def on_chart_look_changed(self, message: Chart.LookChanged) -> None:
        self.told.append(message)

    def on_chart_cursor_moved(self, message: Chart.CursorMoved) -> None:
        self.told.append(message.x)

    def on_chart_maximised(self, message: Chart.Maximised) -> None:
        self.told.append("maximised")


def screen(app: OneChart) -> list[str]:
    return [app.chart.render_line(y).text for y in range(app.chart.size.height)]


async def test_a_chart_fills_its_widget() -> None:
    async with OneChart().run_test(size=(80, 20)) as pilot:
        rows = screen(pilot.app)  # type: ignore[arg-type]
        assert [len(row) for row in rows] == [80] * 19
        assert rows[0].startswith("▌train/loss  ━ otter 2.020")


@pytest.mark.parametrize(("key", "kind"), [("x", "relative"), ("l", "log"), ("r", "full_range")])
async def test_keys_change_the_look_and_say_so(key: str, kind: str) -> None:
    app = OneChart()
    async with app.run_test(size=(80, 20)) as pilot:
        await pilot.press(key)
        look = app.chart.look
        assert {"relative": look.xaxis.kind == "relative", "log": look.log, "full_range": look.full_range}[kind]
        (message,) = app.told
        assert isinstance(message, Chart.LookChanged)
        assert (message.control, message.look) == (app.chart, look)


class Tokens:
    steps = np.arange(1001.0)
    values = np.arange(1001.0) * 512


async def test_the_x_axis_goes_round_over_times_and_what_measures_progress() -> None:
    app = OneChart(chart(line(FALL, key="otter", along={"tokens": Tokens(), "lr": Tokens()})))
    async with app.run_test(size=(80, 20)) as pilot:
        seen = []
        for _ in range(4):
            await pilot.press("x")
            seen.append(str(app.chart.look.xaxis))
        assert seen == ["relative", "wall", "metric:tokens", "step"]


async def test_smoothing_with_plus_and_minus() -> None:
    app = OneChart()
    async with app.run_test(size=(80, 20)) as pilot:
        await pilot.press("+", "=", "-", "S")
        assert (app.chart.look.smoothing.weight, app.chart.look.smoothing.kind) == (0.3, "ema")
        assert "smooth 0.3 by points" in screen(app)[0]


async def test_the_cursor_moves_by_columns_reads_values_and_goes_with_escape() -> None:
    app = OneChart()
    async with app.run_test(size=(80, 20)) as pilot:
        await pilot.press("right")
        first = app.chart.look.cursor
        assert first is not None
        assert app.chart.frame.column_of(first) == app.chart.frame.area.left
        await pilot.press("right", "ctrl+right", "left")
        column = app.chart.frame.column_of(app.chart.look.cursor or 0.0)
        assert column == app.chart.frame.area.left + 10
        assert "│" in {row[column] for row in screen(app)[1:-1]}
        await pilot.press("escape")
        assert app.chart.look.cursor is None
        assert app.told[-1] is None


async def test_a_cursor_that_was_not_there_comes_in_from_the_edge_it_leaves() -> None:
    app = OneChart()
    async with app.run_test(size=(80, 20)) as pilot:
        await pilot.press("left")
        assert app.chart.frame.column_of(app.chart.look.cursor or 0.0) == 79
        await pilot.press("home")
        assert app.chart.frame.column_of(app.chart.look.cursor or 0.0) == app.chart.frame.area.left


async def test_zoom_keeps_the_cursor_where_it_is_and_reset_shows_all() -> None:
    app = OneChart()
    async with app.run_test(size=(80, 20)) as pilot:
        await pilot.press("ctrl+right")
        before = app.chart.frame.column_of(app.chart.look.cursor or 0.0)
        await pilot.press("z", "z")
        start, end = app.chart.frame.window
        assert end - start == pytest.approx(1000 / 2.25, rel=1e-3)
        assert app.chart.frame.column_of(app.chart.look.cursor or 0.0) == pytest.approx(before, abs=1)
        assert "zoom" in screen(app)[0]
        await pilot.press("0")
        assert app.chart.frame.window == (0.0, 1000.0)
        assert app.chart.look.cursor is None


async def test_zooming_out_again_shows_all() -> None:
    app = OneChart()
    async with app.run_test(size=(80, 20)) as pilot:
        await pilot.press("z", "Z")
        assert app.chart.look.window.kind == "full"


async def test_panning_moves_the_window_and_stops_at_the_data() -> None:
    app = OneChart(look=Look(window=fixed(400.0, 600.0)))
    async with app.run_test(size=(80, 20)) as pilot:
        await pilot.press("shift+right")
        assert app.chart.frame.window == pytest.approx((450.0, 650.0))
        await pilot.press(*["shift+left"] * 20)
        assert app.chart.frame.window == pytest.approx((0.0, 200.0))


async def test_a_live_chart_follows_the_tail_and_stays_put_when_told() -> None:
    app = OneChart(spec(live=True))
    async with app.run_test(size=(80, 20)) as pilot:
        await pilot.press("t")
        assert app.chart.look.window.kind == "tail"
        assert "tail" in screen(app)[0]
        more = line([*FALL, *[2.0] * 500], key="otter", live=True)
        app.chart.show(chart(more, metric="train/loss"))
        await pilot.pause()
        assert app.chart.frame.window[1] >= 1500.0
        await pilot.press("t")
        held = app.chart.frame.window
        app.chart.show(chart(line([*FALL, *[2.0] * 900], key="otter", live=True), metric="train/loss"))
        await pilot.pause()
        assert app.chart.frame.window == held


async def test_the_mouse_moves_the_hairline_and_takes_it_away() -> None:
    app = OneChart()
    async with app.run_test(size=(80, 20)) as pilot:
        await pilot.hover(app.chart, offset=(40, 5))
        assert app.chart.frame.column_of(app.chart.look.cursor or 0.0) == 40
        await pilot.hover("Static")
        assert app.chart.look.cursor is None


async def test_the_wheel_zooms_at_the_pointer() -> None:
    app = OneChart()
    async with app.run_test(size=(80, 20)) as pilot:
        await pilot.hover(app.chart, offset=(26, 5))
        at = app.chart.frame.x_at(26)
        await pilot._post_mouse_events([events.MouseScrollUp], app.chart, offset=(26, 5))
        zoomed = app.chart.frame
        assert zoomed.window[1] - zoomed.window[0] == pytest.approx(800.0)
        assert zoomed.column_of(at) == 26
        await pilot._post_mouse_events([events.MouseScrollDown], app.chart, offset=(26, 5))
        assert app.chart.look.window == FULL


async def test_dragging_selects_a_range() -> None:
    app = OneChart()
    async with app.run_test(size=(80, 20)) as pilot:
        left, right = app.chart.frame.x_at(20), app.chart.frame.x_at(60)
        await pilot.mouse_down(app.chart, offset=(20, 5))
        await pilot.hover(app.chart, offset=(60, 8))
        selected = app.chart.look.selection
        await pilot.mouse_up(app.chart, offset=(60, 8))
        assert (selected, app.chart.look.selection) == ((left, right), None)
        assert app.chart.frame.window == pytest.approx((left, right))


async def test_a_click_is_no_drag() -> None:
    app = OneChart()
    async with app.run_test(size=(80, 20)) as pilot:
        await pilot.mouse_down(app.chart, offset=(20, 5))
        await pilot.hover(app.chart, offset=(21, 5))
        await pilot.mouse_up(app.chart, offset=(21, 5))
        assert app.chart.look.window.kind == "full"


async def test_a_double_click_asks_for_the_whole_screen() -> None:
    app = OneChart()
    async with app.run_test(size=(80, 20)) as pilot:
        await pilot.double_click(app.chart, offset=(30, 5))
        assert "maximised" in app.told


async def test_only_the_rows_that_changed_are_painted_again() -> None:
    app = OneChart()
    async with app.run_test(size=(80, 20)) as pilot:
        before = [app.chart.render_line(y) for y in range(19)]
        longer = chart(line([*FALL[:-1], FALL[-1], 2.02], key="otter"), metric="train/loss")
        app.chart.look = app.chart.look._replace(window=fixed(0.0, 1000.0))
        await pilot.pause()
        zoomed = [app.chart.render_line(y) for y in range(19)]
        app.chart.show(longer)
        await pilot.pause()
        after = [app.chart.render_line(y) for y in range(19)]
        kept = sum(old is new for old, new in zip(zoomed, after, strict=True))
        assert kept >= 17
        assert before[5].text == after[5].text


@pytest.mark.parametrize("theme", [themes.DARK, themes.LIGHT, themes.SAFE])
async def test_every_ink_has_a_style_in_every_theme(theme: str) -> None:
    lines = [line(FALL, key=str(slot), swatch=Swatch(slot, "━")) for slot in range(12)]
    app = OneChart(chart(*lines), theme=theme)
    async with app.run_test(size=(80, 20)):
        colours = {app.chart._styles_of_ink[ink].color for ink in (*range(1, 11), *range(32, 44), *range(64, 76))}
        assert None not in colours
        assert len({app.chart._styles_of_ink[ink].color for ink in range(32, 44)}) == 12
        gradient = [app.chart._styles_of_ink[ink].color for ink in range(96, 120)]
        assert len(set(gradient)) > 12


async def test_another_theme_repaints_in_its_colours() -> None:
    app = OneChart()
    async with app.run_test(size=(80, 20)) as pilot:
        dark = app.chart.render_line(5)
        app.theme = themes.LIGHT
        await pilot.pause()
        light = app.chart.render_line(5)
        assert dark.text == light.text
        assert [segment.style for segment in dark] != [segment.style for segment in light]


async def test_names_wider_than_they_look_do_not_break_the_row() -> None:
    app = OneChart(chart(line(FALL, key="a", name="損失✨𝌀\x1b[31m")))
    async with app.run_test(size=(60, 12)):
        assert app.chart.render_line(0).cell_length == 60
        assert "\x1b" not in screen(app)[0]


async def test_resizing_draws_for_the_new_size() -> None:
    app = OneChart()
    async with app.run_test(size=(80, 20)) as pilot:
        await pilot.resize_terminal(120, 30)
        await pilot.pause()
        assert [len(row) for row in screen(app)] == [120] * 29


def test_every_key_has_an_id_a_description_and_a_tooltip() -> None:
    for binding in Chart.BINDINGS:
        assert not isinstance(binding, tuple)
        assert (binding.id or "").startswith("chart.")
        assert binding.description
        assert binding.tooltip
    assert len({binding.id for binding in Chart.BINDINGS if not isinstance(binding, tuple)}) == len(Chart.BINDINGS)
