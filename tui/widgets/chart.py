"""``Chart``: a chart engine's frame in a widget, with its keys and its mouse.

Attributes go down (``spec``, ``look``), messages go up: what a person does changes the chart's own look and is told
with ``LookChanged`` or ``CursorMoved``, so that a grid can bring its other charts into line.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import tzinfo

from textual import events
from textual.binding import Binding
from textual.message import Message

from tui.charts import window as windows
from tui.charts.frame import Area, Frame
from tui.charts.line import STEP, ChartSpec, Look, XAxis
from tui.charts.plot import Plot
from tui.widgets.frame_view import FrameView

ZOOM, WHEEL_ZOOM, PAN, LEAP = 1.5, 1.25, 0.25, 10


def _key(keys: str, verb: str, description: str, tooltip: str, *, show: bool = False) -> Binding:
    return Binding(keys, verb, description, show=show, id=f"chart.{verb.partition('(')[0]}", tooltip=tooltip)


class Chart(FrameView, can_focus=True):
    """One chart.

    Args:
        spec: What to draw.
        look: How to draw it.
        plot: The engine's state of this chart, to be kept when a widget is given another chart.
        zone: The time zone of wall-clock labels; None is the machine's.
    """

    BINDINGS = [
        _key("x", "next_axis", "x axis", "Step, time since start, time of day, or another metric", show=True),
        _key("l", "toggle_log", "log", "Logarithmic y axis", show=True),
        _key("plus,equals_sign", "smoother", "smooth +", "Smooth the curves more", show=True),
        _key("minus", "rougher", "smooth -", "Smooth the curves less"),
        _key("S", "smoothing_kind", "smooth by x", "Smooth by points (TensorBoard) or by distance in x (W&B)"),
        _key("z", "zoom_in", "zoom", "Zoom in on x at the cursor", show=True),
        _key("Z", "zoom_out", "zoom out", "Zoom out on x"),
        _key("shift+left", "pan_left", "pan left", "Move the window to the left"),
        _key("shift+right", "pan_right", "pan right", "Move the window to the right"),
        _key("t", "follow_tail", "tail", "Follow the newest values with a window of this width"),
        _key("0", "reset", "reset", "Show all of x again, without cursor", show=True),
        _key("r", "toggle_range", "range", "Full y range, or clip far outliers", show=True),
        _key("left", "cursor_left", "cursor left", "Move the cursor one column to the left"),
        _key("right", "cursor_right", "cursor right", "Move the cursor one column to the right"),
        _key("ctrl+left", "leap_left", "leap left", "Move the cursor ten columns to the left"),
        _key("ctrl+right", "leap_right", "leap right", "Move the cursor ten columns to the right"),
        _key("home", "cursor_first", "first", "Cursor on the first x"),
        _key("end", "cursor_last", "last", "Cursor on the last x"),
        _key("escape", "clear", "no cursor", "Take the cursor away"),
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
        super().__init__(name=name, id=id, classes=classes)
        self._spec = spec or ChartSpec("")
        self._look = look or Look()
        self._plot = plot or Plot(zone)
        self._frame = Frame((), Area(0, 0, 0, 0))
        self._anchor: float | None = None
        self.metrics_for_x: tuple[str, ...] = ()

    @property
    def spec(self) -> ChartSpec:
        """What is drawn."""
        return self._spec

    @property
    def metric(self) -> str:
        """The metric that is drawn."""
        return self._spec.metric

    @property
    def look(self) -> Look:
        """How it is drawn."""
        return self._look

    @look.setter
    def look(self, look: Look) -> None:
        if look != self._look:
            self._look = look
            self.redraw()

    @property
    def frame(self) -> Frame:
        """What is shown now."""
        return self._frame

    def show(self, spec: ChartSpec, look: Look | None = None, plot: Plot | None = None) -> None:
        """Draw this chart from now on; ``look`` and ``plot`` stay as they are where they are not given."""
        self._spec = spec
        self._look = look if look is not None else self._look
        self._plot = plot if plot is not None else self._plot
        self.redraw()

    def redraw(self) -> None:
        """Draw what is new; costs nothing where nothing is shown."""
        width, height = self.size
        if width and height:
            look = replace(self._look, focused=self.has_focus)
            self._frame = self._plot.frame(self._spec, look, width, height)
            self.show_frame(self._frame)

    def on_resize(self) -> None:
        """Draw for the new size."""
        self.redraw()

    def on_focus(self) -> None:
        """Show where the keyboard is."""
        self.redraw()

    def on_blur(self) -> None:
        """Show that the keyboard went elsewhere."""
        self.redraw()

    # What a person changes -------------------------------------------------------------------------------------------

    def _change(self, look: Look) -> None:
        if look != self._look:
            self.look = look
            self.post_message(self.LookChanged(self, look))

    def _move_cursor(self, x: float | None) -> None:
        if x != self._look.cursor:
            self.look = replace(self._look, cursor=x)
            self.post_message(self.CursorMoved(self, x))

    def action_next_axis(self) -> None:
        """Go to the next x axis."""
        axes = [STEP, XAxis("relative"), XAxis("wall"), *(XAxis("metric", metric) for metric in self.metrics_for_x)]
        at = axes.index(self._look.xaxis) if self._look.xaxis in axes else -1
        look = replace(self._look, xaxis=axes[(at + 1) % len(axes)], window=windows.FULL, cursor=None, selection=None)
        self._change(look)

    def action_toggle_log(self) -> None:
        """Linear or logarithmic y."""
        self._change(replace(self._look, log=not self._look.log))

    def action_toggle_range(self) -> None:
        """Robust or full y range."""
        self._change(replace(self._look, full_range=not self._look.full_range))

    def action_smoother(self) -> None:
        """One step smoother."""
        self._change(replace(self._look, smoothing=self._look.smoothing.stepped(1)))

    def action_rougher(self) -> None:
        """One step less smooth."""
        self._change(replace(self._look, smoothing=self._look.smoothing.stepped(-1)))

    def action_smoothing_kind(self) -> None:
        """EMA or time-weighted EMA."""
        self._change(replace(self._look, smoothing=self._look.smoothing.toggled()))

    def action_zoom_in(self) -> None:
        """Closer."""
        self._zoom(ZOOM, self._look.cursor)

    def action_zoom_out(self) -> None:
        """Farther."""
        self._zoom(1 / ZOOM, self._look.cursor)

    def action_pan_left(self) -> None:
        """To earlier x."""
        self._pan(-PAN)

    def action_pan_right(self) -> None:
        """To later x."""
        self._pan(PAN)

    def action_follow_tail(self) -> None:
        """Follow the tail, or stay put."""
        tailing = self._look.window.kind == "tail"
        shown = self._frame.window
        self._change(replace(self._look, window=windows.fixed(*shown) if tailing else self._tail(shown)))

    def action_reset(self) -> None:
        """Everything, without cursor."""
        self._move_cursor(None)
        self._change(replace(self._look, window=windows.FULL, selection=None))

    def action_cursor_left(self) -> None:
        """One column back."""
        self._step_cursor(-1)

    def action_cursor_right(self) -> None:
        """One column on."""
        self._step_cursor(1)

    def action_leap_left(self) -> None:
        """Ten columns back."""
        self._step_cursor(-LEAP)

    def action_leap_right(self) -> None:
        """Ten columns on."""
        self._step_cursor(LEAP)

    def action_cursor_first(self) -> None:
        """To the left edge."""
        self._move_cursor(self._frame.x_at(self._frame.area.left))

    def action_cursor_last(self) -> None:
        """To the right edge."""
        self._move_cursor(self._frame.x_at(self._frame.area.left + self._frame.area.width - 1))

    def action_clear(self) -> None:
        """No cursor, no selection."""
        self._anchor = None
        self._move_cursor(None)
        self._change(replace(self._look, selection=None))

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        """Escape is the chart's only while there is something to clear."""
        if action == "clear":
            return self._look.cursor is not None or self._look.selection is not None
        return super().check_action(action, parameters)

    def _extent(self) -> tuple[float, float]:
        return self._plot.extent(self._spec, self._look) or self._frame.window

    def _live(self) -> bool:
        return any(line.live for line in self._spec.lines)

    def _zoom(self, factor: float, at: float | None) -> None:
        shown, extent = self._frame.window, self._extent()
        at = (extent[1] if self._live() else sum(shown) / 2) if at is None else at
        self._change(replace(self._look, window=windows.zoom(shown, extent, factor, at, live=self._live())))

    def _pan(self, share: float) -> None:
        self._change(replace(self._look, window=windows.pan(self._frame.window, self._extent(), share)))

    def _tail(self, shown: tuple[float, float]) -> windows.Window:
        extent = self._extent()
        whole = shown[1] - shown[0] >= (extent[1] - extent[0]) * 0.999
        return windows.tail((extent[1] - extent[0]) / 4) if whole else windows.follow(shown)

    def _step_cursor(self, columns: int) -> None:
        area = self._frame.area
        if not area.width:
            return
        at = None if self._look.cursor is None else self._frame.column_of(self._look.cursor)
        start = area.left + area.width if at is None and columns < 0 else area.left - 1 if at is None else at
        column = min(max(start + columns, area.left), area.left + area.width - 1)
        self._move_cursor(self._frame.x_at(column))

    # Mouse -----------------------------------------------------------------------------------------------------------

    def _x_under(self, event: events.MouseEvent) -> float | None:
        """The x under the pointer, or None beside the curves."""
        area = self._frame.area
        return self._frame.x_at(event.x) if area.left <= event.x < area.left + area.width else None

    def on_mouse_move(self, event: events.MouseMove) -> None:
        """The hairline follows the pointer; with the button down, a range is selected."""
        x = self._x_under(event)
        if self._anchor is not None and x is not None:
            self.look = replace(self._look, selection=(self._anchor, x), cursor=None)
        elif self._anchor is None:
            self._move_cursor(x)

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
        """Show the range that was selected, if it is at least two columns wide."""
        self.release_mouse()
        selection, self._anchor = self._look.selection, None
        if selection is None:
            return
        window = self._look.window
        first, last = self._frame.column_of(min(selection)), self._frame.column_of(max(selection))
        if first is not None and last is not None and last - first >= 2:
            window = windows.select(*selection, self._frame.window)
        self._change(replace(self._look, selection=None, window=window))

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
