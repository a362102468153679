"""``tui.health.watch``: told whenever what is wrong, or its evidence, changed."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Sequence
from pathlib import Path

import pytest

from tests.tui.health.scenes import BREAK, healthy
from tests.tui.health.traces import KEY, START, Player, Second
from tui.health.alert import Alert
from tui.health.watch import HealthWatch


async def test_it_tells_what_is_wrong_and_follows_its_evidence() -> None:
    player, told = Player(), []

    def tell(alerts: Sequence[Alert]) -> None:
        told.append([alert.title for alert in alerts])

    watch = HealthWatch(player.dog, tell)
    player.play(healthy, BREAK)
    for second in range(BREAK, BREAK + 70):
        player.tick(second, Second())
        await watch.look(player.runs, player.telemetry, START + second)
    assert told[-1][0].startswith("no step for 1m10s")
    assert told[-2][0].startswith("no step for 1m09s")


async def test_a_directory_that_grows_excuses_a_quiet_run(tmp_path: Path) -> None:
    player, told = Player(), []
    watch = HealthWatch(player.dog, lambda alerts: told.append(list(alerts)))
    player.play(healthy, BREAK)
    player.runs[KEY].path = tmp_path
    for second in range(BREAK, BREAK + 200):
        (tmp_path / "model.bin").write_bytes(b"x" * second)
        player.runs[KEY].version += 1
        await watch.look(player.runs, None, START + second)
    assert told == []


async def test_directories_are_read_every_ten_seconds_and_in_a_thread(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    player, asked = Player(), []

    async def in_thread(call: Callable[..., object], *arguments: object) -> object:
        asked.append(arguments[-1])
        return call(*arguments)

    monkeypatch.setattr(asyncio, "to_thread", in_thread)
    watch = HealthWatch(player.dog, lambda alerts: None)
    player.play(healthy, BREAK)
    player.runs[KEY].path = tmp_path
    for second in range(BREAK, BREAK + 60):
        await watch.look(player.runs, None, START + second)
    assert asked == [START + BREAK + after for after in (20, 30, 40, 50)]
