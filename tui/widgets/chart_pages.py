"""Charts a page at a time: which are shown, and as widgets only those.

The others are specs in a dictionary and cost nothing. What a person arranges (order, pins, folds, filter, rows and
columns, axes, smoothing, zoom) is ``state``, plain data.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import tzinfo
from typing import Any

from textual.message import Message

from tui.charts import describe, paging
from tui.charts.arrangement import Arrangement
from tui.charts.line import ChartSpec, Look
from tui.charts.paging import Page, Place
from tui.charts.plot import Plot
from tui.widgets import chart_state
from tui.widgets.chart import Chart
from tui.widgets.page_view import PageView

_KEPT_PLOTS = 64


class ChartPages(PageView):
    """Charts in sections and pages, with one x axis, one smoothing, one window and one cursor.

    Args:
        look: The look that all charts begin with.
        zone: The time zone of wall-clock labels; None is the machine's.
    """

    @dataclass
    class PageChanged(Message):
        """Other charts are on the screen now: the only ones whose news are needed."""

        grid: ChartPages
        metrics: frozenset[str]

        @property
        def control(self) -> ChartPages:
            """The grid."""
            return self.grid

    @dataclass
    class StateChanged(Message):
        """A person changed something that ``state`` holds."""

        grid: ChartPages

        @property
        def control(self) -> ChartPages:
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
        self._look = (look or Look())._replace(quiet=True)
        self._zone = zone
        self._own: chart_state.Own = {}
        self._specs: dict[str, ChartSpec] = {}
        self._plots: dict[str, Plot] = {}
        self._arrangement = Arrangement()
        self._full: str | None = None
        self._number = 0

    def set_charts(self, specs: Sequence[ChartSpec]) -> None:
        """Show these charts and no others."""
        self._specs = {spec.metric: spec for spec in specs}
        self._plots = {metric: plot for metric, plot in self._plots.items() if metric in self._specs}
        self._turn(self._number)
        if specs and not self.size.area:  # laid out at this very moment: its resize may have been told before
            self.call_after_refresh(self.on_resize)

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
    def specs(self) -> Collection[ChartSpec]:
        """All charts, also those that are on no page now."""
        return self._specs.values()

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
        self._look = look._replace(quiet=True)
        self._note()
        for chart in self.charts:
            chart.look = self._look_of(chart.metric)

    def highlight(self, key: str | None) -> None:
        """Put one line (a run's key) on top in all charts; the others recede."""
        self.look = self._look._replace(highlight=key)

    @property
    def pattern(self) -> str:
        """The regular expression that has to be found in a metric; empty shows all."""
        return self._arrangement.pattern

    @pattern.setter
    def pattern(self, pattern: str) -> None:
        self._rearrange(self._arrangement._replace(pattern=pattern))

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

    def _rearrange(self, arrangement: Arrangement) -> None:
        if arrangement != self._arrangement:
            self._arrangement = arrangement
            self._turn(self._number)
            self.post_message(self.StateChanged(self))

    @property
    def focused_chart(self) -> Chart | None:
        """The chart that has the keyboard."""
        return next((chart for chart in self.charts if chart.has_focus), None)

    def _pool(self) -> list[Chart]:
        return [child for child in self.children if isinstance(child, Chart)]

    def _look_of(self, metric: str) -> Look:
        """The look of one chart, which says itself what there is no last line for."""
        log, full_range = self._own.get(metric, (self._look.log, self._look.full_range))
        return self._look._replace(log=log, full_range=full_range, quiet=self.page.foot)

    def _turn(self, number: int) -> None:
        """Work out the page and give its charts to widgets; the focus stays with its chart, else with its place."""
        columns, lines = self.size
        before, focused = self.page, self.focused_chart
        place = self.charts.index(focused) if focused else 0
        metric = focused.metric if focused else None
        self.page = self._page(number, columns, lines)
        self._number = self.page.number if self._specs else number
        self.pattern_text = f"/{self.pattern}/" if self.pattern else ""
        self.left_out_text = self._why_none()
        self.can_focus = not self.page.places
        self._note()
        if columns and lines:
            self._fill()
        if self.page != before:
            self._arrange_again()
            self.post_message(self.PageChanged(self, self.shown))
        if metric is not None and metric not in self.shown:
            self.call_after_refresh(self._focus_place, place)

    def _why_none(self) -> str:
        """Why no chart is shown although there are some, and the key that changes it; empty where that is not so."""
        if not self._specs or self.page.places:
            return ""
        if self.page.folded:
            return "all sections are folded: V unfolds them"
        if self.pattern:
            return f"no metric matches {self.pattern_text}: \\ changes that"
        return "all charts are hidden: H shows them"

    def _arrange_again(self) -> None:
        """Put the charts where the page says. A widget keeps how it arranged its children until one of them asks."""
        for chart in self._pool():
            chart.refresh(layout=True)
        self.refresh(layout=True)

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

    def _focus_place(self, place: int) -> None:
        """Focus the chart at a place of the page, or the last one; the grid itself where there is none."""
        charts = self.charts
        if charts:
            charts[min(place, len(charts) - 1)].focus()
        else:
            self.focus()
