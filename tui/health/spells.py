"""Spells of values that are NaN or infinite, followed along a growing series. Each point is looked at once."""

from __future__ import annotations

import math

import numpy as np

from logstore.model.series import Series
from tui.health.evidence import Nonfinite

LOOKED_BACK = 4096
"""Points of the past that are looked at when a series is first seen; an older spell that is over is history."""


class SpellWatch:
    """The latest spell of non-finite values of one series, or none."""

    __slots__ = (
        "_generation",
        "_is_bad",
        "_is_calm",
        "_loss",
        "_rank",
        "_score",
        "_seen",
        "_version",
        "series",
        "spell",
    )

    def __init__(self, series: Series, rank: int, *, loss: bool, score: bool = False) -> None:
        """``loss`` says that less of it is better, ``score`` that more is."""
        self.series = series
        self.spell: Nonfinite | None = None
        self._rank, self._loss, self._score = rank, loss, score
        self._seen = 0
        self._is_bad = False
        self._is_calm = True
        self._version = -1
        self._generation = series.generation

    def look(self) -> bool:
        """Take in what is new; whether the spell changed. Usually it is one finite point more: that is quick."""
        series = self.series
        if series.version == self._version:
            return False
        self._version = series.version
        one = len(series) - self._seen == 1 and series.generation == self._generation
        if one and self._is_calm and math.isfinite(series.last or 0.0):
            self._seen += 1
            return False
        before = self.spell
        self._look_closely()
        self._is_calm = not self._is_bad and (self.spell is None or self.spell.again is not None)
        return self.spell is not before

    def _look_closely(self) -> None:
        series = self.series
        if series.generation != self._generation:
            self._generation, self._seen, self._is_bad, self.spell = series.generation, 0, False, None
        low, self._seen = self._seen, len(series)
        was_bad, self._is_bad = self._is_bad, not math.isfinite(series.last or 0.0)
        is_open = self.spell is not None and self.spell.again is None
        if self._seen - low == 1 and not (is_open or self._is_bad):
            return
        if self._seen - low == 1 and self.spell is not None and was_bad:
            self.spell = self._one_more(self.spell)
        elif is_open or not np.isfinite(series.values[max(low, self._seen - LOOKED_BACK) :]).all():
            self.spell = self._latest()

    def _one_more(self, spell: Nonfinite) -> Nonfinite:
        """The spell that lasted until now, with the newest point. Written out: ``_replace`` takes thrice as long."""
        metric, rank, step, value, begun, again, points, loss, before, pending = spell
        if self._is_bad:
            return Nonfinite(metric, rank, step, value, begun, again, points + 1, loss, before, pending)
        time = self.series.last_time
        over = time if time is not None and math.isfinite(time) else None
        return Nonfinite(metric, rank, step, value, begun, over, points, loss, before, pending)

    def _latest(self) -> Nonfinite | None:
        """The last spell, wherever it began, and whether it is over."""
        series = self.series
        bad = ~np.isfinite(series.values)
        if not bad.any():
            return None
        last = len(bad) - 1 - int(bad[::-1].argmax())
        fine = np.flatnonzero(~bad[:last])
        start = int(fine[-1]) + 1 if len(fine) else 0
        return Nonfinite(
            series.metric,
            self._rank,
            float(series.steps[start]),
            float(series.values[start]),
            _time(series, start),
            _time(series, last + 1) if last + 1 < len(bad) else None,
            points=last + 1 - start,
            loss=self._loss,
            before=float(series.values[start - 1]) if start else None,
            pending=self._score and start == 0,
        )


def _time(series: Series, place: int) -> float | None:
    time = float(series.times[place])
    return time if math.isfinite(time) else None
