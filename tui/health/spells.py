"""Spells of values that are NaN or infinite, followed along a growing series. Each point is looked at once."""

from __future__ import annotations

import math

import numpy as np

from logstore.series import Series
from tui.health.evidence import Nonfinite

LOOKED_BACK = 4096
"""Points of the past that are looked at when a series is first seen; an older spell that is over is history."""


class SpellWatch:
    """The latest spell of non-finite values of one series, or none."""

    __slots__ = ("_loss", "_rank", "_seen", "generation", "spell")

    def __init__(self, rank: int, *, loss: bool, generation: int = 0) -> None:
        self.spell: Nonfinite | None = None
        self.generation = generation
        """Of the series that it follows; a series that was rewritten needs a new watch."""
        self._rank, self._loss = rank, loss
        self._seen = 0

    def look(self, series: Series) -> None:
        """Take in what is new."""
        count = len(series)
        if count == self._seen:
            return
        low = max(self._seen, count - LOOKED_BACK)
        self._seen, alone = count, count - low == 1
        open_spell = self.spell is not None and self.spell.again is None
        if alone and not open_spell and series.last is not None and math.isfinite(series.last):
            return
        if open_spell or not np.isfinite(series.values[low:]).all():
            self.spell = self._latest(series)

    def _latest(self, series: Series) -> Nonfinite:
        """The last spell, wherever it began, and whether it is over."""
        bad = ~np.isfinite(series.values)
        last = len(bad) - 1 - int(bad[::-1].argmax())
        fine = np.flatnonzero(~bad[:last])
        start = int(fine[-1]) + 1 if len(fine) else 0
        over = last + 1 < len(bad)
        return Nonfinite(
            series.metric,
            self._rank,
            float(series.steps[start]),
            float(series.values[start]),
            _time(series, start),
            _time(series, last + 1) if over else None,
            points=last + 1 - start,
            loss=self._loss,
        )


def _time(series: Series, place: int) -> float | None:
    time = float(series.times[place])
    return time if math.isfinite(time) else None
