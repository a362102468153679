"""Smoothing of curves: W&B's time-weighted EMA and TensorBoard's debiased EMA, computed as points arrive.

Both are one recurrence with different weights. For each finite point, in order,

    s = w * s + y        d = w * d + 1        smoothed = s / d

* EMA: ``w`` is the smoothing weight itself. Dividing by ``d`` is the debiasing of TensorBoard's line chart (there
  written ``last = last * w + (1 - w) * y`` and ``last / (1 - w ** n)``, which is the same).
* Time-weighted EMA (W&B, "Smooth line plots"): ``w = min(sqrt(p), 0.999) ** (dx / range * 1000)``, where ``dx`` is the
  distance to the point before and ``range`` the width of the x axis; evenly spaced or not, the same stretch of x then
  smooths by the same amount.

NaN and infinities never enter the state: they stay what they are, and the points after them go on as if they had not
been there.

It is computed without a loop over points. With the age ``a`` of a point, the sum of ``-ln w`` up to it, the recurrence
is ``s = exp(-a) * cumsum(y * exp(a))``; the factor cancels in ``s / d``. Ages are counted anew before ``exp``
overflows.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from functools import lru_cache
from itertools import pairwise
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from tui.charts.buffer import Buffer

F64 = NDArray[np.float64]

STRONGEST = 0.999
VIEWPORT_SCALE = 1000.0
LADDER = (0.0, 0.3, 0.6, 0.8, 0.9, 0.95, 0.98, 0.99, 0.995, 0.999)
"""The weights that the keys step through."""

_CHUNK = 8192
"""Points worked on at once: they and what is computed from them fit a processor's cache, and need no fresh pages."""
_FEW = 8
"""So few points are quicker worked on one by one."""
_FOREVER, _NARROWEST = 1e15, 1e-300
_OLDEST = 150.0
"""Ages are counted anew when they pass this; exp(2 * 150) is 1e130, which leaves room for large values."""


@dataclass(frozen=True, slots=True)
class Smoothing:
    """How much to smooth, and which way.

    Attributes:
        weight: 0 (none) to 0.999.
        kind: ``time`` weighs by the distance along x (the default, as in W&B), ``ema`` counts points.
    """

    weight: float = 0.0
    kind: Literal["ema", "time"] = "time"

    def __post_init__(self) -> None:
        if not 0.0 <= self.weight <= STRONGEST:
            raise ValueError(f"smoothing is 0 to {STRONGEST}, not {self.weight}")

    def stepped(self, direction: int) -> Smoothing:
        """One step stronger (1) or weaker (-1) on the ladder."""
        if direction > 0:
            weight = next((step for step in LADDER if step > self.weight + 1e-9), LADDER[-1])
        else:
            weight = next((step for step in reversed(LADDER) if step < self.weight - 1e-9), LADDER[0])
        return Smoothing(weight, self.kind)

    def toggled(self) -> Smoothing:
        """The same weight, the other way."""
        return Smoothing(self.weight, "time" if self.kind == "ema" else "ema")


NO_SMOOTHING = Smoothing()


