"""A chart without its title and its cursor: from traces, a window and a size to a sheet of cells."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import tzinfo
from functools import lru_cache
from typing import NamedTuple

import numpy as np

from tui.charts import area as gradient
from tui.charts import axes, curves, describe, heatstrip
from tui.charts import scale as scales
from tui.charts import window as windows
from tui.charts.celltext import plain
from tui.charts.columns import F64, Columns
from tui.charts.curves import Runs, Stack, Style
from tui.charts.frame import Area, Canvas, Ink
from tui.charts.line import ChartSpec, Look
from tui.charts.scale import Scale
from tui.charts.trace import Trace

_USUAL_GUTTER = 8
_SMOOTHING_GROWTH = 1.25
"""The time-weighted smoothing of a live chart is computed anew when its span has grown by this factor."""

Extent = tuple[float, float]


class Ground(NamedTuple):
    """What a drawing owes to the extremes of its columns alone; most points more change none of them.

    Attributes:
        basis: What it was worked out from.
        area: Where the curves are.
        marks: The labels of the y axis.
        scale: The y axis.
        band: Top and bottom of each line's band in each dot column.
        below: Whether values that are not above 0 are left out of a logarithmic axis.
    """

    basis: object
    area: Area
    marks: axes.Marks
    scale: Scale
    band: tuple[curves.I16, curves.I16]
    below: bool


class Drawing(NamedTuple):
    """What was drawn, and where.

    Attributes:
        canvas: The cells.
        area: Where on it the curves are.
        window: The range of x in the area.
        scale: The y axis.
        below: Whether values that are not above 0 were left out of a logarithmic axis.
        ground: What the extremes alone gave.
        content: What the cells were drawn from.
        shown: The places of the lines that have a strip of a heat chart.
    """

    canvas: Canvas
    area: Area
    window: Extent
    scale: Scale
    below: bool = False
    ground: Ground | None = None
    content: tuple[object, Runs] | None = None
    shown: tuple[int, ...] = ()


class Sheet(NamedTuple):
    """What is to be drawn: a chart with its points, how, and in which size."""

    spec: ChartSpec
    look: Look
    traces: Sequence[Trace]
    extent: Extent | None
    width: int
    height: int
    zone: tzinfo | None

    @property
    def log(self) -> bool:
        """Whether y is logarithmic: percentages never are."""
        return self.look.log and self.spec.kind == "line"

    @property
    def full_range(self) -> bool:
        """Whether every extreme is shown: what a machine reads of itself is never an outlier."""
        return self.look.full_range or self.spec.timed

    def draw(self, before: Drawing | None = None) -> Drawing:
        """Draw it; where all dots are where they were ``before``, the canvas is that of before."""
        if self.extent is None:
            canvas = Canvas(self.width, self.height)
            _say(canvas, describe.why_empty(self.spec, self.look))
            return Drawing(canvas, Area(0, 0, self.width, self.height), (0.0, 1.0), Scale(0.0, 1.0))
        live = any(line.live for line in self.spec.lines)
        window = windows.resolve(self.look.window, self.extent, live=live)
        if self.spec.kind == "heat":
            canvas = Canvas(self.width, self.height)
            area, shown = heatstrip.draw(canvas, self.spec.lines, self.traces, window)
            self._draw_x(canvas, area, window)
            return Drawing(canvas, area, window, scales.PERCENT, shown=shown)
        whole = windows.resolve(windows.FULL, self.extent)
        span = whole[1] - whole[0]
        return self._curves(window, windows.grown(span, _SMOOTHING_GROWTH) if live else span, before)

    def _curves(self, window: Extent, span: float, before: Drawing | None) -> Drawing:
        ground, cut = self._ground(window, span, before)
        area, marks, scale = ground.area, ground.marks, ground.scale
        styles = self._styles()
        runs = curves.measure(np.array([columns.line for columns in cut]), scale, area.height, ground.band)
        settings = self._settings(ground, styles, window)
        cells, canvas = range(area.width), None
        if before is not None and before.content is not None and before.content[0] == settings:
            cells = runs.changed(before.content[1])
            if not cells:
                return before._replace(scale=scale, below=ground.below, ground=ground)
            canvas = before.canvas.copy()
            canvas.clear(area.part(cells))
        if canvas is None:
            canvas = Canvas(self.width, self.height)
            axes.draw_y(canvas, area, marks)
            self._draw_x(canvas, area, window)
        self._fill(canvas, ground, runs, styles, cells)
        curves.draw_nonfinite(canvas, area, self.traces, styles, window)
        return Drawing(canvas, area, window, scale, ground.below, ground, (settings, runs))

    def _styles(self) -> list[Style]:
        ranks = [*describe.ranks(self.spec.lines, self.look.highlight), *(-1 for _ in self.spec.ghosts)]
        return [Style(line.swatch, rank) for line, rank in zip(self.spec.drawn, ranks, strict=True)]

    def _settings(self, ground: Ground, styles: Sequence[Style], window: Extent) -> object:
        """What the cells depend on besides the dots of the lines."""
        bad = [(line.generation, trace.nonfinite) for line, trace in zip(self.spec.drawn, self.traces, strict=True)]
        look = (self.spec.kind, self.look.xaxis, self.look.band, self.look.quiet)
        return (self.width, self.height, ground.area, ground.marks, styles, bad, window, look)

    def _ground(self, window: Extent, span: float, before: Drawing | None) -> tuple[Ground, Sequence[Columns]]:
        """The ground, the one of ``before`` where that still holds; and the lines cut into its columns."""
        known = before.ground if before is not None and before.canvas.width == self.width else None
        cut = self._cut(window, span, self.width - _USUAL_GUTTER if known is None else known.area.width)
        shown = (window, self.width, self.height, self.log, self.full_range, self.spec.kind)
        basis = (*shown, *(trace.extremes for trace in self.traces))
        if known is not None and known.basis == basis:
            return known, cut
        stack = Stack.of(cut)
        scale, area, marks = self._fitted(stack)
        if area.width != stack.cells:
            cut = self._cut(window, span, area.width)
            stack = Stack.of(cut)
            fitted = self._fitted(stack)
            if fitted[1] == area:
                scale, area, marks = fitted
        band = curves.bands(stack, scale, area.height)
        basis = (*shown, *(trace.extremes for trace in self.traces))
        return Ground(basis, area, marks, scale, band, bool(np.isneginf(stack.low).any())), cut

    def _fitted(self, stack: Stack) -> tuple[Scale, Area, axes.Marks]:
        """The y axis for some columns, and what it leaves them."""
        scale = scales.PERCENT if self.spec.kind == "percent" else self._scale(stack)
        return (scale, *axes.layout(self.width, self.height, scale))

    def _fill(self, canvas: Canvas, ground: Ground, runs: Runs, styles: Sequence[Style], cells: range) -> None:
        """Draw some columns of cells, which are blank."""
        area, runs = ground.area.part(cells), runs.joined(cells)
        if self.spec.kind == "percent" and len(styles) == 1:
            gradient.draw(canvas, area, runs)
        else:
            curves.draw(canvas, area, runs, styles, band=self.look.band, start=2 * cells.start)
        axes.draw_grid(canvas, area, ground.marks)
        curves.draw_clipped(canvas, area, runs, styles)

    def _draw_x(self, canvas: Canvas, area: Area, window: Extent) -> None:
        axes.draw_x(canvas, area, window, self.look.xaxis, self.zone, quiet=self.look.quiet)

    def _cut(self, window: Extent, span: float, cells: int) -> list[Columns]:
        """All lines cut into the same columns, two to a cell."""
        edges = _edges(window, 2 * max(1, cells))
        smoothing = self.look.smoothing
        return [trace.columns(edges, smoothing=smoothing, span=span, log=self.log) for trace in self.traces]

    def _scale(self, stack: Stack) -> Scale:
        """The y axis for the points in the window, and for where curves enter and leave it."""
        some = stack.filled.copy()
        some[:, [0, -1]] = True
        if not self.full_range and len(some) > 1:
            some = some & scales.telling(stack.low, stack.high)[:, np.newaxis]
        parts = axes.parts_of(max(1, self.height - 1))
        return scales.fit(stack.low[some], stack.high[some], log=self.log, full=self.full_range, parts=parts)


@lru_cache(maxsize=16)
def _edges(window: Extent, count: int) -> F64:
    """The edges of so many columns: one array for all lines and charts that lie above each other."""
    edges = np.linspace(*window, count + 1)
    edges.flags.writeable = False
    return edges


def _say(canvas: Canvas, text: str) -> None:
    height, width = canvas.glyphs.shape
    canvas.write((height - 1) // 2, max(0, (width - len(text)) // 2), plain(text), Ink.NOTE)
