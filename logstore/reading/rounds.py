"""Which runs are to be looked at when: live ones every second, the others in turn, so many in a second at most."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Collection
from itertools import islice

LOOK_EVERY = 1.0
"""Seconds between two looks at everything of a live run; its metrics file is looked at on every read."""
SWEEP_EVERY = 3.0
"""Seconds in which every run that is not live is looked at once, while they are few."""
SWEEP_MOST = 40
"""Runs that are not live looked at in a second: bounds the price of a store of any size."""


class Rounds:
    """The runs of a store, sorted by whether something is to be expected of them."""

    def __init__(self) -> None:
        self._live: dict[str, float] = {}
        """Keys of live runs, and when all of each is to be looked at."""
        self._quiet: OrderedDict[str, None] = OrderedDict()
        """Keys of the others, in the order in which they have their turn."""
        self._swept = 0.0
        self._credit = 0.0

    @property
    def live(self) -> Collection[str]:
        """Keys of the runs of which something is to be expected."""
        return self._live.keys()

    def note_live(self, key: str, now: float) -> None:
        """Something is to be expected of the run ``key``, all of which was just looked at."""
        self._quiet.pop(key, None)
        self._live[key] = now + LOOK_EVERY

    def note_quiet(self, key: str) -> None:
        """Nothing is to be expected of the run ``key``, which was just looked at: the others come before it."""
        self._live.pop(key, None)
        self._quiet[key] = None
        self._quiet.move_to_end(key)

    def discard(self, key: str) -> None:
        """The run ``key`` is gone."""
        self._live.pop(key, None)
        self._quiet.pop(key, None)

    def is_due(self, key: str, now: float) -> bool:
        """Whether all of a live run is to be looked at; a clock that was set back makes it due, too."""
        return not now < self._live[key] <= now + LOOK_EVERY

    def sweep(self, now: float) -> list[str]:
        """Keys of the quiet runs whose turn it is."""
        passed, self._swept = max(0.0, now - self._swept), now
        rate = min(len(self._quiet) / SWEEP_EVERY, SWEEP_MOST)
        self._credit = min(len(self._quiet), SWEEP_MOST, self._credit + rate * passed)
        count = min(int(self._credit), len(self._quiet))
        self._credit -= count
        return list(islice(self._quiet, count))
