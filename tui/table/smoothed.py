"""The smoothed last value of a curve: what the noise of single points leaves of where it stands. Pure."""

from __future__ import annotations

import numpy as np

from tui.table.rows import F64

WEIGHT = 0.9
"""How much of each smoothed value the next one keeps: about the last ten points count."""
_POINTS = 200
"""Older ones weigh less than a billionth."""
_WEIGHTS: F64 = WEIGHT ** np.arange(_POINTS - 1, -1, -1.0)


def smoothed_last(values: F64) -> float | None:
    """The last value of the debiased exponential moving average of ``values``, as TensorBoard defines it.

    Args:
        values: the points in their order; those that are not finite are left out.

    Returns:
        The mean of the points, each weighed by ``WEIGHT`` to the power of how many came after it. Without a finite
        point the last one, and None without any.
    """
    recent = values[-_POINTS:]
    if not recent.size:
        return None
    finite = recent[np.isfinite(recent)]
    if not finite.size:
        return float(recent[-1])
    weights = _WEIGHTS[_POINTS - finite.size :]
    return float(finite @ weights / weights.sum())
