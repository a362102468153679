"""A widget that shows one chart of the engine: ``spec`` and ``look`` in, rows of cells on the screen."""

from __future__ import annotations

from datetime import tzinfo

from tui.charts.frame import Area, Frame
from tui.charts.line import ChartSpec, Look
from tui.charts.plot import Plot
from tui.widgets.frame_view import FrameView


class PlotView(FrameView):
    """One chart, without keys and mouse.

    Args:
        spec: What to draw.
        look: How to draw it.
        plot: The engine's state of this chart, to be kept when a widget is given another chart.
        zone: The time zone of wall-clock labels; None is the machine's.
    """

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
        self._focused = False

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

    @property
    def live(self) -> bool:
        """Whether more points are to come."""
        return any(line.live for line in self._spec.lines)

    @property
    def extent(self) -> tuple[float, float]:
        """First and last x of the data; what is shown where there are none."""
        return self._plot.extent(self._spec, self._look) or self._frame.window

    def show(self, spec: ChartSpec, look: Look | None = None, plot: Plot | None = None) -> None:
        """Draw this chart from now on; ``look`` and ``plot`` stay as they are where they are not given."""
        self._spec = spec
        self._look = look if look is not None else self._look
        self._plot = plot if plot is not None else self._plot
        self.redraw()

    def redraw(self) -> None:
        """Draw what is new; costs nothing where nothing is shown."""
        width, height = self.size
        if width and height and self.display:
            look = self._look._replace(focused=True) if self._focused else self._look
            self._frame = self._plot.frame(self._spec, look, width, height)
            self.show_frame(self._frame)

    def on_resize(self) -> None:
        """Draw for the new size."""
        self.redraw()

    def on_focus(self) -> None:
        """Show where the keyboard is."""
        self._focused = True  # has_focus changes only after this
        self.redraw()

    def on_blur(self) -> None:
        """Show that the keyboard went elsewhere."""
        self._focused = False
        self.redraw()
