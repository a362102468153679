"""From screen to screen and back: every screen is as it was left, whatever way one goes, by keys and by mouse."""

from __future__ import annotations

from pathlib import Path
from typing import TypeVar

import pytest
from textual import events
from textual.pilot import Pilot
from textual.screen import Screen
from textual.widget import Widget

from tests.tui.sample_store import app_over, write_store
from tests.tui.waiting import ready, text, until
from tui.app import RunwatchApp
from tui.screens.compare import CompareScreen
from tui.screens.run import PAGES, RunScreen
from tui.screens.system import SystemScreen
from tui.screens.watch import WatchScreen
from tui.widgets.chart_grid import ChartGrid
from tui.widgets.console_view import ConsoleView
from tui.widgets.diff_table import DiffTable
from tui.widgets.run_table import RunTable
from tui.widgets.tab_bar import TabBar

SIZE = (120, 40)
S = TypeVar("S", bound=Screen[None])
W = TypeVar("W", bound=Widget)


@pytest.fixture
def app(tmp_path: Path) -> RunwatchApp:
    return app_over(write_store(tmp_path / "runs"), tmp_path / "host")


async def arrived(pilot: Pilot[None], kind: type[S]) -> S:
    """Wait until a screen of this kind is seen."""
    await until(lambda: isinstance(pilot.app.screen, kind), pilot)
    screen = pilot.app.screen
    assert isinstance(screen, kind)
    await ready(pilot)
    return screen


def part(pilot: Pilot[None], kind: type[W], selector: str = "") -> W:
    return pilot.app.screen.query_one(selector, kind) if selector else pilot.app.screen.query_one(kind)


async def test_the_key_that_leads_back_leaves_where_the_app_began(tmp_path: Path) -> None:
    app = app_over(write_store(tmp_path / "runs"), tmp_path / "host", first_screen="system")
    async with app.run_test(size=SIZE) as pilot:
        system = await arrived(pilot, SystemScreen)
        assert any(each.binding.action == "quit" for each in system.active_bindings.values())
        await pilot.press("escape")
        await arrived(pilot, WatchScreen)
        await pilot.press("m")
        await arrived(pilot, SystemScreen)
        await pilot.press("q")
        await arrived(pilot, WatchScreen)


async def test_the_machine_alone_is_left_with_one_key(tmp_path: Path) -> None:
    app = app_over(write_store(tmp_path / "runs"), tmp_path / "host", first_screen="system")
    async with app.run_test(size=SIZE) as pilot:
        await arrived(pilot, SystemScreen)
        await pilot.press("q")
        await until(lambda: not app.is_running, pilot)
    assert app.return_code == 0


@pytest.mark.parametrize("back", ["escape", "q", "backspace"])
async def test_every_key_for_back_goes_back_from_every_screen(app: RunwatchApp, back: str) -> None:
    async with app.run_test(size=SIZE) as pilot:
        await ready(pilot)
        await pilot.press("enter")
        await arrived(pilot, RunScreen)
        for page in range(1, len(PAGES) + 1) if back == "escape" else [3]:
            await pilot.press(str(page))
            await pilot.press(back)
            await arrived(pilot, WatchScreen)
            await pilot.press("enter")
            screen = await arrived(pilot, RunScreen)
            assert screen.view()["page"] == PAGES[page - 1]
        await pilot.press(back, "m")
        await arrived(pilot, SystemScreen)
        await pilot.press("tab", back)
        await arrived(pilot, WatchScreen)
        await pilot.press("a", "c")
        await arrived(pilot, CompareScreen)
        await pilot.press("tab", "tab", back)
        await arrived(pilot, WatchScreen)


async def test_escape_first_leaves_what_lies_over_the_screen(app: RunwatchApp) -> None:
    """A sheet, one chart on the whole screen, a search: each takes one escape, then comes the way back."""
    async with app.run_test(size=SIZE) as pilot:
        await ready(pilot)
        await pilot.press("enter")
        await arrived(pilot, RunScreen)
        for sheet in ("question_mark", "A", "e"):
            await pilot.press(sheet)
            await until(lambda: not isinstance(app.screen, RunScreen), pilot)
            await pilot.press("escape")
            await arrived(pilot, RunScreen)
        await pilot.press("f")
        await until(lambda: part(pilot, ChartGrid, "#charts").full is not None, pilot)
        await pilot.press("escape")
        await until(lambda: part(pilot, ChartGrid, "#charts").full is None, pilot)
        assert part(pilot, TabBar).display
        await pilot.press("3")
        await until(lambda: "step 49" in text(pilot), pilot)
        await pilot.press("slash", *"step 7", "enter", "escape")
        assert part(pilot, ConsoleView).needle == ""
        await arrived(pilot, RunScreen)
        await pilot.press("escape")
        await arrived(pilot, WatchScreen)


