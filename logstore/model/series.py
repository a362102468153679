"""The points of one metric, as numpy arrays that only grow.

Series that are logged together share one ``Axis`` (their steps and times), so that a million rows of five metrics cost
seven columns and not fifteen. While steps only grow the curve is the log itself, without copying. A step that
comes again replaces the earlier point; rows of a later attempt (``Axis.fork``) turn what they overtake into a ghost.

A curve of many points may be thinned out (``Axis.thin``): then its older part holds the extremes of groups of rows, the
newest points are as they were logged, and the statistics are those of all rows.

Arrays that were handed out never change: they are views of the past, and stay true to it.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from weakref import ref

import numpy as np
import numpy.typing as npt

from logstore.model.buffer import Buffer
from logstore.model.delta import F64, I64
from logstore.model.stats import Stats
from logstore.model.thinning import GROUP, halved, halved_places

RECENT = 1024
"""The newest points of a curve, which are never thinned out."""


@dataclass(frozen=True, slots=True)
class _Merge:
    """How new rows enter an axis when their steps do not simply continue it."""

    start: int
    """Points before this index stay as they are."""
    take: I64
    """Which of (the old points from ``start`` on, then the new rows) form the rest of the curve, in order."""


class Axis:
    """Steps and times of series that have been logged together so far."""

    __slots__ = ("_coarse", "_level", "_members", "ghost_steps", "steps", "times")

    def __init__(self) -> None:
        self.steps = Buffer()
        self.times = Buffer()
        self.ghost_steps: Buffer | None = None
        """None while nothing was replaced, which is nearly always."""
        self._members: list[ref[Series]] = []
        """Weak, since each of them holds the axis: memory of a run that is gone is free at once."""
        self._coarse = 0
        """Points at the beginning that were thinned out."""
        self._level = 0
        """How often their number was halved."""

    @property
    def members(self) -> list[Series]:
        """The series whose steps and times these are."""
        return [series for member in self._members if (series := member()) is not None]

    @property
    def nbytes(self) -> int:
        """Bytes that the points of all members take."""
        columns = 2 + len(self._members)
        return 8 * (columns * len(self.steps) + (columns - 1) * len(_view(self.ghost_steps)))

    def extend(self, steps: F64, times: F64, values: Mapping[str, F64]) -> None:
        """Add rows; ``values`` holds a column for every member, by metric."""
        if not len(steps):
            return
        merge = self._plan(steps)
        if merge is None:
            self.steps.append(steps)
            self.times.append(times)
        else:
            _merge(self.steps, merge, steps)
            _merge(self.times, merge, times)
            self._coarse = min(self._coarse, merge.start)
        for series in self.members:
            series.take(values[series.metric], merge, float(steps[-1]), float(times[-1]))

    def fork(self, step: float) -> None:
        """A later attempt begins at ``step``: points from there on become ghosts."""
        keep = int(np.searchsorted(self.steps.view, step))
        if keep == len(self.steps):
            return
        self.ghost_steps = _added(self.ghost_steps, self.steps.view[keep:])
        self.steps.replace(self.steps.view[:keep])
        self.times.replace(self.times.view[:keep])
        self._coarse = min(self._coarse, keep)
        for series in self.members:
            series.cut(keep)

    def thin(self) -> None:
        """Keep about half of the points that are not recent, extremes first (see ``logstore.model.thinning``)."""
        before = len(self.steps)
        if self._level:
            self._fold()
        if 4 * len(self.steps) > 3 * before:
            self._coarsen()

    def _fold(self) -> None:
        """Thin out the points that came since the last time, until they are as far apart as those before."""
        unit = GROUP << (self._level - 1)
        count = max(0, len(self.steps) - RECENT - self._coarse) // unit * unit
        self._halve(self._coarse, count, self._level)
        self._coarse += count >> self._level

    def _coarsen(self) -> None:
        """Halve the number of all points that were thinned out before; the first time, of all that are not recent.

        The very first point always stays.
        """
        end = self._coarse if self._level else max(1, len(self.steps) - RECENT)
        count = (end - 1) // GROUP * GROUP
        if count:
            self._halve(1, count, 1)
            self._coarse, self._level = end - count // 2, self._level + 1

    def _halve(self, low: int, count: int, often: int) -> None:
        """Halve the number of the ``count`` points from ``low`` on so many times."""
        if count:
            for series in self.members:
                series.thin(low, count, often)
            for buffer in (self.steps, self.times):
                buffer.compress(low, count, often, halved_places)

    def split(self, members: Sequence[Series]) -> Axis:
        """Give ``members`` an axis of their own with the same past, because their rows differ from now on."""
        twin = Axis()
        twin.steps, twin.times = self.steps.copy(), self.times.copy()
        twin.ghost_steps = None if self.ghost_steps is None else self.ghost_steps.copy()
        twin._coarse, twin._level = self._coarse, self._level
        leaving = set(map(id, members))
        self._members = [ref(series) for series in self.members if id(series) not in leaving]
        for series in members:
            twin.adopt(series)
        return twin

    def adopt(self, series: Series) -> None:
        """Make ``series`` a member."""
        series.axis = self
        self._members.append(ref(series))

    def _plan(self, steps: F64) -> _Merge | None:
        old = self.steps.view
        ascending = len(steps) == 1 or bool((steps[1:] > steps[:-1]).all())
        if ascending and (not len(old) or steps[0] > old[-1]):
            return None
        start = int(np.searchsorted(old, steps.min()))
        rows = np.concatenate([old[start:], steps])
        order = np.argsort(rows, kind="stable")
        ordered = rows[order]
        latest = np.append(ordered[1:] != ordered[:-1], True)
        return _Merge(start, order[latest])


def _merge(buffer: Buffer, merge: _Merge, new: F64) -> None:
    old = buffer.view
    rest = np.concatenate([old[merge.start :], new])[merge.take]
    buffer.replace(np.concatenate([old[: merge.start], rest]))


class Series:
    """One metric of one run.

    ``len(series)`` is the number of points of the curve. ``version`` grows with every change, so that a screen can tell
    cheaply whether it has to draw again.
    """

    __slots__ = (
        *(
            "__weakref__",
            "_ghosts",
            "_stats",
            "_values",
            "axis",
            "generation",
            "last",
            "last_step",
            "last_time",
            "metric",
            "version",
        ),
        "thinned",
    )

    def __init__(self, metric: str, axis: Axis | None = None) -> None:
        """A curve without points.

        Args:
            metric: Its name.
            axis: Whose steps it shares; None: its own.
        """
        self.metric = metric
        self.version = 0
        self.generation = 0
        """Grows when points that were there before moved, changed or left; else a newer version only appends."""
        self.last: float | None = None
        """The value logged last; it may be NaN or infinite."""
        self.last_step: float | None = None
        self.last_time: float | None = None
        """Seconds since the epoch; NaN when the row had no time."""
        self.axis: Axis
        self.thinned = 0
        """Points that were left out to save memory; the statistics know them."""
        self._values = Buffer()
        self._ghosts: Buffer | None = None
        self._stats: Stats | None = None
        (Axis() if axis is None else axis).adopt(self)

    def __len__(self) -> int:
        return len(self._values)

    def __repr__(self) -> str:
        return f"<Series {self.metric!r}: {len(self)} points, last {self.last}>"

    @property
    def steps(self) -> F64:
        """Steps of the curve, strictly ascending."""
        return self.axis.steps.view

    @property
    def times(self) -> F64:
        """Seconds since the epoch of each point; NaN where a row had none."""
        return self.axis.times.view

    @property
    def values(self) -> F64:
        """Values of the curve, NaN and infinity included."""
        return self._values.view

    @property
    def ghost(self) -> tuple[F64, F64]:
        """Steps and values that later attempts replaced, attempt after attempt."""
        return _view(self.axis.ghost_steps), _view(self._ghosts)

    @property
    def count(self) -> int:
        """Points that were logged for the curve, non-finite ones and those left out included."""
        return len(self._values) + self.thinned

    @property
    def first(self) -> float | None:
        """The value at the smallest step."""
        return float(self._values.view[0]) if len(self) else None

    @property
    def mean(self) -> float | None:
        """Mean over the finite values; None without any."""
        return self._fresh().mean

    @property
    def minimum(self) -> float | None:
        """Smallest finite value."""
        return self._fresh().minimum

    @property
    def minimum_step(self) -> float | None:
        """First step with the smallest finite value."""
        return self._fresh().minimum_step

    @property
    def maximum(self) -> float | None:
        """Largest finite value."""
        return self._fresh().maximum

    @property
    def maximum_step(self) -> float | None:
        """First step with the largest finite value."""
        return self._fresh().maximum_step

    @property
    def nonfinite(self) -> int:
        """How many points are NaN or infinite."""
        return self._fresh().nonfinite

    @property
    def first_nonfinite(self) -> tuple[float, float] | None:
        """Step and value of the first point that is NaN or infinite."""
        return self._fresh().first_nonfinite

    def extend(self, steps: npt.ArrayLike, times: npt.ArrayLike, values: npt.ArrayLike) -> None:
        """Add points in the order they were logged: three arrays of one length; steps are finite."""
        axis = self.axis if len(self.axis.members) == 1 else self.axis.split([self])
        axis.extend(_floats(steps), _floats(times), {self.metric: _floats(values)})

    def fork(self, step: float) -> None:
        """A later attempt begins at ``step``: points from there on become a ghost."""
        axis = self.axis if len(self.axis.members) == 1 else self.axis.split([self])
        axis.fork(step)

    def take(self, values: F64, merge: _Merge | None, step: float, time: float) -> None:
        """Follow the axis, which has just grown (only ``Axis`` calls this)."""
        if merge is None:
            self._values.append(values)
        else:
            _merge(self._values, merge, values)
            self._stats = None
            self.generation += 1
        self.last, self.last_step, self.last_time = float(values[-1]), step, time
        self.version += 1

    def cut(self, keep: int) -> None:
        """Follow the axis, of which only the first ``keep`` points stay (only ``Axis`` calls this)."""
        self._ghosts = _added(self._ghosts, self._values.view[keep:])
        self._values.replace(self._values.view[:keep])
        self._stats = None
        self.generation += 1
        self.version += 1

    def thin(self, low: int, count: int, often: int) -> None:
        """Follow the axis, of which a part is thinned out (only ``Axis`` calls this, before its own steps change)."""
        stats = self._fresh()
        self._values.compress(low, count, often, halved)
        stats.skip_to(len(self._values))
        self.thinned += count - (count >> often)
        self.generation += 1
        self.version += 1

    def _fresh(self) -> Stats:
        if self._stats is None:
            self._stats = Stats()
        self._stats.update(self.steps, self.values)
        return self._stats


def _view(buffer: Buffer | None) -> F64:
    return np.empty(0) if buffer is None else buffer.view


def _added(buffer: Buffer | None, values: F64) -> Buffer:
    """``buffer``, or a new one, with ``values`` at the end."""
    buffer = Buffer() if buffer is None else buffer
    buffer.append(values)
    return buffer


def _floats(values: npt.ArrayLike) -> F64:
    return np.array(values, dtype=np.float64, ndmin=1)
