"""``tui.wake``: a write rings at once where the file system tells, a tick rings in any case."""

from __future__ import annotations

import asyncio
import errno
import os
from pathlib import Path

import pytest

from tui.inotify import Notifier
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


async def test_a_name_that_is_no_unicode_rings_too(tmp_path: Path) -> None:
    odd = tmp_path / os.fsdecode(b"a\xff")
    odd.mkdir()
    wake = Wake(tick=30.0, poll=30.0, spacing=0.01)
    await rung(wake, odd)
    assert wake.reason is None
    await wake.close()


async def test_what_was_written_while_nobody_waited_rings_at_once(tmp_path: Path) -> None:
    wake = Wake(tick=0.01, spacing=0.001)
    await wake.wait([tmp_path])
    wake.tick = 30.0
    (tmp_path / "metrics.jsonl").write_text("1")
    await asyncio.wait_for(wake.wait([tmp_path]), 20.0)
    await wake.close()


class Exhausted(Notifier):
    """The kernel has no watch left."""

    def watch(self, paths: frozenset[Path]) -> None:
        raise OSError(errno.ENOSPC, "No space left on device")


async def test_a_full_watch_table_is_polled_and_it_says_so(tmp_path: Path) -> None:
    wake = Wake(tick=30.0, poll=0.02, spacing=0.01, notifier=Exhausted)
    await asyncio.wait_for(wake.wait([tmp_path]), 20.0)
    assert wake.reason == (
        "no change notifications: all inotify watches are in use (sysctl fs.inotify.max_user_watches)"
    )
    await wake.close()


@pytest.mark.parametrize(("number", "word"), [(errno.EMFILE, "instances or open files"), (errno.ENOSYS, "function")])
async def test_without_inotify_it_polls_and_says_so(tmp_path: Path, number: int, word: str) -> None:
    def refused() -> Notifier:
        raise OSError(number, os.strerror(number))

    wake = Wake(tick=30.0, poll=0.02, spacing=0.01, notifier=refused)
    await asyncio.wait_for(wake.wait([tmp_path]), 20.0)
    assert word in (wake.reason or "")
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
