"""How fast something fills up, so that it can be said how much time is left. Pure."""

from __future__ import annotations

from collections import deque
from itertools import pairwise
from statistics import median

from tui.health.evidence import Space

WINDOW = 600.0
"""Seconds looked back on."""
COVERED = 300.0
"""Seconds before anything is said."""
STEP = 5.0
"""Seconds between two readings that are kept."""
PARTS = 5
"""Most of so many parts of the window must lose some: one large file is no trend."""


class Filling:
    """The free part of a disk, followed; ``space`` is what is left and how fast it goes."""

    def __init__(self) -> None:
        self._points: deque[tuple[float, float]] = deque()
        self._latest: tuple[float, float] | None = None

    def add(self, time: float, free: float | None, total: float | None) -> None:
        """Take in a reading; one that is missing is passed over."""
        if free is None or not total:
            return
        self._latest = (free, total)
        if not self._points or time - self._points[-1][0] >= STEP:
            self._points.append((time, free))
        while time - self._points[0][0] > WINDOW:
            self._points.popleft()

    @property
    def space(self) -> Space | None:
        """What is left; None before the first reading."""
        return Space(*self._latest, self._fall()) if self._latest else None

    def _fall(self) -> float | None:
        """Units per second: the middle one of the rates of all parts."""
        if len(self._points) <= PARTS or self._points[-1][0] - self._points[0][0] < COVERED:
            return None
        points = list(self._points)
        edges = [points[place * (len(points) - 1) // PARTS] for place in range(PARTS + 1)]
        rates = [(a[1] - b[1]) / (b[0] - a[0]) for a, b in pairwise(edges)]
        fall = median(rates)
        return fall if fall > 0 else None
