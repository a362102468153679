"""What the header row says of a whole store: how many runs are in which state. Kept between looks.

A run is asked when something of it changed; between changes only a live one is asked again, since time alone brings
no run to life.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping

from logstore.model.runs import Changes, Run
from tui.model import Model
from tui.show.header import Counts
from tui.table.rows import LIVE, SHAPES


class Census:
    """Counts runs by state."""

    def __init__(self) -> None:
        self._words: dict[str, str] = {}
        self._live: set[str] = set()
        self._counter: Counter[str] = Counter()

    def note(self, runs: Mapping[str, Run], changes: Changes, now: float) -> None:
        """Take in what changed of ``runs``."""
        for key in changes.gone | changes.touched:
            self._judge(key, runs.get(key), now)

    def count(self, runs: Mapping[str, Run], now: float) -> Counts:
        """How many of ``runs`` are in which state at ``now``, what is alive first."""
        for key in tuple(self._live):
            self._judge(key, runs.get(key), now)
        return Counts(tuple((word, self._counter[word]) for word in SHAPES if self._counter[word]))

    def _judge(self, key: str, run: Run | None, now: float) -> None:
        before, word = self._words.pop(key, None), None if run is None else Model.word(run, now)
        if before is not None:
            self._counter[before] -= 1
        if word is not None:
            self._words[key] = word
            self._counter[word] += 1
        (self._live.add if word in LIVE else self._live.discard)(key)
