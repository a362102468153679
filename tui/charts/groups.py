"""Runs drawn as one line: the mean of a group over a band, from minimum to maximum or of one standard deviation.

The x axis is cut into buckets (1,000, as in W&B's full-fidelity plots). In each bucket a run counts with its last value
there, or with the value between its points around the middle of the bucket; before its first point and after its last
it does not count. The band from minimum to maximum holds every value of every run, so that no spike is lost; the other
is the mean plus and minus the standard deviation (of the population) of what the runs count with.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from tui.charts.columns import Columns
from tui.charts.line import STEP, Line, XAxis
from tui.charts.smoothing import NO_SMOOTHING
from tui.charts.trace import Trace

F64 = NDArray[np.float64]
Band = Literal["minmax", "std"]

BUCKETS = 1000


@dataclass(frozen=True, slots=True)
class _Itself:
    """A metric that is its own x: what a line lies along that is already along it."""

    steps: F64
    values: F64


class Groups:
    """Lines in groups, followed: runs without news are not read again.

    Args:
        band: What the band shows.
        buckets: How many points a group's line has at most.
    """

    def __init__(self, band: Band = "minmax", buckets: int = BUCKETS) -> None:
        self._band = band
        self._buckets = buckets
        self._traces: dict[str, Trace] = {}
        self._axis = STEP
        self._made: dict[str, tuple[object, Line]] = {}

    def lines(self, lines: Sequence[Line], group_of: Callable[[Line], str], axis: XAxis = STEP) -> list[Line]:
        """One line for each group, in the order of their first members; its points lie on the steps of ``axis``.

        Args:
            lines: The runs of one metric.
            group_of: The name of a line's group.
            axis: What runs along x; the lines that come back are already along it.
        """
        if axis != self._axis:
            self._axis, self._traces, self._made = axis, {}, {}
        members: dict[str, list[Line]] = {}
        for line in lines:
            members.setdefault(group_of(line), []).append(line)
        self._traces = {line.key: self._traces.get(line.key) or Trace(axis) for line in lines}
        for line in lines:
            self._traces[line.key].follow(line)
        self._made = {name: self._group(name, group) for name, group in members.items()}
        return [line for _, line in self._made.values()]

    def _group(self, name: str, members: Sequence[Line]) -> tuple[object, Line]:
        seen = tuple((line.key, line.generation, line.version) for line in members)
        before = self._made.get(name)
        if before is not None and before[0] == seen:
            return before
        version = before[1].version + 1 if before is not None else 0
        traces = [self._traces[line.key] for line in members]
        x, mean, low, high = summarise(traces, self._band, self._buckets)
        first = members[0]
        named = f"{name} ({len(members)})"
        line = replace(first, key=f"group:{name}", name=named, x=x, y=mean, times=x, start=0.0, band=(low, high))
        live = any(member.live for member in members)
        itself = {self._axis.metric: _Itself(x, x)} if self._axis.kind == "metric" else {}
        along = {**first.along, **itself}  # the others are there to be chosen, and then all is summed up anew
        return seen, replace(line, version=version, generation=version, along=along, live=live)


def summarise(traces: Sequence[Trace], band: Band, buckets: int) -> tuple[F64, F64, F64, F64]:
    """x, mean, lower and upper edge of the band over several lines."""
    extents = [trace.extent for trace in traces if trace.extent is not None]
    if not extents:
        return (np.empty(0),) * 4
    edges = _edges(min(start for start, _ in extents), max(end for _, end in extents), traces, buckets)
    cut = [trace.columns(edges, smoothing=NO_SMOOTHING, span=1.0, log=False) for trace in traces]
    counts, mean, deviation = _moments(cut)
    if band == "std":
        low, high = mean - deviation, mean + deviation
    else:
        low, high = _nanmin([columns.low for columns in cut]), -_nanmin([-columns.high for columns in cut])
    some = counts > 0
    return ((edges[:-1] + edges[1:]) / 2)[some], mean[some], low[some], high[some]


def _edges(start: float, end: float, traces: Sequence[Trace], buckets: int) -> F64:
    """Bucket edges around the points of the longest line, where there are few; equal buckets otherwise."""
    longest = max(len(trace) for trace in traces)
    if longest < 2 or end <= start:
        return np.array([start - 0.5, end + 0.5])
    count = min(longest, buckets)
    half = (end - start) / (count - 1) / 2
    return np.linspace(start - half, end + half, count + 1)


def _moments(cut: Sequence[Columns]) -> tuple[F64, F64, F64]:
    """How many lines count in each bucket, their mean and their standard deviation."""
    counts, mean, square = (np.zeros(len(cut[0].line)) for _ in range(3))
    with np.errstate(all="ignore"):
        for columns in cut:
            known = np.isfinite(columns.line)
            counts += known
            delta = np.where(known, columns.line - mean, 0.0)
            mean += np.where(known, delta / np.maximum(counts, 1.0), 0.0)
            square += np.where(known, delta * (columns.line - mean), 0.0)
        deviation = np.sqrt(np.maximum(square, 0.0) / np.maximum(counts, 1.0))
    return counts, mean, deviation


def _nanmin(arrays: Sequence[F64]) -> F64:
    lowest = arrays[0]
    for array in arrays[1:]:
        lowest = np.fmin(lowest, array)
    return lowest
