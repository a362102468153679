"""``tui.health.alarms``: what the watchdog finds is told, logged, rung and sent."""

from __future__ import annotations

import asyncio
from pathlib import Path

from tests.tui.store import NOW, Told, model
from tui.health.alarms import Alarms
from tui.notify.destinations import Destinations
from tui.settings import Settings

BROKEN = Told("brave-otter", metrics={"train/loss": [1.0, 0.9, float("nan")]})


class Heard:
    """What an app hears of alarms."""

    def __init__(self, settings: Settings, destinations: Destinations | None = None) -> None:
        self.told = 0
        self.written: list[str] = []
        self.alarms = Alarms(model(BROKEN), settings, destinations, told=self._tell, call=self.written.append)

    def _tell(self) -> None:
        self.told += 1

    async def listen(self) -> None:
        """Let them look once."""
        task = asyncio.create_task(self.alarms.run())
        for _ in range(200):
            await asyncio.sleep(0.01)
            if self.told:
                break
        task.cancel()
        await asyncio.gather(task, return_exceptions=True)


async def test_before_the_first_look_there_is_nothing() -> None:
    heard = Heard(Settings(gpu=False))
    assert (heard.alarms.alerts, heard.alarms.changes, heard.alarms.problems) == ((), [], {})


async def test_what_is_wrong_is_told_and_logged() -> None:
    heard = Heard(Settings(gpu=False))
    await heard.listen()
    (alert,) = heard.alarms.alerts
    assert (alert.rule, alert.run, alert.raised) == ("nonfinite", BROKEN.key, NOW)
    assert [change.what for change in heard.alarms.changes] == ["raised"]
    assert heard.written == []


async def test_the_bell_rings_when_it_was_asked_for() -> None:
    heard = Heard(Settings(gpu=False, bell=True))
    await heard.listen()
    assert heard.written == ["\a"]


async def test_a_command_is_run_where_destinations_say_so(tmp_path: Path) -> None:
    said = tmp_path / "said"
    command = ("sh", "-c", f'echo "$RUNWATCH_ALERT_RULE" > {said}')
    heard = Heard(Settings(gpu=False), Destinations(command=command, terminal="osc9"))
    task = asyncio.create_task(heard.alarms.run())
    for _ in range(300):
        await asyncio.sleep(0.01)
        if said.exists() and said.read_text():
            break
    task.cancel()
    await asyncio.gather(task, return_exceptions=True)
    assert said.read_text() == "nonfinite\n"
    assert heard.written[0].startswith("\x1b]9;")
