"""What the header row says of a whole store: how many runs are in which state. Kept between looks.

A run that has ended is asked once, until something of it changes; only those that may be alive are asked again.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping

from logstore.runs import Run
from tui.model import Model
from tui.table.rows import LIVE, SHAPES
from tui.widgets.header_bar import Counts


class Census:
    """Counts runs by state."""

    def __init__(self) -> None:
        self._settled: dict[str, tuple[int, str]] = {}

    def count(self, runs: Mapping[str, Run], now: float) -> Counts:
        """How many of ``runs`` are in which state at ``now``, what is alive first."""
        if len(self._settled) > 2 * len(runs) + 16:
            self._settled.clear()
        words = Counter(self._word(key, run, now) for key, run in runs.items())
        return Counts(tuple((word, words[word]) for word in SHAPES if words[word]))

    def _word(self, key: str, run: Run, now: float) -> str:
        version, word = self._settled.get(key, (-1, ""))
        if version == run.version:
            return word
        word = Model.word(run, now)
        if word not in LIVE and run.record.state is not None:
            self._settled[key] = (run.version, word)
        return word
