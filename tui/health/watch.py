"""The loop that keeps a watchdog awake beside the app: a look at every tick, with what only the disk can tell."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Mapping, Sequence

from logstore.model.runs import Run
from tui.health.alert import Alert
from tui.health.growth import Growth, places
from tui.health.watchdog import Watchdog
from tui.machine.telemetry import Telemetry

TICK = 1.0
"""Seconds between two looks."""


class HealthWatch:
    """Evaluates every rule at each tick and tells ``told`` all that is wrong, whenever that or its evidence changed.

    What was raised, became worse or was cleared by the last look is in ``watchdog.changes``.
    """

    def __init__(self, watchdog: Watchdog, told: Callable[[Sequence[Alert]], None]) -> None:
        self.watchdog = watchdog
        self._told = told
        self._growth = Growth()
        self._shown: list[Alert] = []

    async def run(self, runs: Mapping[str, Run], telemetry: Telemetry | None, clock: Callable[[], float]) -> None:
        """Watch until cancelled."""
        while True:
            await self.look(runs, telemetry, clock())
            await asyncio.sleep(TICK)

    async def look(self, runs: Mapping[str, Run], telemetry: Telemetry | None, now: float) -> None:
        """Look once; directories are looked at in a thread, and only those of runs that have gone quiet."""
        quiet, growth = places(runs, self.watchdog.quiet()), self._growth
        grew = (
            await asyncio.to_thread(growth.look, quiet, now) if growth.is_due(quiet, now) else growth.look(quiet, now)
        )
        alerts = self.watchdog.evaluate(runs, telemetry, now, grew)
        if self.watchdog.changes or alerts != self._shown:
            self._shown = alerts
            self._told(alerts)
