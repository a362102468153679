"""Whole sessions with the app: what was set is there on coming back and next time, what is wrong is told, what is

asked for is written. Over real files, with real keys.
"""

from __future__ import annotations

import json
import time
from collections.abc import Awaitable, Callable, Sequence
from pathlib import Path

import pytest
from textual.message import Message
from textual.pilot import Pilot
from textual.widgets import Input

from logstore.model.delta import Delta, RunDelta
from logstore.store import Budget
from tests.tui.sample_store import NOW, app_over, write_store
from tests.tui.store import THREE, block
from tests.tui.test_app import shows, table
from tests.tui.waiting import ready, text, until
from tui.app import RunwatchApp
from tui.remembered import Memory
from tui.screens.alerts import AlertsScreen
from tui.screens.compare import CompareScreen
from tui.screens.export import ExportScreen
from tui.screens.group import GroupScreen
from tui.screens.run import RunScreen
from tui.screens.system import SystemScreen
from tui.screens.watch import WatchScreen
from tui.settings import Settings
from tui.widgets.chart_grid import ChartGrid
from tui.widgets.console_view import ConsoleView
from tui.widgets.diff_table import DiffTable
from tui.widgets.run_table import RunTable

Session = Callable[[RunwatchApp, Pilot[None]], Awaitable[None]]


@pytest.fixture
def app(tmp_path: Path) -> RunwatchApp:
    return app_over(write_store(tmp_path / "runs"), tmp_path / "host")


async def use(app: RunwatchApp, session: Session, size: tuple[int, int] = (160, 45)) -> None:
    """Let ``session`` use ``app``, once everything is read, and leave it."""
    async with app.run_test(size=size) as pilot:
        await ready(pilot)
        await session(app, pilot)
        await pilot.press(*["escape"] * 3, "q")


async def press(pilot: Pilot[None], *keys: str) -> None:
    for key in keys:
        await pilot.press(key)
        await pilot.pause()


def grid(app: RunwatchApp) -> ChartGrid:
    return app.screen.query(ChartGrid).first()


# -- coming back --------------------------------------------------------------------------------------------------


async def test_a_run_has_its_zoom_its_cursor_and_its_page_on_coming_back(app: RunwatchApp) -> None:
    async def session(app: RunwatchApp, pilot: Pilot[None]) -> None:
        await press(pilot, "enter", "right", "z", "z")
        before = grid(app).look
        assert before.cursor is not None
        assert before.window.kind != "full"
        await press(pilot, "5", "escape")
        assert shows(app, WatchScreen)
        await press(pilot, "enter")
        assert "no alerts" in text(pilot)
        await press(pilot, "1")
        assert grid(app).look.window == before.window
        assert grid(app).look.cursor == before.cursor

    await use(app, session)


async def test_the_dashboard_has_its_page_of_charts_and_its_focus_on_coming_back(app: RunwatchApp) -> None:
    async def session(app: RunwatchApp, pilot: Pilot[None]) -> None:
        await press(pilot, "tab", "full_stop", "plus", "pagedown")
        focused = grid(app).focused_chart
        assert focused is not None
        before = (focused.metric, grid(app).look.smoothing, grid(app).page.number)
        await press(pilot, "m", "escape", "c", "escape")
        after = grid(app).focused_chart
        assert after is not None
        assert (after.metric, grid(app).look.smoothing, grid(app).page.number) == before

    await use(app, session)


async def test_back_goes_back_the_way_one_came(app: RunwatchApp) -> None:
    async def session(app: RunwatchApp, pilot: Pilot[None]) -> None:
        await press(pilot, "enter", "A", "escape")
        assert shows(app, RunScreen)
        await press(pilot, "question_mark", "question_mark")
        assert shows(app, RunScreen)
        await press(pilot, "q")
        assert shows(app, WatchScreen)
        await press(pilot, "c", "down", "enter", "escape")
        assert shows(app, CompareScreen)
        await press(pilot, "backspace", "m", "backspace")
        assert shows(app, WatchScreen)

    await use(app, session)


