"""The screen of one run: its pages, the one that only a run has which did not finish, and files that are none."""

from __future__ import annotations

import json
import os
from collections.abc import Callable
from pathlib import Path

import pytest
from textual.pilot import Pilot

from tests.tui.sample_store import NOW, app_over, write_store
from tests.tui.waiting import text, until
from tui.app import RunwatchApp
from tui.screens.run import RunScreen

RUNNING, FINISHED, FAILED = "demo/run0", "demo/run2", "demo/run3"


async def opened(app: RunwatchApp, pilot: Pilot[None], key: str) -> RunScreen:
    await app.settle()
    screen = RunScreen(app.model, key)
    await app.push_screen(screen)
    for _ in range(3):
        await pilot.pause()
    return screen


async def test_a_run_that_did_not_finish_has_a_post_mortem(tmp_path: Path) -> None:
    app = app_over(write_store(tmp_path / "runs"), tmp_path / "host")
    async with app.run_test(size=(140, 45)) as pilot:
        await opened(app, pilot, FAILED)
        assert "7 post-mortem" in text(pilot)
        await pilot.press("7")
        await until(lambda: "✖ NaN" in text(pilot), pilot)
        shown = text(pilot)
        assert "exit record  loss is NaN" in shown
        assert "train/loss   nan from step 15.1k on" in shown
        assert "checkpoint   none in the run's directory" in shown
        assert "the last 30 lines of the console" in shown
        await pilot.press("tab")
        await pilot.pause()
        assert isinstance(app.screen, RunScreen)
        assert app.screen.view()["page"] == "charts"
        await pilot.press("shift+tab")
        assert app.screen.view()["page"] == "post-mortem"


@pytest.mark.parametrize("key", [RUNNING, FINISHED])
async def test_other_runs_have_none(tmp_path: Path, key: str) -> None:
    app = app_over(write_store(tmp_path / "runs"), tmp_path / "host")
    async with app.run_test(size=(140, 45)) as pilot:
        screen = await opened(app, pilot, key)
        assert "post-mortem" not in text(pilot)
        await pilot.press("7")
        assert screen.view()["page"] == "charts"
        await pilot.press("shift+tab")
        assert screen.view()["page"] == "config"


async def test_a_run_that_is_continued_has_its_page_no_more(tmp_path: Path) -> None:
    root = write_store(tmp_path / "runs")
    app = app_over(root, tmp_path / "host")
    async with app.run_test(size=(140, 45)) as pilot:
        screen = await opened(app, pilot, FAILED)
        await pilot.press("7")
        record = json.loads((root / FAILED / "run.json").read_text())
        for field in ("state", "exit_code", "error", "ended"):
            record.pop(field)
        (root / FAILED / "new").write_text(json.dumps(record))
        (root / FAILED / "new").replace(root / FAILED / "run.json")
        await until(lambda: screen.view()["page"] == "charts", pilot)
        assert "post-mortem" not in text(pilot)


@pytest.mark.parametrize("make", [os.mkfifo, Path.mkdir, lambda path: path.symlink_to("/dev/zero")])
async def test_a_console_that_is_no_file_is_said_in_one_line(tmp_path: Path, make: Callable[[Path], None]) -> None:
    """A FIFO called console.log once ended the app when the console was looked at."""
    root = write_store(tmp_path / "runs")
    (root / FAILED / "console.log").unlink()
    make(root / FAILED / "console.log")
    app = app_over(root, tmp_path / "host")
    async with app.run_test(size=(140, 45)) as pilot:
        await opened(app, pilot, FAILED)
        await pilot.press("3")
        await until(lambda: "console.log: console.log is" in text(pilot), pilot)
        await pilot.press("7")
        await until(lambda: "✖ NaN" in text(pilot), pilot)


async def test_enter_shows_all_that_an_event_says(tmp_path: Path) -> None:
    root = write_store(tmp_path / "runs")
    event = {
        "_timestamp": NOW - 60,
        "kind": "alert",
        "title": "loss jumped",
        "text": "word " * 60 + "end",
        "level": "WARN",
    }
    (root / "demo" / "run0" / "events.jsonl").write_text(json.dumps(event) + "\n")
    app = app_over(root, tmp_path / "host")
    async with app.run_test(size=(80, 24)) as pilot:
        await opened(app, pilot, RUNNING)
        await pilot.press("5")
        await until(lambda: "loss jumped" in text(pilot), pilot)
        assert "word end" not in text(pilot)
        await pilot.press("enter")
        await until(lambda: "word end" in text(pilot), pilot)
        await pilot.press("escape")
        await until(lambda: isinstance(app.screen, RunScreen), pilot)
