"""When to look again: at once where the file system tells of a write, else at every tick.

``Wake.wait(paths)`` returns when something was written under one of ``paths`` or when a tick has passed. inotify is
only used for the directories of live runs and those where runs appear, and never relied on: on file systems that do not
tell (NFS), and where the kernel's watches are used up, the ticks alone do, and ``Wake.reason`` says why.

Looking rests: however much is written, the app takes about a tenth of a core.
"""

from __future__ import annotations

import asyncio
import errno
import time
from collections.abc import Callable, Sequence
from contextlib import suppress
from pathlib import Path

from tui.inotify import Notifier

MOST_WATCHES = 256
"""More live runs than this are polled: the watch table is shared with everybody on the machine."""
REST = 8.0
"""After a look that took so much processor time, with all that was drawn of it, this many times as long a rest."""
LONGEST_REST = 0.5


class Wake:
    """Rings when a live run was written to, or when the tick has passed."""

    def __init__(
        self,
        tick: float = 1.0,
        poll: float = 0.25,
        spacing: float = 0.1,
        *,
        notifier: Callable[[], Notifier] = Notifier,
        spent: Callable[[], float] = time.process_time,
    ) -> None:
        """Set the seconds between looks.

        Args:
            tick: with inotify, look at least this often.
            poll: without inotify, while runs are live, look this often.
            spacing: never look more often than this.
            notifier: makes what tells of writes.
            spent: the processor time of this process so far.
        """
        self.tick, self.poll, self.spacing = tick, poll, spacing
        self.reason: str | None = None
        """Why looking at every ``poll`` is all there is; None where writes are told of."""
        self._make, self._spent = notifier, spent
        self._spent_before = spent()
        self._notifier: Notifier | None = None

    async def wait(self, paths: Sequence[Path]) -> None:
        """Return at the next write under ``paths``, or when it is time to look anyway."""
        self._watch(frozenset(paths))
        spacing = self._rest()
        await asyncio.sleep(spacing)
        longest = self.poll if self.reason else self.tick
        await self._rung(max(0.0, longest - spacing))
        self._spent_before = self._spent()

    async def close(self) -> None:
        """Stop watching."""
        if self._notifier is not None:
            self._notifier.close()
            self._notifier = None

    def _rest(self) -> float:
        """Seconds to rest, by what was spent since the last rest."""
        spent = self._spent() - self._spent_before
        return max(self.spacing, min(LONGEST_REST, REST * spent))

    async def _rung(self, seconds: float) -> None:
        """Return when the kernel tells of a write that nobody has looked at, or after so many seconds."""
        if self._notifier is None:
            await asyncio.sleep(seconds)
            return
        loop, ring = asyncio.get_running_loop(), asyncio.Event()
        loop.add_reader(self._notifier.fileno(), ring.set)
        try:
            with suppress(TimeoutError):
                await asyncio.wait_for(ring.wait(), seconds)
        finally:
            loop.remove_reader(self._notifier.fileno())
        self._notifier.drain()

    def _watch(self, paths: frozenset[Path]) -> None:
        self.reason = None
        if len(paths) > MOST_WATCHES:
            self.reason, paths = f"{len(paths)} live runs are polled", frozenset()
        try:
            self._notifier = self._notifier or self._make()
            self._notifier.watch(paths)
        except OSError as error:
            self.reason = f"no change notifications: {_why(error)}"


def _why(error: OSError) -> str:
    """What the person who runs this machine can do something about."""
    if error.errno == errno.ENOSPC:
        return "all inotify watches are in use (sysctl fs.inotify.max_user_watches)"
    if error.errno == errno.EMFILE:
        return "all inotify instances or open files are in use (sysctl fs.inotify.max_user_instances, ulimit -n)"
    return (error.strerror or str(error)).lower()
