"""When a run makes steps, and how often it usually does: read off its curves."""

from __future__ import annotations

import math
from collections.abc import Mapping

import numpy as np

from logstore.model.runs import Run
from logstore.model.series import Series
from tui.health.evidence import StepClock

ROWS = 129
"""Rows whose spacing is the usual one."""
FEWEST = 5
"""Rows before anything is usual."""
AGAIN = 10.0
"""Seconds between two looks at what is usual."""


class ClockTrack:
    """The step clock of one run."""

    def __init__(self) -> None:
        self._usual: float | None = None
        self._due = -math.inf
        self._main: Series | None = None
        self._pauses = Pauses()
        self._started: float | None = None
        self._steps, self._rows = Arrivals(), Arrivals()

    def look(self, run: Run, now: float, grew: float | None = None) -> StepClock:
        """The clock now; ``grew`` is when the run's directory or log grew last, where somebody looked."""
        if now >= self._due or self._main is None:
            # Runs that begin together take their turns at different ticks.
            self._due = now + AGAIN * (1 + sum(run.key.encode("utf-8", "replace")) % 16 / 16)
            self._main = longest(run.metrics)
            self._started = run.record.starts[-1] if run.record.starts else run.created
            if self._main is not None:
                self._usual = _spacing(self._main)
                self._pauses.look(self._main, self._started)
        ranks, last = _ranks(run), _finite(run.last_row)
        behind = 0.0 if last is None or run.last_logged is None else max(0.0, run.last_logged - last)
        return StepClock(
            run.step,
            self._steps.note(self._advanced(), now, behind),
            self._rows.note(max(ranks.values()) if ranks else last, now, behind),
            self._usual,
            self._started,
            grew,
            ranks,
            far=run.liveness.verdict == "elsewhere",
            pause=self._pauses.longest,
        )

    def _advanced(self) -> float | None:
        """When this attempt made its last step; rows of an earlier attempt say nothing of this one."""
        last = _finite(self._main.last_time) if self._main is not None else None
        return None if last is not None and self._started is not None and last < self._started else last


class Pauses:
    """The longest time between two rows of a growing series; each is looked at once."""

    def __init__(self) -> None:
        self.longest: float | None = None
        self._series: Series | None = None
        self._generation = -1
        self._since: float | None = None
        self._seen = 0

    def look(self, series: Series, since: float | None) -> None:
        """Take in what is new; rows before ``since``, and the first few after it, do not count: they are a start."""
        if series is not self._series or since != self._since:
            self._series, self._since, self.longest = series, since, None
            self._seen = FEWEST + (int((series.times < since).sum()) if since is not None else 0)
        if series.generation != self._generation:
            # Points were thinned out or logged again: the time between those that are left is no pause.
            rewritten, self._generation = series.thinned or self.longest is not None, series.generation
            self._seen = len(series) if rewritten else self._seen
        times, self._seen = series.times[max(0, self._seen - 1) :], max(self._seen, len(series))
        gaps = np.diff(times[np.isfinite(times)])
        if len(gaps):
            self.longest = max(self.longest or 0.0, float(gaps.max()))


class Arrivals:
    """When something that carries a time of its own was seen to move, by our clock: the writer's may be wrong."""

    def __init__(self) -> None:
        self._stamp: float | None = None
        self._seen: float | None = None

    def note(self, stamp: float | None, now: float, behind: float = 0.0) -> float | None:
        """When it moved last: now, if ``stamp`` is another than before; its own word for what we did not see.

        ``behind`` are the seconds by which the writer's clock is known to be behind ours.
        """
        if stamp != self._stamp:
            self._seen = now if self._stamp is not None and stamp is not None else None
            self._stamp = stamp
        return self._seen if self._seen is not None or stamp is None else min(stamp + behind, now)


def longest(curves: Mapping[str, Series]) -> Series | None:
    """The series with the most points: the one that ticks with the training."""
    return max(curves.values(), key=len, default=None)


def _spacing(series: Series) -> float | None:
    """Median seconds between recent rows that carry a time; rows of one moment count as one."""
    times = series.times[-ROWS:]
    times = times[np.isfinite(times)]
    gaps = times[1:] - times[:-1]
    gaps = np.sort(gaps[gaps > 0])  # of so few, numpy's own median takes four times as long
    count = len(gaps)
    return float(gaps[count // 2] + gaps[(count - 1) // 2]) / 2 if count + 1 >= FEWEST else None


def _ranks(run: Run) -> dict[int, float]:
    """When each rank logged last, where there are several."""
    if len(run.ranks) < 2:
        return {}
    return {rank: time for rank, curves in run.ranks.items() if (time := _last(curves)) is not None}


def _last(curves: Mapping[str, Series]) -> float | None:
    times = [series.last_time for series in curves.values() if series.last_time is not None]
    return max((time for time in times if math.isfinite(time)), default=None)


def _finite(time: float | None) -> float | None:
    return time if time is not None and math.isfinite(time) else None
