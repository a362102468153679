"""When to look again: at once where the file system tells of a write, else at every tick.

``Wake.wait(paths)`` returns when something was written under one of ``paths`` or when a tick has passed. Notifications
are only asked for in the directories of live runs and those where runs appear, and never relied on: on file systems
that do not tell (NFS), and where the kernel's watches are used up, the ticks alone do, and ``Wake.reason`` says why.

Looking rests: however much is written, the app takes about a tenth of a core.
"""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable, Sequence
from pathlib import Path

from tui.bell import Bell, Listen, listen

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
        listen: Listen = listen,
        spent: Callable[[], float] = time.process_time,
    ) -> None:
        """Set the seconds between looks.

        Args:
            tick: with inotify, look at least this often.
            poll: without inotify, while runs are live, look this often.
            spacing: never look more often than this.
            listen: what tells of writes.
            spent: the processor time of this process so far.
        """
        self.tick, self.poll, self.spacing = tick, poll, spacing
        self._listen, self._spent = listen, spent
        self._spent_before = spent()
        self._bell: Bell | None = None
        self._crowd: str | None = None

    @property
    def reason(self) -> str | None:
        """Why looking at every ``poll`` is all there is; None where writes are told of."""
        return self._crowd or (self._bell.reason if self._bell is not None else None)

    async def wait(self, paths: Sequence[Path]) -> None:
        """Return at the next write under ``paths``, or when it is time to look anyway."""
        bell = self._watch(paths)
        spacing = self._rest()
        await asyncio.sleep(spacing)
        longest = self.poll if self.reason else self.tick
        await bell.wait(max(0.0, longest - spacing))
        self._spent_before = self._spent()

    def ring(self) -> None:
        """Have whoever waits look again, or who waits next."""
        self._bell = self._bell or Bell(self._listen)
        self._bell.ring()

    async def close(self) -> None:
        """Stop watching."""
        if self._bell is not None:
            await self._bell.close()
            self._bell = None

    def _rest(self) -> float:
        """Seconds to rest, by what was spent since the last rest."""
        spent = self._spent() - self._spent_before
        return max(self.spacing, min(LONGEST_REST, REST * spent))

    def _watch(self, paths: Sequence[Path]) -> Bell:
        crowded = len(paths) > MOST_WATCHES
        self._crowd = f"{len(paths)} live runs are polled" if crowded else None
        self._bell = self._bell or Bell(self._listen)
        self._bell.watch(() if crowded else paths)
        return self._bell
