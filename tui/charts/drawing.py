"""A chart without its title and its cursor: from traces, a window and a size to a sheet of cells."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import tzinfo

import numpy as np

from tui.charts import area as gradient
from tui.charts import axes, curves, describe, heatstrip
from tui.charts import scale as scales
from tui.charts import window as windows
from tui.charts.celltext import plain
from tui.charts.curves import Runs, Stack, Style
from tui.charts.frame import Area, Canvas, Ink
from tui.charts.line import ChartSpec, Look
from tui.charts.scale import Scale
from tui.charts.trace import Trace

_USUAL_GUTTER = 8
_SMOOTHING_GROWTH = 1.25
"""The time-weighted smoothing of a live chart is computed anew when its span has grown by this factor."""

Extent = tuple[float, float]


@dataclass(frozen=True, slots=True)
class Ground:
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


@dataclass(frozen=True, slots=True)
class Drawing:
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


@dataclass(frozen=True, slots=True)
class Sheet:
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
        canvas = Canvas(self.width, self.height)
        if self.extent is None:
            _say(canvas, describe.why_empty(self.spec, self.look))
            return Drawing(canvas, Area(0, 0, self.width, self.height), (0.0, 1.0), Scale(0.0, 1.0))
        live = any(line.live for line in self.spec.lines)
        window = windows.resolve(self.look.window, self.extent, live=live)
        if self.spec.kind == "heat":
            area, shown = heatstrip.draw(canvas, self.spec.lines, self.traces, window)
            axes.draw_x(canvas, area, window, self.look.xaxis, self.zone, quiet=self.look.quiet)
            return Drawing(canvas, area, window, scales.PERCENT, shown=shown)
        whole = windows.resolve(windows.FULL, self.extent)
        span = whole[1] - whole[0]
        return self._curves(canvas, window, windows.grown(span, _SMOOTHING_GROWTH) if live else span, before)

    def _curves(self, canvas: Canvas, window: Extent, span: float, before: Drawing | None) -> Drawing:
        stack = self._stack(window, span, 2 * max(1, self.width - _USUAL_GUTTER))
        ground, stack = self._ground(stack, window, span, before)
        area, marks, scale = ground.area, ground.marks, ground.scale
        ranks = [*describe.ranks(self.spec.lines, self.look.highlight), *(-1 for _ in self.spec.ghosts)]
        styles = [Style(line.swatch, rank) for line, rank in zip(self.spec.drawn, ranks, strict=True)]
        runs = curves.measure(stack, scale, area.height, ground.band)
        bad = [(line.generation, trace.nonfinite) for line, trace in zip(self.spec.drawn, self.traces, strict=True)]
        look = (self.look.xaxis, self.look.band, self.look.quiet)
        settings = (self.width, self.height, area, marks, styles, bad, window, look)
        if before is not None and _same(before.content, (settings, runs)):
            return replace(before, scale=scale, below=ground.below, ground=ground)
        self._fill(canvas, area, runs, styles)
        axes.draw_y(canvas, area, marks)
        curves.draw_clipped(canvas, area, runs, styles)
        curves.draw_nonfinite(canvas, area, self.traces, styles, window)
        axes.draw_x(canvas, area, window, self.look.xaxis, self.zone, quiet=self.look.quiet)
        return Drawing(canvas, area, window, scale, ground.below, ground, (settings, runs))

    def _ground(self, stack: Stack, window: Extent, span: float, before: Drawing | None) -> tuple[Ground, Stack]:
        """The ground for ``stack``, the one of ``before`` where that still holds; and the stack in its own columns."""
        usual = self.width - _USUAL_GUTTER
        shown = (window, self.width, self.height, self.log, self.full_range, self.spec.kind)
        basis = (*shown, *(trace.extremes for trace in self.traces))
        if before is not None and before.ground is not None and before.ground.basis == basis:
            return before.ground, stack
        scale = scales.PERCENT if self.spec.kind == "percent" else self._scale(stack)
        area, marks = axes.layout(self.width, self.height, scale)
        if area.width != usual:
            stack = self._stack(window, span, 2 * max(1, area.width))
        band = curves.bands(stack, scale, area.height)
        return Ground(basis, area, marks, scale, band, bool(np.isneginf(stack.low).any())), stack

    def _fill(self, canvas: Canvas, area: Area, runs: Runs, styles: Sequence[Style]) -> None:
        if self.spec.kind == "percent" and len(styles) == 1:
            gradient.draw(canvas, area, runs)
        else:
            curves.draw(canvas, area, runs, styles, band=self.look.band)

    def _stack(self, window: Extent, span: float, count: int) -> Stack:
        """All lines cut into the same columns."""
        edges = np.linspace(*window, count + 1)
        smoothing = self.look.smoothing
        cut = [trace.columns(edges, smoothing=smoothing, span=span, log=self.log) for trace in self.traces]
        return Stack(
            np.array([columns.low for columns in cut]),
            np.array([columns.high for columns in cut]),
            np.array([columns.line for columns in cut]),
            np.array([columns.filled for columns in cut]),
        )

    def _scale(self, stack: Stack) -> Scale:
        """The y axis for the points in the window, and for where curves enter and leave it."""
        some = stack.filled.copy()
        some[:, [0, -1]] = True
        if not self.full_range and len(some) > 1:
            some = some & scales.telling(stack.low, stack.high)[:, np.newaxis]
        parts = axes.parts_of(max(1, self.height - 1))
        return scales.fit(stack.low[some], stack.high[some], log=self.log, full=self.full_range, parts=parts)


def _same(before: tuple[object, Runs] | None, now: tuple[object, Runs]) -> bool:
    return before is not None and before[0] == now[0] and before[1].same(now[1])


def _say(canvas: Canvas, text: str) -> None:
    height, width = canvas.glyphs.shape
    canvas.write((height - 1) // 2, max(0, (width - len(text)) // 2), plain(text), Ink.NOTE)
