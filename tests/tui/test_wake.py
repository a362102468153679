"""``tui.wake``: a write rings at once where the file system tells, a tick rings in any case."""

from __future__ import annotations

import asyncio
import os
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from tui.bell import Listen
from tui.wake import LONGEST_REST, MOST_WATCHES, REST, Wake


async def test_a_write_rings_long_before_the_tick(tmp_path: Path) -> None:
    wake = Wake(tick=30.0, spacing=0.01)
    await rung(wake, tmp_path)
    await wake.close()


async def test_the_tick_rings_where_nothing_happens(tmp_path: Path) -> None:
    wake = Wake(tick=0.05, spacing=0.01)
    await wake.wait([tmp_path])
    assert wake.reason is None
    await wake.close()


async def test_a_directory_that_is_not_there_is_no_trouble(tmp_path: Path) -> None:
    wake = Wake(tick=0.05, spacing=0.01)
    await wake.wait([tmp_path / "gone"])
    await wake.wait([])
    await wake.close()


async def test_too_many_live_runs_are_polled_and_it_says_so(tmp_path: Path) -> None:
    wake = Wake(tick=30.0, poll=0.02, spacing=0.01)
    await wake.wait([tmp_path / str(i) for i in range(MOST_WATCHES + 1)])
    assert wake.reason == f"{MOST_WATCHES + 1} live runs are polled"
    await wake.close()


async def test_a_name_that_is_no_unicode_is_polled_and_it_says_so(tmp_path: Path) -> None:
    odd = tmp_path / os.fsdecode(b"a\xff")
    odd.mkdir()
    wake = Wake(tick=30.0, poll=0.02, spacing=0.01)
    await asyncio.wait_for(wake.wait([odd]), 20.0)
    assert wake.reason == "no change notifications: a directory's name is no Unicode"
    await wake.close()


async def test_what_was_written_while_nobody_waited_rings_at_once(tmp_path: Path) -> None:
    wake = Wake(tick=0.01, spacing=0.001)
    await wake.wait([tmp_path])
    wake.tick = 30.0
    (tmp_path / "metrics.jsonl").write_text("1")
    await asyncio.wait_for(wake.wait([tmp_path]), 20.0)
    await wake.close()


def refused(message: str) -> Listen:
    async def listen(paths: list[Path]) -> AsyncIterator[object]:
        if paths:
            raise OSError(message)
        yield paths

    return listen


@pytest.mark.parametrize(
    ("message", "said"),
    [
        ("OS file watch limit reached. about [/runs]", "all inotify watches are in use"),
        ("Function not implemented (os error 38)", "function not implemented"),
    ],
)
async def test_where_nothing_is_told_it_polls_and_says_why(tmp_path: Path, message: str, said: str) -> None:
    wake = Wake(tick=0.2, poll=0.02, spacing=0.01, listen=refused(message))
    await wake.wait([tmp_path])
    assert said in (wake.reason or "")
    await asyncio.wait_for(wake.wait([tmp_path]), 20.0)
    await wake.close()


async def test_it_tells_of_writes_again_once_there_is_room(tmp_path: Path) -> None:
    wake = Wake(tick=30.0, poll=0.02, spacing=0.01)
    await wake.wait([tmp_path / str(i) for i in range(MOST_WATCHES + 1)])
    await rung(wake, tmp_path)
    assert wake.reason is None
    await wake.close()


async def test_after_a_look_that_took_long_it_rests_the_longer(tmp_path: Path) -> None:
    spent = iter([0.0, 0.01, 0.01, 0.03, 0.03, 9.0, 9.0])
    slept: list[float] = []
    sleep = asyncio.sleep

    async def noted(seconds: float) -> None:
        slept.append(seconds)
        await sleep(0)

    wake = Wake(tick=0.0, spacing=0.001, spent=lambda: next(spent))
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(asyncio, "sleep", noted)
        for _ in range(3):
            await wake.wait([tmp_path])
    await wake.close()
    assert slept == [0.01 * REST, pytest.approx(0.02 * REST), LONGEST_REST]


async def rung(wake: Wake, directory: Path) -> None:
    """Wait until a write in ``directory`` rings."""
    waiting = asyncio.create_task(wake.wait([directory]))
    for i in range(500):
        await asyncio.sleep(0.02)
        (directory / "metrics.jsonl").write_text(str(i))
        if waiting.done():
            break
    assert waiting.done()
