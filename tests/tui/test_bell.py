"""``tui.bell`` where the kernel has no watch left (in a user namespace that has two), and where it is cancelled."""

from __future__ import annotations

import asyncio
import subprocess
import sys
from pathlib import Path

import pytest

from tui.bell import Bell

_CHILD = """
import asyncio, sys
from pathlib import Path
from tui.bell import Bell

async def main():
    bell = Bell()
    bell.watch([Path(path) for path in sys.argv[1:]])
    for _ in range(100):
        await bell.wait(0.05)
        if bell.reason:
            break
    print(bell.reason)
    await bell.close()

asyncio.run(main())
"""


def test_a_full_watch_table_is_said_with_what_to_do(tmp_path: Path) -> None:
    paths = [tmp_path / str(number) for number in range(3)]
    for path in paths:
        path.mkdir()
    script = 'echo 2 > /proc/sys/user/max_inotify_watches && exec "$@"'
    command = ["unshare", "-Ur", "sh", "-c", script, "sh", sys.executable, "-c", _CHILD, *map(str, paths)]
    try:
        done = subprocess.run(command, capture_output=True, text=True, timeout=50, check=False)
    except FileNotFoundError:
        pytest.skip("there is no unshare here")
    if done.returncode and ("unshare" in done.stderr or "max_inotify_watches" in done.stderr):
        pytest.skip(f"no user namespace here: {done.stderr.strip()}")
    said = "no change notifications: all inotify watches are in use (sysctl fs.inotify.max_user_watches)"
    assert (done.stdout, done.stderr) == (f"{said}\n", "")


async def test_a_cancellation_gets_through_at_any_moment() -> None:
    """Also in the very turn of the event loop in which it rings: ``asyncio.wait_for`` of Python 3.11 loses it."""
    for turns in range(8):
        bell = Bell()
        task = asyncio.create_task(bell.wait(60))
        await asyncio.sleep(0.01)
        bell._rung.set()
        for _ in range(turns):
            await asyncio.sleep(0)
        ended = task.done()
        task.cancel()
        await asyncio.wait([task], timeout=20)
        assert task.cancelled() != ended
