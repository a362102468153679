"""The screens, and the way between them: the first one, and those opened from it, each kept as it was left.

Those that have not been on the screen for longest are let go, so that a day of looking at runs costs no more than an
hour. What was set on a screen outlives it in ``tui.remembered``: the next one of its kind begins with it. The modules
of all screens but the first are imported when one is opened: the first frame does not wait for them.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence

from textual.app import App

from tui.charts.line import Look
from tui.charts.smoothing import Smoothing
from tui.model import Model
from tui.remembered import Memory
from tui.screens.base import RunwatchScreen
from tui.screens.watch import WatchScreen
from tui.settings import Settings

MOST = 8
"""Screens that are kept beside the first."""


class Visits:
    """Opens screens of ``app`` over ``model``.

    Args:
        app: Which shows them.
        model: What they look at.
        memory: What was set on the last screen of each kind.
        settings: What is in force.
        most: Screens that are kept beside the first.
    """

    def __init__(self, app: App[None], model: Model, memory: Memory, settings: Settings, most: int = MOST) -> None:
        self._app, self._model, self._memory = app, model, memory
        self._look = Look(smoothing=Smoothing(settings.smoothing), band=not settings.low_bandwidth)
        self._most = most
        self._screens: dict[str, RunwatchScreen] = {}
        self.first = WatchScreen(
            model,
            self._look,
            settings.charts_of,
            price=settings.price_per_gpu_hour or None,
            view=memory.view(WatchScreen.KIND),
        )
        """The screen that all others are opened from."""

    @property
    def screens(self) -> Sequence[RunwatchScreen]:
        """The screens that are kept beside the first, the one opened last at the end."""
        return list(self._screens.values())

    @property
    def seen(self) -> RunwatchScreen:
        """The screen that is seen, also where a sheet lies over it."""
        stack = reversed(self._app.screen_stack)
        return next((each for each in stack if isinstance(each, RunwatchScreen)), self.first)

    def open(self, screen: RunwatchScreen) -> None:
        """Show ``screen``; one that lies below the one that is seen comes up again."""
        if screen not in self._app.screen_stack:
            self._app.push_screen(screen)
        while self.seen is not screen:
            self._app.pop_screen()

    def open_run(self, key: str) -> None:
        """Show the screen of one run."""
        self.open(self.run(key))

    def run(self, key: str) -> RunwatchScreen:
        """The screen of one run."""
        from tui.screens.run import RunScreen

        view = self._view(RunScreen.KIND)
        return self._get(f"run {key}", lambda: RunScreen(self._model, key, self._look, view))

    def compare(self, keys: Sequence[str]) -> RunwatchScreen:
        """The screen with these runs side by side."""
        from tui.screens.compare import CompareScreen

        view = self._view(CompareScreen.KIND)
        return self._get(" ".join(["compare", *keys]), lambda: CompareScreen(self._model, keys, self._look, view))

    def system(self, *, first: bool = False) -> RunwatchScreen:
        """The screen of this machine; ``first`` where the app begins with it."""
        from tui.screens.system import SystemScreen

        view = self._view(SystemScreen.KIND)
        return self._get("system", lambda: SystemScreen(self._model, view, first=first))

    def remember(self) -> None:
        """Hand what is set on the screens to the memory; of each kind, on the one that was opened last."""
        for screen in (self.first, *self.screens):
            if screen.is_mounted:
                self._memory.keep(screen.KIND, screen.view())

    def _view(self, kind: str) -> dict[str, object]:
        self.remember()
        return dict(self._memory.view(kind))

    def _get(self, name: str, make: Callable[[], RunwatchScreen]) -> RunwatchScreen:
        """The screen of this name as it was left, or the one that ``make`` gives."""
        screen = self._screens.pop(name, None)
        if screen is None:
            screen = make()
            self._app.install_screen(screen, name)
        self._screens[name] = screen
        self._let_go()
        return screen

    def _let_go(self) -> None:
        newest = next(reversed(self._screens))
        stack = self._app.screen_stack
        spare = [name for name, screen in self._screens.items() if name != newest and screen not in stack]
        for name in spare[: max(0, len(self._screens) - self._most)]:
            screen = self._screens.pop(name)
            self._app.uninstall_screen(screen)
            screen.remove()
