"""Which colour a run has: decided by its identity, so that it is the same in all screens and after a restart.

A run prefers the slot that its key hashes to; where an older run has that slot, it takes the next free one. Runs are
served in the order of their creation, so a new run never changes the colour of an older one. When all slots are
taken the round begins again, and the second round is told apart by its marker.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from zlib import crc32

SLOTS = 12
"""Colours in a theme: the variables ``$series-1`` to ``$series-12``."""

MARKERS = ("━", "┅", "╍", "═", "▬", "~")
"""The swatch before a name in a legend; one marker for each round of colours."""


@dataclass(frozen=True, slots=True)
class Swatch:
    """How a run is told apart from the others: a colour slot (0 to SLOTS - 1) and a marker."""

    slot: int
    marker: str

    @property
    def role(self) -> str:
        """The role of its colour: ``series-1`` for slot 0."""
        return f"series-{self.slot + 1}"


_ROUNDS = tuple(tuple(Swatch(slot, marker) for slot in range(SLOTS)) for marker in MARKERS)
"""The swatches of every round: each run's is one of them."""


def assign(keys: Iterable[str]) -> dict[str, Swatch]:
    """The swatch of each run; ``keys`` are run keys, oldest first."""
    swatches: dict[str, Swatch] = {}
    free: set[int] = set()
    rounds = -1
    for key in keys:
        if key in swatches:
            continue
        if not free:
            free = set(range(SLOTS))
            rounds += 1
        slot = crc32(key.encode("utf-8", "surrogatepass")) % SLOTS
        while slot not in free:
            slot = (slot + 1) % SLOTS
        free.remove(slot)
        swatches[key] = _ROUNDS[rounds % len(_ROUNDS)][slot]
    return swatches
