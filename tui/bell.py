"""Rings when something is written in one of some directories, where the file system tells of it (watchfiles).

``Bell.watch(paths)`` says which directories, ``await Bell.wait(seconds)`` returns at a write or after so many seconds.
What happened is not told: whoever is woken looks for himself. Where nothing can be told, ``Bell.reason`` says why.
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable, Iterable
from contextlib import suppress
from pathlib import Path

DEBOUNCE_MS, STEP_MS = 50, 50
"""watchfiles' own 1600 ms never sees a pause beside busy writers. Each step is a wake-up, also while nothing happens:
at 50 ms they cost a tenth of a per cent of a core, and a write is told of within a tenth of a second."""

Listen = Callable[[list[Path]], AsyncIterator[object]]


def listen(paths: list[Path]) -> AsyncIterator[object]:
    """Something for each time that something was written in one of ``paths``, but not deeper.

    Raises:
        OSError: The kernel's watches are used up, or there is none for such a file system.
    """
    from watchfiles import awatch

    return awatch(*paths, watch_filter=None, debounce=DEBOUNCE_MS, step=STEP_MS, recursive=False)


class Bell:
    """Watches directories for whoever waits. It belongs to one event loop."""

    def __init__(self, listen: Listen = listen) -> None:
        self.reason: str | None = None
        """Why nothing is told; None where writes are told of."""
        self._listen = listen
        self._rung = asyncio.Event()
        self._paths: frozenset[Path] = frozenset()
        self._task: asyncio.Task[None] | None = None

    def watch(self, paths: Iterable[Path]) -> None:
        """Watch these directories and no others; those that are not there are left out until the next change."""
        wanted = frozenset(path for path in paths if path.is_dir())
        if wanted == self._paths:
            return
        self._paths, self.reason = wanted, None
        if self._task is not None:
            self._task.cancel()
        named = [path for path in sorted(wanted) if _is_unicode(path)]
        if len(named) < len(wanted):
            self.reason = "no change notifications: a directory's name is no Unicode"
        self._task = asyncio.create_task(self._hear(named)) if named else None

    async def wait(self, seconds: float) -> None:
        """Return at a write that nobody has waited for yet, or after so many seconds."""
        with suppress(TimeoutError):
            async with asyncio.timeout(seconds):  # wait_for of Python 3.11 loses a cancellation that comes as it rings
                await self._rung.wait()
        self._rung.clear()

    def ring(self) -> None:
        """As if something had been written."""
        self._rung.set()

    async def close(self) -> None:
        """Stop watching."""
        if self._task is not None:
            self._task.cancel()
            await asyncio.gather(self._task, return_exceptions=True)
            self._task = None

    async def _hear(self, paths: list[Path]) -> None:
        try:
            async for _ in self._listen(paths):
                self.ring()
        except OSError as error:
            self.reason = f"no change notifications: {_why(error)}"


def _is_unicode(path: Path) -> bool:
    """Whether watchfiles can be told of this path."""
    return str(path).isascii() or not any("\ud800" <= character <= "\udfff" for character in str(path))


def _why(error: OSError) -> str:
    """What the person who runs this machine can do something about."""
    said = str(error.args[0] if error.args else error)
    if "limit" in said:
        return "all inotify watches are in use (sysctl fs.inotify.max_user_watches)"
    return said.partition("\n")[0].lower()
