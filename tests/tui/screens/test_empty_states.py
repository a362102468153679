"""Where there is nothing to show, one line says why and what to do; what goes away leaves no trace and no traceback."""

from __future__ import annotations

import json
import shutil
from pathlib import Path

import pytest

from tests.tui.sample_store import BOOT, HOST, NOW, app_over, write_store
from tests.tui.waiting import ready, text, until
from tui.screens.compare import CompareScreen
from tui.screens.run import PAGES, RunScreen
from tui.screens.watch import WatchScreen

SAYS = {
    "charts": 'no metrics yet: the first run.log({"loss": …}) draws them',
    "summary": "nothing logged yet: the first run.log() fills it",
    "console": "no console log: logstore.init() keeps it, unless it was told console=False",
    "system": "no telemetry: logstore.init() writes it, unless it was told system=False",
    "events": "no alerts, notes or resumes: run.alert(title) writes one",
    "config": "no config: logstore.init(config=…)",
}


def bare_run(root: Path) -> None:
    """A run that has said who it is, and nothing else."""
    path = root / "demo" / "bare"
    path.mkdir(parents=True)
    record = {"id": "bare", "project": "demo", "created": NOW - 60, "host": HOST, "boot_id": BOOT, "state": "pending"}
    (path / "run.json").write_text(json.dumps(record))


@pytest.mark.parametrize("size", [(80, 24), (160, 45)], ids=lambda size: f"{size[0]}x{size[1]}")
async def test_every_page_of_a_run_without_anything_says_what_to_do(tmp_path: Path, size: tuple[int, int]) -> None:
    bare_run(tmp_path / "runs")
    app = app_over(tmp_path / "runs", tmp_path / "host")
    async with app.run_test(size=size) as pilot:
        await ready(pilot)
        assert "pending" in text(pilot)
        await pilot.press("enter")
        await until(lambda: isinstance(app.screen, RunScreen), pilot)
        for number, page in enumerate(PAGES, 1):
            await pilot.press(str(number))
            await until(lambda page=page: SAYS[page] in text(pilot), pilot)  # type: ignore[misc]
            assert "esc back" in text(pilot).splitlines()[-1]


async def test_a_filter_that_nothing_passes_says_so_and_escape_drops_it(tmp_path: Path) -> None:
    app = app_over(write_store(tmp_path / "runs"), tmp_path / "host")
    async with app.run_test(size=(80, 24)) as pilot:
        await ready(pilot)
        await pilot.press("slash", *"state=pending", "enter")
        await until(lambda: "no run passes the filter: esc shows all" in text(pilot), pilot)
        assert "0 of 4" in text(pilot)
        await until(lambda: "no run to draw: esc shows all" in text(pilot), pilot)
        await pilot.press("enter", "c", "space", "D")
        assert isinstance(app.screen, WatchScreen)
        await pilot.press("escape")
        await until(lambda: "brave-otter" in text(pilot), pilot)


async def test_a_run_that_is_deleted_while_it_is_looked_at(tmp_path: Path) -> None:
    root = write_store(tmp_path / "runs")
    app = app_over(root, tmp_path / "host")
    async with app.run_test(size=(110, 30)) as pilot:
        await ready(pilot)
        await pilot.press("enter")
        await until(lambda: "brave-otter  ● running" in text(pilot), pilot)
        shutil.rmtree(root / "demo" / "run0")
        await until(lambda: "brave-otter  ✖ deleted" in text(pilot), pilot)
        for page in ("2", "3", "4", "5", "6", "tab", "1", "f", "f"):
            await pilot.press(page)
        assert isinstance(app.screen, RunScreen)
        await pilot.press("escape")
        await until(lambda: isinstance(app.screen, WatchScreen) and "brave-otter" not in text(pilot), pilot)


async def test_runs_that_are_deleted_while_they_are_compared(tmp_path: Path) -> None:
    root = write_store(tmp_path / "runs")
    app = app_over(root, tmp_path / "host")
    async with app.run_test(size=(140, 40)) as pilot:
        await ready(pilot)
        await pilot.press("space", "space", "c")
        await until(lambda: isinstance(app.screen, CompareScreen) and "calm-lynx" in text(pilot), pilot)
        shutil.rmtree(root / "demo" / "run1")
        await until(lambda: "calm-lynx" not in text(pilot), pilot)
        assert isinstance(app.screen, CompareScreen)
        assert "brave-otter" in text(pilot)
        shutil.rmtree(root / "demo" / "run0")
        await until(lambda: isinstance(app.screen, WatchScreen), pilot)


