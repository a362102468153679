"""Marked runs side by side: how their configs differ, whose summary is best, and their curves in the same charts."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, ClassVar, Final

from textual import on
from textual.app import ComposeResult
from textual.binding import Binding
from textual.containers import Container
from textual.widget import Widget

from logstore.model.runs import Changes, Run
from logstore.model.summarise import summary_modes
from tui import curves
from tui.charts.line import ChartSpec, Look
from tui.details.diff import ConfigDiff, SummaryDiff
from tui.details.run_facts import origin, summary_values
from tui.model import Model
from tui.screens.base import RunwatchScreen
from tui.screens.value import ValueScreen
from tui.show.heads import Head
from tui.widgets.alert_line import Notice
from tui.widgets.chart_grid import ChartGrid
from tui.widgets.diff_table import DiffTable
from tui.widgets.line_view import LineView
from tui.widgets.side_by_side import SideBySide
from tui.widgets.summary_table import SummaryTable
from tui.widgets.tab_bar import TabBar
from tui.widgets.text_view import Passage

PANES: Final = ("config", "summary", "curves")
ITS_OWN: Final = ("window", "page", "full")
"""What of the state of the charts is these runs' alone."""
SUMMARY_SECONDS: Final = 1.0
"""Seconds between two looks at the summaries; the curves follow every delta."""


def _pane(key: str, name: str) -> Binding:
    return Binding(
        key, f"pane('{name}')", name.capitalize(), id=f"compare.{name}", show=False, tooltip=f"To the {name}"
    )


