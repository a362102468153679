"""``tui.visits``: screens are kept as they were left, and not too many of them."""

from __future__ import annotations

from pathlib import Path

from tests.tui.store import THREE, model
from tui.remembered import Memory
from tui.screens.base import RunwatchScreen
from tui.screens.run import RunScreen
from tui.settings import Settings
from tui.themed_app import ThemedApp
from tui.visits import Visits

KEYS = [told.key for told in THREE]


class Sample(ThemedApp):
    def __init__(self, most: int = 8) -> None:
        super().__init__()
        self.memory = Memory(Path("/store"), None)
        self.visits = Visits(self, model(*THREE), self.memory, Settings(), most)

    async def open(self, screen: RunwatchScreen) -> RunScreen:
        await self.push_screen(screen)
        assert isinstance(screen, RunScreen)
        return screen


async def test_a_screen_comes_back_as_it_was_left() -> None:
    app = Sample()
    async with app.run_test(size=(120, 40)) as pilot:
        first = await app.open(app.visits.run(KEYS[0]))
        await pilot.press("3")
        await app.pop_screen()
        assert app.visits.run(KEYS[0]) is first
        assert first.is_mounted
        assert first.view()["page"] == "console"


async def test_the_next_screen_of_a_kind_begins_with_what_was_set_on_the_last() -> None:
    app = Sample()
    async with app.run_test(size=(120, 40)) as pilot:
        await app.open(app.visits.run(KEYS[0]))
        await pilot.pause()
        await pilot.press("plus", "z")
        await app.pop_screen()
        second = await app.open(app.visits.run(KEYS[1]))
        await pilot.pause()
        before, after = app.memory.view("run")["charts"], second.view()["charts"]
        assert after["smoothing"] == before["smoothing"]
        assert before["window"]["kind"] != "full"
        assert after["window"]["kind"] == "full"


async def test_those_not_seen_for_longest_are_let_go() -> None:
    app = Sample(most=2)
    async with app.run_test(size=(120, 40)) as pilot:
        screens = []
        for key in KEYS:
            screens.append(await app.open(app.visits.run(key)))
            await app.pop_screen()
        assert app.visits.screens == screens[1:]
        await pilot.pause()
        assert not screens[0].is_attached
        assert app.visits.run(KEYS[0]) is not screens[0]


async def test_a_screen_that_is_seen_is_never_let_go() -> None:
    app = Sample(most=1)
    async with app.run_test(size=(120, 40)) as pilot:
        seen = await app.open(app.visits.run(KEYS[0]))
        await app.open(app.visits.run(KEYS[1]))
        await app.pop_screen()
        await pilot.pause()
        assert app.screen is seen
        assert seen.is_attached