async def test_one_chart_on_the_whole_screen_has_it_for_itself(app: RunwatchApp) -> None:
    async with app.run_test(size=SIZE) as pilot:
        await ready(pilot)
        await pilot.press("enter")
        await arrived(pilot, RunScreen)
        await until(lambda: part(pilot, ChartGrid, "#charts").focused_chart is not None, pilot)
        await pilot.press("f")
        await until(lambda: part(pilot, ChartGrid, "#charts").size.width == SIZE[0] - 1, pilot)
        assert part(pilot, ChartGrid, "#charts").size.height >= SIZE[1] - 4
        await pilot.press("3")
        await until(lambda: part(pilot, TabBar).size.height == 1 and "step 49" in text(pilot), pilot)
        await pilot.press("1")
        await until(lambda: part(pilot, ChartGrid, "#charts").size.width == SIZE[0] - 1, pilot)


async def test_the_charts_of_a_page_get_the_keyboard_when_they_come(app: RunwatchApp) -> None:
    """They are laid out after the page was turned: their keys once did nothing until a chart was clicked."""
    async with app.run_test(size=SIZE) as pilot:
        await ready(pilot)
        await pilot.press("enter")
        await arrived(pilot, RunScreen)
        await pilot.press("2")
        await pilot.press("1")
        await until(lambda: part(pilot, ChartGrid, "#charts").focused_chart is not None, pilot)
        await until(lambda: "x axis" in text(pilot).splitlines()[-1], pilot)


async def test_a_run_is_as_it_was_left(app: RunwatchApp) -> None:
    async with app.run_test(size=SIZE) as pilot:
        await ready(pilot)
        await pilot.press("down", "enter")
        run = await arrived(pilot, RunScreen)
        await until(lambda: part(pilot, ChartGrid, "#charts").focused_chart is not None, pilot)
        await pilot.press("right", "right", "z", "plus", "l")
        await until(lambda: "log" in text(pilot), pilot)
        charts = part(pilot, ChartGrid, "#charts").state
        await pilot.press("3")
        await until(lambda: "step 49" in text(pilot), pilot)
        await pilot.press("g", "down", "down")
        await pilot.press("escape")
        watch = await arrived(pilot, WatchScreen)
        assert watch.table.cursor_key == run.key
        await pilot.press("up", "enter")
        other = await arrived(pilot, RunScreen)
        assert other.key != run.key
        await pilot.press("escape", "down", "enter")
        await until(lambda: app.screen is run, pilot)
        assert run.view()["page"] == "console"
        console = part(pilot, ConsoleView)
        assert (console.cursor, console.following) == (2, False)
        await pilot.press("1")
        await until(lambda: part(pilot, ChartGrid, "#charts").focused_chart is not None, pilot)
        assert part(pilot, ChartGrid, "#charts").state == charts


async def test_a_comparison_is_as_it_was_left(app: RunwatchApp) -> None:
    async with app.run_test(size=(100, 30)) as pilot:
        await ready(pilot)
        await pilot.press("a", "c")
        compared = await arrived(pilot, CompareScreen)
        await pilot.press("h", "down", "down", "right")
        diff = part(pilot, DiffTable)
        place = (diff.cursor, diff.column)
        assert place == (2, 1)
        await pilot.press("2", "escape")
        await arrived(pilot, WatchScreen)
        await pilot.press("c")
        assert await arrived(pilot, CompareScreen) is compared
        assert part(pilot, TabBar).current == "summary"
        await pilot.press("1")
        assert (diff.cursor, diff.column) == place


async def test_the_mouse_turns_pages_opens_runs_and_sorts(app: RunwatchApp) -> None:
    async with app.run_test(size=SIZE) as pilot:
        await ready(pilot)
        lines = text(pilot).splitlines()
        row = next(y for y, line in enumerate(lines) if "eager-mole" in line[:30])
        table = part(pilot, RunTable)
        await pilot.click(offset=(8, row))
        await until(lambda: table.cursor_key == "demo/run2", pilot)
        before = table.state["sort"]
        await pilot.click(offset=(lines[1].index("step") + 1, 1))
        await until(lambda: table.state["sort"] != before, pilot)
        await ready(pilot)
        row = next(y for y, line in enumerate(text(pilot).splitlines()) if "eager-mole" in line[:30])
        await pilot.click(offset=(8, row), times=2)
        run = await arrived(pilot, RunScreen)
        assert run.key == "demo/run2"
        tabs = next(y for y, line in enumerate(text(pilot).splitlines()) if "3 console" in line)
        await pilot.click(offset=(text(pilot).splitlines()[tabs].index("console"), tabs))
        await until(lambda: run.view()["page"] == "console" and "step 49" in text(pilot), pilot)


async def test_the_mouse_scrolls_by_its_wheel_and_by_the_bar(app: RunwatchApp) -> None:
    async with app.run_test(size=(100, 24)) as pilot:
        await ready(pilot)
        await pilot.press("enter", "3")
        await arrived(pilot, RunScreen)
        await until(lambda: "step 49" in text(pilot), pilot)
        console = part(pilot, ConsoleView)
        bottom = console.scroll_offset.y
        assert bottom > 0
        wheel = events.MouseScrollUp(console, 5, 5, 0, -1, 0, shift=False, meta=False, ctrl=False)
        console.post_message(wheel)
        await until(lambda: console.scroll_offset.y < bottom, pilot)
        assert not console.following
        bar = console.vertical_scrollbar
        assert bar.display
        below = console.scroll_offset.y
        await pilot.click(bar, offset=(0, 0))
        await until(lambda: console.scroll_offset.y < below - 1, pilot)
