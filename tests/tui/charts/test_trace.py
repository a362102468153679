from __future__ import annotations

import math
from typing import Any

import numpy as np
import pytest

from tests.tui.charts.made import array, line
from tui.charts.line import F64, Line, XAxis
from tui.charts.smoothing import NO_SMOOTHING, Smoothing
from tui.charts.trace import Columns, Nonfinite, Trace


def followed(made: Line, axis: str = "step") -> Trace:
    trace = Trace(XAxis.parse(axis))
    trace.follow(made)
    return trace


def cut(trace: Trace, *edges: float, **options: Any) -> Columns:
    options = {"smoothing": NO_SMOOTHING, "span": 1.0, "log": False, **options}
    return trace.columns(array(edges), **options)


def shown(values: F64) -> list[float | None]:
    return [None if math.isnan(value) else round(value, 6) for value in values.tolist()]


def test_G3_a_column_has_its_last_value_and_its_extremes() -> None:
    columns = cut(followed(line([5, 1, 9, 4, 2, 8])), 0, 3, 6)
    assert (shown(columns.low), shown(columns.high), shown(columns.line)) == ([1, 2], [9, 8], [9, 8])
    assert columns.filled.tolist() == [True, True]


def test_the_last_column_holds_its_right_edge() -> None:
    assert shown(cut(followed(line([1, 2, 3])), 0, 1, 2).high) == [1, 3]


def test_columns_between_points_are_interpolated() -> None:
    columns = cut(followed(line([0, 8], x=[0.5, 4.5])), 0, 1, 2, 3, 4, 5)
    assert shown(columns.line) == [0, 2, 4, 6, 8]
    assert columns.filled.tolist() == [True, False, False, False, True]


def test_on_a_logarithmic_axis_the_line_between_points_is_straight_too() -> None:
    columns = cut(followed(line([1, 100], x=[0.5, 2.5])), 0, 1, 2, 3, log=True)
    assert shown(columns.line) == [0, 1, 2]


def test_zero_and_below_are_minus_infinity_on_a_logarithmic_axis() -> None:
    columns = cut(followed(line([0, -5, 10])), 0, 1, 2, 3, log=True)
    assert columns.low.tolist() == [-math.inf, -math.inf, 1]


def test_nothing_is_drawn_before_the_first_point_or_after_the_last() -> None:
    columns = cut(followed(line([1, 2], x=[2.5, 3.5])), 0, 1, 2, 3, 4, 5, 6)
    assert shown(columns.line) == [None, None, 1, 2, None, None]


def test_a_window_between_two_points_shows_the_line_between_them() -> None:
    columns = cut(followed(line([0, 10], x=[0, 10])), 4, 5, 6)
    assert shown(columns.line) == [4.5, 5.5]


def test_nan_breaks_the_line() -> None:
    columns = cut(followed(line([1, math.nan, 3], x=[0.5, 2.5, 4.5])), 0, 1, 2, 3, 4, 5)
    assert shown(columns.line) == [1, None, None, None, 3]


@pytest.mark.parametrize("bad", [math.nan, math.inf, -math.inf])
def test_what_is_not_finite_does_not_hide_its_neighbours(bad: float) -> None:
    columns = cut(followed(line([2, 7, bad])), 0, 3)
    assert (shown(columns.low), shown(columns.high), shown(columns.line)) == ([2], [7], [7])


def test_the_kinds_of_non_finite_values_are_kept_with_their_x() -> None:
    trace = followed(line([1, math.nan, 2, math.inf, math.nan]))
    assert trace.nonfinite == [Nonfinite("nan", 1.0, 2), Nonfinite("inf", 3.0, 1)]
    trace.follow(line([1, math.nan, 2, math.inf, math.nan, -math.inf]))
    assert trace.nonfinite[-1] == Nonfinite("-inf", 5.0, 1)
    assert trace.nonfinite_columns("nan", 0.0, 5.0, 5).tolist() == [1, 4]


def test_missing_data_are_a_gap_on_a_clock_and_on_steps() -> None:
    times = [*range(100), *range(1000, 1100)]
    for axis, made in (
        ("relative", line(list(range(200)), times=array(times))),
        ("step", line(list(range(200)), x=times)),
    ):
        paused = cut(followed(made, axis), *range(0, 1101, 10))
        assert np.isnan(paused.line[11:99]).all()
        assert not np.isnan(paused.line[[*range(10), *range(100, 110)]]).any()


def test_a_sparse_metric_has_no_gaps() -> None:
    sparse = cut(followed(line(list(range(12)), x=[0, *range(5, 1100, 100)])), *range(0, 1006, 5))
    assert not np.isnan(sparse.line[:-1]).any()


def test_points_farther_and_farther_apart_are_no_pause() -> None:
    times = array([10.0**exponent for exponent in range(8)])
    columns = cut(followed(line(list(range(8)), times=times), "wall"), *np.linspace(1, 1e7, 50).tolist())
    assert not np.isnan(columns.line).any()


def test_times_are_cut_relative_to_the_start() -> None:
    trace = followed(line([1, 2], times=array([1000, 1001]), start=1000.0), "relative")
    assert trace.extent == (0.0, 1.0)
    assert shown(cut(trace, 0, 0.5, 1).line) == [1, 2]


def test_smoothing_goes_on_where_it_stopped_and_begins_again_with_another_weight() -> None:
    trace = followed(line([0, 1]))
    assert shown(trace.smooth(Smoothing(0.5, "ema"), 1.0)) == [0, 0.666667]
    trace.follow(line([0, 1, 0]))
    assert shown(trace.smooth(Smoothing(0.5, "ema"), 99.0)) == [0, 0.666667, 0.285714]
    assert shown(trace.smooth(Smoothing(0.9, "ema"), 1.0))[:2] == [0, 0.526316]


def test_the_line_is_smoothed_and_the_band_is_not() -> None:
    columns = cut(followed(line([0, 10])), 0, 2, smoothing=Smoothing(0.5, "ema"))
    assert (shown(columns.low), shown(columns.high), shown(columns.line)) == ([0], [10], [6.666667])


def test_the_value_at_an_x_is_that_of_the_nearest_point() -> None:
    trace = followed(line([5, 6, 7], x=[0, 10, 20]))
    assert [trace.value_at(x, 1.0) for x in (-0.5, 4, 6, 20.9)] == [5, 5, 6, 7]
    assert trace.value_at(-2, 1.0) is None
    assert trace.value_at(22, 1.0) is None
    assert trace.nearest_x(6, 1.0) == 10


def test_a_trace_without_points_knows_nothing() -> None:
    trace = Trace()
    assert trace.extent is None
    assert trace.last is None
    assert trace.value_at(0, 1) is None
    assert trace.nonfinite == []
    assert shown(cut(trace, 0, 1, 2).line) == [None, None]


def test_a_line_that_was_rewritten_is_forgotten() -> None:
    trace = followed(line([math.nan, 1, 2]))
    trace.smooth(Smoothing(0.9), 1.0)
    trace.follow(line([4, 5], generation=1))
    assert trace.nonfinite == []
    assert trace.smooth(Smoothing(0.9), 1.0).tolist()[0] == 4
    assert shown(cut(trace, 0, 1, 2).high) == [4, 5]
