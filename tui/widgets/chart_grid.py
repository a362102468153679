"""``ChartGrid``: many charts, a page at a time, with one x axis, one smoothing, one window and one cursor.

Only the charts of the page exist as widgets; the others are specs in a dictionary and cost nothing. What a person
arranges (order, pins, folds, filter, rows and columns, axes, smoothing) is ``state``, plain data.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import tzinfo
from typing import Any

from rich.segment import Segment
from textual import events, on
from textual.binding import Binding
from textual.geometry import NULL_OFFSET, NULL_SPACING, Region, Size
from textual.layout import ArrangeResult, Layout, WidgetPlacement
from textual.message import Message
from textual.strip import Strip
from textual.widget import Widget

from tui.charts import paging
from tui.charts.celltext import cut, pad, plain, width
from tui.charts.line import ChartSpec, Look
from tui.charts.paging import Arrangement, Page, Place
from tui.charts.plot import Plot
from tui.widgets import chart_state
from tui.widgets.chart import Chart

_KEPT_PLOTS = 64


def _key(keys: str, verb: str, description: str, tooltip: str, *, show: bool = False) -> Binding:
    return Binding(keys, verb, description, show=show, id=f"charts.{verb}", tooltip=tooltip)


class _Places(Layout):
    """Puts each chart where the page says."""

    name = "places"

    def arrange(
        self,
        parent: Widget,
        children: list[Widget],
        size: Size,  # noqa: ARG002
        greedy: bool = True,  # noqa: ARG002
    ) -> ArrangeResult:
        parent.pre_layout(self)
        assert isinstance(parent, ChartGrid)
        places = {place.metric: place for place in parent.page.places}
        return [_placement(child, places.get(child.metric)) for child in children if isinstance(child, Chart)]


def _placement(child: Chart, place: Place | None) -> WidgetPlacement:
    region = Region(place.left, place.top, place.width, place.height) if place else Region(0, 0, 0, 0)
    return WidgetPlacement(region, NULL_OFFSET, NULL_SPACING, child)


class ChartGrid(Widget, can_focus=True, can_focus_children=True):
    """Charts in sections and pages.

    Args:
        look: The look that all charts begin with.
        zone: The time zone of wall-clock labels; None is the machine's.
    """

    COMPONENT_CLASSES = {"chart-grid--heading", "chart-grid--rule", "chart-grid--foot"}
    DEFAULT_CSS = """
    ChartGrid { width: 1fr; height: 1fr; }
    ChartGrid > .chart-grid--heading { color: $dim; text-style: bold; }
    ChartGrid > .chart-grid--rule { color: $faint; }
    ChartGrid > .chart-grid--foot { color: $dim; }
    """
    BINDINGS = [
        _key("f", "toggle_full", "full", "One chart on the whole screen, and back", show=True),
        _key("up", "focus_up", "chart above", "To the chart above"),
        _key("down", "focus_down", "chart below", "To the chart below"),
        _key("comma", "focus_before", "chart before", "To the chart before"),
        _key("full_stop", "focus_after", "next chart", "To the next chart"),
        _key("pagedown", "next_page", "next page", "The next page of charts", show=True),
        _key("pageup", "previous_page", "page before", "The page before"),
        _key("right_square_bracket", "more_columns", "columns +", "More columns of charts"),
        _key("left_square_bracket", "fewer_columns", "columns -", "Fewer columns of charts"),
        _key("right_curly_bracket", "more_rows", "rows +", "More rows of charts"),
        _key("left_curly_bracket", "fewer_rows", "rows -", "Fewer rows of charts"),
        _key("p", "pin", "pin", "Put this chart first, or back"),
        _key("less_than_sign", "move_before", "earlier", "Move this chart one place towards the start"),
        _key("greater_than_sign", "move_after", "later", "Move this chart one place towards the end"),
        _key("v", "fold", "fold", "Fold the section of this chart"),
        _key("V", "unfold", "unfold", "Unfold all sections"),
        _key("h", "hide", "hide", "Hide this chart"),
        _key("H", "show_hidden", "show hidden", "Show hidden charts again"),
        _key("escape", "leave_full", "back", "Back from the one chart to all"),
    ]

    @dataclass
    class PageChanged(Message):
        """Other charts are on the screen now."""

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
        self._look = look or Look()
        self._zone = zone
        self._own: dict[str, tuple[bool, bool]] = {}
        self._specs: dict[str, ChartSpec] = {}
        self._plots: dict[str, Plot] = {}
        self._arrangement = Arrangement()
        self._full: str | None = None
        self._number = 0
        self._page = Page()
        self._places_layout = _Places()
        self.metrics_for_x: tuple[str, ...] = ()
        self.empty_text = "no metrics yet"

    # Attributes, set from above --------------------------------------------------------------------------------------

    @property
    def layout(self) -> Layout:
        """Charts stand where the page says."""
        return self._places_layout

    @property
    def page(self) -> Page:
        """What is on the screen."""
        return self._page

    @property
    def shown(self) -> frozenset[str]:
        """The metrics on the screen: the only ones whose news cost anything."""
        return frozenset(place.metric for place in self._page.places)

    @property
    def charts(self) -> list[Chart]:
        """The charts on the screen, in order."""
        by_metric = {chart.metric: chart for chart in self._pool()}
        return [by_metric[place.metric] for place in self._page.places if place.metric in by_metric]

    @property
    def look(self) -> Look:
        """What all charts have in common: x axis, smoothing, window, cursor, highlight."""
        return self._look

    @look.setter
    def look(self, look: Look) -> None:
        self._look = look
        for chart in self.charts:
            chart.look = self._look_of(chart.metric)

    def set_charts(self, specs: Sequence[ChartSpec]) -> None:
        """Show these charts and no others."""
        self._specs = {spec.metric: spec for spec in specs}
        self._plots = {metric: plot for metric, plot in self._plots.items() if metric in self._specs}
        if self._full not in self._specs:
            self._full = None
        self._turn(self._number)

    def update(self, specs: Iterable[ChartSpec]) -> None:
        """Take over charts that have news, and new ones; only what is on the screen is drawn."""
        fresh = {spec.metric: spec for spec in specs}
        known = fresh.keys() <= self._specs.keys()
        self._specs |= fresh
        if not known:
            self._turn(self._number)
            return
        for chart in self.charts:
            if chart.metric in fresh:
                chart.show(fresh[chart.metric])

    def highlight(self, key: str | None) -> None:
        """Put one line (a run's key) on top in all charts; the others recede."""
        self.look = replace(self._look, highlight=key)

    @property
    def pattern(self) -> str:
        """The regular expression that metrics have to match; empty shows all."""
        return self._arrangement.pattern

    @pattern.setter
    def pattern(self, pattern: str) -> None:
        self._rearrange(pattern=pattern)

    @property
    def state(self) -> dict[str, Any]:
        """What a person set, as plain data for ``restore``."""
        return chart_state.saved(self._arrangement, self._look, self._own, self._number, self._full)

    def restore(self, state: Mapping[str, Any]) -> None:
        """Take back what ``state`` gave another time; what does not fit is ignored."""
        self._arrangement, self._look, self._own, self._number, self._full = chart_state.restored(state, self._look)
        self._turn(self._number)

    # The page --------------------------------------------------------------------------------------------------------

    def _pool(self) -> list[Chart]:
        return [child for child in self.children if isinstance(child, Chart)]

    def _look_of(self, metric: str) -> Look:
        log, full_range = self._own.get(metric, (self._look.log, self._look.full_range))
        return replace(self._look, log=log, full_range=full_range)

    def _turn(self, number: int) -> None:
        """Work out the page and give its charts to widgets."""
        before = self.shown
        columns, lines = self.size
        if self._full is not None and self._full in self._specs:
            self._page = Page((Place(self._full, 0, 0, columns, lines),))
        else:
            metrics = {metric: spec.heading for metric, spec in self._specs.items()}
            self._page = paging.page(metrics, self._arrangement, number, columns, lines)
            self._number = self._page.number
        if columns and lines:
            self._fill()
        self.refresh(layout=True)
        if self.shown != before:
            self.post_message(self.PageChanged(self, self.shown))

    def _fill(self) -> None:
        """One widget for each place: those that show its chart already stay, others are given it, more are made."""
        pool = self._pool()
        showing = {chart.metric: chart for chart in pool}
        wanted = [place.metric for place in self._page.places]
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

    # What a person changes -------------------------------------------------------------------------------------------

    def _rearrange(self, **changes: Any) -> None:
        arrangement = replace(self._arrangement, **changes)
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
        self._show_full(None if self._full else message.chart.metric)

    def _show_full(self, metric: str | None) -> None:
        here = self._here()
        self._full = metric
        self._turn(self._number)
        self.post_message(self.StateChanged(self))
        self.call_after_refresh(self._focus_metric, metric or here)

    def _focus_metric(self, metric: str | None) -> None:
        for chart in self.charts:
            if chart.metric == metric:
                chart.focus()

    def action_toggle_full(self) -> None:
        """The focused chart alone, or all again."""
        self._show_full(None if self._full else self._here())

    def action_leave_full(self) -> None:
        """All charts again."""
        self._show_full(None)

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        """Escape is the grid's only while one chart has the screen."""
        if action == "leave_full":
            return self._full is not None
        return super().check_action(action, parameters)

    def _focus_by(self, places: int) -> None:
        """Move the focus by so many charts, to the next page where this one ends."""
        charts = self.charts
        focused = self.focused_chart
        if not charts or self._full:
            return
        at = charts.index(focused) + places if focused else 0
        if 0 <= at < len(charts):
            charts[at].focus()
        elif at < 0 and self._page.number > 0:
            self._turn(self._page.number - 1)
            self.call_after_refresh(self._focus_at, -1)
        elif at >= len(charts) and self._page.number < self._page.pages - 1:
            self._turn(self._page.number + 1)
            self.call_after_refresh(self._focus_at, 0)

    def _focus_at(self, place: int) -> None:
        if self.charts:
            self.charts[place].focus()

    def action_focus_up(self) -> None:
        """To the chart above."""
        self._focus_by(-self._page.columns)

    def action_focus_down(self) -> None:
        """To the chart below."""
        self._focus_by(self._page.columns)

    def action_focus_before(self) -> None:
        """To the chart before."""
        self._focus_by(-1)

    def action_focus_after(self) -> None:
        """To the next chart."""
        self._focus_by(1)

    def action_next_page(self) -> None:
        """The next page."""
        self._go_to(self._page.number + 1)

    def action_previous_page(self) -> None:
        """The page before."""
        self._go_to(self._page.number - 1)

    def _go_to(self, number: int) -> None:
        had_focus = self.focused_chart is not None
        self._turn(number)
        if had_focus:
            self.call_after_refresh(self._focus_at, 0)

    def action_more_columns(self) -> None:
        """One column more."""
        self._rearrange(columns=min(9, self._page.columns + 1))

    def action_fewer_columns(self) -> None:
        """One column less."""
        self._rearrange(columns=max(1, self._page.columns - 1))

    def action_more_rows(self) -> None:
        """One row more."""
        self._rearrange(rows=min(9, self._page.rows + 1))

    def action_fewer_rows(self) -> None:
        """One row less."""
        self._rearrange(rows=max(1, self._page.rows - 1))

    def action_pin(self) -> None:
        """Pin the chart, or let it go."""
        metric, pinned = self._here(), self._arrangement.pinned
        if metric is not None:
            self._rearrange(pinned=tuple(p for p in pinned if p != metric) if metric in pinned else (*pinned, metric))

    def action_move_before(self) -> None:
        """One place towards the start."""
        self._move(-1)

    def action_move_after(self) -> None:
        """One place towards the end."""
        self._move(1)

    def _move(self, by: int) -> None:
        metric = self._here()
        if metric is None:
            return
        if metric in self._arrangement.pinned:
            self._rearrange(pinned=paging.moved(self._arrangement.pinned, metric, by))
            return
        known = [name for name in self._arrangement.order if name in self._specs]
        self._rearrange(order=paging.moved(dict.fromkeys([*known, *self._specs]), metric, by))

    def action_fold(self) -> None:
        """Fold the chart's section."""
        metric = self._here()
        if metric is not None:
            section = paging.PINNED if metric in self._arrangement.pinned else self._specs[metric].heading
            self._rearrange(folded=self._arrangement.folded | {section})

    def action_unfold(self) -> None:
        """Unfold everything."""
        self._rearrange(folded=frozenset[str]())

    def toggle_section(self, section: str) -> None:
        """Fold a section, or unfold it."""
        self._rearrange(folded=self._arrangement.folded ^ {section})

    def action_hide(self) -> None:
        """Hide the chart."""
        metric = self._here()
        if metric is not None:
            self._rearrange(hidden=self._arrangement.hidden | {metric})

    def action_show_hidden(self) -> None:
        """Show hidden charts again."""
        self._rearrange(hidden=frozenset[str]())

    # What the grid itself draws: headings, and the last line ---------------------------------------------------------

    def render_line(self, y: int) -> Strip:
        """A line between the charts."""
        headings = [heading for heading in self._page.headings if heading.top == y]
        base = self.rich_style
        if headings:
            parts = self._heading_parts(headings)
        elif y == self.size.height - 1 and self._full is None:
            parts = [(self._foot(), "foot")]
        elif not self._page.places and y == self.size.height // 3:
            parts = [(self.empty_text.center(self.size.width).rstrip(), "foot")]
        else:
            return Strip.blank(self.size.width, base)
        segments = [
            Segment(text, self.get_component_rich_style(f"chart-grid--{part}") if part else base)
            for text, part in parts
        ]
        return Strip(segments).adjust_cell_length(self.size.width, base)

    def _heading_parts(self, headings: Sequence[paging.Heading]) -> list[tuple[str, str]]:
        parts: list[tuple[str, str]] = []
        at = 0
        for heading in headings:
            name = cut(plain(heading.section) or "other", heading.width - 6)
            text = f" ▾ {name} "
            parts += [(" " * (heading.left - at), ""), (text, "heading")]
            parts.append(("─" * max(0, heading.width - width(text)), "rule"))
            at = heading.left + heading.width
        return parts

    def _foot(self) -> str:
        page = self._page
        parts = [f"▸ {plain(name) or 'other'} {count}" for name, count in page.folded.items()]
        if self._arrangement.pattern:
            parts.append(f"/{plain(self._arrangement.pattern)}/")
        left = "   ".join(parts)
        right = f"page {page.number + 1} of {page.pages}" if page.pages > 1 else ""
        space = self.size.width - 2 - len(right)
        return " " + pad(cut(left, space), space) + right

    def on_click(self, event: events.Click) -> None:
        """A click on a heading folds its section; one on a folded section opens it."""
        if event.widget is not self:
            return
        for heading in self._page.headings:
            if heading.top == event.y and heading.left <= event.x < heading.left + heading.width:
                self.toggle_section(heading.section)
                return
        if event.y == self.size.height - 1:
            self._click_foot(event.x)

    def _click_foot(self, x: int) -> None:
        at = 1
        for name, count in self._page.folded.items():
            end = at + width(f"▸ {plain(name) or 'other'} {count}")
            if at <= x < end:
                self.toggle_section(name)
                return
            at = end + 3
