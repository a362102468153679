"""Steps and times that several series share, and all that moves their points: growing, merging, forking, thinning.

While steps only grow, rows are appended. A step that comes again replaces the earlier point; rows of a later attempt
(``Axis.fork``) turn what they overtake into a ghost. ``Axis.thin`` leaves of the older part the extremes of groups of
rows; the newest points stay as they were logged.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, NamedTuple
from weakref import ref

import numpy as np

from logstore.model.buffer import Buffer, added, viewed
from logstore.model.delta import F64, I64
from logstore.model.thinning import GROUP, halved_places

if TYPE_CHECKING:
    from logstore.model.series import Series

RECENT = 1024
"""The newest points of a curve, which are never thinned out."""


class Merge(NamedTuple):
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
        return 8 * (columns * len(self.steps) + (columns - 1) * len(viewed(self.ghost_steps)))

    def extend(self, steps: F64, times: F64, values: Mapping[str, F64]) -> None:
        """Add rows; ``values`` holds a column for every member, by metric."""
        if not len(steps):
            return
        merge = self._plan(steps)
        if merge is None:
            self.steps.append(steps)
            self.times.append(times)
        else:
            merge_into(self.steps, merge, steps)
            merge_into(self.times, merge, times)
            self._coarse = min(self._coarse, merge.start)
        step, time = float(steps[-1]), float(times[-1])
        for series in self.members:
            series.take(values[series.metric], merge, step, time)

    def fork(self, step: float) -> None:
        """A later attempt begins at ``step``: points from there on become ghosts."""
        keep = int(np.searchsorted(self.steps.view, step))
        if keep == len(self.steps):
            return
        self.ghost_steps = added(self.ghost_steps, self.steps.view[keep:])
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

    def _plan(self, steps: F64) -> Merge | None:
        old = self.steps.view
        ascending = len(steps) == 1 or bool((steps[1:] > steps[:-1]).all())
        if ascending and (not len(old) or steps[0] > old[-1]):
            return None
        start = int(np.searchsorted(old, steps.min()))
        rows = np.concatenate([old[start:], steps])
        order = np.argsort(rows, kind="stable")
        ordered = rows[order]
        latest = np.append(ordered[1:] != ordered[:-1], True)
        return Merge(start, order[latest])


def merge_into(buffer: Buffer, merge: Merge, new: F64) -> None:
    """Let ``new`` values enter ``buffer`` as ``merge`` says."""
    old = buffer.view
    rest = np.concatenate([old[merge.start :], new])[merge.take]
    buffer.replace(np.concatenate([old[: merge.start], rest]))
