"""The usual range of a loss, learnt while it grows, and whether the newest points have left it.

The range is made of the last ``divergence_window`` points that lay within it. Its centre is the median of their last
quarter, its upper end the centre plus ``divergence_spread`` times the scatter around the window's own trend (1.4826 ×
the median absolute deviation, which estimates a standard deviation: Rousseeuw and Croux 1993), at least
``divergence_percent`` above; on a log scale where all are positive. It is at least ``divergence_lost`` of the way back
to where the loss began: one that fell from 50 to 1e-5 leaps by orders of magnitude and is none the worse for it.

Points above wait until it is clear whether they are a spike or a departure; one that is on its way back is none yet.
A departure that lasts for a whole window becomes the usual: a new stage has its own level, and a loss that stays high
is still found by the comparison with its best level. A term that is mostly 0 is off, and has no range.
"""

from __future__ import annotations

import math
from collections import deque
from collections.abc import Sequence

import numpy as np

from logstore.model.delta import F64
from logstore.model.series import Series
from tui.health.evidence import LossRange
from tui.health.levels import BLOCK, Levels, median, scatter
from tui.health.thresholds import Thresholds

RETURNING = 0.8
"""The later half of the points above has come closer than this share of the earlier: it is on its way back."""
HUGE = 1e100
"""As far as values are told apart: sums and products of them stay finite."""
RARELY = 0.05
"""Share of a window that lay above halfway back to the beginning, below which it may not go there."""