async def test_a_store_that_goes_away_and_comes_back(tmp_path: Path) -> None:
    root = write_store(tmp_path / "runs")
    app = app_over(root, tmp_path / "host")
    async with app.run_test(size=(100, 30)) as pilot:
        await ready(pilot)
        root.rename(tmp_path / "elsewhere")
        await until(lambda: "No runs yet in /exp/runs" in text(pilot), pilot)
        await pilot.press("enter", "c", "space", "m", "escape", "a", "c")
        assert isinstance(app.screen, WatchScreen)
        (tmp_path / "elsewhere").rename(root)
        await until(lambda: "brave-otter" in text(pilot), pilot)


async def test_one_run_is_nothing_to_compare(tmp_path: Path) -> None:
    bare_run(tmp_path / "runs")
    app = app_over(tmp_path / "runs", tmp_path / "host")
    async with app.run_test(size=(100, 30)) as pilot:
        await ready(pilot)
        await pilot.press("space", "c")
        await until(lambda: bool(app._notifications), pilot)
        assert [note.message for note in app._notifications] == ["Mark two or more runs with space, then compare them"]
        await app.push_screen(CompareScreen(app.model, ["demo/bare"]))
        await until(lambda: "differing 0 of 0" in text(pilot), pilot)
        await pilot.press("3")
        await until(lambda: "these runs have no metric in common yet" in text(pilot), pilot)


@pytest.mark.parametrize("name", ["metrics.jsonl", "config.json", "run.json", "events.jsonl", "console.log"])
async def test_a_file_that_cannot_be_read_leaves_the_rest(tmp_path: Path, name: str) -> None:
    """A directory stands in for a file without access: who runs the tests may be allowed to read everything."""
    root = write_store(tmp_path / "runs")
    (root / "demo" / "run2" / name).unlink(missing_ok=True)
    (root / "demo" / "run2" / name).mkdir()
    app = app_over(root, tmp_path / "host")
    async with app.run_test(size=(160, 45)) as pilot:
        await ready(pilot)
        assert "brave-otter" in text(pilot)
        await app.push_screen(RunScreen(app.model, "demo/run2"))
        for page in range(1, len(PAGES) + 1):
            await pilot.press(str(page))
            await ready(pilot)
        assert isinstance(app.screen, RunScreen)
        assert "Traceback" not in text(pilot)


async def test_a_store_without_runs_offers_no_keys_of_runs(tmp_path: Path) -> None:
    (tmp_path / "runs").mkdir()
    app = app_over(tmp_path / "runs", tmp_path / "host")
    async with app.run_test(size=(80, 24)) as pilot:
        await until(lambda: "No runs yet" in text(pilot), pilot)
        await until(lambda: text(pilot).splitlines()[-1].split() == ["m", "machine", "q", "quit", "?", "help"], pilot)
        bare_run(tmp_path / "runs")
        await until(lambda: "tab charts" in text(pilot).splitlines()[-1], pilot)


async def test_an_empty_list_offers_no_keys_of_rows(tmp_path: Path) -> None:
    bare_run(tmp_path / "runs")
    app = app_over(tmp_path / "runs", tmp_path / "host")
    async with app.run_test(size=(100, 24)) as pilot:
        await ready(pilot)
        await pilot.press("enter", "5")
        await until(lambda: SAYS["events"] in text(pilot), pilot)
        await until(lambda: text(pilot).splitlines()[-1].strip().startswith("tab page"), pilot)
        event = {"_timestamp": NOW - 30, "kind": "note", "title": "warm", "text": "", "level": "INFO"}
        (tmp_path / "runs" / "demo" / "bare" / "events.jsonl").write_text(json.dumps(event) + "\n")
        await until(lambda: "warm" in text(pilot) and "/ search" in text(pilot).splitlines()[-1], pilot)
