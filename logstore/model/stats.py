"""Running statistics of a curve: each point is looked at once, and only when somebody asks."""

from __future__ import annotations

import math

import numpy as np

from logstore.model.delta import F64


class Stats:
    """Extremes, mean and non-finite points of a growing curve. ``update`` looks at the points that are new."""

    __slots__ = (
        "_finite",
        "_seen",
        "first_nonfinite",
        "maximum",
        "maximum_step",
        "mean",
        "minimum",
        "minimum_step",
        "nonfinite",
    )

    def __init__(self) -> None:
        self._seen = 0
        self._finite = 0
        self.nonfinite = 0
        self.first_nonfinite: tuple[float, float] | None = None
        self.minimum: float | None = None
        self.minimum_step: float | None = None
        self.maximum: float | None = None
        self.maximum_step: float | None = None
        self.mean: float | None = None

    def update(self, steps: F64, values: F64) -> None:
        """Take in the points after those seen so far; ``steps`` and ``values`` are the whole curve."""
        if self._seen == len(values):
            return
        steps, values = steps[self._seen :], values[self._seen :]
        self._seen += len(values)
        finite = np.isfinite(values)
        if not finite.all():
            steps, values = self._set_aside(steps, values, finite)
        if len(values):
            self._take(steps, values)

    def skip_to(self, count: int) -> None:
        """The curve has ``count`` points now, all of which were taken in, if only as some that are left out."""
        self._seen = count

    def _set_aside(self, steps: F64, values: F64, finite: np.typing.NDArray[np.bool_]) -> tuple[F64, F64]:
        odd = np.flatnonzero(~finite)
        self.nonfinite += len(odd)
        if self.first_nonfinite is None:
            self.first_nonfinite = float(steps[odd[0]]), float(values[odd[0]])
        return steps[finite], values[finite]

    def _take(self, steps: F64, values: F64) -> None:
        self._finite += len(values)
        share = len(values) / self._finite
        self.mean = _mean(values) * share + (self.mean or 0.0) * (1 - share)
        low, high = int(values.argmin()), int(values.argmax())
        if self.minimum is None or values[low] < self.minimum:
            self.minimum, self.minimum_step = float(values[low]), float(steps[low])
        if self.maximum is None or values[high] > self.maximum:
            self.maximum, self.maximum_step = float(values[high]), float(steps[high])


def _mean(values: F64) -> float:
    with np.errstate(over="ignore"):
        total = float(values.sum())
    return total / len(values) if math.isfinite(total) else float((values / len(values)).sum())
