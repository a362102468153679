"""``tui.follow``: each delta is applied once and shown once; the loop rests when there is no more."""

from __future__ import annotations

import asyncio
import gc
import threading
from collections.abc import Sequence
from pathlib import Path

import numpy as np
import pytest

from logstore.model.delta import Block, Column, Delta, RunDelta
from logstore.model.runs import Changes, Runs
from logstore.store import Budget
from tui.follow import GLANCE, LONGEST, SHARE, Follower, Pacer, Progress
from tui.wake import Wake


class ScriptedSource:
    """Gives out deltas in their order, then nothing."""

    def __init__(self, *deltas: Delta) -> None:
        self.deltas = list(deltas)
        self.asked: list[tuple[str, ...]] = []

    def read(self, budget: Budget, first: Sequence[str] = ()) -> Delta:
        self.asked.append(tuple(first))
        return self.deltas.pop(0) if self.deltas else Delta()

    def watch_paths(self) -> list[Path]:
        return []


def delta(step: float, value: float, left: int = 0) -> Delta:
    block = Block(np.array([step]), np.array([0.0]), {"loss": Column(None, np.array([value]))})
    return Delta((RunDelta("p/a", Path("/p/a"), blocks={0: (block,)}),), bytes_read=10, bytes_left=left)


def follower(source: ScriptedSource) -> tuple[Follower, Runs, list[tuple[Changes, Progress]]]:
    runs, shown = Runs(), []
    wake = Wake(tick=0.01, spacing=0.001)
    return Follower(source, runs, lambda *news: shown.append(news), wake, Budget()), runs, shown


async def test_a_delta_is_in_the_model_before_it_is_shown() -> None:
    source = ScriptedSource(delta(0, 2.0))
    follow, runs, shown = follower(source)
    assert await follow.step() is False
    assert runs["p/a"].metrics["loss"].last == 2.0
    assert [changes.added for changes, _ in shown] == [{"p/a"}]


async def test_no_news_is_shown_once() -> None:
    """Only after the first look is it known that there is nothing, and a person is to be told."""
    follow, _, shown = follower(ScriptedSource())
    for _ in range(3):
        assert await follow.step() is False
        assert [bool(changes) for changes, _ in shown] == [False]
    assert follow.caught_up.is_set()


async def test_what_is_wrong_with_the_store_reaches_the_model_though_no_run_changed() -> None:
    follow, runs, shown = follower(
        ScriptedSource(Delta(problems=("x: a link",)), Delta(problems=("x: a link",)), Delta())
    )
    told = []
    for _ in range(3):
        await follow.step()
        told.append(runs.problems)
    assert told == [("x: a link",), ("x: a link",), ()]
    assert len(shown) == 1


async def test_while_bytes_are_left_it_reads_on_and_tells_how_far_it_is() -> None:
    source = ScriptedSource(delta(0, 2.0, left=30), delta(1, 1.0, left=0))
    follow, _, shown = follower(source)
    assert await follow.step() is True
    assert not follow.caught_up.is_set()
    assert await follow.step() is False
    assert [progress.share for _, progress in shown] == [0.25, None]


async def test_what_is_on_the_screen_is_asked_for_first() -> None:
    source = ScriptedSource()
    follow, _, _ = follower(source)
    follow.first = ["p/b"]
    await follow.step()
    assert source.asked == [("p/b",)]


async def test_what_comes_into_sight_is_read_at_once() -> None:
    source = ScriptedSource(delta(0, 2.0))
    follow = Follower(source, Runs(), lambda *_: None, Wake(tick=60.0, spacing=0.001), Budget())
    await follow.begin()
    follow.first = ["p/a"]
    task = asyncio.create_task(follow.run())
    for key in ("p/a", "p/b", "p/c"):
        follow.first = [key]
        await asyncio.wait_for(asked(source, key), 20)
    task.cancel()
    await asyncio.gather(task, return_exceptions=True)


