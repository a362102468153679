"""The curves of one run as rules look at them: spells that are not finite, losses beside their range, progress."""

from __future__ import annotations

import math
from collections.abc import Mapping
from statistics import median
from zlib import crc32

import numpy as np

from logstore.model.runs import Run
from logstore.model.series import Series
from tui.health.evidence import LossRange, Nonfinite, Progress
from tui.health.levels import BLOCK
from tui.health.losses import judged
from tui.health.ranges import RangeWatch
from tui.health.spells import SpellWatch
from tui.health.thresholds import Thresholds
from tui.show.direction import direction

PLATEAU_AGAIN = 60.0
"""Seconds between two looks at progress."""
PLATEAU_POINTS = 2000


class CurveTrack:
    """Follows the curves of one run; each point is looked at once."""

    def __init__(self, thresholds: Thresholds) -> None:
        self.nonfinite: tuple[Nonfinite, ...] = ()
        self.losses: tuple[LossRange, ...] = ()
        self.progress: tuple[Progress, ...] = ()
        self._thresholds = thresholds
        self._spells: dict[int, list[SpellWatch]] = {}
        self._curves: dict[int, tuple[Mapping[str, Series], int]] = {}
        self._ranges: dict[str, RangeWatch] = {}
        self._watched: list[str] = []
        self._due = -math.inf

    def look(self, run: Run) -> None:
        """Take in what is new."""
        changed = False
        for rank, curves in run.ranks.items():
            known, count = self._curves.get(rank, (None, 0))
            if known is not curves or count != len(curves):
                self._meet(rank, curves, main=rank == run.rank)
            for watch in self._spells[rank]:
                changed |= watch.look()
        if changed:
            watches = (watch for spells in self._spells.values() for watch in spells)
            self.nonfinite = tuple(watch.spell for watch in watches if watch.spell is not None)
        metrics = run.metrics
        losses = [series for name in self._watched if (series := metrics.get(name)) is not None]
        ranges = [(series, self._range(series, run.key)) for series in losses]
        left = ((series, watch.state) for series, watch in ranges if not watch.is_calm)
        self.losses = tuple(_resumed(run, series, loss) for series, loss in left if loss is not None)

    def look_at_progress(self, run: Run, now: float) -> None:
        """Measure progress anew, where it is time to."""
        if "plateau" in self._thresholds.off or now < self._due:
            return
        self._due = now + PLATEAU_AGAIN
        seconds = 3600 * self._thresholds.plateau_hours
        losses = (series for name in self._watched if (series := run.metrics.get(name)) is not None)
        found = (progress(series, seconds) for series in losses)
        self.progress = tuple(each for each in found if each is not None)

    def _meet(self, rank: int, curves: Mapping[str, Series], *, main: bool) -> None:
        """Begin to follow series that are new; those that are known keep what was seen of them."""
        known = {id(watch.series): watch for watch in self._spells.get(rank, ())}
        self._spells[rank] = [
            known.get(id(series)) or SpellWatch(series, rank, loss=better == "min", score=better == "max")
            for metric, series in curves.items()
            for better in [direction(metric)]
        ]
        self._curves[rank] = (curves, len(curves))
        if main:
            self._watched = judged(curves, self._thresholds.divergence_moving)

    def _range(self, series: Series, key: str) -> RangeWatch:
        watch = self._ranges.get(series.metric)
        if watch is None or watch.generation != series.generation:
            turn = crc32(f"{key} {series.metric}".encode("utf-8", "replace")) % BLOCK
            watch = self._ranges[series.metric] = RangeWatch(self._thresholds, series.generation, turn)
        watch.look(series)
        return watch


def _resumed(run: Run, series: Series, loss: LossRange) -> LossRange:
    """``loss``, which says so where it left its range with the first row of a later attempt."""
    starts = run.record.starts
    if not starts or loss.step is None or loss.since is None or loss.since < starts[-1]:
        return loss
    place = int(series.steps.searchsorted(loss.step))
    return loss._replace(resumed=place > 0 and bool(series.times[place - 1] < starts[-1]))


def progress(series: Series, seconds: float) -> Progress | None:
    """The medians of the two halves of the last ``seconds`` of a curve; None where they are not covered."""
    times = series.times
    if len(times) < 20 or not times[-1] - times[0] >= 0.9 * seconds:
        return None
    last = float(times[-1])
    low, middle = (int(place) for place in times.searchsorted([last - seconds, last - seconds / 2]))
    halves = [median(part) for part in map(_sampled, (series.values[low:middle], series.values[middle:])) if part]
    return Progress(series.metric, halves[0], halves[1], last - float(times[low])) if len(halves) == 2 else None


def _sampled(values: np.typing.NDArray[np.float64]) -> list[float]:
    """At most ``PLATEAU_POINTS`` of the finite values, evenly spread."""
    sample = values[:: max(1, len(values) // PLATEAU_POINTS)]
    return [float(value) for value in sample[np.isfinite(sample)]]
