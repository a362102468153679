"""The app, as a table of contents: its screens, its keys, and the loops that feed the model."""

from __future__ import annotations

import asyncio
from collections import Counter
from collections.abc import Callable, Sequence
from contextlib import suppress
from pathlib import Path
from time import localtime, strftime

from textual.binding import Binding

from collectors.child import SamplerChild
from logstore.runs import Changes
from logstore.store import Budget
from tui import crash, remembered
from tui.charts.line import Look
from tui.charts.smoothing import Smoothing
from tui.follow import Follower, Progress, Source
from tui.health.alert import Alert
from tui.health.watch import HealthWatch
from tui.health.watchdog import Watchdog
from tui.model import Model
from tui.screens.base import RunwatchScreen
from tui.screens.compare import CompareScreen
from tui.screens.help import HelpScreen, entries
from tui.screens.run import RunScreen
from tui.screens.system import SystemScreen
from tui.screens.watch import WatchScreen
from tui.settings import Settings
from tui.table.rows import SHAPES
from tui.themed_app import ThemedApp
from tui.wake import Wake
from tui.widgets.alert_line import Notice
from tui.widgets.header_bar import Counts

BUDGET = Budget(bytes=4 << 20, seconds=0.05)
"""What one read may take: a frame's worth, so that keys are answered while a large log is read."""

FIRST_SAMPLE = 3.0
"""Seconds that one frame of text waits for the first sample of the machine."""


class RunwatchApp(ThemedApp):
    """Watches one store. The model is changed only here, on the UI thread; the screen that is seen is told of it."""

    TITLE = "runwatch"
    BINDINGS = [
        Binding("q", "quit", "Quit", id="app.quit", tooltip="Leave; the trainings go on"),
        Binding("question_mark", "help", "Help", id="app.help", tooltip="The keys of this screen"),
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
        fresh: bool = False,
    ) -> None:
        super().__init__(settings.theme)
        self.settings = settings
        self.model = Model(path, clock)
        self.follower = Follower(source, self.model, self._show, Wake(), BUDGET)
        self._first_screen = first_screen
        self._view_path = None if fresh else remembered.default_path(path)
        self._sampled_once = asyncio.Event()
        self._progress = Progress(0, 0)
        self._health = HealthWatch(Watchdog(settings.alerts), self._tell_alerts)
        self._look = Look(smoothing=Smoothing(settings.smoothing), band=not settings.low_bandwidth)
        self.set_keymap(settings.keys)

    def remember_in(self, path: Path) -> None:
        """Keep what a person sets in ``path``, and take up what is there."""
        self._view_path = path

    async def on_mount(self) -> None:
        self._watch = WatchScreen(self.model, self._look, self.settings.charts_of)
        await self.push_screen(self._watch)
        self._restore()
        if self._first_screen == "system":
            await self.push_screen(SystemScreen(self.model))
        self.run_worker(self.follower.run(), name="follow", exit_on_error=True)
        if self.settings.gpu:
            self.run_worker(self._sample(), name="sample", exit_on_error=True)
        telemetry = self.model.telemetry if self.settings.gpu else None
        self.run_worker(self._health.run(self.model.runs, telemetry, self.model.clock), name="health")
        self.set_interval(1.0, self._tell_status)

    # -- what is new ----------------------------------------------------------------------------------------------

    def _show(self, changes: Changes, progress: Progress) -> None:
        self._progress = progress
        if isinstance(self.screen, RunwatchScreen):
            self.screen.show(changes)
        self._tell_status()
        self.follower.first = self._watch.in_sight()

    async def _sample(self) -> None:
        child = SamplerChild(interval=self.settings.interval, arguments=["--store", str(self.model.path)])
        try:
            async for line in child.lines():
                self.model.telemetry.apply(line)
                self._health.watchdog.hear(line)
                if self.model.telemetry.time is not None:
                    self._sampled_once.set()
                child.follow(self.model.live_pids())
                if isinstance(self.screen, RunwatchScreen):
                    self.screen.show_telemetry()
        finally:
            await child.close()

    def _tell_alerts(self, alerts: Sequence[Alert]) -> None:
        if self.settings.bell and len(alerts) > len(self._watch.notices):
            self.bell()
        self._watch.notices = tuple(self._notice(alert) for alert in alerts)

    def _notice(self, alert: Alert) -> Notice:
        run = self.model.runs.get(alert.run or "")
        return Notice(alert.level, run.name if run else "", alert.text, alert.raised, run.key if run else "")

    def _tell_status(self) -> None:
        screen = self.screen
        if not isinstance(screen, RunwatchScreen):
            return
        now = self.model.clock()
        words = Counter(self.model.word(run, now) for run in self.model.runs.values())
        screen.counts = Counts(tuple((word, words[word]) for word in SHAPES if words[word]))
        screen.clock = strftime("%H:%M", localtime(now))
        screen.share = self._progress.share

    async def settle(self) -> None:
        """Wait until everything was read and, where it is sampled, the machine has answered once."""
        await self.follower.caught_up.wait()
        if self.settings.gpu:
            with suppress(TimeoutError):
                await asyncio.wait_for(self._sampled_once.wait(), FIRST_SAMPLE)

    # -- from screen to screen ------------------------------------------------------------------------------------

    def on_watch_screen_run_opened(self, message: WatchScreen.RunOpened) -> None:
        self.push_screen(RunScreen(self.model, message.key, self._look))

    def on_watch_screen_compare_requested(self, message: WatchScreen.CompareRequested) -> None:
        self.push_screen(CompareScreen(self.model, message.keys))

    def on_watch_screen_system_requested(self, _message: WatchScreen.SystemRequested) -> None:
        self.push_screen(SystemScreen(self.model))

    def action_help(self) -> None:
        """Show the keys of the screen that is seen."""
        if not isinstance(self.screen, HelpScreen):
            active = self.screen.active_bindings.values()
            self.push_screen(HelpScreen(entries((a.binding, self.get_key_display(a.binding)) for a in active)))

    # -- what is there next time ----------------------------------------------------------------------------------

    def _restore(self) -> None:
        if self._view_path is None:
            return
        view = remembered.load(self._view_path)
        if isinstance(view.get("watch"), dict):
            self._watch.restore(view["watch"])
        theme = view.get("theme")
        if isinstance(theme, str) and self.get_theme(theme) is not None:
            self.theme = theme

    async def action_quit(self) -> None:
        """Remember what was set, and leave."""
        if self._view_path is not None:
            view = {"watch": self._watch.view(), "theme": self.theme}
            remembered.save(self._view_path, view, self.model.path)
        self.exit()

    def _handle_exception(self, error: Exception) -> None:
        """Leave the terminal as it was, and say in one line where the traceback is."""
        if self.is_headless:
            super()._handle_exception(error)
        else:
            line = crash.report(error, crash.default_directory(), self.model.clock())
            self.exit(return_code=1, message=line)
