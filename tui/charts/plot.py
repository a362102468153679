"""One chart, drawn: ``Plot.frame`` takes a ``ChartSpec``, a ``Look`` and a size and gives a ``Frame``.

A plot keeps, for each line, what it has worked out (``Trace``), and the last drawing without its cursor: a live frame
costs what is new, a moved cursor a copy of the cells. Any input gives a frame of exactly the size asked for.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import tzinfo

import numpy as np

from tui import units
from tui.charts import area as gradient
from tui.charts import axes, curves, heatstrip
from tui.charts import scale as scales
from tui.charts import window as windows
from tui.charts.curves import Stack, Style
from tui.charts.frame import Area, Canvas, Frame, Ink, Row
from tui.charts.line import ChartSpec, Line, Look
from tui.charts.scale import Scale
from tui.charts.title import Entry, title_row
from tui.charts.trace import Trace

_FIRST_GUTTER = 8


@dataclass(frozen=True, slots=True)
class _Drawing:
    """A chart without its title and its cursor, and what it was drawn from."""

    key: object
    canvas: Canvas
    area: Area
    window: tuple[float, float]
    scale: Scale
    notes: tuple[str, ...]


class Plot:
    """The chart of one metric.

    Args:
        zone: The time zone of wall-clock labels; None is the machine's.
    """

    def __init__(self, zone: tzinfo | None = None) -> None:
        self._zone = zone
        self._axis = Look().xaxis
        self._traces: dict[str, Trace] = {}
        self._drawing: _Drawing | None = None

    def extent(self, spec: ChartSpec, look: Look) -> tuple[float, float] | None:
        """First and last x over all lines, or None without points."""
        ends = [trace.extent for trace in self._follow(spec.lines, look)]
        known = [end for end in ends if end is not None]
        return (min(start for start, _ in known), max(end for _, end in known)) if known else None

    def frame(self, spec: ChartSpec, look: Look, width: int, height: int) -> Frame:
        """The chart in ``width`` x ``height`` cells."""
        if width <= 0 or height <= 0:
            return Frame((Row("", ()),) * max(0, height), Area(0, 0, 0, 0))
        drawing = self._draw(spec, look, width, height - 1)
        title = self._title(spec, look, drawing, width)
        rows = self._with_cursor(drawing, look).rows() if height > 1 else []
        return Frame((title, *rows), replace(drawing.area, top=1), drawing.window, drawing.scale.span)

    def _follow(self, lines: Sequence[Line], look: Look) -> list[Trace]:
        """The trace of each line, brought up to date; traces of lines that went are dropped."""
        if look.xaxis != self._axis:
            self._axis, self._traces = look.xaxis, {}
        kept = self._traces
        self._traces = {line.key: kept.get(line.key) or Trace(self._axis) for line in lines}
        for line in lines:
            self._traces[line.key].follow(line)
        return [self._traces[line.key] for line in lines]

    def _draw(self, spec: ChartSpec, look: Look, width: int, height: int) -> _Drawing:
        extent = self.extent(spec, look)
        still = replace(look, cursor=None, selection=None, focused=False)
        lines = tuple((line.key, line.name, line.generation, line.version, line.live) for line in spec.lines)
        key = (spec.metric, spec.kind, lines, extent, still, width, height)
        if self._drawing is None or self._drawing.key != key:
            self._drawing = self._fresh(key, spec, look, extent, width, height)
        return self._drawing

    def _fresh(
        self,
        key: object,
        spec: ChartSpec,
        look: Look,
        extent: tuple[float, float] | None,
        width: int,
        height: int,
    ) -> _Drawing:
        canvas = Canvas(width, height)
        if extent is None:
            self._say(canvas, _why_empty(spec, look))
            return _Drawing(key, canvas, Area(0, 0, width, height), (0.0, 1.0), Scale(0.0, 1.0), ())
        live = any(line.live for line in spec.lines)
        window = windows.resolve(look.window, extent, live=live)
        if spec.kind == "heat":
            traces = [self._traces[line.key] for line in spec.lines]
            area = heatstrip.draw(canvas, spec.lines, traces, window)
            axes.draw_x(canvas, area, window, look.xaxis, self._zone)
            return _Drawing(key, canvas, area, window, scales.PERCENT, _notes(look, below=False))
        whole = windows.resolve(windows.FULL, extent, live=live)
        return self._curves(key, canvas, spec, look, window, whole[1] - whole[0])

    def _curves(
        self, key: object, canvas: Canvas, spec: ChartSpec, look: Look, window: tuple[float, float], span: float
    ) -> _Drawing:
        height, width = canvas.glyphs.shape
        log = look.log and spec.kind == "line"
        stack = self._stack(spec, look, window, span, 2 * max(1, width - _FIRST_GUTTER), log=log)
        scale = scales.PERCENT if spec.kind == "percent" else _scale(stack, look, height, log=log)
        area, marks = axes.layout(width, height, scale)
        if area.width != width - _FIRST_GUTTER:
            stack = self._stack(spec, look, window, span, 2 * max(1, area.width), log=log)
        styles = _styles(spec.lines, look.highlight)
        if spec.kind == "percent" and len(spec.lines) == 1:
            gradient.draw(canvas, area, stack, scale)
        else:
            curves.draw(canvas, area, stack, scale, styles, band=look.band)
        axes.draw_y(canvas, area, marks)
        traces = [self._traces[line.key] for line in spec.lines]
        curves.draw_clipped(canvas, area, stack, scale, styles)
        curves.draw_nonfinite(canvas, area, traces, styles, window)
        axes.draw_x(canvas, area, window, look.xaxis, self._zone)
        return _Drawing(key, canvas, area, window, scale, _notes(look, below=bool(np.isneginf(stack.low).any())))

    def _stack(
        self, spec: ChartSpec, look: Look, window: tuple[float, float], span: float, count: int, *, log: bool
    ) -> Stack:
        cut = [
            self._traces[line.key].columns(*window, count, smoothing=look.smoothing, span=span, log=log)
            for line in spec.lines
        ]
        return Stack(
            np.array([columns.low for columns in cut]),
            np.array([columns.high for columns in cut]),
            np.array([columns.line for columns in cut]),
            np.array([columns.filled for columns in cut]),
        )

    def _with_cursor(self, drawing: _Drawing, look: Look) -> Canvas:
        """The drawing, with the hairlines of the cursor and of both ends of a selection."""
        places = [look.cursor, *(look.selection or ())]
        frame = Frame((), drawing.area, drawing.window)
        columns = [(x, frame.column_of(x)) for x in places if x is not None]
        if not any(column is not None for _, column in columns):
            return drawing.canvas
        canvas = Canvas(0, 0)
        canvas.glyphs, canvas.inks = drawing.canvas.glyphs.copy(), drawing.canvas.inks.copy()
        for x, column in columns:
            if column is not None:
                axes.draw_cursor(canvas, drawing.area, column, axes.x_text(x, look.xaxis, self._zone))
        return canvas

    def _title(self, spec: ChartSpec, look: Look, drawing: _Drawing, width: int) -> Row:
        lines = sorted(spec.lines, key=lambda line: line.key != look.highlight)
        reach = (drawing.window[1] - drawing.window[0]) / max(1, drawing.area.width)
        entries = [self._entry(line, spec, look, reach) for line in lines]
        return title_row(width, spec.title or spec.metric, entries, drawing.notes, focused=look.focused)

    def _entry(self, line: Line, spec: ChartSpec, look: Look, reach: float) -> Entry:
        trace = self._traces[line.key]
        value = trace.last
        if look.cursor is not None:
            at = trace.nearest(look.cursor, reach)
            value = None if at is None else trace.value_at(at)
        text = units.value(value) + spec.unit if spec.kind == "line" else units.percent(value)
        receded = look.highlight is not None and line.key != look.highlight and _has(spec.lines, look.highlight)
        return Entry(line.name, line.swatch, text, self._warning(trace, look), receded)

    def _warning(self, trace: Trace, look: Look) -> str:
        """What is not finite: ``nan 8123``, or ``12 nan from 8123``."""
        return ", ".join(
            f"{bad.kind} {axes.x_text(bad.first, look.xaxis, self._zone)}"
            if bad.count == 1
            else f"{units.count(bad.count)} {bad.kind} from {axes.x_text(bad.first, look.xaxis, self._zone)}"
            for bad in trace.nonfinite
        )

    def _say(self, canvas: Canvas, text: str) -> None:
        height, width = canvas.glyphs.shape
        canvas.write((height - 1) // 2, max(0, (width - len(text)) // 2), text, Ink.NOTE)


def _scale(stack: Stack, look: Look, height: int, *, log: bool) -> Scale:
    """The y axis for what is in the window; between two points far apart only what is interpolated is there."""
    some = stack.filled if stack.filled.any() else np.ones_like(stack.filled)
    return scales.fit(
        stack.low[some], stack.high[some], log=log, full=look.full_range, parts=axes.parts_of(max(1, height - 1))
    )


def _styles(lines: Sequence[Line], highlight: str | None) -> list[Style]:
    if highlight is None or not _has(lines, highlight):
        return [Style(line.swatch) for line in lines]
    return [Style(line.swatch, 1 if line.key == highlight else -1) for line in lines]


def _has(lines: Sequence[Line], key: str) -> bool:
    return any(line.key == key for line in lines)


def _notes(look: Look, *, below: bool) -> tuple[str, ...]:
    """The state of the chart in words, most telling first."""
    notes = []
    if look.window.kind != "full":
        notes.append("tail" if look.window.kind == "tail" else "zoom")
    if look.log:
        notes.append("log, ▾ not above 0" if below else "log")
    if look.smoothing.weight > 0:
        notes.append(f"smooth {look.smoothing.weight:g}" + (" by x" if look.smoothing.kind == "time" else ""))
    if look.full_range:
        notes.append("full range")
    return tuple(notes)


def _why_empty(spec: ChartSpec, look: Look) -> str:
    if not spec.lines:
        return "no run is selected"
    if look.xaxis.kind == "metric":
        return f"{look.xaxis.metric} was not logged with this"
    return "no points yet"