class RangeWatch:
    """One loss beside its own past."""

    def __init__(self, thresholds: Thresholds, generation: int = 0, turn: int = 0) -> None:
        """``turn``, from 0 to ``BLOCK``, sets apart watches that began together: then not all measure at one tick."""
        self.generation = generation
        """Of the series that it follows; a series that was rewritten needs a new watch."""
        self._thresholds = thresholds
        self._turn = turn
        self._levels = Levels(thresholds.divergence_factor, turn)
        self._usual: deque[float] = deque(maxlen=thresholds.divergence_window)
        self._above: list[tuple[float, float, float]] = []
        self._within = 0
        self._fresh = 0
        self._centre = self._limit = math.inf
        self._departed = False
        self._seen = 0
        self._series: Series | None = None

    def look(self, series: Series) -> None:
        """Take in what is new. Usually it is one point more within the range: that is quick."""
        self._series = series
        length = len(series)
        new, value = length - self._seen, series.last
        if new == 1 and value is not None:
            self._seen = length
            if -HUGE < value < HUGE and value <= self._limit and not self._above:
                self._levels.add(series.last_step or 0.0, value)
                self._usual.append(value)
                self._fresh += 1
                if self._fresh >= BLOCK or self._limit == math.inf:
                    self._measure_where_due()
                return
            self._look_at(series.last_step or 0.0, series.last_time or math.nan, value)
        elif new > 0:
            self._look_at_many(series, new)
        self._departed = bool(self._above) and (self._departed or (not self._within and self._stays_away()))

    def _look_at_many(self, series: Series, new: int) -> None:
        window = self._thresholds.divergence_window
        if new > window:
            self._begin(series)
            self._catch_up(series, len(series) - window)
        low, self._seen = self._seen, len(series)
        columns = (column[low:].tolist() for column in (series.steps, series.times, series.values))
        for step, time, value in zip(*columns, strict=True):
            self._look_at(step, time, value)

    def _look_at(self, step: float, time: float, value: float) -> None:
        if math.isfinite(value):
            value = min(max(value, -HUGE), HUGE)
            self._levels.add(step, value)
            self._add(step, time, value)

    def _begin(self, series: Series) -> None:
        """Note the level at which the loss began, once."""
        if self._levels.began is None:
            values = _tamed(series.values[:BLOCK])
            values = values[np.isfinite(values)]
            self._levels.began = self._levels.first = median(values) if len(values) else None

    def _catch_up(self, series: Series, until: int) -> None:
        """Take in a long past wholesale: what is usual is what the window before the last one says.

        Where the last window stays within it, that is taken in at once too.
        """
        window = self._thresholds.divergence_window
        values = _tamed(series.values[:until])
        recent = values[max(self._seen, until - window) :]
        recent = recent[np.isfinite(recent)]
        self._levels.catch_up(series.steps[self._seen : until], values[self._seen :])
        self._usual.extend(recent.tolist())
        if len(self._usual) >= self._thresholds.divergence_minimum:
            self._measure()
        self._seen = until
        rest = _tamed(series.values[until:])
        if math.isfinite(self._limit) and bool((rest <= self._limit).all()):
            self._levels.catch_up(series.steps[until:], rest)
            self._usual.extend(rest.tolist())
            self._measure()
            self._seen = len(series)

    @property
    def is_calm(self) -> bool:
        """Whether its newest point lies within its range, and its level no higher than it may."""
        return not self._above and not self._levels.has_crept

    @property
    def state(self) -> LossRange | None:
        """The loss beside its range; None before it may be judged."""
        series = self._series
        if series is None or series.last is None or not math.isfinite(self._limit):
            return None
        first, levels = self._above[0] if self._above else None, self._levels
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
            self._departed,
            levels.has_crept,
            self._is_sudden,
            levels.has_exploded,
        )

    def _add(self, step: float, time: float, value: float) -> None:
        if value > self._limit:
            self._above.append((step, time, value))
            self._within = 0
            if len(self._above) >= self._thresholds.divergence_window:
                self._settle(list(zip(*self._above, strict=True))[2])
        elif not self._above:
            self._accept((value,))
        elif len(self._above) < self._thresholds.divergence_points:
            self._accept([*(row[2] for row in self._above), value])
        else:
            self._return(value)

    @property
    def _is_sudden(self) -> bool:
        """Whether it left its range from one row to the next: other data, another setting, and not a slow rise."""
        values = np.array([row[2] for row in self._above])
        return bool(len(values)) and 2 * (self._above[0][2] - self._centre) >= median(values) - self._centre

    def _stays_away(self) -> bool:
        """Whether the points above are enough, and not on their way back: the later half no lower than the earlier."""
        values = np.array([row[2] for row in self._above])
        if len(values) < self._thresholds.divergence_points:
            return False
        half = len(values) // 2
        early, late = median(values[:half]) - self._centre, median(values[half:]) - self._centre
        return late > min(RETURNING * early, self._gain / 2 or math.inf)

    def _return(self, value: float) -> None:
        """One point within the range after a departure; as many in a row as made the departure end it."""
        self._within += 1
        if self._within >= self._thresholds.divergence_points:
            self._accept((value,))

    def _accept(self, values: Sequence[float]) -> None:
        """Points that belong to the usual, spikes that came back among them; the median does not mind those."""
        self._above.clear()
        self._within, self._departed = 0, False
        self._usual.extend(values)
        self._fresh += len(values)
        self._measure_where_due()

    def _measure_where_due(self) -> None:
        enough = len(self._usual) >= self._thresholds.divergence_minimum
        if enough and (self._fresh >= BLOCK or not math.isfinite(self._limit)):
            self._measure()

    def _settle(self, values: Sequence[float]) -> None:
        self._usual.clear()
        self._accept(values)
        self._measure()
        self._levels.began = max(self._levels.began or self._centre, self._centre)

    def _measure(self) -> None:
        self._fresh, self._turn = -self._turn, 0
        if self._series is not None:
            self._begin(self._series)
        values = np.array(self._usual)
        self._centre, allowed = _range(values, self._thresholds.divergence_spread)
        is_off = 2 * np.count_nonzero(values) <= len(values)
        self._limit = math.inf if is_off else self._centre + self._rise(values - self._centre, allowed)

    @property
    def _gain(self) -> float:
        """How far it has fallen since it began."""
        return max(0.0, (self._levels.began or 0.0) - self._centre)

    def _rise(self, above: F64, allowed: float) -> float:
        """How far the loss may rise above its level, whose scatter alone allows ``allowed``."""
        gain = self._gain
        if (above > gain / 2).mean() < RARELY:
            allowed = min(allowed, gain / 2)
        share, lost = self._thresholds.divergence_percent / 100, self._thresholds.divergence_lost / 100
        return max(allowed, share * abs(self._centre), lost * gain)


def _tamed(values: F64) -> F64:
    """Values that can be added and multiplied: none beyond ``HUGE``, NaN in place of those that are not finite."""
    return np.where(np.isfinite(values), values.clip(-HUGE, HUGE), np.nan)


def _range(values: F64, spread: float) -> tuple[float, float]:
    """The level at the end of a window, and how far ``spread`` scatters rise above it."""
    if not values.min() > 0:
        centre, width = _level(values)
        return centre, spread * width
    centre, width = _level(np.log(values))
    return math.exp(centre), math.exp(min(700.0, centre + spread * width)) - math.exp(centre)


def _level(values: F64) -> tuple[float, float]:
    """Where a window of points stands at its end, and how they scatter around the line through its two halves."""
    half = len(values) // 2
    early, late = median(values[:half]), median(values[half:])
    trend = early + (late - early) / half * (np.arange(len(values)) - half / 2)
    return median(values[-(half // 2) :]), scatter(values - trend)
