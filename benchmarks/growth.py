"""How a cost grows: a constant and a price for each thing, fitted to what was measured, and where it passes a limit.

Pure. The fit makes relative errors small (weights 1/y²), so that small sizes count as much as large ones; a cost of 0
counts as much as the least that is none. Neither part is ever negative, as no cost is.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

NOTHING = 1e-9
"""The part of a cost below which a constant is what rounding left."""
LIGHTEST = 1e-18
"""No point weighs less: at least two of them must count."""


@dataclass(frozen=True, slots=True)
class Growth:
    """``constant + each × n``.

    Attributes:
        constant: What it costs when there is nothing.
        each: What every further one costs.
    """

    constant: float
    each: float

    def at(self, count: float) -> float:
        """The cost of ``count``."""
        return self.constant + self.each * count

    def reaches(self, limit: float) -> float | None:
        """How many there are when the cost is ``limit``; None where it never is."""
        return (limit - self.constant) / self.each if self.each > 0 and limit > self.constant else None


def fitted(counts: Sequence[float], costs: Sequence[float]) -> Growth:
    """The growth that is nearest to what was measured.

    Args:
        counts: How many there were, at least two different numbers.
        costs: What each of them cost, none below 0.

    Raises:
        ValueError: There are too few points to tell a constant from a price.
    """
    if len(set(counts)) < 2:
        raise ValueError("a growth needs two sizes at least")
    least = min((cost for cost in costs if cost > 0), default=1.0)
    weights = [max((least / max(cost, least)) ** 2, LIGHTEST) for cost in costs]
    total = sum(weights)
    count, cost = (_mean(values, weights) for values in (counts, costs))
    spread = sum(weight * (n - count) ** 2 for weight, n in zip(weights, counts, strict=True)) / total
    joint = sum(w * (n - count) * (y - cost) for w, n, y in zip(weights, counts, costs, strict=True)) / total
    each = joint / spread
    if each < 0:
        return Growth(cost, 0.0)
    if cost - each * count < NOTHING * cost:
        squares = sum(weight * n * n for weight, n in zip(weights, counts, strict=True))
        products = sum(w * n * y for w, n, y in zip(weights, counts, costs, strict=True))
        return Growth(0.0, products / squares)
    return Growth(cost - each * count, each)


def _mean(values: Sequence[float], weights: Sequence[float]) -> float:
    return sum(value * weight for value, weight in zip(values, weights, strict=True)) / sum(weights)
