"""The app over real files: what is read is seen, what is pressed happens, what is appended appears."""

from __future__ import annotations

import asyncio
import gc
import json
from pathlib import Path
from typing import Any

import pytest
from textual.screen import Screen

from logstore.model.runs import Changes
from tests.tui import sample_store
from tests.tui.sample_store import NOW, app_over, write_run, write_store
from tests.tui.waiting import PATIENCE, ready, text, until
from tui.app import RunwatchApp
from tui.follow import Progress
from tui.frame_text import frame, plain
from tui.screens.compare import CompareScreen
from tui.screens.help import HelpScreen
from tui.screens.run import RunScreen
from tui.screens.system import SystemScreen
from tui.screens.watch import WatchScreen
from tui.widgets.run_table import RunTable


@pytest.fixture
def app(tmp_path: Path) -> RunwatchApp:
    return app_over(write_store(tmp_path / "runs"), tmp_path / "host")


def shows(app: RunwatchApp, kind: type[Screen[Any]]) -> bool:
    return isinstance(app.screen, kind)


def table(app: RunwatchApp) -> RunTable:
    return app.screen.query_one(RunTable)


async def test_the_dashboard_shows_table_charts_and_counts(app: RunwatchApp) -> None:
    async with app.run_test(size=(160, 45)) as pilot:
        await ready(pilot)
        shown = text(pilot)
    for name, _, _ in sample_store.RUNS:
        assert name in shown
    assert "2 running · 1 finished · 1 failed" in shown
    assert "val/loss" in shown
    assert "train/loss" in shown
    assert any("\u2801" <= character <= "\u28ff" for character in shown)


async def test_the_first_frame_has_the_runs_in_it(tmp_path: Path) -> None:
    frames: list[str] = []

    class Noting(RunwatchApp):
        def on_ready(self) -> None:
            frames.append(plain(frame(self.screen, self.size)))

    app = app_over(write_store(tmp_path / "runs"), tmp_path / "host", kind=Noting)
    app.follower.patience = PATIENCE
    async with app.run_test(size=(160, 45)) as pilot:
        await ready(pilot)
    for name, _, _ in sample_store.RUNS:
        assert name in frames[0]


async def test_reading_gives_way_to_keys(app: RunwatchApp, monkeypatch: pytest.MonkeyPatch) -> None:
    gave: list[bool] = []
    monkeypatch.setattr(app.follower, "give_way", lambda: gave.append(True))
    async with app.run_test(size=(160, 45)) as pilot:
        await ready(pilot)
        assert not gave
        await pilot.press("down")
    assert gave


async def test_enter_opens_a_run_and_escape_comes_back_to_the_same_place(app: RunwatchApp) -> None:
    async with app.run_test(size=(160, 45)) as pilot:
        await ready(pilot)
        await pilot.press("down")
        here = table(app).cursor_key
        await pilot.press("enter")
        await pilot.pause()
        assert isinstance(app.screen, RunScreen)
        assert app.screen.key == here
        await pilot.press("escape")
        await pilot.pause()
        assert shows(app, WatchScreen)
        assert table(app).cursor_key == here


async def test_marked_runs_are_compared(app: RunwatchApp) -> None:
    async with app.run_test(size=(160, 45)) as pilot:
        await ready(pilot)
        await pilot.press("space", "space", "c")
        await pilot.pause()
        assert shows(app, CompareScreen)
        assert "1e-4" in text(pilot) or "0.0001" in text(pilot)
        await pilot.press("escape")
        assert shows(app, WatchScreen)


async def test_the_filter_narrows_the_table_and_escape_drops_it(app: RunwatchApp) -> None:
    async with app.run_test(size=(160, 45)) as pilot:
        await ready(pilot)
        await pilot.press("slash", *"lr>1e-3", "enter")
        await pilot.pause()
        assert table(app).shown == ("demo/run3",)
        assert "1 of 4" in text(pilot)
        await pilot.press("escape")
        await pilot.pause()
        assert len(table(app).shown) == 4


async def test_help_lists_the_keys_of_the_screen(app: RunwatchApp) -> None:
    async with app.run_test(size=(100, 50)) as pilot:
        await ready(pilot)
        await pilot.press("question_mark")
        await pilot.pause()
        assert shows(app, HelpScreen)
        shown = text(pilot)
        assert "Put the marked runs side by side" in shown
        assert "Open the run under the cursor" in shown
        await pilot.press("escape")
        assert shows(app, WatchScreen)


async def test_the_machine_screen_opens_and_closes(app: RunwatchApp) -> None:
    async with app.run_test(size=(120, 40)) as pilot:
        await ready(pilot)
        await pilot.press("m")
        await pilot.pause()
        assert shows(app, SystemScreen)
        await pilot.press("escape")
        assert shows(app, WatchScreen)


async def test_a_row_that_is_appended_appears(tmp_path: Path) -> None:
    root = write_store(tmp_path / "runs")
    app = app_over(root, tmp_path / "host")
    async with app.run_test(size=(160, 45)) as pilot:
        await ready(pilot)
        with (root / "demo" / "run0" / "metrics.jsonl").open("a") as file:
            file.write(json.dumps({"_step": 99_500, "_timestamp": NOW, "val/loss": 0.125}) + "\n")
        await until(lambda: "99.5k" in text(pilot) and "0.1250" in text(pilot), pilot)


