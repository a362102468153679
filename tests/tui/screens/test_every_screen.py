"""Every screen, page and sheet at three sizes: as it was looked at last time, and legible in each of our themes."""

from __future__ import annotations

import time
from collections.abc import Iterator
from pathlib import Path

import pytest
from textual.pilot import Pilot
from textual.screen import ModalScreen
from textual.strip import Strip

from collectors.samples import Hello, Sample
from tests.tui.fake_machine import HOST, gpu, info, process, uuid
from tests.tui.frames import Frames
from tests.tui.legible import faint
from tests.tui.sample_store import NOW, PID, app_over, write_store
from tests.tui.waiting import ready, text, until
from tui import themes
from tui.app import RunwatchApp
from tui.frame_text import frame

SIZES = [(80, 24), (160, 45), (220, 60)]
FRAMES = Path(__file__).parent / "frames"

WATCH = (
    ("watch", ()),
    ("help over watch", ("question_mark",)),
    ("alerts", ("escape", "A")),
    ("columns", ("escape", "o")),
    ("groups", ("escape", "z")),
    ("export", ("escape", "e")),
    ("tags", ("escape", "t")),
    ("notes", ("escape", "n")),
    ("another name", ("escape", "R")),
    ("remove", ("escape", "D")),
    ("filter", ("escape", "slash", *"lr>1e-3")),
    ("filter that nothing passes", (*" zz=1",)),
)
RUN = (
    ("run, charts", ("escape", "enter")),
    ("run, one chart", ("f",)),
    ("run, summary", ("f", "2")),
    ("run, console", ("3",)),
    ("run, console searched", ("slash", *"step 7")),
    ("run, system", ("enter", "escape", "4")),
    ("run, events", ("5",)),
    ("run, config", ("6",)),
    ("run, a value", ("enter",)),
    ("run that failed", ("escape", "escape", "end", "enter", "7")),
)
OTHERS = (
    ("compare, config", ("escape", "home", "a", "c")),
    ("compare, all keys", ("h",)),
    ("compare, a value", ("down", "enter")),
    ("compare, summary", ("escape", "2")),
    ("compare, curves", ("3",)),
    ("machine", ("escape", "m")),
    ("machine, charts", ("tab",)),
)
PARTS = {"watch": WATCH, "run": RUN, "others": OTHERS}
ASKING = ("export", "tags", "notes", "another name", "remove")


@pytest.fixture(autouse=True)
def _same_everywhere(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """One time zone, and one directory that files would be written to."""
    monkeypatch.setattr(Path, "cwd", classmethod(lambda _: Path("/exp")))
    monkeypatch.setenv("TZ", "UTC")
    time.tzset()
    yield
    monkeypatch.undo()
    time.tzset()


def telemetry(app: RunwatchApp) -> None:
    """A machine with eight devices: one idles, one is too hot, one is lost."""
    devices = [gpu(index, 97.0 - 3 * index, [PID]) for index in range(8)]
    devices[1] = gpu(1, 0.0, [])
    devices[2] = gpu(2, 80.0, [PID], reasons=("hw_thermal",))
    devices[3] = gpu(3, status="lost", values={})
    app.model.telemetry.apply(Hello(NOW - 121, "gpu01", 1, tuple(info(each.index) for each in devices)))
    members = (process(PID, rank=0, gpus=(uuid(0),)),)
    for tick in range(120):
        host = {**HOST, "cpu/percent": 20.0 + tick % 60}
        app.model.telemetry.apply(Sample(NOW - 120 + tick, host, (), tuple(devices), members))
    app.model.sampled = True


def lit(pilot: Pilot[None]) -> list[Strip]:
    """The rows of the screen, or of the sheet that lies over it: what is below that is dimmed."""
    app = pilot.app
    rows = frame(app.screen, app.size)
    if not isinstance(app.screen, ModalScreen):
        return rows
    sheet = next(iter(app.screen.children)).region
    return [row.crop(sheet.x, sheet.right) for row in rows[sheet.y : sheet.bottom]]


async def is_legible_in_every_theme(pilot: Pilot[None]) -> None:
    """In each theme the screen says the same, and all of it can be read."""
    app = pilot.app
    said = text(pilot)
    for theme in (themes.LIGHT, themes.SAFE, themes.DARK):
        app.theme = theme
        await until(lambda: text(pilot) == said, pilot)
        assert faint(lit(pilot), app.theme_variables) == set(), theme


@pytest.mark.parametrize("size", SIZES, ids=lambda size: f"{size[0]}x{size[1]}")
@pytest.mark.parametrize("part", PARTS)
async def test_every_screen(tmp_path: Path, request: pytest.FixtureRequest, size: tuple[int, int], part: str) -> None:
    frames = Frames(FRAMES / f"{part}-{size[0]}x{size[1]}.txt", renew=request.config.option.update_snapshots)
    app = app_over(write_store(tmp_path / "runs"), tmp_path / "host")
    async with app.run_test(size=size) as pilot:
        await ready(pilot)
        telemetry(app)
        app.visits.seen.show_telemetry()
        await until(lambda: "val/loss  ━ brave-otter" in text(pilot) and "eager-mole" in text(pilot), pilot)
        for name, keys in PARTS[part]:
            await pilot.press(*("space" if key == " " else key for key in keys))
            await frames.shows(pilot, name)
            if name not in ASKING:
                await is_legible_in_every_theme(pilot)
    frames.finish()


@pytest.mark.parametrize("theme", [ours.name for ours in themes.THEMES])
async def test_what_asks_something_is_legible(tmp_path: Path, theme: str) -> None:
    """What lies over a screen and takes every key: the theme cannot be changed under it."""
    app = app_over(write_store(tmp_path / "runs"), tmp_path / "host", theme=theme)
    async with app.run_test(size=(80, 24)) as pilot:
        await ready(pilot)
        for name, keys in WATCH:
            await pilot.press(*keys)
            await ready(pilot)
            assert name not in ASKING or faint(lit(pilot), app.theme_variables) == set()
