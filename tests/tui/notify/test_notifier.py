"""``tui.notify.notifier``: nobody waits, failures are tried again, what is wrong is told."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass, field

import pytest

from tests.tui.notify.messages import change, message
from tui.notify.message import Message
from tui.notify.notifier import QUEUE, Notifier
from tui.notify.sink import DeliveryError


@dataclass
class Scripted:
    """A destination that fails as its script says, then works."""

    name: str = "scripted"
    failures: list[DeliveryError] = field(default_factory=list)
    sent: list[Message] = field(default_factory=list)
    tries: int = 0

    def send(self, message: Message) -> None:
        self.tries += 1
        if self.failures:
            raise self.failures.pop(0)
        self.sent.append(message)


@asynccontextmanager
async def running(notifier: Notifier) -> AsyncIterator[None]:
    task = asyncio.create_task(notifier.run())
    try:
        yield
    finally:
        task.cancel()
        with suppress(asyncio.CancelledError):
            await task


def passing(text: str = "busy") -> DeliveryError:
    return DeliveryError(text, passing=True)


async def test_every_destination_gets_every_message() -> None:
    first, second = Scripted("a"), Scripted("b")
    notifier = Notifier([first, second])
    async with running(notifier):
        notifier.put(message())
        notifier.put(message(step=change("cleared")))
        assert await notifier.drain(5)
    assert [len(sink.sent) for sink in (first, second)] == [2, 2]


async def test_a_failure_that_may_pass_is_tried_again() -> None:
    sink = Scripted(failures=[passing(), passing()])
    notifier = Notifier([sink], retries=3, first_pause=0.001)
    async with running(notifier):
        notifier.put(message())
        assert await notifier.drain(5)
    assert (sink.tries, len(sink.sent), notifier.problems) == (3, 1, {})


async def test_a_failure_that_stays_is_given_up_and_told_until_one_works() -> None:
    sink = Scripted(failures=[passing()] * 3)
    notifier = Notifier([sink], retries=2, first_pause=0.001)
    async with running(notifier):
        notifier.put(message())
        assert await notifier.drain(5)
        assert (sink.tries, notifier.problems) == (3, {"scripted": "busy"})
        notifier.put(message())
        assert await notifier.drain(5)
    assert notifier.problems == {}


async def test_a_refusal_is_not_tried_again() -> None:
    sink = Scripted(failures=[DeliveryError("no such channel")])
    notifier = Notifier([sink], first_pause=0.001)
    async with running(notifier):
        notifier.put(message())
        assert await notifier.drain(5)
    assert (sink.tries, notifier.problems) == (1, {"scripted": "no such channel"})


async def test_a_slow_destination_does_not_hold_up_another() -> None:
    slow, quick = Scripted("slow", failures=[passing()]), Scripted("quick")
    notifier = Notifier([slow, quick], first_pause=3600.0)
    async with running(notifier):
        notifier.put(message())
        assert not await notifier.drain(0.2)
        assert len(quick.sent) == 1


async def test_too_many_are_counted() -> None:
    sink, now = Scripted(), [0.0]
    notifier = Notifier([sink], per_minute=2, clock=lambda: now[0])
    async with running(notifier):
        for _ in range(5):
            notifier.put(message())
        now[0] = 61.0
        notifier.put(message())
        assert await notifier.drain(5)
    assert [each.more for each in sink.sent] == [0, 0, 3]
    assert sink.sent[-1].line.endswith("(and 3 more)")


async def test_a_full_queue_forgets_the_oldest_and_counts_it() -> None:
    sink = Scripted()
    notifier = Notifier([sink], per_minute=1000)
    for _ in range(QUEUE + 2):
        notifier.put(message())
    async with running(notifier):
        notifier.put(message())
        assert await notifier.drain(5)
    assert len(sink.sent) == QUEUE
    assert sum(each.more for each in sink.sent) == 2


async def test_without_destinations_nothing_happens_and_it_goes_on() -> None:
    notifier = Notifier([])
    task = asyncio.create_task(notifier.run())
    notifier.put(message())
    assert await notifier.drain(1)
    await asyncio.sleep(0.01)
    assert not task.done()
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task
