"""The sheets that can be laid over every screen: its keys, all alerts, what to write to a file.

Their modules are imported when one is asked for: the first frame does not wait for them.
"""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from textual.app import App

from tui.health.alarms import Alarms
from tui.model import Model
from tui.screens.base import RunwatchScreen


def show_help(app: App[None]) -> None:
    """The keys of the screen that is seen."""
    from tui.screens.help import HelpScreen, entries

    active = app.screen.active_bindings.values()
    app.push_screen(HelpScreen(entries((each.binding, app.get_key_display(each.binding)) for each in active)))


def show_alerts(app: App[None], model: Model, alarms: Alarms, open_run: Callable[[str], None]) -> None:
    """All that is wrong, and was; with ``open_run`` a run is opened from there."""
    from tui.screens.alerts import AlertsScreen

    def leave(run: str | None) -> None:
        if run is not None and run in model.runs:
            open_run(run)

    app.push_screen(AlertsScreen(model, alarms), leave)


def show_export(app: App[None], screen: RunwatchScreen) -> None:
    """Where to write what has the keyboard on ``screen``, or all of it."""
    from tui.screens.export import ExportScreen
    from tui.screens.exported import things

    def leave(written: str | None) -> None:
        if written is not None:
            app.notify(f"Written: {written}", markup=False, timeout=8)

    ground = app.screen.styles.background.hex
    app.push_screen(ExportScreen(things(screen, app.theme, ground), Path.cwd()), leave)
