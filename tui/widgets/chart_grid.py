"""``ChartGrid``: many charts, a page at a time, with one x axis, one smoothing, one window and one cursor.

Only the charts of the page exist as widgets; the others are specs in a dictionary and cost nothing. What a person
arranges (order, pins, folds, filter, rows and columns, axes, smoothing, zoom) is ``state``, plain data.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import tzinfo
from typing import Any, Literal

from textual import events, on
from textual.binding import Binding
from textual.message import Message

from tui.charts import describe, paging
from tui.charts.arrangement import PINNED, Arrangement
from tui.charts.line import ChartSpec, Look
from tui.charts.paging import Page, Place
from tui.charts.plot import Plot
from tui.widgets import chart_state
from tui.widgets.chart import Chart
from tui.widgets.page_view import PageView
from tui.widgets.pattern_input import PatternInput

_KEPT_PLOTS = 64


def _key(keys: str, verb: str, action: str, description: str, tooltip: str, *, show: bool = False) -> Binding:
    return Binding(keys, action, description, show=show, id=f"charts.{verb}", tooltip=tooltip)


class ChartGrid(PageView):
    """Charts in sections and pages. The charts take the focus; the grid does only when it has none to show.

    Args:
        look: The look that all charts begin with.
        zone: The time zone of wall-clock labels; None is the machine's.
    """

    ALLOW_SELECT = False
    BINDINGS = [
        _key("f", "full", "full", "full", "One chart on the whole screen, and back", show=True),
        _key("up", "up", "focus_row(-1)", "chart above", "To the chart above"),
        _key("down", "down", "focus_row(1)", "chart below", "To the chart below"),
        _key("comma", "before", "focus_by(-1)", "chart before", "To the chart before"),
        _key("full_stop", "after", "focus_by(1)", "next chart", "To the next chart"),
        _key("pagedown", "next_page", "turn(1)", "next page", "The next page of charts", show=True),
        _key("pageup", "previous_page", "turn(-1)", "page before", "The page before"),
        _key("right_square_bracket", "more_columns", "resize(0, 1)", "columns +", "More columns of charts"),
        _key("left_square_bracket", "fewer_columns", "resize(0, -1)", "columns -", "Fewer columns of charts"),
        _key("right_curly_bracket", "more_rows", "resize(1, 0)", "rows +", "More rows of charts"),
        _key("left_curly_bracket", "fewer_rows", "resize(-1, 0)", "rows -", "Fewer rows of charts"),
        _key("p", "pin", "arrange('pinned')", "pin", "Put this chart first, or back", show=True),
        _key("less_than_sign", "move_before", "move(-1)", "earlier", "Move this chart one place towards the start"),
        _key("greater_than_sign", "move_after", "move(1)", "later", "Move this chart one place towards the end"),
        _key("v", "fold", "arrange('folded')", "fold", "Fold the section of this chart"),
        _key("V", "unfold", "unfold", "unfold", "Unfold all sections"),
        _key("h", "hide", "arrange('hidden')", "hide", "Hide this chart"),
        _key("H", "show_hidden", "show_hidden", "show hidden", "Show hidden charts again"),
        _key("backslash", "filter", "filter", "filter", "Show the charts whose metric matches a regular expression"),
        _key("escape", "leave_full", "leave_full", "all charts", "Back from the one chart to all"),
    ]

    @dataclass
    class PageChanged(Message):
        """Other charts are on the screen now: the only ones whose news are needed."""

        grid: ChartGrid
        metrics: frozenset[str]

        @property
        def control(self) -> ChartGrid:
            """The grid."""
            return self.grid

    @dataclass
    class StateChanged(Message):
        """A person changed something that ``state`` holds."""

        grid: ChartGrid

        @property
        def control(self) -> ChartGrid:
            """The grid."""
            return self.grid

    def __init__(
        self,
        look: Look | None = None,
        *,
        zone: tzinfo | None = None,
        name: str | None = None,
        id: str | None = None,  # noqa: A002
        classes: str | None = None,
    ) -> None:
        super().__init__(name=name, id=id, classes=classes)
        self._look = replace(look or Look(), quiet=True)
        self._zone = zone
        self._own: chart_state.Own = {}
        self._specs: dict[str, ChartSpec] = {}
        self._plots: dict[str, Plot] = {}
        self._arrangement = Arrangement()
        self._full: str | None = None
        self._number = 0
        self._input = PatternInput()
        self.metrics_for_x: tuple[str, ...] = ()

    # Attributes, set from above --------------------------------------------------------------------------------------

    def set_charts(self, specs: Sequence[ChartSpec]) -> None:
        """Show these charts and no others."""
        self._specs = {spec.metric: spec for spec in specs}
        self._plots = {metric: plot for metric, plot in self._plots.items() if metric in self._specs}
        self._turn(self._number)

    def update(self, specs: Iterable[ChartSpec]) -> None:
        """Take over charts that have news, and new ones; only those on the screen are drawn."""
        fresh = {spec.metric: spec for spec in specs}
        known = fresh.keys() <= self._specs.keys()
        self._specs |= fresh
        if not known:
            self._turn(self._number)
            return
        for chart in self.charts:
            if chart.metric in fresh:
                chart.show(fresh[chart.metric])

    @property
    def shown(self) -> frozenset[str]:
        """The metrics on the screen: the only ones whose news cost anything."""
        return frozenset(place.metric for place in self.page.places)

    @property
    def charts(self) -> list[Chart]:
        """The charts on the screen, in order."""
        by_metric = {chart.metric: chart for chart in self._pool()}
        return [by_metric[place.metric] for place in self.page.places if place.metric in by_metric]

    @property
    def look(self) -> Look:
        """What all charts have in common: x axis, smoothing, window, cursor, highlight."""
        return self._look

    @look.setter
    def look(self, look: Look) -> None:
        self._look = replace(look, quiet=True)
        self._note()
        for chart in self.charts:
            chart.look = self._look_of(chart.metric)

    def highlight(self, key: str | None) -> None:
        """Put one line (a run's key) on top in all charts; the others recede."""
        self.look = replace(self._look, highlight=key)

    @property
    def pattern(self) -> str:
        """The regular expression that has to be found in a metric; empty shows all."""
        return self._arrangement.pattern

    @pattern.setter
    def pattern(self, pattern: str) -> None:
        self._rearrange(replace(self._arrangement, pattern=pattern))

    @property
    def full(self) -> str | None:
        """The metric that has the whole screen."""
        return self._full if self._full in self._specs else None

    @property
    def state(self) -> dict[str, Any]:
        """What a person set, as plain data for ``restore``."""
        return chart_state.saved(self._arrangement, self._look, self._own, self._number, self._full)

    def restore(self, state: Mapping[str, Any]) -> None:
        """Take back what ``state`` gave another time; what does not fit is ignored."""
        self._arrangement, self._look, self._own, number, self._full = chart_state.restored(state, self._look)
        self._turn(number)

    # The page --------------------------------------------------------------------------------------------------------

    def _pool(self) -> list[Chart]:
        return [child for child in self.children if isinstance(child, Chart)]

    def _look_of(self, metric: str) -> Look:
        log, full_range = self._own.get(metric, (self._look.log, self._look.full_range))
        return replace(self._look, log=log, full_range=full_range)

    def _turn(self, number: int) -> None:
        """Work out the page and give its charts to widgets; the focus stays with its chart, else with its place."""
        columns, lines = self.size
        before, focused = self.page, self.focused_chart
        place = self.charts.index(focused) if focused else 0
        metric = focused.metric if focused else None
        self.page = self._page(number, columns, lines)
        self._number = self.page.number if self._specs else number
        self.pattern_text = f"/{self.pattern}/" if self.pattern else ""
        self.can_focus = not self.page.places
        self._note()
        if columns and lines:
            self._fill()
        if self.page != before:
            self.refresh(layout=True)
            self.post_message(self.PageChanged(self, self.shown))
        if metric is not None and metric not in self.shown:
            self.call_after_refresh(self._focus_place, place)

    def _page(self, number: int, columns: int, lines: int) -> Page:
        if self.full is not None:
            return Page((Place(self.full, 0, 0, columns, lines),), number=number, foot=False)
        metrics = {metric: spec.heading for metric, spec in self._specs.items()}
        return paging.page(metrics, self._arrangement, number, columns, lines)

    def _note(self) -> None:
        """Say on the last line what all charts have in common."""
        axis = self._look.xaxis
        notes = (*(() if axis.kind == "step" else (axis.label,)), *describe.shared_notes(self._look))
        if notes != self.notes:
            self.notes = notes
            self.refresh()

    def _fill(self) -> None:
        """One widget for each place: those that show its chart already stay, others are given it, more are made."""
        pool = self._pool()
        showing = {chart.metric: chart for chart in pool}
        wanted = [place.metric for place in self.page.places]
        spare = [chart for chart in pool if chart.metric not in wanted]
        fresh = []
        for metric in wanted:
            chart = showing.get(metric) or (spare.pop() if spare else None)
            if chart is None:
                chart = Chart(zone=self._zone)
                fresh.append(chart)
            chart.metrics_for_x = self.metrics_for_x
            chart.display = True
            chart.show(self._specs[metric], self._look_of(metric), self._plot(metric))
        for chart in spare:
            chart.display = False
            chart.show(ChartSpec(""), plot=Plot(self._zone))
        if fresh:
            self.mount_all(fresh)

    def _plot(self, metric: str) -> Plot:
        """The engine's state of a chart; those not seen for longest are let go."""
        plot = self._plots.pop(metric, None) or Plot(self._zone)
        self._plots[metric] = plot
        while len(self._plots) > _KEPT_PLOTS:
            del self._plots[next(iter(self._plots))]
        return plot

    def on_resize(self) -> None:
        """Fit the page to the new size."""
        self._turn(self._number)

    # What charts tell ------------------------------------------------------------------------------------------------

    @on(Chart.LookChanged)
    def _share_look(self, message: Chart.LookChanged) -> None:
        message.stop()
        look = message.look
        self._own[message.chart.metric] = (look.log, look.full_range)
        self.look = replace(look, log=self._look.log, full_range=self._look.full_range, focused=False)
        self.post_message(self.StateChanged(self))

    @on(Chart.CursorMoved)
    def _share_cursor(self, message: Chart.CursorMoved) -> None:
        self.look = replace(self._look, cursor=message.x)

    @on(Chart.Maximised)
    def _maximise(self, message: Chart.Maximised) -> None:
        message.stop()
        self._show_full(None if self.full else message.chart.metric)

    def on_click(self, event: events.Click) -> None:
        """A click on a heading folds its section; one on a folded section opens it."""
        section = self.section_at(event.x, event.y) if event.widget is self else None
        if section is not None:
            self._rearrange(self._arrangement.toggled("folded", section))

    # What a person changes -------------------------------------------------------------------------------------------

    def _rearrange(self, arrangement: Arrangement) -> None:
        if arrangement != self._arrangement:
            self._arrangement = arrangement
            self._turn(self._number)
            self.post_message(self.StateChanged(self))

    @property
    def focused_chart(self) -> Chart | None:
        """The chart that has the keyboard."""
        return next((chart for chart in self.charts if chart.has_focus), None)

    def _here(self) -> str | None:
        chart = self.focused_chart or next(iter(self.charts), None)
        return chart.metric if chart else None

    def action_full(self) -> None:
        """The focused chart alone, or all again."""
        self._show_full(None if self.full else self._here())

    def action_leave_full(self) -> None:
        """All charts again."""
        self._show_full(None)

    def _show_full(self, metric: str | None) -> None:
        focus = metric or self.full
        self._full = metric
        self._turn(self._number)
        self.post_message(self.StateChanged(self))
        self.call_after_refresh(self._focus_metric, focus)

    def _focus_metric(self, metric: str | None) -> None:
        for chart in self.charts:
            if chart.metric == metric:
                chart.focus()

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        """Escape is the grid's only while one chart has the screen, and what needs many charts only while there are."""
        if action == "leave_full":
            return self.full is not None
        if action in ("focus_row", "focus_by", "turn", "resize", "move", "arrange", "filter"):
            return self.full is None
        return super().check_action(action, parameters)

    def action_focus_row(self, rows: int) -> None:
        """To the chart so many rows below."""
        self.action_focus_by(rows * self.page.columns)

    def action_focus_by(self, places: int) -> None:
        """To the chart so many places on; to another page where this one ends."""
        charts, focused = self.charts, self.focused_chart
        if not charts:
            return
        at = charts.index(focused) + places if focused else 0
        page = self.page.number + (1 if at >= len(charts) else -1 if at < 0 else 0)
        if page == self.page.number:
            charts[at].focus()
        elif 0 <= page < self.page.pages:
            self._turn(page)
            self.call_after_refresh(self._focus_place, 0 if places > 0 else -1)

    def _focus_place(self, place: int) -> None:
        """Focus the chart at a place of the page, or the last one; the grid itself where there is none."""
        charts = self.charts
        if charts:
            charts[min(place, len(charts) - 1)].focus()
        else:
            self.focus()

    def action_turn(self, pages: int) -> None:
        """So many pages on."""
        self._turn(self.page.number + pages)

    def action_resize(self, rows: int, columns: int) -> None:
        """So many rows and columns of charts more."""
        self._rearrange(self._arrangement.resized(self.page.rows + rows, self.page.columns + columns))

    def action_arrange(self, kind: Literal["pinned", "hidden", "folded"]) -> None:
        """Pin the chart, hide it, or fold its section."""
        metric = self._here()
        if metric is None:
            return
        section = PINNED if metric in self._arrangement.pinned else self._specs[metric].heading
        self._rearrange(self._arrangement.toggled(kind, section if kind == "folded" else metric))

    def action_move(self, places: int) -> None:
        """Move the chart among the others."""
        metric = self._here()
        if metric is not None:
            self._rearrange(self._arrangement.moved(metric, places, self._specs))

    def action_filter(self) -> None:
        """Type a regular expression for the metrics."""
        if self._input.parent is None:
            self.mount(self._input)
        self._input.open(self.pattern)

    @on(PatternInput.Typed)
    def _filtered(self, message: PatternInput.Typed) -> None:
        message.stop()
        self.pattern = message.pattern
        if message.done:
            self.call_after_refresh(self._focus_place, 0)

    def action_unfold(self) -> None:
        """Unfold all sections."""
        self._rearrange(replace(self._arrangement, folded=frozenset()))

    def action_show_hidden(self) -> None:
        """Show hidden charts again."""
        self._rearrange(replace(self._arrangement, hidden=frozenset()))
