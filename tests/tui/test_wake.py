"""``tui.wake``: a write rings at once where the file system tells, a tick rings in any case."""

from __future__ import annotations

import asyncio
import os
from pathlib import Path

from tui.wake import MOST_WATCHES, Wake


async def test_a_write_rings_long_before_the_tick(tmp_path: Path) -> None:
    wake = Wake(tick=30.0, spacing=0.01)
    waiting = asyncio.create_task(wake.wait([tmp_path]))
    for i in range(200):
        await asyncio.sleep(0.02)
        (tmp_path / "metrics.jsonl").write_text(str(i))
        if waiting.done():
            break
    assert waiting.done()
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


async def test_a_name_that_is_no_unicode_is_polled_and_the_others_still_ring(tmp_path: Path) -> None:
    """A directory with such a name in a store once ended the app: watchfiles takes UTF-8 only."""
    odd, plain = tmp_path / os.fsdecode(b"a\xff"), tmp_path / "b"
    odd.mkdir()
    plain.mkdir()
    wake = Wake(tick=30.0, poll=30.0, spacing=0.01)
    waiting = asyncio.create_task(wake.wait([odd, plain]))
    for i in range(200):
        await asyncio.sleep(0.02)
        (plain / "metrics.jsonl").write_text(str(i))
        if waiting.done():
            break
    assert waiting.done()
    assert wake.reason == "directories whose names are no Unicode are polled"
    await wake.close()
    alone = Wake(tick=0.05, poll=0.05, spacing=0.01)
    await alone.wait([odd])
    await alone.close()
