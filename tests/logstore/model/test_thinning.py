"""Fewer points: extremes and NaN stay, steps ascend, the statistics are those of all rows."""

from __future__ import annotations

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from logstore.model import axis as axis_module
from logstore.model.axis import Axis
from logstore.model.series import Series
from logstore.model.thinning import halved, halved_places

numbers = st.floats() | st.sampled_from([math.nan, math.inf, -math.inf, 0.0])


def groups_of(least: int = 0) -> st.SearchStrategy[list[float]]:
    return st.lists(st.tuples(numbers, numbers, numbers, numbers), min_size=least, max_size=20).map(
        lambda groups: [value for group in groups for value in group]
    )


@given(groups_of())
def test_the_extremes_of_each_group_stay(values: list[float]) -> None:
    kept = halved(np.array(values))
    assert len(kept) == len(values) // 2
    for at in range(0, len(values), 4):
        group, pair = values[at : at + 4], kept[at // 2 : at // 2 + 2].tolist()
        if any(map(math.isnan, group)):
            assert math.isnan(pair[0])
        else:
            assert sorted(pair) == [min(group), max(group)]


def test_a_falling_curve_falls_and_a_rising_one_rises() -> None:
    assert halved(np.array([4.0, 3, 2, 1, 1, 2, 3, 4])).tolist() == [4, 1, 1, 4]


def test_beside_nan_the_value_furthest_from_zero_stays() -> None:
    assert np.isnan(halved(np.full(4, math.nan))).all()
    assert halved(np.array([1.0, math.nan, -7, 3]))[1] == -7


def test_places_are_the_first_and_the_last() -> None:
    assert halved_places(np.arange(8.0)).tolist() == [0, 3, 4, 7]


def curve(values: list[float]) -> Series:
    series = Series("loss")
    series.extend(np.arange(len(values)), np.arange(len(values)) + 100.0, values)
    return series


@pytest.fixture
def few_recent(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(axis_module, "RECENT", 5)


def told(series: Series) -> list[object]:
    """What is known of all points, whether they are still there or not."""
    low, high = (series.minimum, series.minimum_step), (series.maximum, series.maximum_step)
    return [series.count, low, high, series.nonfinite, *map(str, (series.first_nonfinite, series.first, series.last))]


@given(st.lists(st.lists(numbers, min_size=1, max_size=60), min_size=1, max_size=6))
def test_however_often_it_is_thinned_what_matters_stays(parts: list[list[float]]) -> None:
    whole, thin = curve([]), curve([])
    at = 0
    for part in parts:
        steps = np.arange(at, at + len(part))
        at += len(part)
        for each in (whole, thin):
            each.extend(steps, steps + 100.0, part)
        with pytest.MonkeyPatch.context() as patch:
            patch.setattr(axis_module, "RECENT", 5)
            thin.axis.thin()
    assert thin.count == whole.count == at
    assert len(thin) == len(thin.steps) == len(thin.times)
    assert (np.diff(thin.steps) > 0).all()
    recent = min(at, 5)
    np.testing.assert_array_equal(thin.values[-recent:], whole.values[-recent:])
    np.testing.assert_array_equal(thin.steps[-recent:], whole.steps[-recent:])
    assert told(thin) == told(whole)
    if not np.isnan(whole.values).any():
        assert (thin.values.min(), thin.values.max()) == (whole.values.min(), whole.values.max())
    else:
        assert np.isnan(thin.values).any()


@pytest.mark.usefixtures("few_recent")
def test_old_points_are_evenly_apart_after_many_rounds() -> None:
    series = curve([])
    for at in range(0, 100_000, 500):
        steps = np.arange(at, at + 500)
        series.extend(steps, steps, steps * 2.0)
        if len(series) > 2000:
            series.axis.thin()
    gaps = np.diff(series.steps[:-600])
    assert len(series) <= 2500
    assert gaps.max() <= 4 * 100_000 / 1000
    assert (series.first, series.last, series.count) == (0, 2 * 99_999, 100_000)
    assert series.mean == pytest.approx(99_999)


@pytest.mark.usefixtures("few_recent")
def test_series_that_share_their_steps_stay_together() -> None:
    axis = Axis()
    one, two = Series("a"), Series("b")
    axis.adopt(one)
    axis.adopt(two)
    steps = np.arange(105.0)
    axis.extend(steps, steps, {"a": steps, "b": -steps})
    before = axis.nbytes
    axis.thin()
    assert len(one) == len(two) == len(one.steps) == 57
    assert before == 8 * 4 * 105
    assert axis.nbytes == 8 * 4 * 57
    two.extend([200.0], [200.0], [1.0])
    assert (len(one), len(two)) == (57, 58)


@pytest.mark.usefixtures("few_recent")
def test_a_thinned_curve_takes_later_attempts_and_steps_that_come_again() -> None:
    series = curve([float(step) for step in range(105)])
    series.axis.thin()
    seen = series.generation
    series.extend([50.0], [0.0], [7.0])
    assert series.values[series.steps == 50].tolist() == [7]
    series.fork(90.0)
    assert series.steps[-1] < 90
    series.extend(np.arange(90.0, 190), np.arange(90.0, 190), np.ones(100))
    series.axis.thin()
    assert (np.diff(series.steps) > 0).all()
    assert series.generation > seen


def test_a_short_curve_is_left_alone() -> None:
    series = curve([1.0] * 1000)
    version = series.version
    series.axis.thin()
    assert (len(series), series.version) == (1000, version)
