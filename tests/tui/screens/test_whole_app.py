"""Pictures of the whole app over real files: Watch and Run, at three sizes and in three themes.

``pytest --snapshot-update`` renews them; look at each before it is committed.
"""

from __future__ import annotations

import time
from collections.abc import Awaitable, Callable, Iterator
from pathlib import Path

import pytest
from textual.pilot import Pilot

from tests.tui.sample_store import app_over, write_store
from tests.tui.waiting import ready, text, until
from tui.app import RunwatchApp
from tui.themes import DARK, LIGHT, SAFE

SnapCompare = Callable[..., bool]
SIZES = [(80, 24), (160, 45), (220, 60)]


@pytest.fixture(autouse=True)
def _utc(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    monkeypatch.setenv("TZ", "UTC")
    time.tzset()
    yield
    monkeypatch.undo()
    time.tzset()


def app(tmp_path: Path, theme: str = DARK) -> RunwatchApp:
    return app_over(write_store(tmp_path / "runs"), tmp_path / "host", theme=theme)


def after(*keys: str, shown: str = "brave-otter") -> Callable[[Pilot[None]], Awaitable[None]]:
    """What is done before the picture: everything read, then these keys pressed, until this is ``shown``."""

    async def act(pilot: Pilot[None]) -> None:
        await ready(pilot)
        for key in keys:
            await pilot.press(key)
            await ready(pilot)
        await until(lambda: shown in text(pilot), pilot)
        await ready(pilot)

    return act


@pytest.mark.parametrize("size", SIZES, ids=lambda size: f"{size[0]}x{size[1]}")
def test_watch(snap_compare: SnapCompare, tmp_path: Path, size: tuple[int, int]) -> None:
    assert snap_compare(app(tmp_path), terminal_size=size, run_before=after())


@pytest.mark.parametrize("theme", [LIGHT, SAFE])
def test_watch_in_other_themes(snap_compare: SnapCompare, tmp_path: Path, theme: str) -> None:
    assert snap_compare(app(tmp_path, theme), terminal_size=(160, 45), run_before=after("down"))


@pytest.mark.parametrize("size", SIZES, ids=lambda size: f"{size[0]}x{size[1]}")
def test_run(snap_compare: SnapCompare, tmp_path: Path, size: tuple[int, int]) -> None:
    assert snap_compare(app(tmp_path), terminal_size=size, run_before=after("enter"))


def test_what_became_of_a_run_that_failed(snap_compare: SnapCompare, tmp_path: Path) -> None:
    assert snap_compare(
        app(tmp_path, LIGHT), terminal_size=(160, 45), run_before=after("end", "enter", "7", shown="✖ NaN")
    )


def test_help(snap_compare: SnapCompare, tmp_path: Path) -> None:
    assert snap_compare(
        app(tmp_path), terminal_size=(100, 40), run_before=after("question_mark", shown="Go one row up")
    )
