"""A chart reduced to what any writer can draw: curves as shares of a unit square, ticks with their labels, notes.

A ``Sketch`` holds only finite numbers between 0 and 1, whatever the data: gaps are split, outliers clipped, NaN and
infinity are marks on the axis. So no writer can be made to draw something boundless.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import tzinfo

import numpy as np
from numpy.typing import NDArray

from tui.charts import labels, scale, ticks
from tui.charts.axes import x_text
from tui.charts.line import ChartSpec, Line, Look, XAxis
from tui.charts.trace import Columns, Trace
from tui.charts.window import resolve
from tui.show import units
from tui.show.palette import Swatch
from tui.show.text import clean

F64 = NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Tick:
    """A place on an axis, 0 to 1 from the left or the bottom, and what it says."""

    at: float
    label: str


@dataclass(frozen=True, slots=True)
class Mark:
    """Where on the x axis (0 to 1) values begin not to be finite, and which: ``nan``, ``inf`` or ``-inf``."""

    at: float
    kind: str


@dataclass(frozen=True, slots=True, eq=False)
class Stretch:
    """A part of a curve without gaps; all arrays are shares of the square and equally long.

    Attributes:
        x: From the left, ascending.
        y: From the bottom: the curve.
        low: The lowest value in each column.
        high: The highest value in each column.
    """

    x: F64
    y: F64
    low: F64
    high: F64


@dataclass(frozen=True, slots=True, eq=False)
class Curve:
    """One line: how it is told apart, what it last was, and where it runs."""

    name: str
    swatch: Swatch
    last: float | None
    stretches: tuple[Stretch, ...]
    marks: tuple[Mark, ...]
    notes: tuple[str, ...]
    """What is not finite, in words."""


@dataclass(frozen=True, slots=True, eq=False)
class Sketch:
    """A chart, ready for a writer."""

    title: str
    curves: tuple[Curve, ...]
    x_ticks: tuple[Tick, ...]
    y_ticks: tuple[Tick, ...]
    x_label: str
    smoothed: bool
    """Whether the curves are smoothed, so that the band shows what they really were."""
    clipped: bool
    """Whether some values lie outside what is shown."""


def sketch(
    spec: ChartSpec, look: Look, columns: int, parts: tuple[int, int] = (6, 5), zone: tzinfo | None = None
) -> Sketch:
    """Reduce ``spec`` as ``look`` wants it.

    Args:
        spec: The metric and its lines.
        look: Axis, smoothing, window, scale.
        columns: Into how many columns the x axis is cut; each keeps its lowest, highest and last value.
        parts: How many ticks fit along x and along y.
        zone: The time zone of a clock axis; None is the local one.
    """
    percent = spec.kind != "line"
    look = look._replace(log=False) if percent else look
    along = spec.axis(look.xaxis)
    traces = [_traced(line, along) for line in spec.lines]
    extents = [trace.extent for trace in traces if trace.extent is not None]
    extent = (min(low for low, _ in extents), max(high for _, high in extents)) if extents else (0.0, 1.0)
    window = resolve(look.window, extent)
    span = extent[1] - extent[0]
    edges = np.linspace(*window, columns + 1)
    cut = [trace.columns(edges, smoothing=look.smoothing, span=span, log=look.log) for trace in traces]
    axis = scale.PERCENT if percent else _scale(cut, look, parts[1])
    curves = [_curve(*each, window, axis, along, zone) for each in zip(spec.lines, traces, cut, strict=True)]
    return Sketch(
        title=clean(spec.title or spec.metric),
        curves=tuple(curves),
        x_ticks=tuple(_x_ticks(window, along, parts[0], zone)),
        y_ticks=tuple(_y_ticks(axis, parts[1])),
        x_label=clean(along.label),
        smoothed=look.smoothing.weight > 0,
        clipped=_exceeds(cut, axis),
    )


def _traced(line: Line, axis: XAxis) -> Trace:
    trace = Trace(axis)
    trace.follow(line)
    return trace


def _scale(cut: Sequence[Columns], look: Look, parts: int) -> scale.Scale:
    if not cut:
        return scale.fit(np.empty(0), np.empty(0))
    lows, highs = np.array([each.low for each in cut]), np.array([each.high for each in cut])
    kept = np.ones(len(cut), dtype=bool) if look.full_range else scale.telling(lows, highs)
    return scale.fit(lows[kept].ravel(), highs[kept].ravel(), log=look.log, full=look.full_range, parts=parts)


def _exceeds(cut: Sequence[Columns], axis: scale.Scale) -> bool:
    room = (axis.high - axis.low) * 1e-9
    return any(
        bool((each.low[np.isfinite(each.low)] < axis.low - room).any())
        or bool((each.high[np.isfinite(each.high)] > axis.high + room).any())
        for each in cut
    )


def _curve(
    line: Line,
    trace: Trace,
    columns: Columns,
    window: tuple[float, float],
    axis: scale.Scale,
    xaxis: XAxis,
    zone: tzinfo | None,
) -> Curve:
    count = len(columns.line)
    x = (np.arange(count) + 0.5) / count
    y, low, high = (_shares(values, axis) for values in (columns.line, columns.low, columns.high))
    odd = sorted(trace.nonfinite, key=lambda each: each.first)
    notes = [f"({each.number} {each.kind} since {x_text(each.first, xaxis, zone)})" for each in odd]
    marks = [
        Mark(float(x[column]), each.kind)
        for each in odd
        for column in _beginnings(trace.nonfinite_columns(each.kind, *window, count))
    ]
    return Curve(clean(line.name), line.swatch, trace.last, _stretches(x, y, low, high), tuple(marks), tuple(notes))


def _beginnings(columns: NDArray[np.intp]) -> list[int]:
    """The first column of each unbroken run of them: one mark says it for all."""
    first: list[int] = columns[np.diff(columns, prepend=-2) > 1].tolist()
    return first


def _shares(values: F64, axis: scale.Scale) -> F64:
    with np.errstate(all="ignore"):
        shares: F64 = np.clip((values - axis.low) / (axis.high - axis.low), 0.0, 1.0)
    shares[~np.isfinite(values)] = np.nan
    return shares


def _stretches(x: F64, y: F64, low: F64, high: F64) -> tuple[Stretch, ...]:
    """Cut where there is nothing to draw."""
    there = np.isfinite(y)
    low, high = np.where(np.isfinite(low), low, y), np.where(np.isfinite(high), high, y)
    edges = np.flatnonzero(np.diff(there, prepend=False, append=False))
    return tuple(
        Stretch(x[start:end], y[start:end], low[start:end], high[start:end])
        for start, end in zip(edges[::2].tolist(), edges[1::2].tolist(), strict=True)
    )


def _y_ticks(axis: scale.Scale, parts: int) -> list[Tick]:
    marks = axis.ticks(parts)
    at = _shares(np.array([value for value, _ in marks]), axis) if not axis.log else _log_shares(marks, axis)
    return [Tick(float(share), label) for share, (_, label) in zip(at, marks, strict=True) if np.isfinite(share)]


def _log_shares(marks: Sequence[tuple[float, str]], axis: scale.Scale) -> F64:
    with np.errstate(all="ignore"):
        return _shares(np.log10(np.array([value for value, _ in marks])), axis)


def _x_ticks(window: tuple[float, float], axis: XAxis, parts: int, zone: tzinfo | None) -> list[Tick]:
    start, end = window
    if axis.kind == "wall":
        values, step = ticks.time_of_day(start, end, parts, zone)
        texts = [labels.clock(value, step, zone) for value in values]
    elif axis.kind == "relative":
        values, step = ticks.span_of_time(start, end, parts)
        texts = [labels.span(value, step) for value in values]
    else:
        values, step = ticks.linear(start, end, parts)
        texts = labels.numbers(values, step)
    inside = [(value, text) for value, text in zip(values, texts, strict=True) if start <= value <= end]
    return [Tick((value - start) / (end - start), text) for value, text in inside]


def legend(curve: Curve) -> str:
    """What the legend says of a curve: its name, its last value and what is not finite."""
    words = [curve.name, units.value(curve.last), *curve.notes]
    return " ".join(word for word in words if word)
