"""``Chart``: a chart with its keys and its mouse.

Attributes go down (``spec``, ``look``), messages go up: what a person does changes the chart's own look and is told
with ``LookChanged`` or ``CursorMoved``, so that a grid can bring its other charts into line.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import tzinfo
from typing import Literal

from textual import events
from textual.binding import Binding
from textual.message import Message

from tui.charts import window as windows
from tui.charts import xaxes
from tui.charts.line import ChartSpec, Look
from tui.charts.plot import Plot
from tui.charts.readings import tsv
from tui.show.text import clean
from tui.widgets.plot_view import PlotView

WHEEL_ZOOM = 1.25
_SELECTED = 2
"""How many columns a drag has to cross to select a range."""


def _key(keys: str, verb: str, action: str, description: str, tooltip: str, *, show: bool = False) -> Binding:
    return Binding(keys, action, description, show=show, id=f"chart.{verb}", tooltip=tooltip)


class Chart(PlotView, can_focus=True):
    """One chart that a person can look into."""

    BINDINGS = [
        _key(
            "x",
            "axis",
            "next_axis",
            "x axis",
            "Step, time since start, time of day, or tokens, epochs and the like",
            show=True,
        ),
        _key("l", "log", "turn('log')", "log", "Logarithmic y axis", show=True),
        _key("plus,equals_sign", "smoother", "smooth(1)", "smooth +", "Smooth the curves more", show=True),
        _key("minus", "rougher", "smooth(-1)", "smooth -", "Smooth the curves less"),
        _key(
            "S", "smoothing", "smoothing_kind", "smooth by", "Smooth by distance in x (W&B) or by points (TensorBoard)"
        ),
        _key("z", "zoom_in", "zoom(1.5)", "zoom", "Zoom in on x at the cursor", show=True),
        _key("Z", "zoom_out", "zoom(0.667)", "zoom out", "Zoom out on x"),
        _key("shift+left", "pan_left", "pan(-0.25)", "pan left", "Move the window to the left"),
        _key("shift+right", "pan_right", "pan(0.25)", "pan right", "Move the window to the right"),
        _key("t", "tail", "follow_tail", "tail", "Follow the newest values with a window of this width, or stay put"),
        _key("0", "reset", "reset", "reset", "Show all of x again, without cursor", show=True),
        _key("r", "range", "turn('full_range')", "range", "Full y range, or clip far outliers", show=True),
        _key("left", "cursor_left", "cursor_by(-1)", "cursor left", "Move the cursor one column to the left"),
        _key("right", "cursor_right", "cursor_by(1)", "cursor right", "Move the cursor one column to the right"),
        _key("ctrl+left", "leap_left", "cursor_by(-10)", "leap left", "Move the cursor ten columns to the left"),
        _key("ctrl+right", "leap_right", "cursor_by(10)", "leap right", "Move the cursor ten columns to the right"),
        _key("home", "first", "cursor_by(-9999)", "first", "Cursor on the first x"),
        _key("end", "last", "cursor_by(9999)", "last", "Cursor on the last x"),
        _key("escape", "clear", "clear", "no cursor", "Take the cursor away"),
        _key("y", "copy", "copy", "copy", "Copy the values at the cursor, or the last ones, as tab-separated values"),
    ]

    @dataclass
    class LookChanged(Message):
        """A person changed how the chart looks."""

        chart: Chart
        look: Look

        @property
        def control(self) -> Chart:
            """The chart."""
            return self.chart

    @dataclass
    class CursorMoved(Message):
        """The hairline moved to ``x``, or went away (None)."""

        chart: Chart
        x: float | None

        @property
        def control(self) -> Chart:
            """The chart."""
            return self.chart

    @dataclass
    class Maximised(Message):
        """The chart was double-clicked: it wants the whole screen, or to give it back."""

        chart: Chart

        @property
        def control(self) -> Chart:
            """The chart."""
            return self.chart

    def __init__(
        self,
        spec: ChartSpec | None = None,
        look: Look | None = None,
        *,
        plot: Plot | None = None,
        zone: tzinfo | None = None,
        name: str | None = None,
        id: str | None = None,  # noqa: A002
        classes: str | None = None,
    ) -> None:
        super().__init__(spec, look, plot=plot, zone=zone, name=name, id=id, classes=classes)
        self._anchor: float | None = None

    # Keys ------------------------------------------------------------------------------------------------------------

    def _change(self, look: Look) -> None:
        if look != self._look:
            self.look = look
            self.post_message(self.LookChanged(self, look))

    def _move_cursor(self, x: float | None) -> None:
        if x != self._look.cursor:
            self.look = self._look._replace(cursor=x)
            self.post_message(self.CursorMoved(self, x))

    def action_next_axis(self) -> None:
        """Go to the next x axis."""
        axes, now = xaxes.rounds(self.spec), self.spec.axis(self._look.xaxis)
        at = axes.index(now) if now in axes else -1
        self._change(xaxes.along(self._look, axes[(at + 1) % len(axes)]))

    def action_turn(self, what: Literal["log", "full_range"]) -> None:
        """Linear or logarithmic y; robust or full y range."""
        look = self._look
        self._change(
            look._replace(log=not look.log) if what == "log" else look._replace(full_range=not look.full_range)
        )

    def action_smooth(self, steps: int) -> None:
        """Smoother, or less so."""
        self._change(self._look._replace(smoothing=self._look.smoothing.stepped(steps)))

    def action_smoothing_kind(self) -> None:
        """Time-weighted EMA or EMA."""
        self._change(self._look._replace(smoothing=self._look.smoothing.toggled()))

    def action_zoom(self, factor: float) -> None:
        """Closer (above 1) or farther, about the cursor."""
        self._zoom(factor, self._look.cursor)

    def action_pan(self, share: float) -> None:
        """Move the window by a share of its width."""
        self._change(self._look._replace(window=windows.pan(self._frame.window, self.extent, share)))

    def action_follow_tail(self) -> None:
        """Follow the tail, or stay put."""
        shown = self._frame.window
        stay = self._look.window.kind == "tail"
        window = windows.fixed(*shown) if stay else windows.follow(shown, self.extent)
        self._change(self._look._replace(window=window))

    def action_reset(self) -> None:
        """Everything, without cursor."""
        self._move_cursor(None)
        self._change(self._look._replace(window=windows.FULL, selection=None))

    def action_cursor_by(self, columns: int) -> None:
        """So many columns to the right; a cursor that was not there comes in from the edge."""
        area = self._frame.area
        if not area.width:
            return
        at = None if self._look.cursor is None else self._frame.column_of(self._look.cursor)
        if at is None:
            at = area.left + area.width if columns < 0 else area.left - 1
        self._move_cursor(self._frame.x_at(min(max(at + columns, area.left), area.left + area.width - 1)))

    def action_copy(self) -> None:
        """Copy what the chart says in numbers."""
        if self.spec.lines:
            start, end = self._frame.window
            self.app.copy_to_clipboard(tsv(self.spec, self._look, (end - start) / max(1, self._frame.area.width)))
            self.notify(f"Copied the values of {clean(self.metric)}", markup=False, timeout=2)

    def action_clear(self) -> None:
        """No cursor, no selection."""
        self._anchor = None
        self._move_cursor(None)
        self._change(self._look._replace(selection=None))

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        """Escape is the chart's only while there is something to clear."""
        if action == "clear":
            return self._look.cursor is not None or self._look.selection is not None
        return super().check_action(action, parameters)

    def _zoom(self, factor: float, at: float | None) -> None:
        shown, extent = self._frame.window, self.extent
        at = (extent[1] if self.live else sum(shown) / 2) if at is None else at
        self._change(self._look._replace(window=windows.zoom(shown, extent, factor, at, live=self.live)))

    # Mouse -----------------------------------------------------------------------------------------------------------

    def _x_under(self, event: events.MouseEvent) -> float | None:
        """The x under the pointer, or None beside the curves."""
        area = self._frame.area
        return self._frame.x_at(event.x) if area.left <= event.x < area.left + area.width else None

    def on_mouse_move(self, event: events.MouseMove) -> None:
        """The hairline follows the pointer; with the button down, a range is selected."""
        x = self._x_under(event)
        if self._anchor is None:
            self._move_cursor(x)
        elif x is not None:
            self.look = self._look._replace(selection=(self._anchor, x), cursor=None)

    def on_leave(self) -> None:
        """The pointer went: so does the hairline."""
        if self._anchor is None:
            self._move_cursor(None)

    def on_mouse_down(self, event: events.MouseDown) -> None:
        """Begin to select a range."""
        self._anchor = self._x_under(event) if event.button == 1 else None
        if self._anchor is not None:
            self.capture_mouse()

    def on_mouse_up(self) -> None:
        """Show the range that was selected, if it is wide enough to be meant."""
        self.release_mouse()
        selection, self._anchor = self._look.selection, None
        if selection is None:
            return
        window = self._look.window
        first, last = self._frame.column_of(min(selection)), self._frame.column_of(max(selection))
        if first is not None and last is not None and last - first >= _SELECTED:
            window = windows.select(*selection, self._frame.window)
        self._change(self._look._replace(selection=None, window=window))

    def on_click(self, event: events.Click) -> None:
        """A double click asks for the whole screen."""
        if event.chain == 2:
            event.stop()
            self.post_message(self.Maximised(self))

    def on_mouse_scroll_up(self, event: events.MouseScrollUp) -> None:
        """Zoom in at the pointer."""
        event.stop()
        self._zoom(WHEEL_ZOOM, self._x_under(event))

    def on_mouse_scroll_down(self, event: events.MouseScrollDown) -> None:
        """Zoom out at the pointer."""
        event.stop()
        self._zoom(1 / WHEEL_ZOOM, self._x_under(event))
