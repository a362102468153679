"""The level of a loss: medians of consecutive blocks of it, the best of them, and whether the latest stay far above it.

Single points scatter; the median of ``BLOCK`` of them does so five times less, and shows a rise that no range of points
catches. What is too high is a multiple of the best level, but no more than the loss scatters, with a share of what it
gained since it began lost again, and further than it rose before and came back.
"""

from __future__ import annotations

import math

import numpy as np

from logstore.model.delta import F64

SCATTER = 1.4826
BLOCK = 25
"""Points whose median is one level: few enough to follow, enough not to follow noise."""
CREEP_SCATTER = 2.0
"""Scatters within a block that a level may rise by without having crept, whatever the factor says."""
CREEP_LOST = 0.25
"""Share of what it gained that it must have lost as well."""
CREEP_AGAIN = 1.25
"""How many times as far as it rose before, and came back, it must rise: restarts of the learning rate come again."""
CREEP_BLOCKS = 4
"""Blocks that must lie too high, with none between them that came back halfway."""
EXPLODED = 10.0
"""Times the level at which it began: no loss gets there by learning."""


class Levels:
    """Medians of consecutive blocks of a positive loss: the latest, and the best before it."""

    def __init__(self, factor: float, turn: int = 0) -> None:
        """``turn`` is how many points more the first block takes."""
        self._factor = factor
        self._length = BLOCK + turn
        self.limit: float | None = None
        """What the latest level may reach; None where the loss is not always positive."""
        self._block: list[float] = []
        self._scatter = 0.0
        self._positive = True
        self._recent_step = 0.0
        self.recent: float | None = None
        self.best: float | None = None
        self.best_step: float | None = None
        self.first: float | None = None
        """The level at which the loss began; None before that is known."""
        self.began: float | None = None
        """The same of its present stage: a harder one begins higher."""
        self._high = 0
        self._rise = self._recovered = 0.0

    @property
    def has_crept(self) -> bool:
        """Whether the last few levels were all too high."""
        return self._high >= CREEP_BLOCKS and self.limit is not None

    @property
    def has_exploded(self) -> bool:
        """Whether the latest level is a large multiple of that at which the loss began."""
        return self.recent is not None and self.first is not None and self.recent > EXPLODED * abs(self.first)

    def add(self, step: float, value: float) -> None:
        """Take in one point."""
        if value <= 0:
            self._positive, self.limit = False, None
        self._block.append(value)
        if len(self._block) == self._length:
            self._take(step, np.array(self._block))
            self._block.clear()
            self._length = BLOCK

    def catch_up(self, steps: F64, values: F64) -> None:
        """Take in a long past by samples of it: at most 200 blocks, evenly spread, those with odd values left out."""
        count = len(values) // BLOCK
        if not count:
            return
        chosen = np.unique(np.linspace(0, count - 1, min(count, 200)).astype(int))
        blocks = values[: count * BLOCK].reshape(count, BLOCK)[chosen]
        fine = np.isfinite(blocks).all(axis=1)
        chosen, blocks = chosen[fine], blocks[fine]
        self._positive = self._positive and bool((blocks > 0).all())
        if not self._positive or not len(blocks):
            self.limit = self.limit if self._positive else None
            return
        medians = np.median(blocks, axis=1)
        least = int(medians[:-1].argmin()) if len(medians) > 1 else 0
        self._note(float(medians[least]), float(steps[(chosen[least] + 1) * BLOCK - 1]))
        self._note(float(medians[-1]), float(steps[(chosen[-1] + 1) * BLOCK - 1]))
        self._measure(blocks[-1])
        above = medians > (math.inf if self.limit is None else self.limit)
        self._high = len(above) if above.all() else int(above[::-1].argmin())

    def _take(self, step: float, values: F64) -> None:
        if self._positive:
            self._note(median(values), step)
            self._measure(values)

    def _measure(self, newest: F64) -> None:
        self._scatter = scatter(np.log(newest))
        if self.best is not None and self.recent is not None:
            factor = max(self._factor, math.exp(min(700.0, CREEP_SCATTER * self._scatter)))
            lost = CREEP_LOST * ((self.began or 0.0) - self.best)
            self.limit = max(self.best * factor, self.best + max(lost, CREEP_AGAIN * self._recovered))
            if self.recent > self.limit:
                self._high += 1
            elif self.recent < (self.limit + self.best) / 2:
                self._high = 0

    def _note(self, level: float, step: float) -> None:
        """The latest level; the one before it may have been the best."""
        if self.recent is not None and (self.best is None or self.recent <= self.best):
            self.best, self.best_step = self.recent, self._recent_step
            self._recovered, self._rise = max(self._recovered, self._rise), 0.0
        self.recent, self._recent_step = level, step
        self._rise = max(self._rise, level - (level if self.best is None else self.best))


def median(values: F64) -> float:
    """The median of a few finite values: numpy's own takes four times as long for them."""
    ordered, half = np.sort(values), len(values) // 2
    return float(ordered[half] if len(values) % 2 else (ordered[half - 1] + ordered[half]) / 2)


def scatter(values: F64) -> float:
    """How they scatter around their median, as an estimate of a standard deviation (Rousseeuw and Croux 1993)."""
    return SCATTER * median(np.abs(values - median(values)))
