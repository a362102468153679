"""Sends messages to all destinations without making anybody wait: each has a short queue and sends one at a time.

For a program that runs asyncio: ``put`` never blocks, ``run`` does the work until it is cancelled, ``drain`` waits a
while for what is left. A destination that fails is tried again where that may help, ever more slowly; what is wrong
with it is told in ``problems``. A queue that is full forgets its oldest message and counts it.
"""

from __future__ import annotations

import asyncio
import time
from collections import deque
from collections.abc import Callable, Sequence
from dataclasses import replace

from tui.notify.message import Message
from tui.notify.rate import Rate
from tui.notify.sink import DeliveryError, Sink

QUEUE = 50
"""Messages that wait for one destination at most."""
FIRST_PAUSE = 1.0
"""Seconds before a second try; doubles each time."""

Complain = Callable[[str], None]


class Notifier:
    """All destinations."""

    def __init__(
        self,
        sinks: Sequence[Sink],
        *,
        per_minute: int = 6,
        retries: int = 3,
        first_pause: float = FIRST_PAUSE,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        """Set up the queues; ``clock`` is monotonic."""
        self._outlets = [Outlet(sink, Rate(per_minute), retries, first_pause, clock) for sink in sinks]

    @property
    def problems(self) -> dict[str, str]:
        """Why the last message to a destination was not delivered, by its name; those that work are not in it."""
        return {outlet.name: outlet.problem for outlet in self._outlets if outlet.problem}

    def put(self, message: Message) -> None:
        """Have a message sent; from the event loop's thread."""
        for outlet in self._outlets:
            outlet.put(message)

    async def run(self) -> None:
        """Send what comes until cancelled."""
        async with asyncio.TaskGroup() as group:
            for outlet in self._outlets:
                group.create_task(outlet.run())
            await asyncio.Event().wait()

    async def drain(self, patience: float) -> bool:
        """Wait until everything was sent or given up, at most ``patience`` seconds; whether it was."""
        try:
            async with asyncio.timeout(patience):
                await asyncio.gather(*(outlet.idle() for outlet in self._outlets))
        except TimeoutError:
            return False
        return True


class Outlet:
    """One destination with its queue."""

    def __init__(self, sink: Sink, rate: Rate, retries: int, first_pause: float, clock: Callable[[], float]) -> None:
        self._sink, self._rate, self._retries = sink, rate, retries
        self._first_pause, self._clock = first_pause, clock
        self._waiting: deque[Message] = deque()
        self._some = asyncio.Event()
        self._none = asyncio.Event()
        self._none.set()
        self.problem = ""
        """Why the last message was not delivered; empty when it was."""

    @property
    def name(self) -> str:
        """The destination's name."""
        return self._sink.name

    def put(self, message: Message) -> None:
        """Have a message sent, unless there were too many lately."""
        more = self._rate.admit(self._clock())
        if more is None:
            return
        if len(self._waiting) == QUEUE:
            self._waiting.popleft()
            self._rate.held += 1
        self._waiting.append(replace(message, more=more))
        self._none.clear()
        self._some.set()

    async def run(self) -> None:
        """Send one message after the other until cancelled."""
        while True:
            await self._some.wait()
            while self._waiting:
                self.problem = await self._deliver(self._waiting.popleft())
            self._some.clear()
            self._none.set()

    async def idle(self) -> None:
        """Wait until nothing is left to send."""
        await self._none.wait()

    async def _deliver(self, message: Message) -> str:
        """Send one message, with further tries; why it was given up, or nothing."""
        pause = self._first_pause
        for left in range(self._retries, -1, -1):
            try:
                await asyncio.to_thread(self._sink.send, message)
            except DeliveryError as error:
                if not error.passing or not left:
                    return str(error)
                await asyncio.sleep(error.after if error.after is not None else pause)
                pause *= 2
            else:
                return ""
        return ""