async def test_after_a_key_the_next_read_waits(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("tui.follow.WAY", 60.0)
    source = ScriptedSource(delta(0, 2.0))
    follow, runs, _ = follower(source)
    follow.give_way()
    task = asyncio.create_task(follow.run())
    await asyncio.sleep(0.05)
    assert not source.asked
    assert not runs
    task.cancel()
    await asyncio.gather(task, return_exceptions=True)


async def test_another_order_of_what_is_in_sight_wakes_nobody() -> None:
    rung = []

    class Listening(Wake):
        def ring(self) -> None:
            rung.append(True)

    follow = Follower(ScriptedSource(), Runs(), lambda *_: None, Listening(), Budget())
    for keys, times in ((["a", "b"], 1), (["b", "a"], 1), (["b"], 1), (["c", "b"], 2), (["b", "a"], 3)):
        follow.first = keys
        assert len(rung) == times


async def asked(source: ScriptedSource, key: str) -> None:
    """Return when the run ``key`` has been asked for."""
    while (key,) not in source.asked:
        await asyncio.sleep(0.002)


async def test_run_goes_on_until_it_is_cancelled() -> None:
    source = ScriptedSource(delta(0, 2.0))
    follow, runs, _ = follower(source)
    task = asyncio.create_task(follow.run())
    await follow.caught_up.wait()
    source.deltas.append(delta(1, 1.0))
    while runs["p/a"].step != 1:
        await asyncio.sleep(0.005)
    task.cancel()
    await asyncio.gather(task, return_exceptions=True)
    assert runs["p/a"].metrics["loss"].last == 1.0


class SlowSource(ScriptedSource):
    """Answers when it is told to, as a disk far away does."""

    def __init__(self, *deltas: Delta) -> None:
        super().__init__(*deltas)
        self.answer = threading.Event()
        self.budgets: list[Budget] = []

    def read(self, budget: Budget, first: Sequence[str] = ()) -> Delta:
        self.budgets.append(budget)
        self.answer.wait(20)
        return super().read(budget, first)


async def test_the_first_look_is_short_and_waited_for() -> None:
    source = SlowSource(delta(0, 2.0, left=30))
    source.answer.set()
    follow, runs, shown = follower(source)
    follow.patience = 20
    await follow.begin()
    assert source.budgets == [GLANCE]
    assert runs["p/a"].step == 0
    assert len(shown) == 1
    assert not follow.caught_up.is_set()


async def test_a_slow_disk_is_not_waited_for_nor_asked_twice() -> None:
    source = SlowSource(delta(0, 2.0))
    follow, runs, _ = follower(source)
    follow.patience = 0
    await follow.begin()
    task = asyncio.create_task(follow.run())
    await asyncio.sleep(0)
    assert not runs
    assert len(source.budgets) <= 1
    source.answer.set()
    await asyncio.wait_for(follow.caught_up.wait(), 20)
    task.cancel()
    await asyncio.gather(task, return_exceptions=True)
    assert runs["p/a"].step == 0
    assert source.budgets.count(GLANCE) == 1


async def test_what_the_first_look_met_with_is_raised_where_it_is_followed() -> None:
    class Broken(ScriptedSource):
        def read(self, budget: Budget, first: Sequence[str] = ()) -> Delta:
            raise RuntimeError("broken")

    follow, _, _ = follower(Broken())
    follow.patience = 20
    await follow.begin()
    with pytest.raises(RuntimeError, match="broken"):
        await follow.run()


class Clocks:
    """A clock, and what a thread has spent by it."""

    def __init__(self) -> None:
        self.now = self.spent = 0.0

    def pacer(self) -> Pacer:
        return Pacer(lambda: self.now, lambda: self.spent)


def test_the_more_showing_takes_the_longer_it_is_put_off() -> None:
    clocks = Clocks()
    pacer = clocks.pacer()
    assert pacer.is_due()
    pacer.begin()
    clocks.now, clocks.spent = 0.1, 0.05
    assert not pacer.is_due()
    clocks.now = 0.05 / SHARE
    assert pacer.is_due()


def test_it_is_never_put_off_for_long() -> None:
    clocks = Clocks()
    pacer = clocks.pacer()
    pacer.begin()
    clocks.now, clocks.spent = 0.9 * LONGEST, 0.5 * LONGEST
    assert not pacer.is_due()
    clocks.now = LONGEST
    assert pacer.is_due()


def test_reading_has_half_of_the_time_whatever_showing_takes() -> None:
    clocks = Clocks()
    pacer = clocks.pacer()
    pacer.begin()
    clocks.now, clocks.spent = 1.9 * LONGEST, LONGEST
    assert not pacer.is_due()
    clocks.now = 2 * LONGEST
    assert pacer.is_due()


def test_what_the_model_took_does_not_put_it_off() -> None:
    clocks = Clocks()
    pacer = clocks.pacer()
    pacer.begin()
    clocks.now, clocks.spent = 0.1, 0.09
    pacer.set_aside(0.08)
    assert pacer.is_due()


async def test_while_there_is_much_to_read_news_are_gathered_and_none_is_lost() -> None:
    clocks = Clocks()
    source = ScriptedSource(*(delta(step, 1.0, left=10) for step in range(9)), delta(9, 1.0))
    runs, shown = Runs(), []

    def show(changes: Changes, _progress: Progress) -> None:
        shown.append(changes)
        clocks.spent += 1.0

    follow = Follower(source, runs, show, Wake(), Budget(), clocks.pacer())
    while await follow.step():
        clocks.now += 0.04
    assert [changes.added for changes in shown] == [{"p/a"}, set()]
    assert all(changes.touched == {"p/a"} for changes in shown)
    assert runs["p/a"].step == 9


async def test_what_was_there_at_the_start_is_spared_by_the_collector() -> None:
    gc.unfreeze()
    source = ScriptedSource(delta(0, 2.0, left=30), delta(1, 1.0))
    follow, _, _ = follower(source)
    await follow.step()
    assert gc.get_freeze_count() == 0
    await follow.step()
    try:
        assert gc.get_freeze_count() > 1000
    finally:
        gc.unfreeze()
