"""The screen most people keep open: the table of runs, their curves, and what the machine does."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from textual import on
from textual.app import ComposeResult
from textual.binding import Binding
from textual.containers import Horizontal, Vertical
from textual.message import Message
from textual.reactive import reactive
from textual.widgets import Static

from logstore.runs import Changes, Run
from tui import curves
from tui.charts.line import Look
from tui.diff import flatten
from tui.model import Model
from tui.screens.base import RunwatchScreen
from tui.table.choices import available
from tui.table.columns import default_columns
from tui.table.run_rows import RunRows, kinds_of, metrics_of
from tui.text import clean
from tui.widgets.alert_line import AlertLine, Notice
from tui.widgets.chart_grid import ChartGrid
from tui.widgets.column_chooser import ColumnChooser
from tui.widgets.filter_bar import FilterBar
from tui.widgets.gpu_strip import GpuStrip
from tui.widgets.run_table import RunTable

EMPTY = """
  No runs yet in {path}

  They appear here as soon as a training writes them. Three lines in its script do that:

      import logstore
      run = logstore.init(project="mine", config={{"lr": 3e-4}})
      run.log({{"train/loss": loss}})

  Or see it at work now:  tui demo
"""


class WatchScreen(RunwatchScreen):
    """Table, charts and telemetry of one store. Marked runs are drawn; without marks, the first of the table."""

    DEFAULT_CSS = """
    WatchScreen #empty { display: none; height: 1fr; }
    WatchScreen.-empty #empty { display: block; }
    WatchScreen.-empty #runs { display: none; }
    WatchScreen #runs { height: 1fr; }
    WatchScreen #left { height: 1fr; width: 45%; max-width: 100; }
    WatchScreen ChartGrid { height: 1fr; width: 1fr; }
    WatchScreen.-wide ChartGrid { border-left: vkey $faint; }
    WatchScreen GpuStrip { height: auto; }
    WatchScreen FilterBar { display: none; }
    WatchScreen.-narrow #runs { layout: vertical; }
    WatchScreen.-narrow #left { width: 1fr; max-width: 100%; height: 46%; }
    """
    BINDINGS = [
        Binding("c", "compare", "Compare", id="watch.compare", tooltip="Put the marked runs side by side"),
        Binding("slash", "filter", "Filter", id="watch.filter", tooltip="Show only runs that match what you type"),
        Binding("m", "system", "Machine", id="watch.system", tooltip="GPUs, host and processes of this machine"),
        Binding("tab", "app.focus_next", "Charts", id="watch.focus", tooltip="Between the table and the charts"),
        Binding("escape", "clear_filter", "All runs", id="watch.unfilter", show=False, tooltip="Drop the filter"),
    ]

    notices: reactive[tuple[Notice, ...]] = reactive(())

    @dataclass
    class RunOpened(Message):
        """A person wants to see one run."""

        key: str

    @dataclass
    class CompareRequested(Message):
        """A person wants to see these runs side by side."""

        keys: tuple[str, ...]

    class SystemRequested(Message):
        """A person wants to see the machine."""

    def __init__(self, model: Model, look: Look | None = None, charts_of: int = 10) -> None:
        super().__init__(model)
        self._look = look or Look()
        self._charts_of = charts_of
        self._rows = RunRows()
        self._drawn: list[str] = []
        self._metrics: set[str] = set()
        self._chosen = False
        self._at: str | None = None
        self._pointed = False

    def compose_body(self) -> ComposeResult:
        yield Static(EMPTY.format(path=clean(str(self.model.path))), id="empty", markup=False)
        with Horizontal(id="runs"):
            with Vertical(id="left"):
                yield RunTable(empty="no run matches the filter")
                yield FilterBar()
                yield GpuStrip()
            yield ChartGrid(self._look)
        yield AlertLine().data_bind(notices=WatchScreen.notices)

    def on_mount(self) -> None:
        self.table.focus()
        self.set_interval(1.0, self._tick)
        self.show_all()

    def on_screen_resume(self) -> None:
        if self.is_mounted:
            self.show_all()

    @property
    def table(self) -> RunTable:
        """The table of runs."""
        return self.query_one(RunTable)

    @property
    def grid(self) -> ChartGrid:
        """The charts."""
        return self.query_one(ChartGrid)

    # -- what is new ----------------------------------------------------------------------------------------------

    def show(self, changes: Changes) -> None:
        if changes.added or changes.gone:
            self.show_all(changes.touched)
            return
        self._rows.now = self.model.clock()
        if not self._chosen:
            self._choose_columns()
        self.table.touch(changes.touched)
        if changes.touched & set(self._drawn):
            self._draw_news(changes.touched)

    def show_all(self, touched: Collection[str] | None = None) -> None:
        """Bring the whole screen up to date; only the ``touched`` runs are ranked again where these are known."""
        self._rows.now = self.model.clock()
        self.set_class(not self.model.runs, "-empty")
        self._choose_columns()
        self.table.kinds = kinds_of(self.model.runs.values())
        self.table.set_rows(self._rows.update(self.model.runs, self.model.swatches), touched)
        self._draw()
        self.show_telemetry()

    def show_telemetry(self) -> None:
        self.query_one(GpuStrip).show(self.model.telemetry, self.model.owners(), self.model.swatches)

    def _tick(self) -> None:
        if self.is_current:
            self._rows.now = self.model.clock()
            self.table.touch()

    def _choose_columns(self) -> None:
        """Take the metrics that the first runs turn out to have, until a person chose columns."""
        metrics = metrics_of(self.model.runs.values())
        if metrics and not self._chosen:
            self._chosen = True
            self.table.columns = default_columns(metrics)

    # -- the charts -----------------------------------------------------------------------------------------------

    def drawn(self) -> list[Run]:
        """The runs whose curves are drawn: the marked ones, else the first of the table and the one of the cursor."""
        table = self.table
        keys: Sequence[str] = table.marks or table.shown[: self._charts_of]
        if not table.marks and table.cursor_key is not None and table.cursor_key not in keys:
            keys = [*keys[: self._charts_of - 1], table.cursor_key]
        return [self.model.runs[key] for key in keys if key in self.model.runs]

    def _draw(self) -> None:
        runs = self.drawn()
        self._drawn = [run.key for run in runs]
        self._metrics = set(metrics_of(runs))
        self.grid.highlight(self.table.cursor_key if self._pointed and len(runs) > 1 else None)
        self.grid.set_charts(curves.charts(runs, self.model.swatches, self.model.clock()))

    def _draw_news(self, changed: frozenset[str]) -> None:
        """Draw what changed on the page of charts that is seen; a new metric makes a new page."""
        runs = self.drawn()
        if [run.key for run in runs] != self._drawn or set(metrics_of(runs)) - self._metrics:
            self._draw()
            return
        seen = curves.touched(runs, changed) & self.grid.shown
        self.grid.update(curves.charts(runs, self.model.swatches, self.model.clock(), seen))

    @on(ChartGrid.PageChanged)
    def _turned(self, _message: ChartGrid.PageChanged) -> None:
        self._draw_news(frozenset(self._drawn))

    def in_sight(self) -> list[str]:
        """The runs to read first: those whose curves are drawn, then those that the table shows."""
        return [*self._drawn, *(key for key in self.table.shown[: self.size.height] if key not in self._drawn)]

    # -- what a person does ---------------------------------------------------------------------------------------

    @on(RunTable.Opened)
    def _open(self, message: RunTable.Opened) -> None:
        self.post_message(self.RunOpened(message.key))

    @on(RunTable.CursorMoved)
    def _cursor(self, message: RunTable.CursorMoved) -> None:
        self._pointed = self._at is not None and message.key != self._at
        self._at = message.key
        self._draw()

    @on(RunTable.MarksChanged)
    def _marks(self, _message: RunTable.MarksChanged) -> None:
        self._draw()

    @on(RunTable.SortChanged)
    def _sorted(self, _message: RunTable.SortChanged) -> None:
        self._draw()

    @on(RunTable.ColumnsRequested)
    def _choose(self, _message: RunTable.ColumnsRequested) -> None:
        runs = list(self.model.runs.values())
        keys = {key for run in runs for key in flatten(run.config)}
        offered = available(metrics_of(runs), keys)
        self.app.push_screen(ColumnChooser(offered, self.table.columns), self._columns_chosen)

    def _columns_chosen(self, columns: Sequence[str] | None) -> None:
        if columns:
            self.table.columns = columns

    @on(AlertLine.Clicked)
    def _alert(self, message: AlertLine.Clicked) -> None:
        if message.run_key in self.model.runs:
            self.post_message(self.RunOpened(message.run_key))

    def action_compare(self) -> None:
        """Compare the marked runs, or those that are drawn."""
        keys = self.table.marks or tuple(self._drawn)
        if len(keys) < 2:
            self.notify("Mark two or more runs with space, then compare them", timeout=4)
        else:
            self.post_message(self.CompareRequested(tuple(keys)))

    def action_system(self) -> None:
        """Show the machine."""
        self.post_message(self.SystemRequested())

    # -- the filter -----------------------------------------------------------------------------------------------

    @property
    def bar(self) -> FilterBar:
        """The filter's line; it is there while there is a filter, or one is typed."""
        return self.query_one(FilterBar)

    def action_filter(self) -> None:
        """Type a filter."""
        runs = list(self.model.runs.values())
        self.bar.know([*metrics_of(runs), *sorted({key for run in runs for key in flatten(run.config)})])
        self.bar.display = True
        self._apply_filter()
        self.bar.focus()

    def action_clear_filter(self) -> None:
        """Show all runs."""
        self.bar.text = ""
        self.bar.display = False
        self.table.focus()

    @on(FilterBar.Changed)
    def _apply_filter(self) -> None:
        self.table.predicate = self.bar.predicate
        self.bar.count(len(self.table.shown), len(self.table.rows), self.table.missing)
        self._draw()

    @on(FilterBar.Submitted)
    @on(FilterBar.Cancelled)
    def _filtered(self) -> None:
        self._apply_filter()
        self.bar.display = self.bar.predicate is not None
        self.table.focus()

    # -- what is remembered ---------------------------------------------------------------------------------------

    def view(self) -> dict[str, Any]:
        return {"table": self.table.state, "charts": self.grid.state, "filter": self.bar.text}

    def restore(self, view: Mapping[str, Any]) -> None:
        table, charts, text = view.get("table"), view.get("charts"), view.get("filter")
        if isinstance(table, Mapping):
            self.table.restore(table)
            self._chosen = True
        if isinstance(charts, Mapping):
            self.grid.restore(charts)
        if isinstance(text, str) and text:
            self.bar.text = text
            self.bar.display = True
