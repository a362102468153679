"""The runs of a store at one side of a screen: their table, its filter, the run under the cursor, and the machine.

``show`` and ``show_all`` bring in what is new, ``tick`` what a second changed. The pane tells when other runs, or the
same ones in another way, are to be drawn beside it.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from textual import events, on
from textual.app import ComposeResult
from textual.containers import Vertical
from textual.message import Message

from logstore.model.runs import Run
from tui.details.diff import flatten
from tui.drawn import group_key
from tui.model import Model
from tui.table.columns import default_columns
from tui.table.rows import ALARMS
from tui.table.run_rows import RunRows, kinds_of, metrics_of
from tui.widgets.alert_line import Notice
from tui.widgets.filter_bar import FilterBar
from tui.widgets.gpu_strip import GpuStrip
from tui.widgets.run_panel import LEAST, RunPanel
from tui.widgets.run_table import RunTable

SLOW = 20
"""Seconds between two looks at what only says how long ago something was: rows of runs that ended, and the panel. Each
change is a frame to the terminal, and nobody waits for a second."""


class RunPane(Vertical):
    """Shows the runs of ``model``.

    Args:
        model: The runs, their colours and the machine.
        price: What a GPU-hour costs, where it is known.
    """

    DEFAULT_CSS = """
    RunPane { height: 1fr; width: 1fr; }
    RunPane GpuStrip { height: auto; max-height: 50%; }
    RunPane FilterBar { display: none; }
    RunPane RunPanel { padding: 0 1 0 0; }
    """

    class Rearranged(Message):
        """Other runs are shown or marked, or in another order or other groups."""

    @dataclass
    class Pointed(Message):
        """The cursor is on another line."""

        line: str | None
        """The key of the run or the group that a person put it on; None where no person did, or there is none."""

    def __init__(self, model: Model, price: float | None = None) -> None:
        super().__init__()
        self._model = model
        self._rows = RunRows(price)
        self._beside: Sequence[Run] = ()
        self._has_columns = False
        self._begun: str | None = None
        self._was_moved = False
        self._ticks = 0

    def compose(self) -> ComposeResult:
        yield RunTable(empty="")
        yield FilterBar()
        yield RunPanel()
        yield GpuStrip()

    @property
    def table(self) -> RunTable:
        """The table of runs."""
        return self.query_one(RunTable)

    @property
    def bar(self) -> FilterBar:
        """The filter's line; it is there while there is a filter, or one is typed."""
        return self.query_one(FilterBar)

    @property
    def run(self) -> Run | None:
        """The run under the cursor."""
        return self._model.runs.get(self.table.cursor_key or "")

    @property
    def metrics(self) -> list[str]:
        """The names of all metrics, the most common first."""
        return metrics_of(self._model.runs.values())

    @property
    def config_keys(self) -> set[str]:
        """The dotted keys of all configs."""
        return {key for run in self._model.runs.values() for key in flatten(run.config)}

    # -- what is new ----------------------------------------------------------------------------------------------

    def show(self, touched: Collection[str]) -> None:
        """Bring the rows of these runs up to date, where no run was added and none is gone."""
        self._rows.now = self._model.clock()
        self._choose_columns()
        self.table.touch(touched)
        if self.table.cursor_key in touched:
            self.show_panel()

    def show_all(self, touched: Collection[str] | None = None) -> None:
        """Bring all rows up to date; only the ``touched`` runs are ranked again where these are known."""
        self._rows.now = self._model.clock()
        self._choose_columns()
        self.table.kinds = kinds_of(self._model.runs.values())
        self.table.set_rows(self._rows.update(self._model.runs, self._model.swatches), touched)
        self._begin_at_the_top()
        self.call_after_refresh(self.show_panel)
        if self._model.sampled:
            self.show_telemetry()

    def tick(self) -> None:
        """A second has passed: say what it changed, in rows that are settled only now and then."""
        self._rows.now = self._model.clock()
        self._ticks += 1
        table = self.table
        keys, is_slow = table.keys_in_sight, self._ticks % SLOW == 0
        restless = keys if is_slow else self._rows.restless(keys)
        if restless:
            table.touch(restless)
        self.show_panel() if is_slow else self._fit_panel()

    def show_telemetry(self) -> None:
        """A sample of the machine has come in."""
        self.query_one(GpuStrip).show(self._model.telemetry, self._model.owners(), self._model.swatches)
        self.call_after_refresh(self.show_panel)  # the strip may have taken lines that the panel had, not the table's

    def warn(self, notices: Iterable[Notice]) -> None:
        """Mark the runs with which something is wrong."""
        worst: dict[str, str] = {}
        for notice in sorted(notices, key=lambda notice: notice.level == "ERROR"):
            if notice.level in ALARMS and notice.run_key:
                worst[notice.run_key] = notice.level
        self.table.touch(self._rows.warn(worst))

    def _choose_columns(self) -> None:
        """Take the metrics that the first runs turn out to have, until a person chose columns."""
        metrics = [] if self._has_columns else self.metrics
        if metrics:
            self._has_columns = True
            self.table.columns = default_columns(metrics)

    # -- the cursor and the run under it ----------------------------------------------------------------------------

    def _begin_at_the_top(self) -> None:
        """Keep the cursor on the first row while runs are found, until a person moves it."""
        table = self.table
        if not table.shown:
            return
        if table.cursor_key == self._begun:
            table.cursor_key = table.shown[0]
        self._begun = table.shown[0] if table.cursor_key == table.shown[0] else None

    @on(RunTable.CursorMoved)
    def _moved(self, message: RunTable.CursorMoved) -> None:
        message.stop()
        self._was_moved = self._was_moved or message.key != self._begun
        group = self.table.cursor_group
        line = message.key if group is None else group_key(group)
        self.post_message(self.Pointed(line if self._was_moved else None))

    @on(RunTable.MarksChanged)
    @on(RunTable.SortChanged)
    @on(RunTable.GroupChanged)
    def _rearranged(self, message: Message) -> None:
        message.stop()
        self.post_message(self.Rearranged())

    def stand_beside(self, runs: Sequence[Run]) -> None:
        """Compare the run under the cursor with these from now on."""
        self._beside = runs
        self.show_panel()

    @on(events.Resize)
    def show_panel(self) -> None:
        """Tell of the run under the cursor where the table leaves room for it."""
        swatch = self._model.swatches.get(self.table.cursor_key or "")
        self._fit_panel().show(self.run, swatch, self._beside, self._model.clock())

    def _fit_panel(self) -> RunPanel:
        """Give the panel the room that there is."""
        panel, bar = self.query_one(RunPanel), self.bar
        taken = self.table.lines + self.query_one(GpuStrip).size.height + bar.size.height * bar.display
        room = self.size.height - taken - 1
        panel.lines = room if room >= LEAST else 0
        return panel

    # -- the filter -----------------------------------------------------------------------------------------------

    def begin_filter(self) -> None:
        """Have a person type a filter."""
        self.bar.know([*self.metrics, *sorted(self.config_keys)])
        self.bar.display = True
        self._apply_filter()
        self.bar.focus()

    def clear_filter(self) -> None:
        """Show all runs."""
        self.bar.text = ""
        self.bar.display = False
        self.table.focus()

    @on(RunTable.MineChanged)
    @on(FilterBar.Changed)
    def _apply_filter(self) -> None:
        self.table.predicate = self.bar.predicate
        self.bar.count(len(self.table.shown), len(self.table.rows), self.table.missing)
        self.post_message(self.Rearranged())

    @on(FilterBar.Submitted)
    @on(FilterBar.Cancelled)
    def _end_filter(self) -> None:
        self._apply_filter()
        self.bar.display = self.bar.predicate is not None
        self.table.focus()

    # -- what is remembered ---------------------------------------------------------------------------------------

    @property
    def state(self) -> dict[str, Any]:
        """What a person set here, as plain data."""
        return {"table": self.table.state, "filter": self.bar.text}

    def restore(self, state: Mapping[str, Any]) -> None:
        """Take back what ``state`` gave another time; anything that does not fit is ignored."""
        table, text = state.get("table"), state.get("filter")
        if isinstance(table, Mapping):
            self.table.restore(table)
            self._has_columns = True
        if isinstance(text, str) and text:
            self.bar.text = text
            self.bar.display = True