async def test_a_console_stays_where_it_was_scrolled_to(app: RunwatchApp) -> None:
    async def session(app: RunwatchApp, pilot: Pilot[None]) -> None:
        await press(pilot, "enter", "3")
        await until(lambda: "step 49" in text(pilot), pilot)
        await press(pilot, "home")
        view = app.screen.query_one(ConsoleView)
        assert view.scroll_offset.y == 0
        await press(pilot, "escape", "enter")
        assert app.screen.query_one(ConsoleView).scroll_offset.y == 0
        assert "step 0:" in text(pilot)

    await use(app, session, (100, 30))


# -- next time ----------------------------------------------------------------------------------------------------


async def test_all_screens_are_as_they_were_left_the_next_time(tmp_path: Path) -> None:
    root, view = write_store(tmp_path / "runs"), tmp_path / "view.json"

    async def first(app: RunwatchApp, pilot: Pilot[None]) -> None:
        await press(pilot, "tab", "plus", "p", "right_curly_bracket")
        await press(pilot, "enter" if shows(app, RunScreen) else "shift+tab", "enter", "6", "escape")
        await press(pilot, "c", "h", "escape", "m", "tab", "f", "escape", "escape", "T")

    async def second(app: RunwatchApp, pilot: Pilot[None]) -> None:
        assert app.theme == "runwatch-light"
        state = grid(app).state
        assert state["pinned"] == ["val/loss"]
        assert state["smoothing"] > 0.6
        await press(pilot, "enter")
        assert isinstance(app.screen, RunScreen)
        assert app.screen.view()["page"] == "config"
        await press(pilot, "escape", "c")
        assert app.screen.query_one(DiffTable).identical
        await press(pilot, "escape", "m")
        assert shows(app, SystemScreen)

    await use(app_over(root, tmp_path / "one", view), first)
    await use(app_over(root, tmp_path / "two", view), second)
    assert set(json.loads(view.read_text())) == {"compare", "run", "store", "system", "theme", "version", "watch"}


async def test_what_was_set_is_written_while_the_app_runs_too(tmp_path: Path) -> None:
    view = tmp_path / "view.json"
    app = app_over(write_store(tmp_path / "runs"), tmp_path / "host", view)

    async def session(app: RunwatchApp, pilot: Pilot[None]) -> None:
        await press(pilot, "space")
        app.remember()
        assert len(json.loads(view.read_text())["watch"]["table"]["marks"]) == 1

    await use(app, session)


async def test_a_damaged_memory_is_as_if_it_were_not_there(tmp_path: Path) -> None:
    view = tmp_path / "view.json"
    kinds = ("watch", "run", "compare", "system")
    wrong = {"table": {"columns": 7, "sort": [["x"]]}, "charts": {"rows": "many"}, "page": 3, "pane": [], "groups": 1}
    view.write_text(json.dumps({"version": 1, "theme": "no-such", **dict.fromkeys(kinds, wrong)}))
    app = app_over(write_store(tmp_path / "runs"), tmp_path / "host", view)

    async def session(app: RunwatchApp, pilot: Pilot[None]) -> None:
        assert app.theme == "runwatch-dark"
        await press(pilot, "enter", "escape", "c", "escape", "m", "escape")
        assert shows(app, WatchScreen)

    await use(app, session)


async def test_a_remapped_key_does_what_it_was_given(tmp_path: Path) -> None:
    keys = {"chart.log": "9", "app.alerts": "f5", "watch.means": "n"}
    app = app_over(write_store(tmp_path / "runs"), tmp_path / "host", keys=keys)

    async def session(app: RunwatchApp, pilot: Pilot[None]) -> None:
        await press(pilot, "tab", "9")
        assert grid(app).state["log"] == ["val/loss"]
        await press(pilot, "f5")
        assert shows(app, AlertsScreen)

    await use(app, session)


# -- what is wrong ------------------------------------------------------------------------------------------------


