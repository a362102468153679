"""What is wrong and what was, of all runs and of the machine: a sheet over the screen."""

from __future__ import annotations

from textual import on
from textual.app import ComposeResult
from textual.binding import Binding

from tui.health.alarms import Alarms
from tui.health.alert_lines import entries
from tui.model import Model
from tui.widgets.alert_list import AlertDetail, AlertList
from tui.widgets.line_view import LineView
from tui.widgets.sheet import Sheet

LOOK_AGAIN = 1.0
"""Seconds between two looks."""


class AlertsScreen(Sheet[str | None]):
    """Lists alerts; it is left with the key of the run to open, or with None."""

    DEFAULT_CSS = """
    AlertsScreen > #frame { width: 92%; max-width: 140; min-height: 12; padding: 1 1 0 1; }
    AlertsScreen AlertList, AlertsScreen AlertDetail { background: $surface; }
    AlertsScreen AlertList { height: auto; max-height: 1fr; }
    """
    HINTS = ("alerts.open", "alerts.copy", "lines.search", "alerts.close")
    BINDINGS = [Binding("escape,q,A", "dismiss", "Close", id="alerts.close", tooltip="Back to the screen")]

    def __init__(self, model: Model, alarms: Alarms) -> None:
        super().__init__()
        self._model, self._alarms = model, alarms

    def compose_frame(self) -> ComposeResult:
        yield AlertList()
        yield AlertDetail()

    def name_of_sheet(self) -> str:
        return "alerts"

    def on_mount(self) -> None:
        self.query_one(AlertList).focus()
        self._show()
        self.set_interval(LOOK_AGAIN, self._show)

    def _show(self) -> None:
        roles = {key: f"series-{swatch.slot + 1}" for key, swatch in self._model.swatches.items()}
        found = entries(self._alarms.alerts, self._alarms.changes, self._model.runs, roles)
        self.query_one(AlertList).show(found, self._model.clock())

    @on(AlertList.Pointed)
    def _point(self, message: AlertList.Pointed) -> None:
        self.query_one(AlertDetail).show(message.entry)

    @on(AlertList.Chosen)
    def _choose(self, message: AlertList.Chosen) -> None:
        self.dismiss(message.run)

    @on(LineView.Opened)
    def _open(self) -> None:
        self.query_one(AlertList).action_open()
