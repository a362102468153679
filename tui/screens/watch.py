"""The screen most people keep open: the table of runs, their curves, and what the machine does."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, ClassVar

from textual import on
from textual.app import ComposeResult
from textual.binding import Binding
from textual.message import Message
from textual.widgets import Static

from logstore.model.runs import Changes, Run
from tui import terminal_title
from tui.charts.line import Look
from tui.details.diff import flatten
from tui.model import Model
from tui.screens.editing import EditingScreen
from tui.show.text import clean
from tui.widgets.alert_line import Notice
from tui.widgets.divider import Divided
from tui.widgets.run_charts import Choice, RunCharts
from tui.widgets.run_pane import RunPane
from tui.widgets.run_table import RunTable

if TYPE_CHECKING:
    from tui.health.alert import Change

EMPTY = """
No runs yet in {path}

They appear here as soon as a training writes them.
Three lines in its script do that:

    import logstore
    run = logstore.init(project="mine", config={{"lr": 3e-4}})
    run.log({{"train/loss": loss}})

Or see it at work now:  tui demo
"""

OF_RUNS = frozenset({"charts", "compare", "filter"})
"""What can be done only where there are runs."""
NO_METRICS = "no metrics yet: the first run.log() draws them"
NO_RUNS = "no run to draw: esc shows all"


class WatchScreen(EditingScreen):
    """Table, charts and telemetry of one store. Marked runs are drawn; without marks, the first of the table."""

    DEFAULT_CSS = """
    WatchScreen #empty { display: none; height: 1fr; padding: 0 1; }
    WatchScreen.-empty #empty { display: block; }
    WatchScreen.-empty #runs { display: none; }
    WatchScreen #runs { height: 1fr; layout: horizontal; }
    WatchScreen RunPane { width: 47%; max-width: 100; }
    WatchScreen.-narrow #runs { layout: vertical; }
    WatchScreen.-narrow.-short Divider { display: none; }
    WatchScreen.-narrow RunPane { width: 1fr; max-width: 100%; height: 46%; }
    WatchScreen.-narrow RunPane:focus-within, WatchScreen.-narrow RunCharts:focus-within { min-height: 3; }
    WatchScreen.-short GpuStrip { max-height: 1; }
    WatchScreen.-full RunPane, WatchScreen.-full Divider { display: none; }
    """
    KIND: ClassVar[str] = "watch"
    BINDINGS = [
        Binding("c", "compare", "Compare", id="watch.compare", tooltip="Put the marked runs side by side"),
        Binding("slash", "filter", "Filter", id="watch.filter", tooltip="Show only runs that match what you type"),
        Binding("m", "system", "Machine", id="watch.system", tooltip="GPUs, host and processes of this machine"),
        Binding("tab", "charts", "Charts", id="watch.charts", tooltip="To the charts"),
        Binding("tab", "runs", "Runs", id="watch.runs", tooltip="To the table of runs"),
        Binding("escape", "clear_filter", "All runs", id="watch.unfilter", show=False, tooltip="Drop the filter"),
        Binding(
            "M",
            "next_mode",
            "Means",
            id="watch.means",
            show=False,
            tooltip="How groups are drawn: mean and extremes, mean and deviation, every run",
        ),
    ]

    @dataclass
    class CompareRequested(Message):
        """A person wants to see these runs side by side."""

        keys: tuple[str, ...]

    class SystemRequested(Message):
        """A person wants to see the machine."""

    def __init__(
        self,
        model: Model,
        look: Look | None = None,
        charts_of: int = 10,
        price: float | None = None,
        view: Mapping[str, Any] | None = None,
    ) -> None:
        super().__init__(model, view)
        self._look = look or Look()
        self._charts_of = charts_of
        self._price = price
        self._has_looked = False
        self._is_to_draw = False
        self._left: str | None = None

    def compose_body(self) -> ComposeResult:
        yield Static(EMPTY.format(path=clean(str(self.model.path))), id="empty", markup=False)
        charts = RunCharts(self.model, self._look, self._charts_of, self._choice)
        yield Divided(RunPane(self.model, self._price), charts, id="runs")

    def on_mount(self) -> None:
        self.restore(self._view)
        self.table.focus()
        self.set_interval(1.0, self._tick)

    def on_screen_resume(self) -> None:
        if self.model.runs or self._has_looked:
            self.show_all()

    @property
    def pane(self) -> RunPane:
        """The table of runs and what belongs to it."""
        return self.query_one(RunPane)

    @property
    def table(self) -> RunTable:
        """The table of runs."""
        return self.pane.table

    @property
    def charts(self) -> RunCharts:
        """The charts beside it."""
        return self.query_one(RunCharts)

    # -- what is new ----------------------------------------------------------------------------------------------

    def show(self, changes: Changes) -> None:
        is_first, self._has_looked = not self._has_looked, True
        if is_first or changes.added or changes.gone:
            self.show_all(changes.touched)
        else:
            self.pane.show(changes.touched)
            self.charts.news(changes.touched)

    def show_all(self, touched: Collection[str] | None = None) -> None:
        """Bring the whole screen up to date; only the ``touched`` runs are ranked again where these are known."""
        is_empty = self._has_looked and not self.model.runs
        if is_empty != self.has_class("-empty"):
            self.set_class(is_empty, "-empty")
            self.refresh_bindings()
        self.pane.show_all(touched)
        self._draw()

    def show_telemetry(self) -> None:
        self.pane.show_telemetry()

    def show_alerts(self, notices: Sequence[Notice], changes: Sequence[Change]) -> None:
        super().show_alerts(notices, changes)
        self.pane.warn(notices)

    def _tick(self) -> None:
        if not self._has_looked:
            self.show(Changes())
        elif self.is_current:
            self.pane.tick()

    def in_sight(self) -> list[str]:
        drawn = self.charts.keys
        return [*drawn, *(key for key in self.table.shown[: self.size.height] if key not in drawn)]

    def title_text(self) -> str:
        run = self.pane.run
        return terminal_title.describe(run) if run is not None else super().title_text()

    # -- the charts -----------------------------------------------------------------------------------------------

    def _choice(self) -> Choice:
        table = self.table
        return Choice(table.marks, table.shown, table.cursor_key, table.group, table.group_of, table.group_swatches)

    @on(RunPane.Rearranged)
    def _draw(self) -> None:
        self._is_to_draw = False
        if self.charts.grid is not None:
            self.charts.grid.empty_text = NO_METRICS if self.table.shown or not self.model.runs else NO_RUNS
        self.charts.draw()
        self.pane.stand_beside(self.charts.runs)
        if self.charts.grid is None and self.model.runs:
            self.call_after_refresh(self.charts.begin)

    @on(RunPane.Pointed)
    def _point(self, message: RunPane.Pointed) -> None:
        self.charts.point(message.line)
        if not self._is_to_draw:  # the cursor first: curves of a million points take longer than a key may
            self._is_to_draw = True
            self.call_after_refresh(self._draw)

    def action_next_mode(self) -> None:
        """Draw groups in the next way."""
        if self.table.group is None:
            self._choose_group()
        else:
            self.notify(f"Charts: {self.charts.next_mode()}", timeout=3)

    # -- what a person does ---------------------------------------------------------------------------------------

    def chosen(self) -> Sequence[Run]:
        keys = self.table.marks or (self.table.cursor_key or "",)
        return [self.model.runs[key] for key in keys if key in self.model.runs]

    @on(RunTable.Opened)
    def _open(self, message: RunTable.Opened) -> None:
        self.post_message(self.RunOpened(message.key))

    def action_compare(self) -> None:
        """Compare the marked runs, or those that are drawn."""
        keys = self.table.marks or tuple(self.charts.keys[: self._charts_of])
        if len(keys) < 2:
            self.notify("Mark two or more runs with space, then compare them", timeout=4)
        else:
            self.post_message(self.CompareRequested(tuple(keys)))

    def action_system(self) -> None:
        """Show the machine."""
        self.post_message(self.SystemRequested())

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        if action in OF_RUNS and self.has_class("-empty"):
            return False
        if action in {"charts", "runs"}:
            return (action == "runs") == self.charts.has_focus_within
        return super().check_action(action, parameters)

    def action_charts(self) -> None:
        """To the chart that one came from, or to the first."""
        charts = self.charts.grid.charts if self.charts.grid is not None else []
        chart = next((chart for chart in charts if chart.metric == self._left), next(iter(charts), None))
        if chart is not None:
            chart.focus()

    def action_runs(self) -> None:
        """To the table; one chart that has all room gives it back."""
        grid = self.charts.grid
        if grid is not None:
            self._left = grid.focused_chart.metric if grid.focused_chart is not None else None
            grid.action_leave_full()
        self.call_after_refresh(self.table.focus)

    def action_filter(self) -> None:
        """Type a filter."""
        self.pane.begin_filter()

    def action_clear_filter(self) -> None:
        """Show all runs."""
        self.pane.clear_filter()

    @on(RunTable.ColumnsRequested)
    def _choose_columns(self) -> None:
        from tui.table.choices import available
        from tui.widgets.column_chooser import ColumnChooser

        def leave(columns: Sequence[str] | None) -> None:
            if columns:
                self.table.columns = columns

        offered = available(self.pane.metrics, self.pane.config_keys)
        self.app.push_screen(ColumnChooser(offered, self.table.columns), leave)

    @on(RunTable.GroupRequested)
    def _choose_group(self) -> None:
        from tui.screens.group import GroupScreen
        from tui.table.ways import ways

        def leave(column: str | None) -> None:
            if column is not None:
                self.table.group = column

        rows = [self.table.rows[key] for key in self.table.shown]
        keys = dict.fromkeys(key for run in self.charts.runs for key in flatten(run.config))
        self.app.push_screen(GroupScreen(ways(rows, keys)), leave)

    # -- what is remembered ---------------------------------------------------------------------------------------

    def view(self) -> dict[str, Any]:
        """Without the one chart that had all room: whoever begins wants to see the runs."""
        charts = self.charts.state
        charts["charts"].pop("full", None)
        return {**self.pane.state, **charts, **self.query_one(Divided).state}

    def restore(self, view: Mapping[str, Any]) -> None:
        self.charts.restore(view)
        self.pane.restore(view)
        self.query_one(Divided).restore(view)
