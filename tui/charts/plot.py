"""One chart, drawn: ``Plot.frame`` takes a ``ChartSpec``, a ``Look`` and a size and gives a ``Frame``.

A plot keeps what it has worked out for each line (``Trace``), and the last drawing without its cursor: a live frame
costs what is new, a moved cursor a copy of the cells, and one in which nothing changed nothing at all. Any input gives
a frame of exactly the size asked for.
"""

from __future__ import annotations

from datetime import tzinfo

from tui.charts import axes, heatstrip
from tui.charts.describe import Described, notes
from tui.charts.drawing import Drawing, Extent, Sheet
from tui.charts.frame import Area, Canvas, Frame, Painted, Row
from tui.charts.line import STEP, ChartSpec, Look, XAxis
from tui.charts.title import title_row
from tui.charts.trace import Trace


class Plot:
    """The chart of one metric.

    Args:
        zone: The time zone of wall-clock labels; None is the machine's.
    """

    def __init__(self, zone: tzinfo | None = None) -> None:
        self._zone = zone
        self._axis = STEP
        self._traces: dict[str, Trace] = {}
        self._drawing: tuple[object, Drawing] | None = None
        self._painted: Painted | None = None
        self._frame: tuple[object, Frame] | None = None

    def extent(self, spec: ChartSpec, look: Look) -> Extent | None:
        """First and last x over all lines, or None without points."""
        self._follow(spec, spec.axis(look.xaxis))
        known = [trace.extent for trace in self._traces.values() if trace.extent is not None]
        return (min(start for start, _ in known), max(end for _, end in known)) if known else None

    def frame(self, spec: ChartSpec, look: Look, width: int, height: int) -> Frame:
        """The chart in ``width`` x ``height`` cells."""
        if width <= 0 or height <= 0:
            return Frame((Row("", ()),) * max(0, height), Area(0, 0, 0, 0))
        look = look if (axis := spec.axis(look.xaxis)) == look.xaxis else look._replace(xaxis=axis)
        extent = self.extent(spec, look)
        key = (_identity(spec), extent, look, width, height)
        if self._frame is None or self._frame[0] != key:
            self._frame = key, self._fresh(spec, look, extent, width, height)
        return self._frame[1]

    def _follow(self, spec: ChartSpec, axis: XAxis) -> None:
        """Bring the trace of each line up to date; traces of lines that went are dropped."""
        if axis != self._axis:
            self._axis, self._traces = axis, {}
        kept = self._traces
        self._traces = {line.key: kept.get(line.key) or Trace(self._axis) for line in spec.drawn}
        for line in spec.drawn:
            self._traces[line.key].follow(line)

    def _fresh(self, spec: ChartSpec, look: Look, extent: Extent | None, width: int, height: int) -> Frame:
        drawing = self._draw(spec, look, extent, width, height - 1)
        reach = (drawing.window[1] - drawing.window[0]) / max(1, drawing.area.width)
        described = Described(spec, look, self._traces, reach, self._zone)
        title = self._title(described, drawing, width)
        rows = self._rows(self._overlaid(described, drawing)) if height > 1 else ()
        area = Area(drawing.area.left, 1, drawing.area.width, drawing.area.height)
        return Frame((title, *rows), area, drawing.window, drawing.scale.span)

    def _rows(self, canvas: Canvas) -> tuple[Row, ...]:
        """The canvas as rows; those that are as they were are the same objects."""
        if self._painted is None or self._painted[0] is not canvas:
            self._painted = canvas, canvas.rows(self._painted)
        return self._painted[1]

    def _draw(self, spec: ChartSpec, look: Look, extent: Extent | None, width: int, height: int) -> Drawing:
        """The drawing without cursor, as it was if nothing in it can have changed."""
        moving = look.cursor is not None or look.selection is not None or look.focused
        still = look._replace(cursor=None, selection=None, focused=False) if moving else look
        key = (_identity(spec), extent, still, width, height)
        if self._drawing is None or self._drawing[0] != key:
            traces = [self._traces[line.key] for line in spec.drawn]
            before = self._drawing[1] if self._drawing is not None else None
            self._drawing = key, Sheet(spec, look, traces, extent, width, height, self._zone).draw(before)
        return self._drawing[1]

    def _title(self, described: Described, drawing: Drawing, width: int) -> Row:
        spec, look = described.spec, described.look
        state = notes(look, log=look.log and spec.kind == "line", below=drawing.below)
        entries = described.entries()
        if spec.kind == "heat":
            summary = heatstrip.summary(spec.lines, described.values())
            state, entries = ((summary, *state) if summary else state), []
        return title_row(width, spec.title or spec.metric, entries, state, focused=look.focused)

    def _overlaid(self, described: Described, drawing: Drawing) -> Canvas:
        """The drawing with what moves over it: the hairlines of cursor and selection, the values of heat strips."""
        heat = described.spec.kind == "heat" and drawing.area.left + drawing.area.width > 0
        places = [x for x in (described.look.cursor, *(described.look.selection or ())) if x is not None]
        if not heat and not places:
            return drawing.canvas
        canvas = drawing.canvas.copy()
        if heat and described.spec.lines:
            heatstrip.draw_values(canvas, drawing.area, drawing.shown, described.values())
        frame = Frame((), drawing.area, drawing.window)
        for x in places:
            column, text = frame.column_of(x), described.cursor_text(x)
            if column is not None:
                axes.draw_cursor(canvas, drawing.area, column, text)
            else:
                axes.draw_elsewhere(canvas, drawing.area, text, left=x < drawing.window[0])
        return canvas


def _identity(spec: ChartSpec) -> object:
    """What tells two states of a chart apart."""
    lines = tuple((line.key, line.name, line.swatch, line.generation, line.version, line.live) for line in spec.drawn)
    return spec.metric, spec.title, spec.kind, spec.unit, lines
