"""The points of one metric, as numpy arrays that only grow.

Series that are logged together share one ``Axis`` (their steps and times), so that a million rows of five metrics cost
seven columns and not fifteen. While steps only grow the curve is the log itself, without copying.

A curve of many points may be thinned out (``Axis.thin``): then its older part holds the extremes of groups of rows, the
newest points are as they were logged, and the statistics are those of all rows.

Arrays that were handed out never change: they are views of the past, and stay true to it.
"""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from logstore.model.axis import Axis, Merge, merge_into
from logstore.model.buffer import Buffer, added, viewed
from logstore.model.delta import F64
from logstore.model.stats import Stats
from logstore.model.thinning import halved


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
        return viewed(self.axis.ghost_steps), viewed(self._ghosts)

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

    def take(self, values: F64, merge: Merge | None, step: float, time: float) -> None:
        """Follow the axis, which has just grown (only ``Axis`` calls this)."""
        if merge is None:
            self._values.append(values)
        else:
            merge_into(self._values, merge, values)
            self._stats = None
            self.generation += 1
        self.last, self.last_step, self.last_time = float(values[-1]), step, time
        self.version += 1

    def cut(self, keep: int) -> None:
        """Follow the axis, of which only the first ``keep`` points stay (only ``Axis`` calls this)."""
        self._ghosts = added(self._ghosts, self._values.view[keep:])
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


def _floats(values: npt.ArrayLike) -> F64:
    return np.array(values, dtype=np.float64, ndmin=1)
