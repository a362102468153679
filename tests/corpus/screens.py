"""The real app over a hostile store, and every screen and sheet of it as frames of text."""

from __future__ import annotations

from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from pathlib import Path

import orjson
from textual.pilot import Pilot

from collectors.protocol import decode
from logstore.model.liveness import Machine
from logstore.store import Store
from tests.corpus.hostile import NOW, encodable, sampler_lines
from tui.app import RunwatchApp
from tui.frame_text import coloured, frame, plain
from tui.screens.run import BADLY, RunScreen
from tui.settings import Settings

SIZE = (200, 50)


def app_over(root: Path, shown: Path | None = None) -> RunwatchApp:
    """The app over ``root`` at a fixed time; ``shown`` is the path that it says it watches."""
    source = Store(root).reader(machine=Machine("nowhere"))
    return RunwatchApp(source, shown or root, Settings(gpu=False), clock=lambda: NOW)


@asynccontextmanager
async def running(root: Path, size: tuple[int, int] = SIZE, shown: Path | None = None) -> AsyncIterator[Pilot[None]]:
    """A pilot of the app that has read everything."""
    app = app_over(root, shown)
    async with app.run_test(size=size) as pilot:
        await app.settle()
        await _pauses(pilot)
        yield pilot


async def _pauses(pilot: Pilot[None], count: int = 3) -> None:
    for _ in range(count):
        await pilot.pause()


class Frame:
    """One frame of the app."""

    def __init__(self, pilot: Pilot[None]) -> None:
        app = pilot.app
        self.size = app.size
        self._rows = frame(app.screen, app.size)

    @property
    def text(self) -> str:
        return plain(self._rows)

    @property
    def colours(self) -> str:
        return coloured(self._rows)

    @property
    def lines(self) -> list[str]:
        """The rows as they are drawn, with the blanks at their ends."""
        return [row.text for row in self._rows]


def runs_of(pilot: Pilot[None]) -> list[str]:
    """The keys of the runs that the app knows."""
    app = pilot.app
    assert isinstance(app, RunwatchApp)
    return list(app.model.runs)


async def press(pilot: Pilot[None], *keys: str) -> Frame:
    """What is seen after these keys."""
    await pilot.press(*keys)
    await _pauses(pilot)
    return Frame(pilot)


def hear(pilot: Pilot[None], text: str) -> None:
    """Let the machine say ``text`` wherever a sampler can say something."""
    app = pilot.app
    assert isinstance(app, RunwatchApp)
    for raw in sampler_lines(text):
        line = decode(orjson.dumps(encodable(raw)))
        assert line is not None
        app.model.telemetry.apply(line)


async def pages_of(pilot: Pilot[None], key: str, pages: Sequence[str]) -> AsyncIterator[tuple[str, Frame]]:
    """The pages of one run's screen."""
    app = pilot.app
    assert isinstance(app, RunwatchApp)
    await app.push_screen(RunScreen(app.model, key))
    for page in pages:
        screen = app.screen
        assert isinstance(screen, RunScreen)
        screen.action_page(page)
        if page in {"console", BADLY}:
            await pilot.pause(0.05)
        await _pauses(pilot)
        yield page, Frame(pilot)
    app.pop_screen()
    await pilot.pause()