def break_run(root: Path) -> None:
    """Let a live run log NaN."""
    with (root / "demo" / "run0" / "metrics.jsonl").open("a") as file:
        file.write(json.dumps({"_step": 20_000, "_timestamp": NOW, "train/loss": "NaN"}) + "\n")


async def test_what_is_wrong_is_told_on_every_screen_that_it_concerns(tmp_path: Path) -> None:
    root = write_store(tmp_path / "runs")
    break_run(root)

    async def session(app: RunwatchApp, pilot: Pilot[None]) -> None:
        await until(lambda: "✖ brave-otter: train/loss is nan" in text(pilot), pilot)
        assert "running ✖" in text(pilot)
        await press(pilot, "enter", "5")
        assert "✖ brave-otter: train/loss is nan" in text(pilot)
        assert text(pilot).count("train/loss is nan") >= 2
        await press(pilot, "escape", "down", "enter")
        assert "train/loss is nan" not in text(pilot)
        await press(pilot, "A")
        assert shows(app, AlertsScreen)
        assert "1 now" in text(pilot)
        await press(pilot, "enter")
        assert isinstance(app.screen, RunScreen)
        assert app.screen.key == "demo/run0"

    await use(app_over(root, tmp_path / "host"), session)


async def test_the_bell_is_rung_only_when_it_was_asked_for(tmp_path: Path) -> None:
    root = write_store(tmp_path / "runs")
    break_run(root)
    rung: list[str] = []
    app = app_over(root, tmp_path / "host", bell=True)
    app._alarms._call = rung.append

    async def session(app: RunwatchApp, pilot: Pilot[None]) -> None:
        await until(lambda: "\a" in rung, pilot)

    await use(app, session)


# -- groups -------------------------------------------------------------------------------------------------------


async def test_runs_are_grouped_by_what_one_chooses_and_drawn_as_means(app: RunwatchApp) -> None:
    async def session(app: RunwatchApp, pilot: Pilot[None]) -> None:
        await press(pilot, "M")
        assert shows(app, GroupScreen)
        assert "seed" in text(pilot)
        await press(pilot, "escape", "right", "right", "right", "z")
        assert shows(app, GroupScreen)
        while "model.depth" not in (app.screen.query_one("OptionList").highlighted_option.id or ""):  # type: ignore[attr-defined]
            await press(pilot, "j")
        await press(pilot, "enter")
        await until(lambda: "12 (3)" in text(pilot), pilot)
        assert table(app).group == "config.model.depth"
        await press(pilot, "M", "M")
        assert "12 (3)" not in text(pilot)
        await press(pilot, "M", "z")
        assert table(app).group is None

    await use(app, session)


# -- what leaves the terminal -------------------------------------------------------------------------------------


async def write_as(app: RunwatchApp, pilot: Pilot[None], name: str, *before: str) -> None:
    """Press e, choose the thing with ``before``, and write it as ``name``."""
    await press(pilot, "e", *before)
    assert shows(app, ExportScreen)
    app.screen.query_one(Input).value = name
    await press(pilot, "enter")


async def test_charts_tables_and_screens_are_written(
    app: RunwatchApp, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)

    async def session(app: RunwatchApp, pilot: Pilot[None]) -> None:
        await write_as(app, pilot, "runs.csv")
        await write_as(app, pilot, "screen.txt", "tab")
        await press(pilot, "tab")
        for name in ("chart.svg", "chart.csv", "chart.txt"):
            await write_as(app, pilot, name)
            await until(lambda: not shows(app, ExportScreen), pilot)

    await use(app, session)
    assert (tmp_path / "runs.csv").read_text().splitlines()[1].startswith("brave-otter,running,")
    assert "brave-otter" in (tmp_path / "screen.txt").read_text()
    assert (tmp_path / "chart.svg").read_text().startswith("<svg")
    assert (tmp_path / "chart.csv").read_text().splitlines()[0] == "run,name,metric,step,time,value"
    assert "val/loss" in (tmp_path / "chart.txt").read_text()


