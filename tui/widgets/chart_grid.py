"""``ChartGrid``: the pages of charts with their keys.

What a person does on one chart (x axis, smoothing, window, cursor) is done to all; logarithmic y and the full y range
stay each chart's own.
"""

from __future__ import annotations

from datetime import tzinfo
from typing import Literal

from textual import events, on
from textual.binding import Binding

from tui.charts import xaxes
from tui.charts.arrangement import PINNED
from tui.charts.line import Look
from tui.widgets.axis_picker import AxisPicker
from tui.widgets.chart import Chart
from tui.widgets.chart_pages import ChartPages
from tui.widgets.pattern_input import PatternInput


def _key(keys: str, verb: str, action: str, description: str, tooltip: str, *, show: bool = False) -> Binding:
    return Binding(keys, action, description, show=show, id=f"charts.{verb}", tooltip=tooltip)


class ChartGrid(ChartPages):
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
        _key("X", "axis", "choose_axis", "x axis …", "Any logged metric as x axis: type a part of its name"),
        _key("escape", "leave_full", "leave_full", "all charts", "Back from the one chart to all"),
    ]

    def __init__(
        self,
        look: Look | None = None,
        *,
        zone: tzinfo | None = None,
        name: str | None = None,
        id: str | None = None,  # noqa: A002
        classes: str | None = None,
    ) -> None:
        super().__init__(look, zone=zone, name=name, id=id, classes=classes)
        self._input = PatternInput()
        self._axes = AxisPicker()

    # What charts tell ------------------------------------------------------------------------------------------------

    @on(Chart.LookChanged)
    def _share_look(self, message: Chart.LookChanged) -> None:
        message.stop()
        look = message.look
        self._own[message.chart.metric] = (look.log, look.full_range)
        self.look = look._replace(log=self._look.log, full_range=self._look.full_range, focused=False)
        self.post_message(self.StateChanged(self))

    @on(Chart.CursorMoved)
    def _share_cursor(self, message: Chart.CursorMoved) -> None:
        self.look = self._look._replace(cursor=message.x)

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

    def _here(self) -> str | None:
        chart = self.focused_chart or next(iter(self.charts), None)
        return chart.metric if chart else None

    def action_full(self) -> None:
        """The focused chart alone, or all again."""
        self._show_full(None if self.full else self._here())

    def action_leave_full(self) -> None:
        """All charts again, where one has all room."""
        if self.full is not None:
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
        if action in ("full", "turn", "move", "arrange", "focus_row", "focus_by") and not self.page.places:
            return False
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

    def action_choose_axis(self) -> None:
        """Choose what runs along x, among all that was logged."""
        if self._axes.parent is None:
            self.mount(self._axes)
        here = self._here()
        asked = self._look.xaxis
        now = asked if here is None else self._specs[here].axis(asked)
        self._axes.open(xaxes.every(self._specs.values()), now, here)

    @on(AxisPicker.Chosen)
    def _take_axis(self, message: AxisPicker.Chosen) -> None:
        message.stop()
        if message.axis is not None:
            self.look = xaxes.along(self._look, message.axis)
            self.post_message(self.StateChanged(self))
        self._focus_metric(message.metric)

    def action_unfold(self) -> None:
        """Unfold all sections."""
        self._rearrange(self._arrangement._replace(folded=frozenset()))

    def action_show_hidden(self) -> None:
        """Show hidden charts again."""
        self._rearrange(self._arrangement._replace(hidden=frozenset()))
