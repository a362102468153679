"""Many charts: pages, sections, one cursor, one chart on the whole screen."""

from __future__ import annotations

from datetime import UTC
from typing import Any

import numpy as np
import pytest
from textual.app import ComposeResult
from textual.widgets import Input

from tests.tui.charts.made import chart, line
from tests.tui.waiting import text, until
from tui import themes
from tui.charts.line import ChartSpec, Look
from tui.charts.plot import Plot
from tui.charts.title import FOCUSED
from tui.charts.window import FULL
from tui.show.palette import Swatch
from tui.themed_app import ThemedApp
from tui.widgets.chart import Chart
from tui.widgets.chart_grid import ChartGrid
from tui.widgets.pattern_input import PatternInput

STEPS = np.arange(500.0)


def spec(metric: str, count: int = 500) -> ChartSpec:
    seed = sum(metric.encode())
    y = (1 + np.exp(-STEPS[:count] / (50 + seed % 100))).tolist()
    return chart(line(y, key="otter"), line(y, key="lynx", swatch=Swatch(1, "━")), metric=metric)


METRICS = ["train/loss", "train/lr", "train/grad_norm", "val/loss", "val/acc", "gpu/util", "gpu/mem", "epoch"]


class Grid(ThemedApp):
    def __init__(self, metrics: list[str] | None = None, theme: str = themes.DARK) -> None:
        super().__init__(theme)
        self.grid = ChartGrid(zone=UTC)
        self.specs = [spec(metric) for metric in (METRICS if metrics is None else metrics)]
        self.pages: list[frozenset[str]] = []
        self.changes = 0

    def compose(self) -> ComposeResult:
        yield self.grid

    def on_mount(self) -> None:
        self.grid.set_charts(self.specs)

    def on_chart_pages_page_changed(self, message: ChartGrid.PageChanged) -> None:
        self.pages.append(message.metrics)

    def on_chart_pages_state_changed(self, _message: ChartGrid.StateChanged) -> None:
        self.changes += 1

    @property
    def shown(self) -> list[str]:
        return [chart.metric for chart in self.grid.charts]

    @property
    def focused_metric(self) -> str | None:
        return self.focused.metric if isinstance(self.focused, Chart) else None

    def lines(self) -> list[str]:
        return [self.grid.render_line(y).text for y in range(self.grid.size.height)]


async def test_the_page_is_as_large_as_the_screen_and_only_its_charts_are_widgets() -> None:
    app = Grid()
    async with app.run_test(size=(100, 26)) as pilot:
        await pilot.pause()
        assert app.shown == METRICS[:4]
        assert len(app.query(Chart)) == 4
        assert "page 1 of 2" in app.lines()[-1]
        assert app.pages[-1] == frozenset(METRICS[:4])


async def test_headings_stand_above_the_charts() -> None:
    app = Grid()
    async with app.run_test(size=(100, 26)) as pilot:
        await pilot.pause()
        assert app.lines()[0].startswith(" ▾ train ─")
        tops = {chart.metric: chart.region.y for chart in app.grid.charts}
        heading = app.lines()[tops["val/loss"] - 1]
        assert heading.index("▾ val") == app.grid.charts[3].region.x + 1


async def test_pages_turn_and_stop_at_their_ends() -> None:
    app = Grid()
    async with app.run_test(size=(100, 26)) as pilot:
        await pilot.press("tab", "pagedown")
        await pilot.pause()
        assert app.shown == METRICS[4:]
        await pilot.press("pagedown")
        assert app.shown == METRICS[4:]
        await pilot.press("pageup")
        await pilot.pause()
        assert app.shown == METRICS[:4]


async def test_charts_off_the_page_are_not_computed(monkeypatch: pytest.MonkeyPatch) -> None:
    drawn: list[str] = []
    frame = Plot.frame

    def counted(plot: Plot, made: ChartSpec, look: Look, width: int, height: int) -> Any:
        drawn.append(made.metric)
        return frame(plot, made, look, width, height)

    app = Grid()
    async with app.run_test(size=(100, 26)) as pilot:
        await pilot.pause()
        monkeypatch.setattr(Plot, "frame", counted)
        app.grid.update([spec(metric, 400) for metric in METRICS])
        await pilot.pause()
        assert set(drawn) == set(METRICS[:4])


