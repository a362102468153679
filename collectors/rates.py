"""Counters that only grow, as rates per second; and numbers without needless digits. Pure: time is a parameter."""

from __future__ import annotations

from collections.abc import Hashable, Iterable
from typing import TypeVar

N = TypeVar("N", int, float)


class Rates:
    """Remembers the last reading of each counter.

    A first reading, a counter that fell (a device came back, a number wrapped) and two readings at the same time
    have no rate: None, never 0.
    """

    def __init__(self) -> None:
        self._last: dict[Hashable, tuple[float, float]] = {}

    def rate(self, key: Hashable, count: float | None, now: float) -> float | None:
        """Growth of ``count`` per second since the last reading of ``key``, or None; None as a count is no reading."""
        if count is None:
            return None
        last = self._last.get(key)
        self._last[key] = (count, now)
        if last is None or now <= last[1] or count < last[0]:
            return None
        return (count - last[0]) / (now - last[1])

    def keep(self, keys: set[Hashable]) -> None:
        """Forget every counter that is not among ``keys``."""
        self._last = {key: value for key, value in self._last.items() if key in keys}


def total(values: Iterable[N | None]) -> N | None:
    """The sum of what is known; None where nothing is."""
    known = [value for value in values if value is not None]
    return sum(known) if known else None


def tidy(value: float) -> float:
    """``value`` with as many digits as its size makes sensible, whole numbers without a fraction."""
    if abs(value) >= 1000:
        return round(value)
    rounded = round(value, 1 if abs(value) >= 10 else 2)
    return int(rounded) if rounded == int(rounded) else rounded
