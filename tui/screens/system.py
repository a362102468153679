"""This machine: every device with its history and its processes, the host, and the last minutes as charts."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, ClassVar

from textual import on, work
from textual.app import ComposeResult
from textual.binding import Binding

from logstore.model.runs import Changes
from tui.charts.line import Look, XAxis
from tui.machine.machine_charts import machine_charts
from tui.machine.process_rows import ORDERS
from tui.machine.signals import elsewhere
from tui.model import Model
from tui.screens.base import RunwatchScreen
from tui.screens.process import ProcessScreen
from tui.screens.signal import signal_after_asking
from tui.widgets.chart_grid import ChartGrid
from tui.widgets.system_panels import SystemPanels


class SystemScreen(RunwatchScreen):
    """Panels above, charts below; on a low terminal the panels alone, and the charts with one key.

    Args:
        model: Whose machine it is.
        view: What was set another time.
        first: Whether the app began with it: then the key that leads back leaves the app, as from the runs.
    """

    DEFAULT_CSS = """
    SystemScreen SystemPanels { height: auto; max-height: 65%; }
    SystemScreen ChartGrid { height: 1fr; margin: 1 0 0 0; padding: 0 1 0 0; }
    SystemScreen.-tall SystemPanels { margin: 1 0 0 0; }
    SystemScreen.-short SystemPanels { height: 1fr; max-height: 100%; }
    SystemScreen.-short ChartGrid { display: none; margin: 0; }
    SystemScreen.-short.-charts SystemPanels { display: none; }
    SystemScreen.-short.-charts ChartGrid { display: block; }
    SystemScreen.-full SystemPanels { display: none; }
    SystemScreen.-full ChartGrid { margin: 0; }
    """
    KIND: ClassVar[str] = "system"
    BINDINGS = [
        Binding("escape,backspace", "back", "Back", id="system.back", tooltip="Back, or to the runs"),
        Binding("q", "return", "Back", id="system.return", show=False, tooltip="Back; out of tui gpu"),
        Binding("tab", "charts", "Charts", id="system.charts", tooltip="To the charts", priority=True),
        Binding("tab", "panels", "Processes", id="system.panels", tooltip="Back to the processes", priority=True),
        Binding(
            "o", "order", "Order", id="system.order", tooltip="Order the processes by run, memory, sm, cpu, ram or time"
        ),
    ]

    def __init__(self, model: Model, view: Mapping[str, Any] | None = None, *, first: bool = False) -> None:
        super().__init__(model, view)
        self._first = first
        self._metrics: list[str] = []

    def compose_body(self) -> ComposeResult:
        yield SystemPanels()
        yield ChartGrid(Look(xaxis=XAxis("relative")))

    def on_mount(self) -> None:
        self.restore(self._view)
        self.query_one(ChartGrid).empty_text = "the charts begin with the first samples"
        self.query_one(SystemPanels).focus()
        self.show_telemetry()

    def on_screen_resume(self) -> None:
        if self.is_mounted:
            self.show_telemetry()

    def show(self, changes: Changes) -> None:
        if changes.added or changes.gone:
            self._show_panels()

    def show_telemetry(self) -> None:
        self._show_panels()
        grid = self.query_one(ChartGrid)
        charts = machine_charts(self.model.telemetry)
        if {chart.metric for chart in charts} == set(self._metrics):
            grid.update(charts)
        else:
            self._metrics = [chart.metric for chart in charts]
            grid.set_charts(charts)

    def _show_panels(self) -> None:
        self.query_one(SystemPanels).show(self.model.telemetry, self.model.runs, self.model.swatches)

    def action_back(self) -> None:
        """Back to the screen one came from."""
        self._first = False
        self.app.pop_screen()

    def action_return(self) -> None:
        """Back, where one came from somewhere."""
        self.action_back()

    def action_charts(self) -> None:
        """To the charts."""
        self._turn(to_charts=True)

    def action_panels(self) -> None:
        """Back to the processes; they are there again where one chart had all room."""
        self.query_one(ChartGrid).action_leave_full()
        self._turn(to_charts=False)

    def _turn(self, *, to_charts: bool) -> None:
        self.set_class(to_charts, "-charts")
        self.refresh_bindings()
        self.call_after_refresh(self._focus_half)

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        """One key leads to and fro: it is called by where it leads."""
        if action in {"charts", "panels"}:
            return self._in_charts == (action == "panels")
        if action == "return":
            return not self._first
        return super().check_action(action, parameters)

    @property
    def _in_charts(self) -> bool:
        """Whether the keyboard is in the charts, or on a low terminal they alone are seen."""
        within = self.focused is not None and any(
            isinstance(each, ChartGrid) for each in self.focused.ancestors_with_self
        )
        return within or self.has_class("-full") or (self.has_class("-charts") and self.has_class("-short"))

    # -- one process ----------------------------------------------------------------------------------------------

    @on(SystemPanels.Chosen)
    def _show_process(self, message: SystemPanels.Chosen) -> None:
        """All of the process; of several that share a row, the one that they descend from."""
        row = self.query_one(SystemPanels).row_at(message.row)
        self._show_all_of(row.main if row.together and row.main is not None else row.pids[0])

    @work(exclusive=True, group="process")
    async def _show_all_of(self, pid: int) -> None:
        run = await self.app.push_screen_wait(ProcessScreen(self.model, pid))
        if run is not None and run in self.model.runs:
            self.post_message(self.RunOpened(run))

    @on(SystemPanels.SignalAsked)
    def _ask_for_a_signal(self, message: SystemPanels.SignalAsked) -> None:
        row = self.query_one(SystemPanels).row_at(message.row)
        why = elsewhere(row, self.model.telemetry.host_name)
        if row.together:
            why = f"{len(row.pids)} processes share this row: enter lists them, and there each can be signalled"
        if why:
            self.notify(why, severity="warning", timeout=6, markup=False)
        else:
            self._send_signal(row.pids[0], row.head.name if row.head is not None else None)

    @work(exclusive=True, group="signal")
    async def _send_signal(self, pid: int, run: str | None) -> None:
        await signal_after_asking(self.app, pid, run)

    def action_order(self) -> None:
        """Order the processes by what they take, one quantity after the other."""
        self.query_one(SystemPanels).next_order()

    def _focus_half(self) -> None:
        """Give the keyboard to the panels, or to the first of the charts."""
        grid = self.query_one(ChartGrid)
        if not self.has_class("-charts"):
            self.query_one(SystemPanels).focus()
        else:
            (grid.charts[0] if grid.charts else grid).focus()

    def view(self) -> dict[str, Any]:
        return {"charts": self.query_one(ChartGrid).state, "order": self.query_one(SystemPanels).order}

    def restore(self, view: Mapping[str, Any]) -> None:
        if isinstance(view.get("charts"), Mapping):
            grid = self.query_one(ChartGrid)
            grid.restore(view["charts"])
            self.make_room(grid)
        order = next((known for known in ORDERS if known == view.get("order")), ORDERS[0])
        self.query_one(SystemPanels).order = order