async def test_an_empty_directory_says_what_to_do_and_shows_runs_when_they_appear(tmp_path: Path) -> None:
    app = app_over(tmp_path / "runs", tmp_path / "host")
    async with app.run_test(size=(100, 30)) as pilot:
        await ready(pilot)
        assert "No runs yet in /exp/runs" in text(pilot)
        assert "import logstore" in text(pilot)
        write_run(tmp_path / "runs", 0)
        await until(lambda: "brave-otter" in text(pilot), pilot)
        assert "No runs yet" not in text(pilot)


async def test_a_deleted_run_leaves_the_table(tmp_path: Path) -> None:
    root = write_store(tmp_path / "runs")
    app = app_over(root, tmp_path / "host")
    async with app.run_test(size=(160, 45)) as pilot:
        await ready(pilot)
        for file in (root / "demo" / "run2").iterdir():
            file.unlink()
        (root / "demo" / "run2").rmdir()
        await until(lambda: "eager-mole" not in text(pilot), pilot)


@pytest.mark.parametrize("page", ["summary", "console", "system", "events", "config"])
async def test_each_page_of_a_run_opens(app: RunwatchApp, page: str) -> None:
    expected = {"summary": "val/loss", "console": "step 49", "system": "no", "events": "no alerts", "config": "depth"}
    async with app.run_test(size=(160, 45)) as pilot:
        await ready(pilot)
        await pilot.press("enter")
        await pilot.pause()
        await pilot.press({"summary": "2", "console": "3", "system": "4", "events": "5", "config": "6"}[page])
        await until(lambda: expected[page] in text(pilot), pilot)


@pytest.mark.parametrize("size", [(80, 24), (40, 12), (220, 60), (300, 90)])
async def test_every_size_shows_the_runs_and_the_keys(app: RunwatchApp, size: tuple[int, int]) -> None:
    async with app.run_test(size=size) as pilot:
        await ready(pilot)
        shown = text(pilot)
        assert "brave-otter" in shown
        assert "? help" in shown.splitlines()[-1]


async def test_resizing_while_running_keeps_everything(app: RunwatchApp) -> None:
    async with app.run_test(size=(160, 45)) as pilot:
        await ready(pilot)
        for size in ((80, 24), (200, 60), (30, 10), (160, 45)):
            await pilot.resize_terminal(*size)
            await pilot.pause()
        await until(lambda: "brave-otter" in text(pilot) and "val/loss" in text(pilot), pilot)


async def test_the_theme_key_goes_round(app: RunwatchApp) -> None:
    async with app.run_test(size=(80, 24)) as pilot:
        themes = [app.theme]
        for _ in range(3):
            await pilot.press("T")
            themes.append(app.theme)
        assert themes == ["runwatch-dark", "runwatch-light", "runwatch-safe", "runwatch-dark"]


async def test_keys_can_be_remapped_by_their_id(tmp_path: Path) -> None:
    app = app_over(write_store(tmp_path / "runs"), tmp_path / "host", keys={"watch.system": "x"})
    async with app.run_test(size=(100, 30)) as pilot:
        await ready(pilot)
        await pilot.press("x")
        await pilot.pause()
        assert shows(app, SystemScreen)


def test_what_was_set_is_there_next_time(tmp_path: Path) -> None:
    root = write_store(tmp_path / "runs")

    async def first() -> None:
        app = app_over(root, tmp_path / "one", tmp_path / "view.json")
        async with app.run_test(size=(160, 45)) as pilot:
            await ready(pilot)
            await pilot.press("space", "slash", *"demo", "enter", "T")
            await pilot.pause()
            await pilot.press("q")

    async def second() -> tuple[str, tuple[str, ...], str]:
        app = app_over(root, tmp_path / "two", tmp_path / "view.json")
        async with app.run_test(size=(160, 45)) as pilot:
            await ready(pilot)
            screen = app.screen
            assert isinstance(screen, WatchScreen)
            return app.theme, screen.table.marks, screen.pane.bar.text

    asyncio.run(first())
    theme, marks, filter_text = asyncio.run(second())
    assert theme == "runwatch-light"
    assert len(marks) == 1
    assert filter_text == "demo"


async def test_a_clock_that_ticks_while_the_app_is_taken_down_ends_nothing(app: RunwatchApp) -> None:
    """The tick of a second that fell into the end of the app looked for widgets that were gone."""
    async with app.run_test(size=(100, 30)) as pilot:
        await ready(pilot)
    app._show_status()
    app._show_alerts()
    app._show(Changes(), Progress(0, 0))


async def test_a_loop_that_never_began_leaves_nothing_behind(tmp_path: Path) -> None:
    app = app_over(write_store(tmp_path / "runs"), tmp_path / "host")
    async with app.run_test(size=(80, 24)):
        app._stand()
        app.workers.cancel_all()
    gc.collect()  # a coroutine that nobody awaited would warn now
