"""Smoothing of curves: TensorBoard's debiased EMA and W&B's time-weighted EMA, computed as points arrive.

Both are one recurrence with different weights. For each finite point, in order,

    s = w * s + y        d = w * d + 1        smoothed = s / d

* EMA: ``w`` is the smoothing weight itself. Dividing by ``d`` is the debiasing of TensorBoard's line chart
  (tf-line-chart-data-loader / ``line_chart_v2`` "smoothing": ``last * w + (1 - w) * y``, divided by ``1 - w ** n``).
* Time-weighted EMA (W&B, "Smooth line plots"): ``w = min(sqrt(p), 0.999) ** (dx / range * 1000)``, where ``dx`` is the
  distance to the point before and ``range`` the width of the x axis; evenly spaced or not, the same stretch of x then
  smooths by the same amount.

NaN and infinities never enter the state: they stay what they are, and the points after them go on as if they had not
been there.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from tui.charts.buffer import Buffer

F64 = NDArray[np.float64]

STRONGEST = 0.999
VIEWPORT_SCALE = 1000.0
LADDER = (0.0, 0.3, 0.6, 0.8, 0.9, 0.95, 0.98, 0.99, 0.995, 0.999)
"""The weights that the keys step through."""

_CHUNK = 4096
_NEGLIGIBLE = 1e-18


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
        self._weight = smoothing.weight
        self._base = min(math.sqrt(smoothing.weight), STRONGEST) if smoothing.kind == "time" else 0.0
        self._by_x = smoothing.kind == "time"
        self._span = span if span > 0 else 1.0
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
        for start in range(0, len(y), _CHUNK):
            self._extend(x[start : start + _CHUNK], y[start : start + _CHUNK])

    def _extend(self, x: F64, y: F64) -> None:
        finite = np.isfinite(y)
        if finite.all():
            self._out.extend(self._smooth(x, y))
            return
        out = y.copy()
        if finite.any():
            out[finite] = self._smooth(x[finite], y[finite])
        self._out.extend(out)

    def _smooth(self, x: F64, y: F64) -> F64:
        weights = self._weights(x)
        with np.errstate(over="ignore", invalid="ignore", under="ignore"):
            sums = _recur(weights, y, self._sum)
            counts = _recur(weights, np.ones_like(y), self._count)
            smoothed: F64 = sums / counts
        self._sum, self._count, self._last_x = float(sums[-1]), float(counts[-1]), float(x[-1])
        if not math.isfinite(self._sum):  # values near the largest float: start again rather than stay infinite
            self._sum = self._count = 0.0
        return smoothed

    def _weights(self, x: F64) -> F64:
        if not self._by_x:
            return np.full(len(x), self._weight)
        first = x[0] if math.isnan(self._last_x) else self._last_x
        steps = np.diff(x, prepend=first) / self._span * VIEWPORT_SCALE
        return np.power(self._base, steps)


def _recur(weights: F64, values: F64, before: float) -> F64:
    """``s[i] = weights[i] * s[i-1] + values[i]`` with ``s[-1] = before``, by doubling: log2(n) vector operations.

    After the pass with shift k each element holds the sum over its last 2k inputs (Hillis and Steele, "Data parallel
    algorithms", 1986). Nothing is divided, so that small weights neither overflow nor lose digits.
    """
    sums = values.astype(np.float64, copy=True)
    carry = weights.copy()
    shift = 1
    while shift < len(sums) and carry[shift:].max() > _NEGLIGIBLE:
        sums[shift:] += carry[shift:] * sums[:-shift]
        carry[shift:] *= carry[:-shift].copy()
        shift *= 2
    if before:
        sums += np.multiply.accumulate(weights) * before
    return sums
