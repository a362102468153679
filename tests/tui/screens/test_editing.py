"""Removing, tagging, noting and renaming runs in the app: after asking, in a thread, never a run that is written."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from textual.pilot import Pilot

from logstore.trash import trashed
from tests.tui.sample_store import app_over, write_store
from tests.tui.waiting import text, until
from tui.app import RunwatchApp
from tui.screens.prompt import ConfirmScreen, PromptScreen
from tui.screens.watch import WatchScreen

FAILED = "demo/run3"


@pytest.fixture
def root(tmp_path: Path) -> Path:
    return write_store(tmp_path / "runs")


@pytest.fixture
def app(root: Path, tmp_path: Path) -> RunwatchApp:
    made = app_over(root, tmp_path / "host")
    made.model.path = root
    return made


async def choose(app: RunwatchApp, pilot: Pilot[None], key: str) -> WatchScreen:
    """Puts the cursor on a run."""
    await app.settle()
    for _ in range(4):
        await pilot.pause()
    screen = app.screen
    assert isinstance(screen, WatchScreen)
    await pilot.press("g")
    while screen.table.cursor_key != key:
        await pilot.press("down")
    return screen


def labels(root: Path, key: str) -> dict[str, object]:
    path = root / key / "labels.json"
    found = json.loads(path.read_text()) if path.exists() else {}
    assert isinstance(found, dict)
    return found


async def test_a_run_is_removed_after_asking_and_leaves_the_table(app: RunwatchApp, root: Path) -> None:
    async with app.run_test(size=(140, 40)) as pilot:
        screen = await choose(app, pilot, FAILED)
        await pilot.press("D")
        await pilot.pause()
        assert isinstance(app.screen, ConfirmScreen)
        assert "Move fond-ibis to the trash?" in text(pilot)
        await pilot.press("n")
        await pilot.pause()
        assert (root / FAILED).is_dir()
        await pilot.press("D")
        await pilot.pause()
        await pilot.press("y")
        await until(lambda: FAILED not in screen.table.shown, pilot)
        assert [each.key for each in trashed(root)] == [FAILED]


async def test_runs_that_are_written_are_left_alone(app: RunwatchApp, root: Path) -> None:
    async with app.run_test(size=(140, 40)) as pilot:
        screen = await choose(app, pilot, FAILED)
        await pilot.press("a", "D")
        await pilot.pause()
        assert "Move 4 runs to the trash?" in text(pilot)
        assert "brave-otter  running" in text(pilot)
        await pilot.press("y")
        await until(lambda: len(screen.table.shown) == 2, pilot)
        assert sorted(screen.table.shown) == ["demo/run0", "demo/run1"]
        assert len(trashed(root)) == 2


async def test_tags_notes_and_names_are_typed(app: RunwatchApp, root: Path) -> None:
    async with app.run_test(size=(140, 40)) as pilot:
        await choose(app, pilot, FAILED)
        for key, typed in (("t", "base -draft +good"), ("n", "diverged [early]"), ("R", "!")):
            await pilot.press(key)
            await pilot.pause()
            assert isinstance(app.screen, PromptScreen)
            await pilot.press(*[{" ": "space"}.get(char, char) for char in typed], "enter")
            await pilot.pause()
        found = {
            "name": "fond-ibis!",
            "notes": "diverged [early]",
            "tags_added": ["base", "good"],
            "tags_removed": ["draft"],
        }
        await until(lambda: labels(root, FAILED) == found, pilot)
        await until(lambda: "fond-ibis!" in text(pilot), pilot)


async def test_escape_changes_nothing(app: RunwatchApp, root: Path) -> None:
    async with app.run_test(size=(140, 40)) as pilot:
        await choose(app, pilot, FAILED)
        for key in ("D", "t", "n", "R"):
            await pilot.press(key)
            await pilot.pause()
            await pilot.press("escape")
            await pilot.pause()
        assert isinstance(app.screen, WatchScreen)
        assert labels(root, FAILED) == {}
        assert (root / FAILED).is_dir()
