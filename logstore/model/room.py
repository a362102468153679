"""A bound on the memory of curves: when all points take more, the longest curves are thinned out.

The longest are thinned first, again and again, until a quarter of the room is free; so curves come to be of about the
same length, and no run is ever dropped. The newest points of each stay as they were logged. What is not counted: what a
run costs before its first point (some kilobytes), and arrays that somebody still looks at.

Where memory is bounded, so is the length of a single curve: far beyond what a screen can show, every further point
would only cost time whenever the curve is drawn.
"""

from __future__ import annotations

import heapq
from collections.abc import Iterable, Mapping

from logstore.model.axis import Axis
from logstore.model.curves import Curves

FREE = 0.25
"""The share of the room that is freed when it is full, so that this is not needed with every row."""
HOPELESS = 1.1
"""How much must have come since the room could not be made, before it is tried again."""


LONGEST = 1 << 19
"""Points of a curve beyond which it is thinned out, whatever room there is."""


class Room:
    """Knows how much memory the points of each run take."""

    def __init__(self, limit: int, longest: int = LONGEST) -> None:
        """Room for ``limit`` bytes of points, in curves of at most about ``longest`` points."""
        self.limit = limit
        self.longest = longest
        self.held = 0
        """Bytes that all points take."""
        self._held: dict[str, int] = {}
        self._patience = 0.0

    def note(self, key: str, curves: Iterable[Curves]) -> bool:
        """The run ``key`` has these curves now; whether some were too long, and have fewer points for that."""
        size, was_long = 0, False
        for axis in (axis for each in curves for axis in each.axes()):
            if len(axis.steps) > self.longest:
                axis.thin()
                was_long = True
            size += axis.nbytes
        self.held += size - self._held.get(key, 0)
        self._held[key] = size
        return was_long

    def forget(self, key: str) -> None:
        """The run ``key`` is gone."""
        self.held -= self._held.pop(key, 0)

    def is_full(self) -> bool:
        """Whether something has to go, and is worth trying."""
        return self.held > max(self.limit, self._patience)

    def make(self, curves: Mapping[str, Iterable[Curves]]) -> set[str]:
        """Thin out the longest of the ``curves`` of all runs, by key; the keys of runs that have fewer points now."""
        goal, touched = (1 - FREE) * self.limit, set()
        longest = [_Entry(axis, key) for key, each in curves.items() for one in each for axis in one.axes()]
        heapq.heapify(longest)
        while longest and self.held > goal:
            entry = heapq.heappop(longest)
            before = entry.axis.nbytes
            entry.axis.thin()
            freed = before - entry.axis.nbytes
            if freed:
                self.held -= freed
                self._held[entry.key] -= freed
                touched.add(entry.key)
                heapq.heappush(longest, _Entry(entry.axis, entry.key))
        self._patience = HOPELESS * self.held if self.held > self.limit else 0.0
        return touched


class _Entry:
    """An axis in the order in which axes are thinned out."""

    __slots__ = ("axis", "key", "size")

    def __init__(self, axis: Axis, key: str) -> None:
        self.axis, self.key, self.size = axis, key, axis.nbytes

    def __lt__(self, other: _Entry) -> bool:
        return self.size > other.size
