"""Keys one at a time: a key waits until the one before has done what it does.

Textual hands keys on as fast as they come, while what a key opens is there only when some messages have gone round.
Keys that come together (a quick hand on a slow line, a script that types through tmux) would go to what had the
keyboard before: the letters of a filter would be commands for the table.
"""

from __future__ import annotations

import asyncio
from collections import deque

from textual import events

from tui.themed_app import ThemedApp

ROUNDS = 100
"""Rounds of the event loop in which a key does what it does, also where it opens a screen; a fifth of them would do."""


class TypedApp(ThemedApp):
    """Hands on what is typed as if each key came after the one before had been answered."""

    def __init__(self, theme: str) -> None:
        super().__init__(theme)
        self._typed: deque[events.Event] = deque()
        self._round: asyncio.Task[None] | None = None
        """Goes on while a key is being answered."""

    async def on_event(self, event: events.Event) -> None:
        """Keep what is typed until its turn comes."""
        if not isinstance(event, events.Key | events.Paste) or event.is_forwarded:
            await super().on_event(event)
        elif self._round is None:
            await self._answer(event)
        else:
            self._typed.append(event)

    async def _answer(self, event: events.Event) -> None:
        self._round = asyncio.create_task(self._go_round())
        await super().on_event(event)

    async def _go_round(self) -> None:
        for _ in range(ROUNDS):
            await asyncio.sleep(0)
        if self._typed:
            self.call_later(self._answer, self._typed.popleft())
        else:
            self._round = None
