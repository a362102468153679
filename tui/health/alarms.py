"""All that is wrong, now and before: the watchdog beside the app, its log, and what is sent elsewhere.

The rules and the destinations are imported when they first look, after the first frame: nobody waits for them.
"""

from __future__ import annotations

import asyncio
import os
from collections.abc import Callable, Mapping, Sequence
from typing import TYPE_CHECKING

from tui.model import Model
from tui.settings import Settings

if TYPE_CHECKING:
    from collectors.samples import Line
    from tui.health.alert import Alert, Change
    from tui.health.history import AlertLog
    from tui.health.watch import HealthWatch
    from tui.notify.destinations import Destinations
    from tui.notify.notifier import Notifier


class Alarms:
    """Looks at ``model`` once a second, and tells ``told`` when anything is wrong, or is no more.

    Args:
        model: What is watched.
        settings: Thresholds, and whether the machine is sampled.
        destinations: Where alerts are sent; None: nowhere.
        told: Called after ``alerts`` or the log has changed.
        call: Writes to the terminal what makes it ring or notify.
    """

    def __init__(
        self,
        model: Model,
        settings: Settings,
        destinations: Destinations | None,
        *,
        told: Callable[[], None],
        call: Callable[[str], None],
    ) -> None:
        self.alerts: Sequence[Alert] = ()
        """What is wrong now, the newest last."""
        self.log: AlertLog | None = None
        """What was raised and cleared since the app began; None before the first look."""
        self._model, self._settings, self._destinations = model, settings, destinations
        self._told, self._call = told, call
        self._watch: HealthWatch | None = None
        self._notifier: Notifier | None = None

    @property
    def changes(self) -> list[Change]:
        """Every step since the app began, the newest last."""
        return self.log.changes if self.log is not None else []

    def hear(self, line: Line) -> None:
        """Take in a line of the sampler, for the errors that devices reported in it."""
        if self._watch is not None:
            self._watch.watchdog.hear(line)

    async def run(self) -> None:
        """Watch until cancelled."""
        from tui.health.history import AlertLog
        from tui.health.watch import HealthWatch
        from tui.health.watchdog import Watchdog

        self.log = AlertLog()
        self._watch = HealthWatch(Watchdog(self._settings.alerts), self._changed)
        telemetry = self._model.telemetry if self._settings.gpu else None
        self._notifier = self._sender()
        async with asyncio.TaskGroup() as group:
            if self._notifier is not None:
                group.create_task(self._notifier.run())
            group.create_task(self._watch.run(self._model.runs, telemetry, self._model.clock))

    def _sender(self) -> Notifier | None:
        """What sends alerts elsewhere; None where they are sent nowhere."""
        destinations = self._destinations
        sinks = destinations.sinks() if destinations is not None else []
        if destinations is None or not sinks:
            return None
        from tui.notify.notifier import Notifier

        return Notifier(sinks, per_minute=destinations.per_minute, retries=destinations.retries)

    def _changed(self, alerts: Sequence[Alert]) -> None:
        self.alerts = tuple(alerts)
        changes = self._watch.watchdog.changes if self._watch is not None else ()
        if self.log is not None:
            self.log.add(changes)
        for change in changes:
            self._tell(change)
        self._told()

    def _tell(self, change: Change) -> None:
        """Ring, notify and send, as far as it was asked for."""
        destinations = self._destinations
        wanted = destinations is not None and destinations.wants(change)
        rung = self._settings.bell and change.what != "cleared"
        if not wanted and not rung:
            return
        from tui.notify.message import compose
        from tui.notify.terminal import call

        message = compose(change, self._model.runs.get(change.alert.run or ""), os.uname().nodename, self._where)
        style = destinations.terminal if destinations is not None and wanted else "off"
        bell = rung or (destinations is not None and wanted and destinations.bell)
        self._call(call(message, bell=bell, style=style, environ=os.environ).decode("utf-8", "replace"))
        if wanted and self._notifier is not None:
            self._notifier.put(message)

    @property
    def _where(self) -> str:
        return str(self._model.path)

    @property
    def problems(self) -> Mapping[str, str]:
        """Why alerts did not reach a destination, by its name."""
        return self._notifier.problems if self._notifier is not None else {}
