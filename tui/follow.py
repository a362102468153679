"""The one loop that brings what was written to the screen: read in a thread, apply on the UI thread, show, wait.

There are no locks and no queue: one read at a time is awaited, its frozen ``Delta`` is applied to the model here, on
the UI thread, and only then the next read begins. A slow disk slows only this loop; keys are answered meanwhile.

While there is much to read, what is new is not shown after every read but as often as it can be afforded: what showing
and drawing took last time decides, so that a store of ten thousand runs is soon complete.
"""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

from logstore.model.delta import Delta
from logstore.model.runs import Changes
from logstore.reading.collection import settle
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

SHARE = 0.2
"""The share of the time that showing may take while there is more to read."""
LONGEST = 0.5
"""Seconds after which it is shown in any case, as people want to see that something happens; unless reading had less
than its half of the time until then."""

WAY = 0.03
"""Seconds that the next read waits after a key: the thread that reads and the one that draws take each other's time."""
PATIENCE = 0.1
"""Seconds that the first frame waits for the first runs, so that it is drawn once: a disk may be slow."""
GLANCE = Budget(bytes=1 << 16, seconds=0.02)
"""What the first look may take: a table needs no rows."""


class Pacer:
    """Says when to show again, by the processor time that the last showing took on this thread, drawing included."""

    def __init__(
        self, clock: Callable[[], float] = time.monotonic, spent: Callable[[], float] = time.thread_time
    ) -> None:
        self._clock, self._spent = clock, spent
        self._shown, self._spent_then = -float("inf"), 0.0
        self._aside = 0.0

    def set_aside(self, seconds: float) -> None:
        """Of the time spent, so much went into something else."""
        self._aside += seconds

    def begin(self) -> None:
        """Something is shown now."""
        self._shown, self._spent_then, self._aside = self._clock(), self._spent(), 0.0

    def is_due(self) -> bool:
        """Whether enough time has passed since something was shown."""
        cost = self._spent() - self._spent_then - self._aside
        return self._clock() - self._shown >= max(2 * cost, min(LONGEST, cost / SHARE))


class Follower:
    """Keeps ``model`` up to date with ``source`` and tells ``show`` what changed."""

    def __init__(
        self, source: Source, model: Applies, show: Show, wake: Wake, budget: Budget, pacer: Pacer | None = None
    ) -> None:
        self.caught_up = asyncio.Event()
        """Set once everything that was there at the start has been read."""
        self.patience = PATIENCE
        """Seconds that a first frame waits for the first runs."""
        self._source, self._model, self._show = source, model, show
        self._wake, self._budget = wake, budget
        self._first: tuple[str, ...] = ()
        self._begun: asyncio.Task[bool] | None = None
        self._free_at = 0.0
        self._done = 0
        self._news = Changes()
        self._problems: tuple[str, ...] = ()
        self._pacer = pacer or Pacer()

    @property
    def first(self) -> Sequence[str]:
        """The runs that are read before all others: those on the screen. One that is new among them is read at once."""
        return self._first

    @first.setter
    def first(self, keys: Sequence[str]) -> None:
        is_new = not set(keys).issubset(self._first)
        self._first = tuple(keys)
        if is_new:
            self._wake.ring()

    def give_way(self) -> None:
        """A key was pressed: what it does comes before the next read."""
        self._free_at = time.monotonic() + WAY

    async def begin(self) -> None:
        """Look for the first time, at what a table needs, and wait for what it brings, as far as patience goes."""
        self._begun = asyncio.create_task(self.step(GLANCE))
        await asyncio.wait({self._begun}, timeout=self.patience)

    async def run(self) -> None:
        """Follow until cancelled."""
        try:
            if self._begun is not None:
                await self._begun
            while True:
                await asyncio.sleep(max(0.0, self._free_at - time.monotonic()))
                if not await self.step():
                    await self._wake.wait(self._source.watch_paths())
        finally:
            await self._wake.close()

    async def step(self, glance: Budget | None = None) -> bool:
        """Read once, show what is new, once all is read also that nothing is; whether there is more to read.

        Args:
            glance: What a first look may take, after which it is not known whether everything was read.
        """
        delta = await asyncio.to_thread(self._source.read, glance or self._budget, self._first)
        self._done = self._done + delta.bytes_read if delta.bytes_left else 0
        more = bool(delta.bytes_left or delta.runs_left)
        self._take(delta)
        is_first = not more and glance is None and not self.caught_up.is_set()
        if is_first or (self._news and (not more or self._pacer.is_due())):
            news, self._news = self._news, Changes()
            self._pacer.begin()
            self._show(news, Progress(self._done, delta.bytes_left))
        if is_first:
            self.caught_up.set()
            settle()
        return more

    def _take(self, delta: Delta) -> None:
        begun = time.thread_time()
        if delta or delta.problems != self._problems:
            self._problems = delta.problems
            self._news = self._news.then(self._model.apply(delta))
        self._pacer.set_aside(time.thread_time() - begun)
