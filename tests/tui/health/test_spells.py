"""``tui.health.spells``: the latest spell of values that are not finite, however the points come."""

from __future__ import annotations

import math

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from logstore.model.series import Series
from tui.health.spells import SpellWatch

VALUES = st.lists(st.sampled_from([1.0, 2.0, math.nan, math.inf]), min_size=1, max_size=60)


def expected(values: list[float]) -> tuple[int, int, bool] | None:
    """Start, length and end of the last spell, the slow way."""
    bad = [not math.isfinite(value) for value in values]
    if not any(bad):
        return None
    last = max(i for i, odd in enumerate(bad) if odd)
    start = last
    while start and bad[start - 1]:
        start -= 1
    return start, last + 1 - start, last + 1 < len(values)


@given(VALUES, st.lists(st.integers(1, 9), min_size=60, max_size=60))
def test_it_does_not_matter_how_the_points_come(values: list[float], sizes: list[int]) -> None:
    series, low = Series("loss"), 0
    watch = SpellWatch(series, 3, loss=True)
    for size in sizes:
        part = values[low : low + size]
        if part:
            steps = np.arange(low, low + len(part)) * 10
            series.extend(steps, steps + 0.5, part)
            watch.look()
        low += size
    wanted = expected(values)
    if wanted is None:
        assert watch.spell is None
        return
    start, points, over = wanted
    assert watch.spell is not None
    assert (watch.spell.step, watch.spell.time, watch.spell.points) == (start * 10, start * 10 + 0.5, points)
    assert (watch.spell.again is not None) is over
    assert (watch.spell.metric, watch.spell.rank, watch.spell.loss) == ("loss", 3, True)


def test_it_says_when_something_changed() -> None:
    series = Series("loss")
    watch = SpellWatch(series, 0, loss=False)
    seen = []
    for step, value in enumerate([1.0, math.nan, math.nan, 1.0, 1.0]):
        series.extend(step, float(step), value)
        seen.append(watch.look())
        assert not watch.look()
    assert seen == [False, True, True, True, False]


def test_a_spell_long_over_is_history_when_a_series_is_first_seen() -> None:
    series = Series("loss")
    series.extend(np.arange(10_000), np.arange(10_000), [math.nan, *[1.0] * 9999])
    watch = SpellWatch(series, 0, loss=False)
    watch.look()
    assert watch.spell is None


def test_a_resume_replaces_the_spell() -> None:
    series = Series("loss")
    series.extend([0, 1, 2], [0.0, 1.0, 2.0], [1.0, math.nan, math.nan])
    watch = SpellWatch(series, 0, loss=True)
    watch.look()
    assert watch.spell is not None
    series.fork(1)
    series.extend([1, 2], [11.0, 12.0], [0.9, 0.8])
    assert watch.look()
    assert watch.spell is None


def test_a_row_without_a_time_has_none() -> None:
    series = Series("loss")
    series.extend(0, math.nan, math.nan)
    watch = SpellWatch(series, 0, loss=True)
    watch.look()
    assert watch.spell is not None
    assert watch.spell.time is None
