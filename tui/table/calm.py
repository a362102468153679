"""When rows may move by themselves: not more often than every few seconds, and not while a person moves about. Pure."""

from __future__ import annotations

from dataclasses import dataclass

QUIET = 0.75
"""How long no row moves by itself after a key or a click, as a share of the time to settle."""


@dataclass(slots=True)
class Calm:
    """When a person last moved about, and how long the rows of a table stay where they are after that."""

    seconds: float = 2.0
    """Time between two changes of the order that nobody asked for."""
    _moved_at: float = float("-inf")

    def moved(self, now: float) -> None:
        """A person went somewhere, or sorted."""
        self._moved_at = now

    def left(self, now: float) -> float:
        """Seconds for which no row moves by itself yet; 0 or less when rows may."""
        return self._moved_at + QUIET * self.seconds - now