async def test_a_file_that_is_there_is_replaced_only_at_the_second_asking(
    app: RunwatchApp, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "runs.csv").write_text("mine")

    async def session(app: RunwatchApp, pilot: Pilot[None]) -> None:
        await press(pilot, "e", "enter")
        await until(lambda: "is there already: press ⏎ again" in text(pilot), pilot)
        assert (tmp_path / "runs.csv").read_text() == "mine"
        await press(pilot, "enter")
        await until(lambda: not shows(app, ExportScreen), pilot)
        assert (tmp_path / "runs.csv").read_text() != "mine"
        await write_as(app, pilot, "no/such/place.svg", "tab")
        assert "there is no directory" in text(pilot)
        await press(pilot, "escape")

    await use(app, session)


async def test_the_values_of_a_chart_are_copied(app: RunwatchApp) -> None:
    async def session(app: RunwatchApp, pilot: Pilot[None]) -> None:
        await press(pilot, "tab", "y")
        assert app.clipboard.splitlines()[0] == "run\tstep\tval/loss"
        assert app.clipboard.splitlines()[1].startswith("brave-otter\t19500\t2.1")

    await use(app, session)


# -- while much is read -------------------------------------------------------------------------------------------


class Slow:
    """A store of which every read brings a little, and takes a while; it counts the reads."""

    def __init__(self, deltas: Sequence[Delta]) -> None:
        self.deltas = list(deltas)
        self.reads = 0

    def read(self, budget: Budget, first: Sequence[str] = ()) -> Delta:
        time.sleep(0.003)
        self.reads += 1
        return self.deltas.pop(0) if self.deltas else Delta()

    def watch_paths(self) -> list[Path]:
        return []


def much(reads: int) -> list[Delta]:
    """The runs at first, then many rows of one of them."""
    runs = tuple(told.delta() for told in THREE)
    rows = [
        RunDelta(runs[0].key, runs[0].path, blocks={0: (block({"loss": [1.0] * 50}, 1.0, 50 * place),)})
        for place in range(reads)
    ]
    first = Delta(runs, bytes_read=10, bytes_left=1000 * reads)
    return [first, *(Delta((row,), (), 1000, 1000 * (reads - place - 1)) for place, row in enumerate(rows))]


async def test_keys_are_answered_while_there_is_much_to_read() -> None:
    source = Slow(much(300))
    app = RunwatchApp(source, Path("/runs"), Settings(gpu=False), clock=lambda: NOW, memory=Memory(Path("/runs"), None))
    moved_at: list[int] = []

    def hook(message: Message) -> None:
        if isinstance(message, RunTable.CursorMoved):
            moved_at.append(source.reads)

    async with app.run_test(size=(120, 40), message_hook=hook) as pilot:
        await until(lambda: "brave-otter" in text(pilot), pilot)
        pressed_at, moved_before = source.reads, len(moved_at)
        assert " %" in text(pilot).splitlines()[0]
        await pilot.press("down")
        assert moved_at[moved_before] - pressed_at <= 30
        assert pressed_at + 30 < 300
        await app.settle()
        await pilot.pause()
        assert " %" not in text(pilot).splitlines()[0]
        assert app.model.runs[THREE[0].key].metrics["loss"].last_step == 50 * 300 - 1


async def test_what_cannot_be_read_is_told_in_the_header_until_it_can(tmp_path: Path) -> None:
    root = write_store(tmp_path / "runs")
    for name in ("elsewhere", "nowhere"):
        (root / name).symlink_to(tmp_path, target_is_directory=True)

    async def session(app: RunwatchApp, pilot: Pilot[None]) -> None:
        await until(lambda: "links are not followed, +1 more" in text(pilot).splitlines()[0], pilot)
        (root / "elsewhere").unlink()
        await until(lambda: "nowhere: symbolic links are not followed " in text(pilot).splitlines()[0], pilot)
        (root / "nowhere").unlink()
        await until(lambda: "links" not in text(pilot).splitlines()[0], pilot)

    await use(app_over(root, tmp_path / "host"), session)