async def test_news_of_a_chart_that_is_not_seen_is_there_when_it_is() -> None:
    app = Grid()
    async with app.run_test(size=(100, 26)) as pilot:
        await pilot.pause()
        app.grid.update([spec("epoch", 321)])
        await pilot.press("tab", "pagedown")
        await pilot.pause()
        (epoch,) = [chart for chart in app.grid.charts if chart.metric == "epoch"]
        assert epoch.extent == (0.0, 320.0)


async def test_a_new_metric_finds_its_place() -> None:
    app = Grid(["train/loss"])
    async with app.run_test(size=(100, 26)) as pilot:
        await pilot.pause()
        app.grid.update([spec("val/loss")])
        await pilot.pause()
        assert app.shown == ["train/loss", "val/loss"]


async def test_metrics_that_went_are_gone() -> None:
    app = Grid()
    async with app.run_test(size=(100, 26)) as pilot:
        await pilot.pause()
        app.grid.set_charts([spec("val/loss")])
        await pilot.pause()
        assert app.shown == ["val/loss"]
        assert [chart.metric for chart in app.query(Chart) if chart.display] == ["val/loss"]


def marked(app: Grid) -> list[str]:
    """The charts that say they have the keyboard."""
    return [chart.metric for chart in app.grid.charts if chart.frame.rows[0].text.startswith(FOCUSED)]


async def test_arrows_move_the_focus_and_turn_the_page_at_its_end() -> None:
    app = Grid()
    async with app.run_test(size=(100, 26)) as pilot:
        await pilot.press("tab")
        seen = [app.focused_metric]
        for key in ("full_stop", "down", "comma", "up"):
            await pilot.press(key)
            seen.append(app.focused_metric)
        assert seen == ["train/loss", "train/lr", "val/loss", "train/grad_norm", "train/loss"]
        await pilot.press("down", "down")
        await pilot.pause()
        assert (app.grid.page.number, app.focused_metric) == (1, "val/acc")
        await pilot.press("up")
        await pilot.pause()
        assert (app.grid.page.number, app.focused_metric) == (0, "val/loss")


async def test_only_the_chart_with_the_keyboard_says_that_it_has_it() -> None:
    app = Grid()
    async with app.run_test(size=(100, 26)) as pilot:
        await pilot.press("tab", "full_stop", "full_stop")
        await until(lambda: marked(app) == [app.focused_metric] == ["train/grad_norm"], pilot)


async def test_the_cursor_is_linked_across_all_charts() -> None:
    app = Grid()
    async with app.run_test(size=(100, 26)) as pilot:
        await pilot.press("tab", "ctrl+right")
        cursors = {chart.look.cursor for chart in app.grid.charts}
        assert len(cursors) == 1
        assert None not in cursors
        assert all("│" in chart.render_line(1).text for chart in app.grid.charts)


async def test_zoom_smoothing_and_axis_are_shared_and_log_is_each_charts_own() -> None:
    app = Grid()
    async with app.run_test(size=(100, 26)) as pilot:
        await pilot.press("tab", "plus", "z", "l")
        first, *rest = app.grid.charts
        assert first.look.log
        assert not any(chart.look.log for chart in rest)
        assert {chart.look.smoothing.weight for chart in app.grid.charts} == {0.3}
        assert len({chart.look.window for chart in app.grid.charts}) == 1
        assert "zoom · smooth 0.3" in app.lines()[-1]
        await pilot.press("0", "x")
        assert app.grid.look.window == FULL
        assert {str(chart.look.xaxis) for chart in app.grid.charts} == {"relative"}
        assert "relative time" in app.lines()[-1]
        assert app.changes == 5


async def test_charts_that_come_later_take_the_look_of_the_others() -> None:
    app = Grid()
    async with app.run_test(size=(100, 26)) as pilot:
        await pilot.press("tab", "l", "plus", "pagedown")
        await pilot.pause()
        assert {chart.look.smoothing.weight for chart in app.grid.charts} == {0.3}
        await pilot.press("pageup")
        await pilot.pause()
        assert app.grid.charts[0].look.log


async def test_a_highlighted_run_is_on_top_in_all_charts() -> None:
    app = Grid()
    async with app.run_test(size=(100, 26)) as pilot:
        await pilot.pause()
        app.grid.highlight("lynx")
        await pilot.pause()
        for shown in app.grid.charts:
            title = shown.render_line(0).text
            assert title.index("lynx") < title.find("otter") or "otter" not in title


