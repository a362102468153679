"""When to look again: at once where the file system tells of a write, else at every tick.

``Wake.wait(paths)`` returns when something was written under one of ``paths`` or when a tick has passed. inotify is
only used for the directories of live runs, and never relied on: on file systems that do not tell (NFS, a full watch
table) the ticks alone do, and ``Wake.reason`` says why.
"""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from contextlib import suppress
from pathlib import Path

from watchfiles import awatch

DEBOUNCE_MS, STEP_MS = 50, 20
"""watchfiles' own 1600 ms never sees a pause beside busy writers; with these a write is seen within about 20 ms."""

MOST_WATCHES = 256
"""More live runs than this are polled: the watch table is shared with everybody on the machine."""


class Wake:
    """Rings when a live run was written to, or when the tick has passed."""

    def __init__(self, tick: float = 1.0, poll: float = 0.25, spacing: float = 0.1) -> None:
        """Set the seconds between looks.

        Args:
            tick: with inotify, look at least this often.
            poll: without inotify, while runs are live, look this often.
            spacing: never look more often than this.
        """
        self.tick, self.poll, self.spacing = tick, poll, spacing
        self.reason: str | None = None
        self._event = asyncio.Event()
        self._watching: frozenset[Path] = frozenset()
        self._task: asyncio.Task[None] | None = None

    async def wait(self, paths: Sequence[Path]) -> None:
        """Return at the next write under ``paths``, or when it is time to look anyway."""
        self._watch(frozenset(paths))
        await asyncio.sleep(self.spacing)
        rest = (self.poll if self.reason else self.tick) - self.spacing
        with suppress(TimeoutError):
            await asyncio.wait_for(self._event.wait(), max(0.0, rest))
        self._event.clear()

    async def close(self) -> None:
        """Stop watching."""
        if self._task is not None:
            self._task.cancel()
            with suppress(asyncio.CancelledError):
                await self._task
            self._task = None

    def _watch(self, paths: frozenset[Path]) -> None:
        if paths == self._watching:
            return
        self._watching = paths
        if self._task is not None:
            self._task.cancel()
            self._task = None
        self.reason = None
        if len(paths) > MOST_WATCHES:
            self.reason = f"{len(paths)} live runs are polled"
        elif paths:
            self._task = asyncio.create_task(self._listen(paths))

    async def _listen(self, paths: frozenset[Path]) -> None:
        try:
            present = [path for path in paths if path.is_dir() and _is_unicode(path)]
            if any(not _is_unicode(path) for path in paths):
                self.reason = "directories whose names are no Unicode are polled"
            async for _ in awatch(
                *present, watch_filter=None, debounce=DEBOUNCE_MS, step=STEP_MS, recursive=False, rust_timeout=1000
            ):
                self._event.set()
        except OSError as error:
            self.reason = f"no change notifications: {error.args[0] if error.args else error}"


def _is_unicode(path: Path) -> bool:
    """Whether watchfiles, which takes paths as UTF-8, can be told of ``path``: names of files are any bytes."""
    try:
        str(path).encode()
    except UnicodeEncodeError:
        return False
    return True
