"""Curves: shared axes, replaced points, ghosts, running statistics."""

from __future__ import annotations

import itertools
import math
from collections.abc import Callable

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from logstore.model.series import Series

NAN = math.nan


def series_of(*points: tuple[float, float]) -> Series:
    series = Series("loss")
    for step, value in points:
        series.extend([step], [1000 + step], [value])
    return series


def test_an_empty_series_has_nothing_to_say() -> None:
    series = Series("loss")
    assert len(series) == 0
    assert series.version == 0
    assert (series.last, series.first, series.minimum, series.maximum, series.mean) == (None,) * 5
    assert series.first_nonfinite is None
    assert series.steps.tolist() == []


def test_growing_steps_are_the_log_itself() -> None:
    series = series_of((0, 3.0), (1, 2.0), (5, 4.0))
    assert series.steps.tolist() == [0, 1, 5]
    assert series.values.tolist() == [3, 2, 4]
    assert series.times.tolist() == [1000, 1001, 1005]
    assert (series.first, series.last, series.last_step, series.last_time) == (3, 4, 5, 1005)


def test_views_do_not_copy_and_are_read_only() -> None:
    series = Series("loss")
    series.extend(np.arange(100.0), np.arange(100.0), np.arange(100.0))
    series.extend([100], [100], [100])
    assert np.shares_memory(series.values, series.values)
    with pytest.raises(ValueError, match="read-only"):
        series.values[0] = 7


def test_a_view_that_was_handed_out_never_changes() -> None:
    series = series_of((0, 0.0), (1, 1.0), (2, 2.0))
    before = series.values
    series.extend([1], [0], [10])
    series.fork(2)
    series.extend([3], [0], [30])
    assert before.tolist() == [0, 1, 2]
    assert series.values.tolist() == [0, 10, 30]


def test_version_grows_with_every_change() -> None:
    series = series_of((0, 0.0))
    seen = {series.version}
    changes: list[Callable[[], None]] = [
        lambda: series.extend([1], [0], [1]),
        lambda: series.extend([0], [0], [5]),
        lambda: series.fork(1),
    ]
    for change in changes:
        change()
        assert series.version not in seen
        seen.add(series.version)


def test_extending_by_nothing_changes_nothing() -> None:
    series = series_of((0, 0.0))
    version = series.version
    series.extend([], [], [])
    assert series.version == version


def test_L5_backward_step_is_kept() -> None:
    series = series_of((0, 0.0), (10, 1.0), (4, 7.0), (11, 2.0))
    assert series.steps.tolist() == [0, 4, 10, 11]
    assert series.values.tolist() == [0, 7, 1, 2]
    assert series.last == 2


def test_the_later_row_wins_on_equal_steps() -> None:
    series = Series("loss")
    series.extend([0, 1, 1, 2, 1], [0, 1, 2, 3, 4], [0, 10, 11, 2, 12])
    assert series.steps.tolist() == [0, 1, 2]
    assert series.values.tolist() == [0, 12, 2]
    assert series.times.tolist() == [0, 4, 3]
    assert series.last == 12
    assert len(series.ghost[0]) == 0


def test_a_fork_turns_what_it_overtakes_into_a_ghost() -> None:
    series = series_of((0, 0.0), (1, 1.0), (2, 2.0), (3, 3.0))
    series.fork(2)
    series.extend([2, 3], [0, 0], [20, 30])
    assert series.values.tolist() == [0, 1, 20, 30]
    steps, values = series.ghost
    assert (steps.tolist(), values.tolist()) == ([2, 3], [2, 3])


def test_a_second_fork_adds_to_the_ghost() -> None:
    series = series_of((0, 0.0), (1, 1.0), (2, 2.0))
    series.fork(1)
    series.extend([1], [0], [10])
    series.fork(0)
    assert series.ghost[0].tolist() == [1, 2, 0, 1]
    assert series.ghost[1].tolist() == [1, 2, 0, 10]
    assert len(series) == 0
    assert series.first is None


def test_a_fork_beyond_the_end_changes_nothing() -> None:
    series = series_of((0, 0.0))
    version = series.version
    series.fork(1)
    assert series.version == version


def test_statistics_leave_out_what_is_not_finite() -> None:
    series = series_of((0, 2.0), (1, NAN), (2, 4.0), (3, math.inf), (4, -math.inf))
    assert (series.minimum, series.minimum_step) == (2, 0)
    assert (series.maximum, series.maximum_step) == (4, 2)
    assert series.mean == 3
    assert series.nonfinite == 3
    step, value = series.first_nonfinite or (None, 0.0)
    assert step == 1
    assert math.isnan(value)
    assert series.last == -math.inf
    assert series.count == 5


def test_statistics_follow_replaced_points() -> None:
    series = series_of((0, 5.0), (1, -5.0))
    assert series.minimum == -5
    series.extend([1], [0], [6])
    assert (series.minimum, series.maximum, series.mean) == (5, 6, 5.5)


def test_the_first_of_equal_extremes_is_named() -> None:
    series = series_of((0, 1.0), (1, 1.0), (2, 1.0))
    assert (series.minimum_step, series.maximum_step) == (0, 0)


def test_the_mean_of_huge_values_does_not_overflow() -> None:
    series = series_of((0, 1.5e308), (1, 1.5e308), (2, 1.5e308))
    assert series.mean == pytest.approx(1.5e308)


points = st.lists(st.tuples(st.integers(0, 20), st.floats(-1e9, 1e9) | st.sampled_from([NAN, math.inf])), max_size=40)


@given(points, st.lists(st.integers(0, 40), max_size=4))
def test_any_cuts_between_extends_give_the_same_curve(rows: list[tuple[int, float]], cuts: list[int]) -> None:
    whole, cut = Series("a"), Series("a")
    steps, times, values = ([row[0] for row in rows], range(len(rows)), [row[1] for row in rows])
    whole.extend(steps, list(times), values)
    edges = sorted({0, len(rows), *(min(edge, len(rows)) for edge in cuts)})
    for low, high in itertools.pairwise(edges):
        cut.extend(steps[low:high], list(times)[low:high], values[low:high])
        cut.mean  # noqa: B018  looked at in between, so that the statistics are updated in pieces
    assert whole.steps.tolist() == cut.steps.tolist() == sorted(set(steps))
    np.testing.assert_array_equal(whole.values, cut.values)
    np.testing.assert_array_equal(whole.times, cut.times)
    last = dict(zip(steps, values, strict=True))
    np.testing.assert_array_equal(whole.values, [last[step] for step in sorted(last)])
    assert (whole.minimum, whole.minimum_step, whole.nonfinite) == (cut.minimum, cut.minimum_step, cut.nonfinite)
    assert whole.mean == pytest.approx(cut.mean)
