"""The usual range of a loss, learnt while it grows, and whether the newest points have left it.

The range is made of the last ``divergence_window`` points that lay within it: their median, and as its upper end the
median plus ``divergence_spread`` times the scatter (1.4826 × the median absolute deviation, which estimates a standard
deviation: Rousseeuw and Croux 1993), at least ``divergence_percent`` above. Points above wait until it is clear whether
they are a spike or a departure. A departure that lasts for a whole window becomes the usual: a new stage has its own
level, and a loss that stays high is still found by the comparison with its best level.
"""

from __future__ import annotations

import math
from collections import deque
from collections.abc import Sequence

import numpy as np

from logstore.series import Series
from tui.health.evidence import LossRange
from tui.health.thresholds import Thresholds

SCATTER = 1.4826
BLOCK = 25
"""Points whose median is one level: few enough to follow, enough not to follow noise."""
CREEP_SCATTER = 4.0
"""Scatters within a block that a level may rise by without having crept, whatever the factor says."""


class RangeWatch:
    """One loss beside its own past."""

    def __init__(self, thresholds: Thresholds, generation: int = 0) -> None:
        self.generation = generation
        """Of the series that it follows; a series that was rewritten needs a new watch."""
        self._thresholds = thresholds
        self._levels = Levels(thresholds.divergence_factor)
        self._usual: deque[float] = deque(maxlen=thresholds.divergence_window)
        self._above: list[tuple[float, float, float]] = []
        self._within = 0
        self._fresh = 0
        self._centre = self._limit = math.inf
        self._seen = 0

    def look(self, series: Series) -> None:
        """Take in what is new: every point, or the last few windows where there is much."""
        low = max(self._seen, len(series) - 4 * self._thresholds.divergence_window)
        if low > self._seen:
            self._levels.catch_up(series.steps[self._seen : low], series.values[self._seen : low])
        self._seen = len(series)
        rows = zip(series.steps[low:].tolist(), series.times[low:].tolist(), series.values[low:].tolist(), strict=True)
        for step, time, value in rows:
            if math.isfinite(value):
                self._levels.add(step, value)
                self._add(step, time, value)

    def state(self, series: Series) -> LossRange | None:
        """The loss beside its range; None before it may be judged."""
        if not math.isfinite(self._limit) or series.last is None:
            return None
        first = self._above[0] if self._above else None
        levels = self._levels
        return LossRange(
            series.metric,
            series.last,
            self._centre,
            self._limit,
            len(self._above),
            first[1] if first and math.isfinite(first[1]) else None,
            first[0] if first else None,
            levels.recent,
            levels.best,
            levels.best_step,
            levels.limit,
        )

    def _add(self, step: float, time: float, value: float) -> None:
        if value > self._limit:
            self._above.append((step, time, value))
            self._within = 0
            if len(self._above) >= self._thresholds.divergence_window:
                self._settle(list(zip(*self._above, strict=True))[2])
        elif len(self._above) < self._thresholds.divergence_points:
            self._accept([*(row[2] for row in self._above), value])
        else:
            self._return(value)

    def _return(self, value: float) -> None:
        """One point within the range after a departure; as many in a row as made the departure end it."""
        self._within += 1
        if self._within >= self._thresholds.divergence_points:
            self._accept([value])

    def _accept(self, values: Sequence[float]) -> None:
        """Points that belong to the usual, spikes that came back among them; the median does not mind those."""
        self._above.clear()
        self._within = 0
        self._usual.extend(values)
        self._fresh += len(values)
        enough = len(self._usual) >= self._thresholds.divergence_minimum
        if enough and (self._fresh >= BLOCK or not math.isfinite(self._limit)):
            self._measure()

    def _settle(self, values: Sequence[float]) -> None:
        self._usual.clear()
        self._accept(values)
        self._measure()

    def _measure(self) -> None:
        self._fresh = 0
        values = np.array(self._usual)
        least = self._thresholds.divergence_percent / 100
        spread = self._thresholds.divergence_spread * SCATTER
        if values.min() > 0:
            logs = np.log(values)
            centre = float(np.median(logs))
            rise = max(spread * float(np.median(np.abs(logs - centre))), math.log1p(least))
            self._centre, self._limit = math.exp(centre), math.exp(min(700.0, centre + rise))
        else:
            centre = float(np.median(values))
            rise = max(spread * float(np.median(np.abs(values - centre))), least * abs(centre))
            self._centre, self._limit = centre, centre + rise


class Levels:
    """Medians of consecutive blocks of a positive loss: the latest, and the best before it."""

    def __init__(self, factor: float) -> None:
        self._factor = factor
        self._block: list[float] = []
        self._scatter = 0.0
        self._positive = True
        self._recent_step = 0.0
        self.recent: float | None = None
        self.best: float | None = None
        self.best_step: float | None = None

    @property
    def limit(self) -> float | None:
        """What the latest level may reach; None where the loss is not always positive."""
        if not self._positive or self.best is None:
            return None
        return self.best * max(self._factor, math.exp(min(700.0, CREEP_SCATTER * self._scatter)))

    def add(self, step: float, value: float) -> None:
        """Take in one point."""
        self._positive = self._positive and value > 0
        self._block.append(value)
        if len(self._block) == BLOCK:
            self._take(step, np.array(self._block))
            self._block.clear()

    def catch_up(self, steps: np.typing.NDArray[np.float64], values: np.typing.NDArray[np.float64]) -> None:
        """Take in a long past by samples of it: at most 200 blocks, evenly spread."""
        blocks = len(values) // BLOCK
        for block in np.unique(np.linspace(0, blocks - 1, min(blocks, 200)).astype(int)) if blocks else ():
            part = values[block * BLOCK : (block + 1) * BLOCK]
            part = part[np.isfinite(part)]
            if len(part) > BLOCK // 2:
                self._positive = self._positive and bool(part.min() > 0)
                self._take(float(steps[(block + 1) * BLOCK - 1]), part)

    def _take(self, step: float, values: np.typing.NDArray[np.float64]) -> None:
        if not self._positive:
            return
        if self.recent is not None and (self.best is None or self.recent <= self.best):
            self.best, self.best_step = self.recent, self._recent_step
        self.recent, self._recent_step = float(np.median(values)), step
        logs = np.log(values)
        self._scatter = SCATTER * float(np.median(np.abs(logs - np.median(logs))))