class Smoother:
    """The smoothed values of a series that grows at its end; each point is computed once.

    Args:
        smoothing: Weight and kind.
        span: The width of the x axis, for the time-weighted kind.
    """

    def __init__(self, smoothing: Smoothing, span: float = 1.0) -> None:
        self._by_x = smoothing.kind == "time"
        base = min(math.sqrt(smoothing.weight), STRONGEST) if self._by_x else smoothing.weight
        scale = VIEWPORT_SCALE / span if self._by_x and span > _NARROWEST else 1.0
        self._ageing = -math.log(base) * scale if base > 0 else math.inf
        self._sum = 0.0
        self._count = 0.0
        self._last_x = math.nan
        self._out = Buffer()

    def __len__(self) -> int:
        return len(self._out)

    @property
    def values(self) -> F64:
        """The smoothed values so far."""
        return self._out.values

    def extend(self, x: F64, y: F64) -> None:
        """Add points; x ascends and goes on where it stopped."""
        if len(y) <= _FEW:
            self._out.extend(np.array(list(map(self._point, x.tolist(), y.tolist()))))
            return
        self._out.reserve(len(y))
        for start in range(0, len(y), _CHUNK):
            self._extend(x[start : start + _CHUNK], y[start : start + _CHUNK])

    def _point(self, x: float, y: float) -> float:
        """One point more, by the recurrence itself."""
        if math.isinf(self._ageing) or not math.isfinite(y):
            return y
        step = 1.0
        if self._by_x:
            step = 0.0 if math.isnan(self._last_x) else x - self._last_x
            self._last_x = x
        weight = math.exp(-min(self._ageing * step, _FOREVER))
        self._sum, self._count = weight * self._sum + y, weight * self._count + 1.0
        if not math.isfinite(self._sum):
            self._sum = self._count = 0.0
            return y
        return self._sum / self._count

    def _extend(self, x: F64, y: F64) -> None:
        finite = np.isfinite(y)
        if math.isinf(self._ageing):
            self._out.extend(y)
        elif finite.all():
            self._out.extend(self._smooth(x, y))
        else:
            out = y.copy()
            out[finite] = self._smooth(x[finite], y[finite])
            self._out.extend(out)

    def _smooth(self, x: F64, y: F64) -> F64:
        """The smoothed values of finite points."""
        if not len(y):
            return y
        step = self._even(x)
        if step is not None:
            first = self._ages(x[:1])[0]
            self._last_x = float(x[-1])
            growth, counts = _growth(step)
            self._decay(math.exp(-min(first, _FOREVER)))
            return self._weighed(growth[: len(y)], counts[: len(y)], y)
        with np.errstate(over="ignore"):
            ages = np.minimum(self._ages(x), _FOREVER)
            epochs = np.floor(ages / _OLDEST)
        out = np.empty_like(y)
        cuts = [0, *(np.flatnonzero(np.diff(epochs)) + 1).tolist(), len(y)]
        now = 0.0
        for start, end in pairwise(cuts):
            part = slice(start, end)
            out[part] = self._one_epoch(ages[part] - now, y[part])
            now = float(ages[end - 1])
        return out

    def _ages(self, x: F64) -> F64:
        """How old the state is at each point: the sum of ``-ln w`` since the last point."""
        if self._by_x:
            last = float(x[0]) if math.isnan(self._last_x) else self._last_x
            self._last_x = float(x[-1])
            return (x - last) * self._ageing
        return np.arange(1.0, len(x) + 1.0) * self._ageing

    def _one_epoch(self, ages: F64, y: F64) -> F64:
        """A stretch whose ages ``exp`` can hold; a first point that is older than that forgets all before it."""
        if ages[0] > _OLDEST:
            self._decay(0.0)
            ages = ages - ages[0]
        growth = np.exp(ages)
        return self._weighed(growth, np.cumsum(growth), y)

    def _even(self, x: F64) -> float | None:
        """By how much the state ages from one point to the next, where that is always the same and ``exp`` holds it."""
        if not self._by_x:
            step = self._ageing
        else:
            distance = float(x[1] - x[0]) if len(x) > 1 else 0.0
            if not bool((x[1:] - x[:-1] == distance).all()):
                return None
            step = distance * self._ageing
        return step if step * _CHUNK <= _OLDEST else None

    def _decay(self, weight: float) -> None:
        self._sum, self._count = weight * self._sum, weight * self._count

    def _weighed(self, growth: F64, counts: F64, y: F64) -> F64:
        """The values after a stretch of points, which count as much as ``growth`` says; ``counts`` are its sums."""
        with np.errstate(over="ignore", invalid="ignore"):
            sums: F64 = np.cumsum(y * growth)
            sums += self._sum
            counts = counts + self._count
            out: F64 = sums / counts
        shrink = float(growth[-1])
        self._sum, self._count = float(sums[-1]) / shrink, float(counts[-1]) / shrink
        if not math.isfinite(self._sum):  # values near the largest float: begin again rather than stay infinite
            self._sum = self._count = 0.0
            np.copyto(out, y, where=~np.isfinite(out))
        return out


@lru_cache(maxsize=4)
def _growth(step: float) -> tuple[F64, F64]:
    """How much each of ``_CHUNK`` points counts that are so far apart in age, and the sums of that: for all lines."""
    growth = np.exp(np.arange(_CHUNK) * step)
    return growth, np.cumsum(growth)