async def test_one_chart_has_the_whole_screen_and_gives_it_back() -> None:
    app = Grid()
    async with app.run_test(size=(100, 26)) as pilot:
        await pilot.press("tab", "full_stop", "f")
        await pilot.pause()
        assert (app.shown, app.focused_metric) == (["train/lr"], "train/lr")
        assert app.grid.charts[0].region.size == (100, 26)
        await pilot.press("pagedown")
        assert app.shown == ["train/lr"]
        await pilot.press("escape")
        await pilot.pause()
        assert (app.shown, app.focused_metric) == (METRICS[:4], "train/lr")


async def test_one_chart_on_the_whole_screen_says_itself_what_the_last_line_said() -> None:
    app = Grid()
    async with app.run_test(size=(100, 26)) as pilot:
        await pilot.press("tab", "plus")
        await until(lambda: "smooth 0.3" in text(pilot).splitlines()[-1], pilot)
        assert "smooth" not in app.grid.charts[0].frame.rows[0].text
        await pilot.press("f")
        await until(lambda: "smooth 0.3" in app.grid.charts[0].frame.rows[0].text, pilot)
        await pilot.press("f")
        await until(lambda: "smooth" not in app.grid.charts[0].frame.rows[0].text, pilot)


async def test_escape_takes_the_cursor_away_before_it_leaves_the_full_screen() -> None:
    app = Grid()
    async with app.run_test(size=(100, 26)) as pilot:
        await pilot.press("tab", "f", "right", "escape")
        await pilot.pause()
        assert app.grid.full == "train/loss"
        await pilot.press("escape")
        await pilot.pause()
        assert app.grid.full is None


async def test_a_double_click_does_what_f_does() -> None:
    app = Grid()
    async with app.run_test(size=(100, 26)) as pilot:
        await pilot.pause()
        await pilot.double_click(app.grid.charts[1], offset=(20, 3))
        await pilot.pause()
        assert app.shown == ["train/lr"]
        await pilot.double_click(app.grid.charts[0], offset=(20, 3))
        await pilot.pause()
        assert app.shown == METRICS[:4]


async def test_rows_and_columns() -> None:
    app = Grid()
    async with app.run_test(size=(100, 26)) as pilot:
        await pilot.press("tab", "left_square_bracket")
        await pilot.pause()
        assert (app.grid.page.rows, app.grid.page.columns) == (2, 1)
        await pilot.press("left_curly_bracket", "right_square_bracket", "right_square_bracket")
        await pilot.pause()
        assert (app.grid.page.rows, app.grid.page.columns) == (1, 3)
        await pilot.press("right_curly_bracket")
        await pilot.pause()
        assert (app.grid.page.rows, app.grid.page.columns) == (2, 3)


async def test_a_pinned_chart_comes_first_and_keeps_the_focus() -> None:
    app = Grid()
    async with app.run_test(size=(100, 26)) as pilot:
        await pilot.press("tab", "full_stop", "full_stop", "p")
        await pilot.pause()
        assert app.shown[0] == "train/grad_norm"
        assert app.focused_metric == "train/grad_norm"
        assert "▾ pinned" in app.lines()[0]
        await pilot.press("p")
        await pilot.pause()
        assert app.shown == METRICS[:4]


async def test_charts_are_moved() -> None:
    app = Grid()
    async with app.run_test(size=(100, 26)) as pilot:
        await pilot.press("tab", "greater_than_sign")
        await pilot.pause()
        assert app.shown[:2] == ["train/lr", "train/loss"]
        assert app.focused_metric == "train/loss"
        await pilot.press("less_than_sign")
        await pilot.pause()
        assert app.shown == METRICS[:4]


async def test_a_hidden_chart_goes_and_the_focus_stays_in_its_place() -> None:
    app = Grid()
    async with app.run_test(size=(100, 26)) as pilot:
        await pilot.press("tab", "full_stop", "h")
        await pilot.pause()
        assert "train/lr" not in app.shown
        assert app.focused_metric == "train/grad_norm"
        await pilot.press("H")
        await pilot.pause()
        assert app.shown == METRICS[:4]


