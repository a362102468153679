"""From a line of the console, an event or the cursor of a chart to the same moment on another page of a run."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from textual.pilot import Pilot

from tests.tui.sample_store import NOW, STEPS, app_over, write_store
from tests.tui.waiting import text, until
from tui.app import RunwatchApp
from tui.screens.run import RunScreen
from tui.widgets.chart_grid import ChartGrid
from tui.widgets.event_list import EventList
from tui.widgets.run_console import RunConsole

RUN = "demo/run2"
"""Its rows are a second and 50 steps apart, the first at ``BEGAN``."""
BEGAN = NOW - STEPS
LINES = 40
"""Of its console, ten seconds and 500 steps apart."""


def line(number: int) -> bytes:
    return b"tick %03d\n" % number


def write_console(path: Path, more: bytes = b"") -> None:
    """A console whose lines were printed right after a row was logged, and an event between two of them."""
    entries = [
        {"_step": 500 * number, "_timestamp": BEGAN + 10 * number + 0.5, "offset": len(line(0)) * number}
        for number in range(LINES)
    ]
    (path / "console.times.jsonl").write_text("".join(json.dumps(entry) + "\n" for entry in entries))
    (path / "console.log").write_bytes(b"".join(map(line, range(LINES))) + more)
    event = {"_timestamp": BEGAN + 95.0, "kind": "alert", "title": "spike", "text": "", "level": "WARN"}
    (path / "events.jsonl").write_text(json.dumps(event) + "\n")


@pytest.fixture
def store(tmp_path: Path) -> Path:
    root = write_store(tmp_path / "runs")
    write_console(root / RUN)
    return root


@pytest.fixture
def app(store: Path, tmp_path: Path) -> RunwatchApp:
    return app_over(store, tmp_path / "host")


async def opened(app: RunwatchApp, pilot: Pilot[None]) -> RunScreen:
    await app.settle()
    screen = RunScreen(app.model, RUN)
    await app.push_screen(screen)
    await until(lambda: bool(screen.query_one("#charts", ChartGrid).charts), pilot)
    return screen


async def on_page(screen: RunScreen, name: str, pilot: Pilot[None]) -> None:
    """Wait until a page is there and has the keyboard."""
    page = screen.query_one(f"#{name}")
    await until(lambda: screen.view()["page"] == name and page.has_focus_within, pilot)


async def console_at(screen: RunScreen, pilot: Pilot[None], wanted: str) -> None:
    console = screen.query_one(RunConsole)
    await on_page(screen, "console", pilot)
    await until(lambda: console.row_count > 0 and wanted in "".join(s.text for s in console.row(console.cursor)), pilot)


async def test_from_a_line_to_the_charts_and_back(app: RunwatchApp) -> None:
    async with app.run_test(size=(140, 45)) as pilot:
        screen = await opened(app, pilot)
        charts = screen.query_one("#charts", ChartGrid)
        await pilot.press("3")
        await console_at(screen, pilot, "tick 039")
        await pilot.press(*["up"] * 9)
        assert "step 15,000" in text(pilot)
        await pilot.press("C")
        await on_page(screen, "charts", pilot)
        assert charts.look.cursor == 15_000
        await until(lambda: "15000" in text(pilot), pilot)
        await pilot.press("c")
        await console_at(screen, pilot, "tick 030")
        assert not screen.query_one(RunConsole).following


@pytest.mark.parametrize(("axis", "x"), [("relative", 8400 - STEPS + 100.5), ("wall", BEGAN + 100.5)])
async def test_along_time_a_line_is_where_its_time_is(app: RunwatchApp, axis: str, x: float) -> None:
    async with app.run_test(size=(140, 45)) as pilot:
        screen = await opened(app, pilot)
        charts = screen.query_one("#charts", ChartGrid)
        await on_page(screen, "charts", pilot)
        await pilot.press(*["x"] * (1 if axis == "relative" else 2), "3")
        await console_at(screen, pilot, "tick 039")
        await pilot.press("g", *["down"] * 10, "C")
        await on_page(screen, "charts", pilot)
        assert str(charts.look.xaxis) == axis
        assert charts.look.cursor == x
        await pilot.press("c")
        await console_at(screen, pilot, "tick 010")


async def test_a_window_that_does_not_hold_the_line_is_left(app: RunwatchApp) -> None:
    async with app.run_test(size=(140, 45)) as pilot:
        screen = await opened(app, pilot)
        charts = screen.query_one("#charts", ChartGrid)
        await on_page(screen, "charts", pilot)
        await pilot.press("end", "z", "z")
        zoomed = charts.look.window
        assert zoomed.kind != "full"
        await pilot.press("3")
        await console_at(screen, pilot, "tick 039")
        await pilot.press(*["up"] * 9, "C")
        await on_page(screen, "charts", pilot)
        assert zoomed.start < 15_000 < zoomed.end
        assert (charts.look.window, charts.look.cursor) == (zoomed, 15_000)
        await pilot.press("3")
        await on_page(screen, "console", pilot)
        await pilot.press("g", "C")
        await on_page(screen, "charts", pilot)
        assert (charts.look.window.kind, charts.look.cursor) == ("full", 0)


async def test_from_an_event_to_the_console_and_to_the_charts(app: RunwatchApp) -> None:
    async with app.run_test(size=(140, 45)) as pilot:
        screen = await opened(app, pilot)
        await pilot.press("5")
        await on_page(screen, "events", pilot)
        await until(lambda: screen.query_one(EventList).row_count == 1, pilot)
        await pilot.press("c")
        await console_at(screen, pilot, "tick 010")
        await pilot.press("5")
        await on_page(screen, "events", pilot)
        await pilot.press("C")
        await on_page(screen, "charts", pilot)
        assert screen.query_one("#charts", ChartGrid).look.cursor == 50 * 95


async def test_without_a_cursor_the_console_is_opened_as_it_was(app: RunwatchApp) -> None:
    async with app.run_test(size=(140, 45)) as pilot:
        screen = await opened(app, pilot)
        await on_page(screen, "charts", pilot)
        await pilot.press("c")
        await console_at(screen, pilot, "tick 039")
        assert screen.query_one(RunConsole).following


async def test_of_a_console_without_times_it_is_said(app: RunwatchApp, store: Path) -> None:
    (store / RUN / "console.times.jsonl").unlink()
    async with app.run_test(size=(140, 45)) as pilot:
        screen = await opened(app, pilot)
        await on_page(screen, "charts", pilot)
        await pilot.press("home", "c")
        await console_at(screen, pilot, "tick 039")
        await until(lambda: bool(app._notifications), pilot)
        assert [note.message for note in app._notifications] == ["It is not known when these lines were printed"]
        assert "· step" not in text(pilot)
        await pilot.press("C")
        await on_page(screen, "charts", pilot)


async def test_what_was_printed_before_the_lines_that_are_kept_is_read_where_it_stands(
    app: RunwatchApp, store: Path
) -> None:
    write_console(store / RUN, b"verbose, and of no use to anybody\n" * 60_000)
    async with app.run_test(size=(140, 45)) as pilot:
        screen = await opened(app, pilot)
        await on_page(screen, "charts", pilot)
        await pilot.press("home", "c")
        await console_at(screen, pilot, "tick 001")
        assert "a part of the log" in text(pilot)
        await pilot.press("F")
        await until(lambda: "10,000 lines · following" in text(pilot), pilot)


async def test_a_long_log_is_walked_through_from_its_end_to_its_beginning_and_back(
    app: RunwatchApp, store: Path
) -> None:
    more = b"".join(b"line %06d of many more of them, none of which says anything\n" % i for i in range(40_000))
    write_console(store / RUN, more)
    async with app.run_test(size=(140, 45)) as pilot:
        screen = await opened(app, pilot)
        console = screen.query_one(RunConsole)
        await pilot.press("3")
        await console_at(screen, pilot, "line 039999")
        await pilot.press("g")
        await console_at(screen, pilot, "line 030000")
        await pilot.press("up")
        await console_at(screen, pilot, "line 029999")
        for upwards in ("up", "up", "pageup"):
            await pilot.press("g")
            first = console.row(0)
            await pilot.press(upwards)
            await until(lambda first=first: console.row(0) != first, pilot)  # type: ignore[misc]
        await pilot.press("g", "g")
        await console_at(screen, pilot, "tick 000")
        await pilot.press("up", "g")
        assert console.cursor == 0
        for _ in range(9):
            if "a part of the log" not in text(pilot):
                break
            await pilot.press("G")
            last = console.row(console.row_count - 1)
            await pilot.press("down")
            await until(lambda last=last: console.row(console.row_count - 1) != last, pilot)  # type: ignore[misc]
        assert console.row_count == 10_000
        await pilot.press("G", "down")
        assert console.following


async def test_the_column_of_times_is_remembered(app: RunwatchApp, tmp_path: Path) -> None:
    async with app.run_test(size=(140, 45)) as pilot:
        screen = await opened(app, pilot)
        assert screen.view()["times"] is False
        await pilot.press("3")
        await console_at(screen, pilot, "tick 039")
        await pilot.press("t")
        view = screen.view()
        assert view["times"] is True
        again = RunScreen(app.model, RUN, view=view)
        await app.push_screen(again)
        await until(lambda: again.query_one(RunConsole).timed, pilot)
        again.restore({"times": "yes"})
        assert not again.query_one(RunConsole).timed


async def test_lines_and_their_times_come_as_they_are_printed(app: RunwatchApp, store: Path) -> None:
    async with app.run_test(size=(140, 45)) as pilot:
        screen = await opened(app, pilot)
        await pilot.press("3")
        await console_at(screen, pilot, "tick 039")
        with (store / RUN / "console.times.jsonl").open("a") as index, (store / RUN / "console.log").open("a") as log:
            index.write(json.dumps({"_step": 77_777, "_timestamp": NOW, "offset": LINES * 9}) + "\n")
            log.write("just now\n")
            index.flush()
        await console_at(screen, pilot, "just now")
        await until(lambda: "step 77,777" in text(pilot), pilot)
