"""A watcher without a screen: follows a store, samples this machine, evaluates the rules and tells each change.

``Guard.run`` is one asyncio task made of four: the reader, the sampler, the watchdog and the notifier. It returns when
nothing is left to guard, where that was asked for, and otherwise runs until it is cancelled.
"""

from __future__ import annotations

import asyncio
import os
from collections.abc import Awaitable, Callable, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path

from collectors import launch
from collectors.child import SamplerChild
from logstore.model.runs import Changes, Run, Runs
from logstore.store import Budget
from tui.follow import Follower, Progress, Source
from tui.health.alert import Alert, Change
from tui.health.history import append
from tui.health.thresholds import Thresholds
from tui.health.watch import TICK, HealthWatch
from tui.health.watchdog import Watchdog
from tui.machine.telemetry import Telemetry
from tui.notify.destinations import Destinations
from tui.notify.message import Message, compose
from tui.notify.notifier import Notifier
from tui.wake import Wake

BUDGET = Budget(bytes=8 << 20, seconds=0.2)
SETTLED = 5.0
"""Seconds without a live run after which there is nothing left to guard: a crash is told only after three."""
FIRST = 60.0
"""Seconds to wait for the first live run: a guard may be started together with the training."""
FAREWELL = 10.0
"""Seconds for what is still to be sent."""

Tell = Callable[[Change, Message], None]


@dataclass(frozen=True, slots=True)
class Orders:
    """What a guard is to do."""

    thresholds: Thresholds = field(default_factory=Thresholds)
    destinations: Destinations = field(default_factory=Destinations)
    interval: float | None = 1.0
    """Seconds between samples of this machine; None: it is not sampled."""
    until_done: bool = False
    """Return when no run is live any more."""
    record: bool = False
    """Also write each step into the events of its run."""
    tick: float = TICK
    """Seconds between two evaluations."""


class Guard:
    """Watches ``source``; ``tell`` gets each change with its message, ``complain`` what goes wrong with sending."""

    def __init__(
        self,
        source: Source,
        path: Path,
        orders: Orders,
        tell: Tell,
        complain: Callable[[str], None],
        clock: Callable[[], float],
    ) -> None:
        self.runs = Runs()
        self.telemetry = Telemetry()
        self._path, self._orders, self._clock = path, orders, clock
        self._tell, self._complain = tell, complain
        self._follower = Follower(source, self.runs, self._show, Wake(), BUDGET)
        self._watch = HealthWatch(Watchdog(orders.thresholds), self._changed)
        sinks = orders.destinations.sinks()
        self._notifier = Notifier(sinks, per_minute=orders.destinations.per_minute, retries=orders.destinations.retries)
        self._complained: dict[str, str] = {}
        self._unwritten: list[tuple[Run, Change]] = []
        self._refused: dict[str, str | None] = {}
        """Why the last step of each run could not be written; None where it was."""
        self._leave_at = 0.0

    async def run(self) -> None:
        """Guard until there is nothing left, where that was asked for, or until cancelled."""
        duties: list[Awaitable[None]] = [self._follower.run(), self._evaluate(), self._notifier.run()]
        if self._orders.interval is not None:
            duties.append(self._sample(self._orders.interval))
        tasks = [asyncio.ensure_future(duty) for duty in duties]
        try:
            done, _ = await asyncio.wait(tasks, return_when=asyncio.FIRST_COMPLETED)
            for task in done:
                task.result()
            await self._notifier.drain(FAREWELL)
            self._tell_problems()
        finally:
            await _cancel(tasks)

    async def _evaluate(self) -> None:
        """The watchdog's loop; returns when nothing is left to guard."""
        await self._follower.caught_up.wait()
        self._leave_at = self._clock() + FIRST
        while not (self._orders.until_done and self._deserted()):
            telemetry = self.telemetry if self._orders.interval is not None else None
            await self._watch.look(self.runs, telemetry, self._clock())
            await self._record()
            self._tell_problems()
            await asyncio.sleep(self._orders.tick)

    def _deserted(self) -> bool:
        """Whether no run has been live for a while, or none came to life."""
        now = self._clock()
        if any(run.state(now).name == "running" for run in self.runs.values()):
            self._leave_at = now + SETTLED
        return now > self._leave_at

    async def _sample(self, interval: float) -> None:
        """This machine, sampled in a process of its own that also knows how full the store's disk is."""
        arguments = [
            "--interval",
            f"{interval:g}",
            "--parent",
            str(os.getpid()),
            "--control",
            "--store",
            str(self._path),
        ]
        child = SamplerChild(launch.command("collectors", *arguments), interval)
        try:
            async for line in child.lines():
                self.telemetry.apply(line)
                self._watch.watchdog.hear(line)
                child.follow(self._live_pids())
        finally:
            await child.close()

    def _live_pids(self) -> list[int]:
        return sorted({pid for run in self.runs.values() for pid in run.live_pids})

    def _show(self, changes: Changes, progress: Progress) -> None:
        """Nothing is drawn here."""

    def _changed(self, alerts: Sequence[Alert]) -> None:  # noqa: ARG002 (what all screens are told)
        for change in self._watch.watchdog.changes:
            run = self.runs.get(change.alert.run or "")
            message = compose(change, run, os.uname().nodename, str(self._path))
            self._tell(change, message)
            if self._orders.destinations.wants(change):
                self._notifier.put(message)
            if self._orders.record and run is not None:
                self._unwritten.append((run, change))

    async def _record(self) -> None:
        """Write what is to be written, in a thread: a file server may take its time."""
        while self._unwritten:
            run, change = self._unwritten.pop(0)
            problem = await asyncio.to_thread(append, run, change)
            if problem is not None and problem != self._refused.get(run.key):
                self._complain(problem)
            self._refused[run.key] = problem

    def _tell_problems(self) -> None:
        """Say once what is wrong with a destination."""
        problems = self._notifier.problems
        for name, problem in problems.items():
            if self._complained.get(name) != problem:
                self._complain(problem)
        self._complained = problems


async def _cancel(tasks: Sequence[asyncio.Future[None]]) -> None:
    for task in tasks:
        task.cancel()
    for task in tasks:
        with suppress(asyncio.CancelledError):
            await task