async def test_sections_fold_by_key_and_by_mouse() -> None:
    app = Grid()
    async with app.run_test(size=(100, 26)) as pilot:
        await pilot.press("tab", "v")
        await pilot.pause()
        assert app.shown == METRICS[3:7]
        assert app.focused_metric == "val/loss"
        assert "▸ train 3" in app.lines()[-1]
        await pilot.click(app.grid, offset=(3, 25))
        await pilot.pause()
        assert app.shown == METRICS[:4]
        await pilot.click(app.grid, offset=(4, 0))
        await pilot.pause()
        assert app.shown == METRICS[3:7]


async def test_when_all_is_folded_the_grid_itself_takes_the_keys() -> None:
    app = Grid(["train/loss"])
    async with app.run_test(size=(100, 26)) as pilot:
        await pilot.press("tab", "v")
        await pilot.pause()
        assert app.shown == []
        assert app.focused is app.grid
        assert any("all sections are folded: V unfolds them" in row for row in app.lines())
        await pilot.press("V")
        await pilot.pause()
        assert app.shown == ["train/loss"]


async def test_a_regular_expression_narrows_the_charts() -> None:
    app = Grid()
    async with app.run_test(size=(100, 26)) as pilot:
        await pilot.pause()
        app.grid.pattern = "loss$"
        await pilot.pause()
        assert app.shown == ["train/loss", "val/loss"]
        assert "/loss$/" in app.lines()[-1]


async def test_a_grid_that_shows_none_of_its_charts_says_why() -> None:
    app = Grid(["train/loss", "train/lr"])
    app.grid.empty_text = "no metrics yet"
    async with app.run_test(size=(80, 26)) as pilot:
        await pilot.pause()
        assert app.grid.check_action("turn", (1,))
        app.grid.pattern = "zz"
        await pilot.pause()
        assert not app.grid.check_action("turn", (1,))
        assert any("no metric matches /zz/: \\ changes that" in row for row in app.lines())
        app.grid.pattern = ""
        await pilot.pause()
        await pilot.press("tab", "h", "h")
        await pilot.pause()
        assert any("all charts are hidden: H shows them" in row for row in app.lines())
        await pilot.press("H")
        await pilot.pause()
        assert not any("hidden" in row or "no metric" in row for row in app.lines())


async def test_the_filter_narrows_with_every_key_and_escape_takes_them_back() -> None:
    app = Grid()
    async with app.run_test(size=(100, 26)) as pilot:
        await pilot.press("tab", "backslash", "a", "c", "c")
        await pilot.pause()
        assert app.shown == ["val/acc"]
        await pilot.press("enter")
        await pilot.pause()
        assert app.focused_metric == "val/acc"
        assert not any(line.display for line in app.query(PatternInput))
        await pilot.press("backslash", "x", "escape")
        await pilot.pause()
        assert app.grid.pattern == "acc"
        await pilot.press("backslash", "ctrl+u", "enter")
        await pilot.pause()
        assert app.shown == METRICS[:4]


async def test_another_window_and_back_and_one_types_the_filter_on() -> None:
    app = Grid()
    async with app.run_test(size=(100, 26)) as pilot:
        await pilot.press("tab", "backslash", "v")
        app.app_focus = False
        await until(lambda: app.focused is None, pilot)
        app.app_focus = True
        await until(lambda: isinstance(app.focused, Input), pilot)
        await pilot.press("a", "l")
        await until(lambda: app.grid.pattern == "val", pilot)


async def test_what_a_person_set_comes_back_in_another_grid() -> None:
    app = Grid()
    async with app.run_test(size=(100, 26)) as pilot:
        await pilot.press("tab", "full_stop", "p", "l", "plus", "x", "pagedown")
        await pilot.pause()
        state, shown = app.grid.state, app.shown
    again = Grid()
    async with again.run_test(size=(100, 26)) as pilot:
        again.grid.restore(state)
        await pilot.pause()
        assert again.shown == shown
        assert again.grid.state == state
        await pilot.press("tab", "pageup")
        await pilot.pause()
        assert again.shown[0] == "train/lr"
        assert again.grid.charts[0].look.log


