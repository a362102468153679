"""Marked runs side by side: config, summary and curves, and how one gets about between them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

from textual.pilot import Pilot

from logstore.model.delta import Delta, RunDelta
from tests.tui.store import NOW, THREE, Told, block, model
from tui.frame_text import frame, plain
from tui.model import Model
from tui.screens.compare import CompareScreen
from tui.screens.value import ValueScreen
from tui.themed_app import ThemedApp
from tui.widgets.chart_grid import ChartGrid
from tui.widgets.diff_table import DiffTable
from tui.widgets.summary_table import SummaryTable


class CompareApp(ThemedApp):
    def __init__(self, *runs: Told, keys: Sequence[str] = ()) -> None:
        super().__init__()
        told = runs or THREE
        self.model: Model = model(*told)
        self.compare = CompareScreen(self.model, keys or [run.key for run in told])

    def on_mount(self) -> None:
        self.push_screen(self.compare)

    def seen(self) -> list[str]:
        return plain(frame(self.screen, self.size)).splitlines()

    @property
    def configs(self) -> DiffTable:
        return self.compare.query_one(DiffTable)

    @property
    def summaries(self) -> SummaryTable:
        return self.compare.query_one(SummaryTable)

    @property
    def curves(self) -> ChartGrid:
        return self.compare.query_one(ChartGrid)


async def settled(pilot: Pilot[None]) -> None:
    for _ in range(3):
        await pilot.pause()


def line_with(app: CompareApp, text: str) -> str:
    return next((line for line in app.seen() if text in line), "")


async def test_config_summary_and_curves_stand_on_one_screen() -> None:
    app = CompareApp()
    async with app.run_test(size=(160, 45)) as pilot:
        await settled(pilot)
        assert app.seen()[0].split("   ")[0].endswith(" › 3 runs")
        assert "config  differing 4 of 6" in line_with(app, "summary  ★ best")
        assert line_with(app, " lr ").split()[:4] == ["lr", "3e-4", "1e-4", "3e-4"]
        assert line_with(app, "optim.fused").split()[:5] == ["optim.fused", "true", "–", "missing", "false"]
        assert '"0" text' in line_with(app, "seed")
        assert line_with(app, "git.commit").split()[1:4] == ["1f3a9c2d00", "1f3a9c2d00", "77b01de400"]
        assert "★" in line_with(app, "val/loss min")
        assert app.curves.shown == {"train/loss", "val/loss", "val/acc", "lr"}
        assert app.configs.has_focus


async def test_on_a_small_terminal_they_are_pages() -> None:
    app = CompareApp()
    async with app.run_test(size=(80, 24)) as pilot:
        await settled(pilot)
        assert app.seen()[1].split() == ["1", "config", "2", "summary", "3", "curves"]
        assert "summary  ★" not in "\n".join(app.seen())
        await pilot.press("tab")
        await settled(pilot)
        assert "summary  ★ best" in "\n".join(app.seen())
        assert app.summaries.has_focus
        await pilot.press("3")
        await settled(pilot)
        assert not app.configs.display
        assert app.curves.charts
        assert app.compare.focused in {app.curves, *app.curves.charts}
        await pilot.press("tab")
        await settled(pilot)
        assert app.configs.has_focus
        await pilot.press("shift+tab")
        await settled(pilot)
        assert app.compare.focused in {app.curves, *app.curves.charts}


async def test_resizing_brings_the_pages_together_again() -> None:
    app = CompareApp()
    async with app.run_test(size=(80, 24)) as pilot:
        await pilot.press("2")
        await pilot.resize_terminal(160, 45)
        await settled(pilot)
        assert app.configs.display
        assert app.curves.display


async def test_the_baseline_is_chosen_once_for_both_tables() -> None:
    app = CompareApp()
    async with app.run_test(size=(160, 45)) as pilot:
        await pilot.press("right", "b")
        await settled(pilot)
        assert app.compare.baseline == THREE[1].key
        assert (app.configs.baseline, app.summaries.baseline) == (1, 1)
        assert "against calm-lynx" in app.seen()[2]
        await pilot.press("2")
        await settled(pilot)
        await pilot.press("d")
        assert "Δ to calm-lynx" in app.seen()[2]


async def test_enter_shows_the_whole_value_of_every_run_and_copies_it() -> None:
    long = {"layers": [f"layer-{index}" for index in range(40)]}
    app = CompareApp(replace(THREE[0], config=long), replace(THREE[1], config={}))
    async with app.run_test(size=(120, 40)) as pilot:
        await settled(pilot)
        await pilot.press("enter")
        await settled(pilot)
        assert isinstance(app.screen, ValueScreen)
        text = "\n".join(app.seen())
        assert " layers " in text
        assert '"layer-3",' in text
        await pilot.press("y")
        assert app.clipboard.startswith('[\n  "layer-0"')
        await pilot.press("end")
        await settled(pilot)
        assert "– missing" in "\n".join(app.seen())
        await pilot.press("escape")
        assert app.screen_stack[-1] is app.compare


async def test_back_goes_back_and_clears_a_search_first() -> None:
    app = CompareApp()
    async with app.run_test(size=(160, 45)) as pilot:
        await pilot.press("slash")
        await pilot.press("l", "q", "enter", "escape")
        assert (app.configs.needle, app.screen) == ("", app.compare)
        await pilot.press("escape")
        assert app.screen is not app.compare


async def test_news_of_a_run_reach_config_summary_and_curves() -> None:
    app = CompareApp()
    told = THREE[0]
    async with app.run_test(size=(160, 45)) as pilot:
        await settled(pilot)
        more = block({"val/loss": [0.5]}, first_step=900)
        config = {**told.config, "lr": 7e-4}
        news = RunDelta(told.key, Path("/store") / told.key, config=config, blocks={0: (more,)}, last_write=NOW)
        app.compare.show(app.model.apply(Delta((news,))))
        await pilot.pause(1.1)
        assert line_with(app, " lr ").split()[1] == "7e-4"
        assert "★ 0.5000" in line_with(app, "val/loss min")
        drawn = next(chart for chart in app.curves.charts if chart.metric == "val/loss")
        assert "0.5000" in "".join(drawn.render_line(0).text)


async def test_news_of_another_run_change_nothing() -> None:
    app = CompareApp(*THREE, keys=[run.key for run in THREE[:2]])
    async with app.run_test(size=(160, 45)) as pilot:
        await settled(pilot)
        before = app.seen()
        other = Told("other", {"lr": 1}, {"val/loss": [1.0]})
        app.compare.show(app.model.apply(Delta((other.delta(),))))
        await settled(pilot)
        assert app.seen()[2:20] == before[2:20]


async def test_a_deleted_run_leaves_the_comparison() -> None:
    app = CompareApp()
    async with app.run_test(size=(160, 45)) as pilot:
        await settled(pilot)
        app.compare.show(app.model.apply(Delta(gone=(THREE[0].key,))))
        await settled(pilot)
        assert [head.name for head in app.configs.heads] == ["calm-lynx", "eager-mole"]
        assert "against calm-lynx" in line_with(app, "config  differing")
        await pilot.press("right", "b")
        assert app.compare.baseline == THREE[2].key


async def test_runs_without_anything_say_what_is_missing() -> None:
    app = CompareApp(Told("a"), Told("b"))
    async with app.run_test(size=(160, 45)) as pilot:
        await settled(pilot)
        text = "\n".join(app.seen())
        assert "these runs have no config" in text
        assert "these runs have no metric in common yet" in text


async def test_only_metrics_in_common_are_drawn() -> None:
    app = CompareApp(Told("a", metrics={"x": [1.0, 2.0], "own": [1.0]}), Told("b", metrics={"x": [2.0, 1.0]}))
    async with app.run_test(size=(160, 45)) as pilot:
        await settled(pilot)
        assert app.curves.shown == {"x"}


async def test_more_runs_than_fit_are_reached_by_scrolling() -> None:
    runs = [Told(f"run-{index:02}", {"seed": index}, {"loss": [1.0 * index, 2.0]}) for index in range(14)]
    app = CompareApp(*runs)
    async with app.run_test(size=(100, 30)) as pilot:
        await settled(pilot)
        await pilot.press(*["right"] * 13)
        await settled(pilot)
        assert "run-13" in line_with(app, " key ")
        assert app.configs.column == 13


async def test_what_was_set_is_there_again() -> None:
    app = CompareApp()
    async with app.run_test(size=(160, 45)) as pilot:
        await pilot.press("h", "2")
        await settled(pilot)
        await pilot.press("d")
        view = app.compare.view()
    again = CompareApp()
    async with again.run_test(size=(160, 45)) as pilot:
        await settled(pilot)
        again.compare.restore(view)
        assert (again.configs.identical, again.summaries.deltas) == (True, True)
        again.compare.restore({"identical": "yes", "deltas": None, "curves": 7})
        assert (again.configs.identical, again.summaries.deltas) == (False, False)


async def test_one_chart_takes_all_room_and_the_tables_are_one_key_away() -> None:
    app = CompareApp()
    async with app.run_test(size=(160, 45)) as pilot:
        await settled(pilot)
        await pilot.press("3")
        await settled(pilot)
        await pilot.press("f")
        await settled(pilot)
        assert (app.configs.display, app.summaries.display) == (False, False)
        assert app.seen()[1].startswith("▌val/loss")
        await pilot.press("1")
        await settled(pilot)
        assert app.configs.display
        assert app.configs.has_focus
        assert app.curves.full is None


async def test_summaries_stand_in_the_order_of_the_charts() -> None:
    app = CompareApp()
    async with app.run_test(size=(160, 45)) as pilot:
        await settled(pilot)
        names = [row.metric for row in app.summaries.diff.rows]
        assert names[:3] == ["val/loss", "val/acc", "train/loss"]
