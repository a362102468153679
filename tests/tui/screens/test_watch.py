"""The screen of all runs: in terminals of every size, and under a cursor that moves faster than curves are drawn."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any

import pytest
from textual.pilot import Pilot

from tests.tui.fake_machine import gpu, machine
from tests.tui.sample_store import app_over, write_store
from tests.tui.waiting import ready, text, until
from tui.app import RunwatchApp
from tui.screens.watch import WatchScreen
from tui.widgets.run_pane import RunPane

SMALL = ((80, 24), (40, 12), (20, 6))
WAYS = {"watch": (), "run": ("enter",), "machine": ("m",), "compare": ("space", "space", "c")}
"""The keys that lead to each screen."""


@pytest.fixture
def app(tmp_path: Path) -> RunwatchApp:
    return app_over(write_store(tmp_path / "runs"), tmp_path / "host")


def shows_a_run(pilot: Pilot[Any]) -> bool:
    """Whether there is at least one row of the table."""
    return any(state in text(pilot) for state in ("running", "finished", "failed"))


async def press(pilot: Pilot[Any], keys: Sequence[str]) -> None:
    for key in keys:
        await pilot.press(key)
        await pilot.pause()


@pytest.mark.parametrize("way", WAYS)
async def test_a_terminal_that_shrinks_and_grows_again_shows_the_same(app: RunwatchApp, way: str) -> None:
    async with app.run_test(size=(220, 60)) as pilot:
        await ready(pilot)
        await press(pilot, WAYS[way])
        await ready(pilot)
        before = text(pilot)
        for size in SMALL:
            await pilot.resize_terminal(*size)
            await ready(pilot)
            lines = text(pilot).splitlines()
            assert len(lines) == size[1]
            assert lines[0].startswith(" runwatch")
            assert lines[-1].rstrip().endswith("? help")
            assert "".join(lines[1:-1]).strip()
        await pilot.resize_terminal(220, 60)
        await until(lambda: text(pilot) == before, pilot)


@pytest.mark.parametrize("size", SMALL)
async def test_what_has_the_keyboard_is_seen_in_the_smallest_terminal(app: RunwatchApp, size: tuple[int, int]) -> None:
    async with app.run_test(size=size) as pilot:
        await ready(pilot)
        assert shows_a_run(pilot)
        await press(pilot, ["slash", "e", "a"])
        assert "ea" in next(line for line in text(pilot).splitlines() if line.startswith(" / "))
        await press(pilot, ["escape", "tab"])
        await until(lambda: "val/loss" in text(pilot), pilot)
        await press(pilot, ["shift+tab"])
        await until(lambda: shows_a_run(pilot), pilot)


@pytest.mark.parametrize("key", ["question_mark", "A", "e", "o", "M"])
async def test_sheets_open_and_close_in_the_smallest_terminal(app: RunwatchApp, key: str) -> None:
    async with app.run_test(size=(20, 6)) as pilot:
        await ready(pilot)
        await press(pilot, [key])
        assert not isinstance(app.screen, WatchScreen)
        assert text(pilot).strip()
        await press(pilot, ["escape"])
        assert isinstance(app.screen, WatchScreen)


async def test_curves_are_drawn_once_for_a_cursor_that_moves_fast(
    app: RunwatchApp, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Keys were answered after the curves of each row that the cursor passed: while much is read that takes long."""
    async with app.run_test(size=(160, 45)) as pilot:
        await ready(pilot)
        charts, drawn = app.visits.first.charts, []
        monkeypatch.setattr(charts, "draw", lambda: drawn.append(app.visits.first.table.cursor_key))
        for key in app.visits.first.table.shown:
            app.visits.first._point(RunPane.Pointed(key))
        assert drawn == []
        await until(lambda: bool(drawn), pilot)
        await pilot.pause()
        assert len(drawn) == 1


@pytest.mark.parametrize("size", [(80, 24), (160, 45)])
async def test_one_chart_takes_all_room_below_the_header_and_gives_it_back(
    app: RunwatchApp, size: tuple[int, int]
) -> None:
    async with app.run_test(size=size) as pilot:
        await ready(pilot)
        before = text(pilot)
        await press(pilot, ["tab", "f"])
        await until(lambda: text(pilot).splitlines()[1].startswith("▌val/loss"), pilot)
        await press(pilot, ["escape"])
        await until(lambda: app.visits.first.pane.display and shows_a_run(pilot), pilot)
        await press(pilot, ["shift+tab"])
        await until(lambda: text(pilot) == before, pilot)


async def test_tab_goes_between_the_table_and_the_chart_that_one_came_from(app: RunwatchApp) -> None:
    async with app.run_test(size=(160, 45)) as pilot:
        await ready(pilot)
        assert " tab charts " in text(pilot).splitlines()[-1]
        await press(pilot, ["tab", "full_stop"])
        charts = app.visits.first.charts.grid
        assert charts is not None
        second = charts.charts[1]
        assert second.has_focus
        assert " tab runs " in text(pilot).splitlines()[-1]
        await press(pilot, ["tab"])
        await until(lambda: app.visits.first.table.has_focus, pilot)
        await press(pilot, ["tab"])
        assert second.has_focus
        await press(pilot, ["f", "tab"])
        await until(lambda: app.visits.first.table.has_focus and app.visits.first.pane.display, pilot)


async def test_whoever_begins_again_sees_the_runs_though_one_chart_had_all_room(app: RunwatchApp) -> None:
    async with app.run_test(size=(160, 45)) as pilot:
        await ready(pilot)
        await press(pilot, ["tab", "f"])
        assert "full" not in app.visits.first.view()["charts"]


async def test_the_machine_leaves_the_table_rows_on_a_low_terminal(app: RunwatchApp) -> None:
    async with app.run_test(size=(100, 30)) as pilot:
        await ready(pilot)
        app.model.telemetry = machine([gpu(index) for index in range(16)])
        app.visits.first.show_telemetry()
        await until(lambda: "64°" in text(pilot), pilot)
        assert app.visits.first.table.lines >= len(app.model.runs)
        assert all(run.name in text(pilot) for run in app.model.runs.values())