async def test_a_state_may_come_back_before_the_charts_do() -> None:
    app = Grid([])
    async with app.run_test(size=(100, 26)) as pilot:
        app.grid.restore({"page": 1, "log": ["epoch"]})
        await pilot.pause()
        app.grid.set_charts([spec(metric) for metric in METRICS])
        await pilot.pause()
        assert app.shown == METRICS[4:]
        assert app.grid.charts[-1].look.log


async def test_a_click_takes_the_focus() -> None:
    app = Grid()
    async with app.run_test(size=(100, 26)) as pilot:
        await pilot.pause()
        await pilot.click(app.grid.charts[2], offset=(20, 4))
        assert app.focused_metric == "train/grad_norm"


async def test_an_empty_grid_says_so() -> None:
    app = Grid([])
    app.grid.empty_text = "no metrics yet"
    async with app.run_test(size=(60, 12)) as pilot:
        await pilot.pause()
        assert any("no metrics yet" in row for row in app.lines())
        await pilot.press("f", "p", "v", "h", "z", "greater_than_sign", "down", "pagedown")


@pytest.mark.parametrize("size", [(80, 24), (160, 45), (220, 60), (300, 90), (20, 5), (5, 2)])
async def test_all_sizes_of_terminals(size: tuple[int, int]) -> None:
    app = Grid()
    async with app.run_test(size=size) as pilot:
        await pilot.pause()
        for shown in app.grid.charts:
            assert shown.region.right <= size[0]
            assert shown.region.bottom <= size[1]
            assert [len(shown.render_line(y).text) for y in range(shown.size.height)] == [
                shown.size.width
            ] * shown.size.height


async def test_the_grid_follows_the_size_of_the_terminal() -> None:
    app = Grid()
    async with app.run_test(size=(100, 26)) as pilot:
        await pilot.pause()
        await pilot.resize_terminal(200, 60)
        await pilot.pause()
        assert app.shown == METRICS
        await pilot.resize_terminal(80, 24)
        await pilot.pause()
        assert app.shown == METRICS[:2]


def standing(app: Grid) -> list[tuple[int, int, int, int]]:
    """Where the charts are on the screen."""
    top = app.grid.region
    return [(c.region.x - top.x, c.region.y - top.y, c.region.width, c.region.height) for c in app.grid.charts]


def meant(app: Grid) -> list[tuple[int, int, int, int]]:
    """Where the page wants them."""
    return [(place.left, place.top, place.width, place.height) for place in app.grid.page.places]


def drawn(app: Grid) -> bool:
    """Whether each chart is drawn for the room that it has."""
    return bool(app.grid.charts) and all(
        len(chart.frame.rows) == chart.size.height and {len(row.text) for row in chart.frame.rows} == {chart.size.width}
        for chart in app.grid.charts
    )


async def test_charts_stand_where_the_page_says_after_the_terminal_was_resized() -> None:
    app = Grid()
    async with app.run_test(size=(160, 45)) as pilot:
        for size in ((80, 24), (220, 60), (160, 45), (40, 12), (160, 45)):
            await pilot.resize_terminal(*size)
            await until(lambda: app.grid.size == app.size and standing(app) == meant(app) and drawn(app), pilot)


async def test_charts_stand_where_the_page_says_when_rows_and_columns_change() -> None:
    app = Grid()
    async with app.run_test(size=(160, 45)) as pilot:
        app.grid.restore({"rows": 2, "columns": 4})
        await until(lambda: len(standing(app)) == 8 and standing(app) == meant(app), pilot)
        app.grid.restore({"rows": 4, "columns": 2})
        await until(lambda: app.grid.page.columns == 2 and standing(app) == meant(app), pilot)


async def test_the_look_can_be_set_from_above() -> None:
    app = Grid()
    async with app.run_test(size=(100, 26)) as pilot:
        await pilot.pause()
        app.grid.look = app.grid.look._replace(band=False, cursor=100.0)
        assert {(chart.look.band, chart.look.cursor) for chart in app.grid.charts} == {(False, 100.0)}


def test_every_key_has_an_id_a_description_and_a_tooltip() -> None:
    ids = [binding.id for binding in ChartGrid.BINDINGS if not isinstance(binding, tuple)]
    assert len(set(ids)) == len(ChartGrid.BINDINGS)
    for binding in ChartGrid.BINDINGS:
        assert not isinstance(binding, tuple)
        assert (binding.id or "").startswith("charts.")
        assert binding.description
        assert binding.tooltip
