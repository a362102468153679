"""``tui.bell`` where the kernel has no watch left: in a user namespace of its own, in which two are all there are."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

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
