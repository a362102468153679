"""The screen most people keep open: the table of runs, their curves, and what the machine does."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, ClassVar

from textual import events, on
from textual.app import ComposeResult
from textual.binding import Binding
from textual.containers import Horizontal, Vertical
from textual.message import Message
from textual.widgets import Static

from logstore.model.runs import Changes, Run
from tui import terminal_title
from tui.charts.line import Look
from tui.details.diff import flatten
from tui.drawn import group_key
from tui.model import Model
from tui.screens.editing import EditingScreen
from tui.show.text import clean
from tui.table.columns import default_columns
from tui.table.rows import ALARMS
from tui.table.run_rows import RunRows, kinds_of, metrics_of
from tui.widgets.alert_line import Notice
from tui.widgets.filter_bar import FilterBar
from tui.widgets.gpu_strip import GpuStrip
from tui.widgets.run_charts import Choice, RunCharts
from tui.widgets.run_panel import LEAST, RunPanel
from tui.widgets.run_table import RunTable

if TYPE_CHECKING:
    from tui.health.alert import Change

SLOW = 10
"""Seconds between two looks at rows of runs that ended: how long ago that was is all that changes."""

EMPTY = """
  No runs yet in {path}

  They appear here as soon as a training writes them. Three lines in its script do that:

      import logstore
      run = logstore.init(project="mine", config={{"lr": 3e-4}})
      run.log({{"train/loss": loss}})

  Or see it at work now:  tui demo
