"""While nothing happens, nothing is sent: a screen that is left open costs its link next to nothing."""

from __future__ import annotations

import json
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from textual.pilot import Pilot

from tests.tui.sample_store import NOW, app_over, write_run
from tests.tui.test_thrifty_driver import COLUMNS, ROWS, Recorder
from tests.tui.waiting import ready, until
from tui.app import RunwatchApp
from tui.screens.watch import WatchScreen
from tui.terminal_title import SPACING
from tui.widgets.alert_line import Notice

QUIET = 50
"""Looks, a fiftieth of a second apart, in which nothing is to be sent before it is believed that all is drawn."""


class Seconds:
    """A clock that goes on only when it is told to."""

    def __init__(self, app: RunwatchApp) -> None:
        self.now = NOW
        self._app = app
        app.model.clock = lambda: self.now

    @property
    def sent(self) -> int:
        """The characters that were sent to the terminal so far."""
        driver = self._app._driver
        assert isinstance(driver, Recorder)
        return driver.sent

    async def stand_still(self, pilot: Pilot[Any]) -> None:
        """Return when all that there is has been drawn: nothing was sent for a while, in which no second passed."""
        before: list[int] = []

        def still() -> bool:
            before.append(self.sent)
            return len(before) > QUIET and len(set(before[-QUIET:])) == 1

        await until(still, pilot)

    async def pass_by(self, count: int, pilot: Pilot[Any]) -> int:
        """Let so many seconds pass for all parts of the app; the characters that were sent to the terminal."""
        before = self.sent
        for _ in range(count):
            self.now += 1.0
            screen = self._app.screen
            assert isinstance(screen, WatchScreen)
            screen._tick()
            self._app._show_status()
            await pilot.pause()
        return self.sent - before


async def sent_over(root: Path, host: Path, spans: Sequence[int]) -> list[int]:
    """The characters that an app over ``root`` sends in each of these spans of seconds, one after the other."""
    app = app_over(root, host)
    app.driver_class = Recorder
    seconds = Seconds(app)
    sent: list[int] = []

    async def use(pilot: Pilot[Any]) -> None:
        await ready(pilot)
        await seconds.stand_still(pilot)
        await seconds.pass_by(int(SPACING), pilot)  # a title that came too soon after the first one waits so long
        sent.extend([await seconds.pass_by(span, pilot) for span in spans])
        app.exit()

    await app.run_async(size=(COLUMNS, ROWS), auto_pilot=use)
    return sent


async def test_a_store_in_which_nothing_happens_costs_no_more_than_its_clock(tmp_path: Path) -> None:
    for place in (2, 3):
        write_run(tmp_path / "runs", place)
    none, minute = await sent_over(tmp_path / "runs", tmp_path / "host", [30, 10])
    assert none == 0
    assert 0 < minute < 50


async def test_how_many_seconds_ago_a_run_ended_is_said_now_and_then(tmp_path: Path) -> None:
    record = write_run(tmp_path / "runs", 2) / "run.json"
    record.write_text(json.dumps({**json.loads(record.read_text()), "ended": NOW - 5}))
    (seldom,) = await sent_over(tmp_path / "runs", tmp_path / "host", [30])
    assert 0 < seldom < 150


async def test_how_long_the_same_alert_has_been_there_is_said_now_and_then(tmp_path: Path) -> None:
    app = app_over(tmp_path / "runs", tmp_path / "host")
    seconds = Seconds(app)

    def stalled(duration: int, raised: float = NOW) -> tuple[Notice, ...]:
        return (Notice("WARN", "otter", f"no row for {duration}s", raised),)

    async with app.run_test() as pilot:
        await ready(pilot)
        screen = app.visits.first
        told = []
        for passed in range(25):
            seconds.now = NOW + passed
            screen.show_alerts(stalled(passed), ())
            told.append(screen.notices)
        assert len(set(told)) == 3
        screen.show_alerts(stalled(25, NOW + 25), ())
        assert screen.notices == stalled(25, NOW + 25)
        screen.show_alerts((), ())
        assert screen.notices == ()
