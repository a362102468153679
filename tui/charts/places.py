"""Places on a chart as moments of the run, and the other way round: by step, by time, or by another metric. Pure.

A moment is known by its step or by its time. The step of a time is that of the point which was logged last until then.
"""

from __future__ import annotations

import math
from collections.abc import Iterable
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from tui.charts.line import ChartSpec, Line, Points, XAxis

F64 = NDArray[np.float64]


class Place(NamedTuple):
    """A moment of a run.

    Attributes:
        step: Its step, or None where only the time is known.
        time: Its time in seconds since the epoch, or None where only the step is known.
    """

    step: float | None = None
    time: float | None = None


def place_at(spec: ChartSpec, asked: XAxis, x: float) -> Place | None:
    """The moment at ``x`` along the axis that ``spec`` has where ``asked`` is asked for; None if that is not known."""
    axis, line = spec.axis(asked), _first(spec)
    if axis.kind == "step":
        return Place(step=x)
    if axis.kind == "wall":
        return Place(time=x)
    if axis.kind == "relative":
        origin = None if line is None else _origin(line)
        return None if origin is None else Place(time=x + origin)
    other = None if line is None else line.along.get(axis.metric)
    step = None if other is None else _step_where(other, x)
    return None if step is None else Place(step=step)


def x_of(spec: ChartSpec, asked: XAxis, place: Place) -> float | None:
    """Where ``place`` is along that axis; None where that is not known."""
    axis, line = spec.axis(asked), _first(spec)
    if axis.kind == "wall":
        return place.time
    if axis.kind == "relative":
        origin = None if line is None else _origin(line)
        return None if origin is None or place.time is None else place.time - origin
    if axis.kind == "step" or place.step is None:
        return place.step
    other = None if line is None else line.along.get(axis.metric)
    return None if other is None else _value_at(other, place.step)


def step_at(specs: Iterable[ChartSpec], time: float) -> float | None:
    """The step of the point that was logged last at ``time``, of all curves; None where there was none yet."""
    found = [_last_until(line, time) for spec in specs if not spec.timed for line in spec.lines]
    return max((each for each in found if each is not None), default=(0.0, None))[1]


def _first(spec: ChartSpec) -> Line | None:
    return next((line for line in spec.lines if len(line.x)), None)


def _origin(line: Line) -> float | None:
    """The time at which relative time is 0, as ``Abscissa`` has it."""
    if line.start is not None:
        return line.start
    return float(line.times.min()) if line.times is not None and len(line.times) else None


def _last_until(line: Line, time: float) -> tuple[float, float] | None:
    """Time and step of the last point of ``line`` that was logged until ``time``."""
    if line.times is None:
        return None
    passed = np.flatnonzero(line.times[: len(line.x)] <= time)
    return (float(line.times[passed[-1]]), float(line.x[passed[-1]])) if len(passed) else None


def _step_where(other: Points, x: float) -> float | None:
    """The first step at which a metric had come to ``x``."""
    reached = np.flatnonzero(_usable(other)[1] >= x)
    return float(_usable(other)[0][reached[0]]) if len(reached) else None


def _value_at(other: Points, step: float) -> float | None:
    steps, values = _usable(other)
    if not len(steps):
        return None
    value = float(np.interp(step, steps, values))
    return value if math.isfinite(value) else None


def _usable(other: Points) -> tuple[F64, F64]:
    known = np.isfinite(other.values)
    return other.steps[known], other.values[known]
