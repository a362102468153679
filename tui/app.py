"""The app, as a table of contents: its screens, its keys, and the loops that feed the model."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING

from textual.binding import Binding
from textual.events import Event, Key

from logstore.model.runs import Changes, Runs
from logstore.store import Budget
from tui import startup
from tui.follow import Follower, Progress, Source
from tui.health.alarms import Alarms
from tui.health.notices import notices
from tui.machine.sampling import Sampling
from tui.model import Model
from tui.remembered import Memory
from tui.screens import sheets
from tui.screens.base import RunwatchScreen
from tui.screens.watch import WatchScreen
from tui.settings import Settings
from tui.status import Status
from tui.terminal_app import TerminalApp
from tui.terminal_title import TerminalTitle
from tui.visits import Visits
from tui.wake import Wake

if TYPE_CHECKING:
    from collectors.samples import Line
    from tui.notify.destinations import Destinations

BUDGET = Budget(bytes=4 << 20, seconds=0.03)
"""What one read may take: a frame's worth, so that keys are answered while a large log is read."""
FIRST_FRAME = 0.25
"""Seconds after which the runs are most likely on the screen, and other things may begin."""
FIRST_SAMPLE = 3.0
"""Seconds that one frame of text waits for the first sample of the machine."""
SAVE_AFTER = 10.0
"""Seconds between two looks whether there is something new to remember."""


class RunwatchApp(TerminalApp):
    """Watches one store. The model is changed only here, on the UI thread; the screen that is seen is told of it.

    Args:
        source: What is new in the store.
        path: The store, as it is called on the screen.
        settings: What is in force.
        clock: The time now, in seconds since the epoch.
        first_screen: The screen to begin with, ``watch`` or ``system``.
        memory: What was set another time; None: nothing is taken up or kept.
        destinations: Where alerts are sent; None: nowhere.
    """

    TITLE = "runwatch"
    BINDINGS = [
        Binding("q", "quit", "Quit", id="app.quit", tooltip="Leave; the trainings go on"),
        Binding("question_mark", "help", "Help", id="app.help", tooltip="The keys of this screen"),
        Binding("A", "alerts", "Alerts", id="app.alerts", show=False, tooltip="All that is wrong, and was"),
        Binding(
            "e", "export", "Export", id="app.export", show=False, tooltip="Write the chart or the screen to a file"
        ),
        Binding("T", "next_theme", "Theme", id="app.theme", show=False, tooltip="The next theme: dark, light, safe"),
    ]

    def __init__(
        self,
        source: Source,
        path: Path,
        settings: Settings,
        *,
        clock: Callable[[], float],
        first_screen: str = "watch",
        memory: Memory | None = None,
        destinations: Destinations | None = None,
    ) -> None:
        super().__init__(settings.theme, clock)
        self.settings = settings
        self.model = Model(path, clock, Runs(limit=settings.memory_mb << 20))
        self._memory = memory or Memory(path, None)
        self._first_screen = first_screen
        self._wake = Wake()
        self.follower = Follower(source, self.model, self._show, self._wake, BUDGET)
        self.visits = Visits(self, self.model, self._memory, settings)
        self._title = TerminalTitle(self.tell_terminal if settings.title else None)
        self._status = Status(self.model, self._title)
        self._sampling = Sampling(self.model, settings.interval if settings.gpu else None, self._show_machine)
        self._alarms = Alarms(self.model, settings, destinations, told=self._show_alerts, call=self.tell_terminal)
        self.set_keymap(settings.keys)
        self._theme_at_start = self.theme = self.known_theme(self._memory.theme)

    def get_default_screen(self) -> RunwatchScreen:
        return self.visits.first.fit(self.size)

    async def on_load(self) -> None:
        """Look before there is a screen, so that the first frame has the runs in it."""
        await self.follower.begin()

    def on_mount(self) -> None:
        self.screen_change_signal.subscribe(self, self._arrived)
        if self._first_screen == "system":
            self.visits.open(self.visits.system(first=True))
        self.set_timer(FIRST_FRAME, self._stand)
        self.set_interval(1.0, self._show_status)
        self.set_interval(SAVE_AFTER, self.remember)

    def on_ready(self) -> None:
        self.go_on(self.follower.run)

    def _stand(self) -> None:
        """Begin with what the first frame does not need."""
        for loop in (self._sampling.run, self._alarms.run):
            self.go_on(loop)
        startup.done()

    async def on_event(self, event: Event) -> None:
        if isinstance(event, Key):
            self.follower.give_way()
        await super().on_event(event)

    # -- what is new ----------------------------------------------------------------------------------------------

    @property
    def _is_up(self) -> bool:
        """Whether the screen that is seen has its parts: loops and clocks begin before it has, and end after it had."""
        return self.is_running and self.visits.seen.is_mounted

    def _show(self, changes: Changes, progress: Progress) -> None:
        self._status.note(changes, progress)
        if self._is_up:
            self.visits.seen.show(changes)
            self._show_status()

    def _show_machine(self, line: Line) -> None:
        self._alarms.hear(line)
        if self._is_up:
            self.visits.seen.show_telemetry()

    def _show_alerts(self) -> None:
        if self._is_up:
            self.visits.seen.show_alerts(notices(self._alarms.alerts, self.model.runs), self._alarms.changes)

    def _show_status(self) -> None:
        if self._is_up:
            self._status.show(self.visits.seen, (*self._alarms.problems.values(), self._wake.reason))
            self.follower.first = self.visits.seen.in_sight() or self.visits.first.in_sight()

    def _arrived(self, _screen: object) -> None:
        """Another screen is seen now: tell it what the one before knew."""
        self._show_alerts()
        self._show_status()

    async def settle(self) -> None:
        """Wait until everything was read and, where it is sampled, the machine has answered once."""
        await self.follower.caught_up.wait()
        if self.settings.gpu:
            with suppress(TimeoutError):
                await asyncio.wait_for(self._sampling.once.wait(), FIRST_SAMPLE)

    # -- from screen to screen ------------------------------------------------------------------------------------

    def on_runwatch_screen_began(self) -> None:
        if self.follower.caught_up.is_set() and not self.model.runs:
            self.visits.seen.show(Changes())
        self._arrived(None)  # what came before the screen had its parts is seen now

    def on_runwatch_screen_run_opened(self, message: RunwatchScreen.RunOpened) -> None:
        self.visits.open_run(message.key)

    def on_watch_screen_compare_requested(self, message: WatchScreen.CompareRequested) -> None:
        self.visits.open(self.visits.compare(message.keys))

    def on_watch_screen_system_requested(self) -> None:
        self.visits.open(self.visits.system())

    def action_help(self) -> None:
        """Show the keys of the screen that is seen."""
        sheets.show_help(self)

    def action_alerts(self) -> None:
        """Show all alerts; from there a run can be opened."""
        sheets.show_alerts(self, self.model, self._alarms, self.visits.open_run)

    def action_export(self) -> None:
        """Ask where to write what has the keyboard, or the screen."""
        sheets.show_export(self, self.visits.seen)

    # -- what leaves, and what is there next time -------------------------------------------------------------------

    def remember(self) -> None:
        """Note what was set on all screens, and write it down where it is new."""
        self.visits.remember()
        if self.theme != self._theme_at_start:
            self._memory.theme = self.theme
        self._memory.save()

    async def on_unmount(self) -> None:
        self._title.give_back()