class CompareScreen(RunwatchScreen):
    """Config, summary and curves of the runs with these keys, in their order; the first is the baseline at the start.

    Where there is room all three are seen; on a small terminal one at a time, like pages.
    """

    DEFAULT_CSS = """
    CompareScreen TabBar { display: none; margin: 0 0 1 0; }
    CompareScreen #panes { layout: grid; grid-size: 2; grid-columns: 3fr 2fr; grid-rows: auto 1fr; grid-gutter: 1 2; }
    CompareScreen DiffTable, CompareScreen SummaryTable { height: auto; max-height: 45vh; }
    CompareScreen #curves { column-span: 2; padding: 0 1 0 0; }
    CompareScreen.-tall #panes { margin: 1 0 0 0; }
    CompareScreen.-short TabBar { margin: 0; }
    CompareScreen.-narrow TabBar { display: block; }
    CompareScreen.-narrow #panes { layout: vertical; }
    CompareScreen.-narrow .pane { display: none; height: 1fr; max-height: 100%; }
    CompareScreen.-narrow .pane.-current { display: block; }
    CompareScreen.-full TabBar, CompareScreen.-full DiffTable, CompareScreen.-full SummaryTable { display: none; }
    CompareScreen.-full #panes { layout: vertical; margin: 0; }
    """
    KIND: ClassVar[str] = "compare"
    BINDINGS = [
        Binding("escape,q,backspace", "back", "Back", id="compare.back", tooltip="Back to where you came from"),
        Binding("tab", "turn(1)", "Pane", id="compare.next", tooltip="To the next pane", priority=True),
        Binding("shift+tab", "turn(-1)", "Pane back", id="compare.previous", show=False, tooltip="To the pane before"),
        *(_pane(str(place), name) for place, name in enumerate(PANES, 1)),
    ]

    def __init__(
        self, model: Model, keys: Sequence[str], look: Look | None = None, view: Mapping[str, Any] | None = None
    ) -> None:
        super().__init__(model, view)
        self._look = look or Look()
        self.keys = tuple(dict.fromkeys(keys))
        """The runs that are compared."""
        self.baseline = self.keys[0] if self.keys else ""
        """The run that the others are compared with."""
        self._pane = "config"
        self._compared: list[object] = []
        self._stale = False

    @property
    def runs(self) -> list[Run]:
        """Those of the runs that are still there."""
        return [self.model.runs[key] for key in self.keys if key in self.model.runs]

    def compose_body(self) -> ComposeResult:
        yield TabBar(PANES, self._pane)
        with Container(id="panes"):
            yield DiffTable(id="config")
            yield SummaryTable(id="summary")
            yield ChartGrid(self._look, id="curves")

    def on_mount(self) -> None:
        for name in PANES:
            self._widget(name).add_class("pane")
        self._widget("curves", ChartGrid).empty_text = "these runs have no metric in common yet"
        self.restore(self._view)
        self.set_interval(SUMMARY_SECONDS, self._refresh_summary)
        self.show_all()
        self.action_pane(self._pane)

    def on_screen_resume(self) -> None:
        if self.is_mounted:
            self._show_rest()

    # -- what is new --------------------------------------------------------------------------------------------

    def show(self, changes: Changes) -> None:
        if changes.gone & set(self.keys):
            self.notify("A run that was compared has been deleted", severity="warning", timeout=4)
            self._show_rest()
            return
        if changes.touched & set(self.keys):
            self._stale = True
            self._show_config()
            self._show_curves(changes.touched)

    def _show_rest(self) -> None:
        """Go on with the runs that are left; where there is none, go back."""
        if self.runs or not self.is_current:
            self.show_all()
        else:
            self.app.pop_screen()

    def show_all(self) -> None:
        """Bring everything up to date."""
        self._stale = True
        self._compared = []
        self.trail = f"{self.model.path} › {len(self.runs)} runs"
        self._show_config()
        self._refresh_summary()
        self._widget("curves", ChartGrid).set_charts(self._charts())

    def _show_config(self) -> None:
        """Compare the configs again, if one of them was read anew."""
        runs = self.runs
        inputs: list[object] = [self.baseline, *(part for run in runs for part in (run.config, run.record))]
        if len(inputs) == len(self._compared) and all(map(_same, inputs, self._compared)):
            return
        self._compared = inputs
        table = self._widget("config", DiffTable)
        table.baseline = self._baseline(runs)
        diff = ConfigDiff.of([run.config for run in runs], [origin(run) for run in runs], table.baseline)
        table.show(diff, self._heads(runs))

    def _refresh_summary(self) -> None:
        if not self._stale or not self.is_current:
            return
        self._stale = False
        runs = self.runs
        rules = [rule for run in runs for rule in run.record.metrics]
        summaries = [summary_values(run) for run in runs]
        diff = SummaryDiff.of(summaries, lambda metric: summary_modes(metric, rules), curves.by_relevance)
        table = self._widget("summary", SummaryTable)
        table.baseline = self._baseline(runs)
        table.show(diff, self._heads(runs))

    def _show_curves(self, touched: frozenset[str]) -> None:
        changed = curves.touched(self.runs, touched)
        grid = self._widget("curves", ChartGrid)
        grid.update(chart for chart in self._charts() if chart.metric in changed)

    def _charts(self) -> list[ChartSpec]:
        """One chart for each metric that two runs have in common; all of them where there is none such."""
        runs = self.runs
        charts = curves.charts(runs, self.model.swatches, self.model.clock())
        return [chart for chart in charts if len(chart.lines) > 1] if len(runs) > 1 else charts

    def _heads(self, runs: Sequence[Run]) -> list[Head]:
        return [Head(run.name, self.model.swatches[run.key]) for run in runs]

    def _baseline(self, runs: Sequence[Run]) -> int:
        return next((place for place, run in enumerate(runs) if run.key == self.baseline), 0)

    # -- what a person does -------------------------------------------------------------------------------------

    @on(SideBySide.BaselineChosen)
    def _choose_baseline(self, message: SideBySide.BaselineChosen) -> None:
        self.baseline = self.runs[message.run].key
        self.show_all()

    @on(LineView.Opened)
    def _open(self, message: LineView.Opened) -> None:
        view = message.view
        if isinstance(view, SideBySide) and self.runs:
            title = "".join(span.text for span in view.key(message.row)).strip()
            texts = [view.value_text(message.row, run) for run in range(len(view.heads))]
            passages = [
                Passage(head.line(60), text or "– missing", "" if text else "dim")
                for head, text in zip(view.heads, texts, strict=True)
            ]
            self.app.push_screen(ValueScreen(title, passages, texts[view.column]))

    def action_back(self) -> None:
        """Back to the screen one came from."""
        self.app.pop_screen()

    def action_pane(self, name: str) -> None:
        """Go to a pane; one chart that has all room gives it back."""
        if name != "curves":
            self._widget("curves", ChartGrid).action_leave_full()
        self._pane = name
        for other in PANES:
            self._widget(other).set_class(other == name, "-current")
        self.query_one(TabBar).current = name
        self.call_after_refresh(self._focus_pane)

    def _focus_pane(self) -> None:
        """Give the keyboard to the pane; among charts to the first of them."""
        pane = self._widget(self._pane)
        (pane.charts[0] if isinstance(pane, ChartGrid) and pane.charts else pane).focus()

    def action_turn(self, panes: int) -> None:
        """Go so many panes on."""
        self.action_pane(PANES[(PANES.index(self._pane) + panes) % len(PANES)])

    def on_tab_bar_chosen(self, message: TabBar.Chosen) -> None:
        self.action_pane(message.name)

    def _widget(self, name: str, kind: type[Any] = Widget) -> Any:
        return self.query_one(f"#{name}", kind)

    # -- what is remembered -------------------------------------------------------------------------------------

    def concerns(self, notice: Notice) -> bool:
        return notice.run_key in self.keys

    def in_sight(self) -> Sequence[str]:
        return self.keys

    def view(self) -> dict[str, Any]:
        return {
            "of": list(self.keys),
            "pane": self._pane,
            "identical": self._widget("config", DiffTable).identical,
            "deltas": self._widget("summary", SummaryTable).deltas,
            "curves": self._widget("curves", ChartGrid).state,
        }

    def restore(self, view: Mapping[str, Any]) -> None:
        self._pane = next((name for name in PANES if name == view.get("pane")), self._pane)
        self._widget("config", DiffTable).identical = view.get("identical") is True
        self._widget("summary", SummaryTable).deltas = view.get("deltas") is True
        state = view.get("curves")
        if isinstance(state, Mapping):
            own = {key: state[key] for key in state if view.get("of") == list(self.keys) or key not in ITS_OWN}
            self._widget("curves", ChartGrid).restore(own)


def _same(one: object, other: object) -> bool:
    return one is other or (isinstance(one, str) and one == other)