"""


class WatchScreen(EditingScreen):
    """Table, charts and telemetry of one store. Marked runs are drawn; without marks, the first of the table."""

    DEFAULT_CSS = """
    WatchScreen #empty { display: none; height: 1fr; }
    WatchScreen.-empty #empty { display: block; }
    WatchScreen.-empty #runs { display: none; }
    WatchScreen #runs { height: 1fr; }
    WatchScreen #left { height: 1fr; width: 45%; max-width: 100; }
    WatchScreen.-wide RunCharts { border-left: vkey $faint; }
    WatchScreen GpuStrip { height: auto; }
    WatchScreen FilterBar { display: none; }
    WatchScreen.-narrow #runs { layout: vertical; }
    WatchScreen.-narrow #left { width: 1fr; max-width: 100%; height: 46%; }
    WatchScreen.-short GpuStrip { max-height: 1; }
    """
    KIND: ClassVar[str] = "watch"
    BINDINGS = [
        Binding("c", "compare", "Compare", id="watch.compare", tooltip="Put the marked runs side by side"),
        Binding("slash", "filter", "Filter", id="watch.filter", tooltip="Show only runs that match what you type"),
        Binding("m", "system", "Machine", id="watch.system", tooltip="GPUs, host and processes of this machine"),
        Binding("tab", "app.focus_next", "Charts", id="watch.focus", tooltip="Between the table and the charts"),
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
        self._rows = RunRows(price)
        self._charts_of = charts_of
        self._chosen = False
        self._pointed = False
        self._begun: str | None = None
        self._ticks = 0

    def compose_body(self) -> ComposeResult:
        yield Static(EMPTY.format(path=clean(str(self.model.path))), id="empty", markup=False)
        with Horizontal(id="runs"):
            with Vertical(id="left"):
                yield RunTable(empty="no run matches the filter")
                yield FilterBar()
                yield RunPanel()
                yield GpuStrip()
            yield RunCharts(self.model, self._look, self._charts_of, self._choice)

    def on_mount(self) -> None:
        self.restore(self._view)
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

    def chosen(self) -> Sequence[Run]:
        keys = self.table.marks or (self.table.cursor_key or "",)
        return [self.model.runs[key] for key in keys if key in self.model.runs]

    @property
    def charts(self) -> RunCharts:
        """The charts beside it."""
        return self.query_one(RunCharts)

    # -- what is new ----------------------------------------------------------------------------------------------

    def show(self, changes: Changes) -> None:
        if changes.added or changes.gone:
            self.show_all(changes.touched)
            return
        self._rows.now = self.model.clock()
        if not self._chosen:
            self._choose_columns()
        self.table.touch(changes.touched)
        self.charts.news(changes.touched)
        if self.table.cursor_key in changes.touched:
            self._show_panel()

    def show_all(self, touched: Collection[str] | None = None) -> None:
        """Bring the whole screen up to date; only the ``touched`` runs are ranked again where these are known."""
        self._rows.now = self.model.clock()
        self.set_class(not self.model.runs, "-empty")
        self._choose_columns()
        self.table.kinds = kinds_of(self.model.runs.values())
        self.table.set_rows(self._rows.update(self.model.runs, self.model.swatches), touched)
        self._begin_at_the_top()
        self._draw()
        self.call_after_refresh(self._show_panel)
        if self.model.sampled:
            self.show_telemetry()

    def _begin_at_the_top(self) -> None:
        """Keep the cursor on the first row while runs are found, until a person moves it."""
        table = self.table
        if not table.shown:
            return
        if table.cursor_key == self._begun:
            table.cursor_key = table.shown[0]
        self._begun = table.shown[0] if table.cursor_key == table.shown[0] else None

    def show_telemetry(self) -> None:
        self.query_one(GpuStrip).show(self.model.telemetry, self.model.owners(), self.model.swatches)

    def _tick(self) -> None:
        """A second has passed: say what it changed, in rows that are settled only now and then."""
        if self.is_current:
            self._rows.now = self.model.clock()
            self._ticks += 1
            self.table.touch(None if self._ticks % SLOW == 0 else self._rows.restless(self.table.keys_in_sight))
            self._show_panel()

    def _choose_columns(self) -> None:
        """Take the metrics that the first runs turn out to have, until a person chose columns."""
        metrics = [] if self._chosen else metrics_of(self.model.runs.values())
        if metrics:
            self._chosen = True
            self.table.columns = default_columns(metrics)

    def show_alerts(self, notices: Sequence[Notice], changes: Sequence[Change]) -> None:
        super().show_alerts(notices, changes)
        worst: dict[str, str] = {}
        for notice in sorted(notices, key=lambda notice: notice.level == "ERROR"):
            if notice.level in ALARMS and notice.run_key:
                worst[notice.run_key] = notice.level
        self.table.touch(self._rows.warn(worst))

    # -- the charts -----------------------------------------------------------------------------------------------

    def _choice(self) -> Choice:
        table = self.table
        return Choice(table.marks, table.shown, table.cursor_key, table.group, table.group_of, table.group_swatches)

    def _draw(self) -> None:
        self.charts.draw()
        self._show_panel()
        if self.charts.grid is None and self.model.runs:
            self.call_after_refresh(self.charts.begin)

    def action_next_mode(self) -> None:
        """Draw groups in the next way."""
        if self.table.group is None:
            self._choose_group()
        else:
            self.notify(f"Charts: {self.charts.next_mode()}", timeout=3)

    def in_sight(self) -> list[str]:
        drawn = self.charts.keys
        return [*drawn, *(key for key in self.table.shown[: self.size.height] if key not in drawn)]

    # -- the run under the cursor -----------------------------------------------------------------------------------

    @on(events.Resize)
    def _show_panel(self) -> None:
        """Tell of the run under the cursor where the table leaves room for it."""
        panel, table = self.query_one(RunPanel), self.table
        taken = table.lines + self.query_one(GpuStrip).size.height + self.bar.size.height * self.bar.display
        room = self.query_one("#left").size.height - taken - 1
        panel.lines = room if room >= LEAST and self.has_class("-wide") else 0
        run = self.model.runs.get(table.cursor_key or "")
        swatch = self.model.swatches.get(table.cursor_key or "")
        panel.show(run, swatch, self.charts.runs, self.model.clock())

    def title_text(self) -> str:
        run = self.model.runs.get(self.table.cursor_key or "")
        return terminal_title.describe(run) if run is not None else super().title_text()

    # -- what a person does ---------------------------------------------------------------------------------------

    @on(RunTable.Opened)
    def _open(self, message: RunTable.Opened) -> None:
        self.post_message(self.RunOpened(message.key))

    @on(RunTable.CursorMoved)
    def _cursor(self, message: RunTable.CursorMoved) -> None:
        group = self.table.cursor_group
        line = message.key if group is None else group_key(group)
        self._pointed = self._pointed or message.key != self._begun
        self.charts.point(line if self._pointed else None)
        self._draw()

    @on(RunTable.MarksChanged)
    @on(RunTable.SortChanged)
    @on(RunTable.GroupChanged)
    def _rearranged(self) -> None:
        self._draw()

    @on(RunTable.ColumnsRequested)
    def _choose(self) -> None:
        from tui.table.choices import available
        from tui.widgets.column_chooser import ColumnChooser

        runs = list(self.model.runs.values())
        keys = {key for run in runs for key in flatten(run.config)}
        offered = available(metrics_of(runs), keys)
        self.app.push_screen(ColumnChooser(offered, self.table.columns), self._columns_chosen)

    @on(RunTable.GroupRequested)
    def _choose_group(self) -> None:
        from tui.screens.group import GroupScreen
        from tui.table.ways import ways

        rows = [self.table.rows[key] for key in self.table.shown]
        keys = dict.fromkeys(key for run in self.charts.runs for key in flatten(run.config))
        self.app.push_screen(GroupScreen(ways(rows, keys)), self._group_chosen)

    def _group_chosen(self, column: str | None) -> None:
        if column is not None:
            self.table.group = column

    def _columns_chosen(self, columns: Sequence[str] | None) -> None:
        if columns:
            self.table.columns = columns

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
        return {"table": self.table.state, "filter": self.bar.text, **self.charts.state}

    def restore(self, view: Mapping[str, Any]) -> None:
        table, text = view.get("table"), view.get("filter")
        self.charts.restore(view)
        if isinstance(table, Mapping):
            self.table.restore(table)
            self._chosen = True
        if isinstance(text, str) and text:
            self.bar.text = text
            self.bar.display = True
