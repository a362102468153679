"""The one loop that brings what was written to the screen: read in a thread, apply on the UI thread, show, wait.

There are no locks and no queue: one read at a time is awaited, its frozen ``Delta`` is applied to the model here, on
the UI thread, and only then the next read begins. A slow disk slows only this loop; keys are answered meanwhile.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

from logstore.delta import Delta
from logstore.runs import Changes
from logstore.store import Budget
from tui.wake import Wake


class Source(Protocol):
    """Anything that tells what is new since it was last asked."""

    def read(self, budget: Budget, first: Sequence[str] = ()) -> Delta:
        """What is new, at most ``budget`` of it; the runs named in ``first`` before the others."""

    def watch_paths(self) -> list[Path]:
        """The directories in which a write means news."""


class Applies(Protocol):
    """What a source's deltas go into."""

    def apply(self, delta: Delta) -> Changes:
        """Take in what is new and say which runs it touched."""


@dataclass(frozen=True, slots=True)
class Progress:
    """How far the reading is: bytes read since it was last up to date, and bytes still to read."""

    done: int
    left: int

    @property
    def share(self) -> float | None:
        """From 0 to 1 while there is much left to read; None when it is up to date."""
        return self.done / (self.done + self.left) if self.left else None


Show = Callable[[Changes, Progress], None]


class Follower:
    """Keeps ``model`` up to date with ``source`` and tells ``show`` what changed."""

    def __init__(self, source: Source, model: Applies, show: Show, wake: Wake, budget: Budget) -> None:
        self.first: Sequence[str] = ()
        """The runs that are read before all others: those on the screen."""
        self.caught_up = asyncio.Event()
        """Set once everything that was there at the start has been read."""
        self._source, self._model, self._show = source, model, show
        self._wake, self._budget = wake, budget
        self._done = 0

    async def run(self) -> None:
        """Follow until cancelled."""
        try:
            while True:
                if not await self.step():
                    await self._wake.wait(self._source.watch_paths())
        finally:
            await self._wake.close()

    async def step(self) -> bool:
        """Read once and show it; whether there is more to read at once."""
        delta = await asyncio.to_thread(self._source.read, self._budget, tuple(self.first))
        self._done = self._done + delta.bytes_read if delta.bytes_left else 0
        if delta:
            self._show(self._model.apply(delta), Progress(self._done, delta.bytes_left))
        if delta.bytes_left or delta.runs_left:
            return True
        self.caught_up.set()
        return False
