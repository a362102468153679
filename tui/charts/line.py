"""What a chart is asked to draw: ``Line`` (one curve), ``ChartSpec`` (one chart), ``XAxis`` and ``Look`` (how).

All are frozen values that share their arrays with the caller: building one costs nothing, whatever its length.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from types import MappingProxyType
from typing import Literal, NamedTuple, Protocol

import numpy as np
from numpy.typing import NDArray

from tui.charts.smoothing import NO_SMOOTHING, Smoothing
from tui.charts.window import FULL, Window
from tui.show.palette import Swatch

F64 = NDArray[np.float64]
Kind = Literal["line", "percent", "heat"]
XKind = Literal["step", "relative", "wall", "metric"]


class Points(Protocol):
    """Points of a metric, by step: what a ``logstore.model.series.Series`` is."""

    @property
    def steps(self) -> F64:
        """The steps, ascending."""

    @property
    def values(self) -> F64:
        """The value at each step."""


@dataclass(frozen=True, slots=True, eq=False, repr=False)
class Line:
    """One curve: its points, whose it is and how it is told apart.

    Attributes:
        key: Identity of the line in its chart (a run key); caches and the highlight go by it.
        name: What the legend calls it.
        x: Steps, ascending.
        y: The value at each step; NaN and infinities are marked, not drawn.
        version: Changes whenever points were added.
        swatch: Colour slot and marker.
        generation: Changes whenever points that were there before changed or moved. While it stays the same, a newer
            version only appends.
        times: Epoch seconds of each point; needed for time axes.
        start: Epoch seconds at which relative time is 0; by default the first point's.
        along: Other metrics of the run, for charts over a metric (``logstore.model.runs.Run.metrics``).
        band: Lowest and highest value at each step where the line stands for many (a group's mean); else its own.
        live: Whether more points are to come: the x axis then leaves room for them.
    """

    key: str
    name: str
    x: F64
    y: F64
    version: int
    swatch: Swatch
    generation: int = 0
    times: F64 | None = None
    start: float | None = None
    along: Mapping[str, Points] = field(default_factory=lambda: MappingProxyType({}))
    band: tuple[F64, F64] | None = None
    live: bool = False

    @property
    def timed(self) -> bool:
        """Whether its steps are the times themselves, as those of telemetry are: there is no other step then.

        Not so a line that stands for many: it lies along what they were summed up along.
        """
        x, times = self.x, self.times
        if times is None or self.band is not None or not 0 < len(x) == len(times):
            return False
        return bool(x[0] == times[0] and x[-1] == times[-1])


@dataclass(frozen=True, slots=True, eq=False, repr=False)
class ChartSpec:
    """One chart: a metric and its lines.

    Attributes:
        metric: The metric's name; identity of the chart in a grid.
        lines: The curves, in the order of the legend.
        section: The heading it stands under; by default the text before the first ``/``.
        kind: ``line``; ``percent`` (0 to 100, one line as a gradient area); ``heat`` (0 to 100, a row for each line).
        title: What the title row says; by default the metric's name.
        unit: Put after the values of a line chart in the title, as in `` GiB``.
        ghosts: Curves that are drawn faintly below the others and are in no legend: what later attempts replaced.
    """

    metric: str
    lines: Sequence[Line] = ()
    section: str | None = None
    kind: Kind = "line"
    title: str | None = None
    unit: str = ""
    ghosts: Sequence[Line] = ()

    @property
    def drawn(self) -> tuple[Line, ...]:
        """All curves, the ghosts last."""
        return (*self.lines, *self.ghosts)

    @property
    def timed(self) -> bool:
        """Whether all lines have times for steps."""
        return bool(self.lines) and all(line.timed for line in self.lines)

    def axis(self, asked: XAxis) -> XAxis:
        """What runs along x when ``asked`` is asked for: time, for lines that have neither steps nor other metrics."""
        return RELATIVE if asked.kind in ("step", "metric") and self.timed else asked

    @property
    def heading(self) -> str:
        """The section that the chart belongs to; empty for metrics without one."""
        if self.section is not None:
            return self.section
        head, slash, _ = self.metric.partition("/")
        return head if slash else ""


class XAxis(NamedTuple):
    """What runs along x: the step, time since the run's start, the time of day, or another metric."""

    kind: XKind = "step"
    metric: str = ""

    @classmethod
    def parse(cls, text: str) -> XAxis:
        """The axis that ``str()`` wrote: ``step``, ``relative``, ``wall`` or ``metric:NAME``; else the step."""
        kind, _, metric = text.partition(":")
        if kind == "metric" and metric:
            return cls("metric", metric)
        return cls(kind) if kind in ("relative", "wall") else cls()  # type: ignore[arg-type]  # mypy: str, not Literal

    def __str__(self) -> str:
        return f"metric:{self.metric}" if self.kind == "metric" else self.kind

    @property
    def label(self) -> str:
        """The axis in words for a person."""
        return {"step": "step", "relative": "relative time", "wall": "time of day"}.get(self.kind, self.metric)


STEP = XAxis()
RELATIVE = XAxis("relative")


class Look(NamedTuple):
    """How a chart is drawn: everything that a person sets, as one value.

    Attributes:
        xaxis: What runs along x.
        smoothing: How the bright line is smoothed.
        window: The part of x that is shown.
        log: Logarithmic y.
        full_range: Show every extreme, rather than clip far outliers with ``▴`` and ``▾``.
        band: Draw the band from minimum to maximum of each column.
        cursor: The x of the hairline.
        selection: The x range being dragged.
        highlight: The key of the line that is on top; the others recede.
        focused: Whether the chart has the keyboard.
        quiet: Leave out what charts beside each other have in common: the words for x axis, smoothing and window.
    """

    xaxis: XAxis = STEP
    smoothing: Smoothing = NO_SMOOTHING
    window: Window = FULL
    log: bool = False
    full_range: bool = False
    band: bool = True
    cursor: float | None = None
    selection: tuple[float, float] | None = None
    highlight: str | None = None
    focused: bool = False
    quiet: bool = False
