from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from numpy.typing import NDArray

from tests.tui.charts.made import array
from tui.charts.scale import PERCENT, Scale, fit, telling

NOISE = np.random.default_rng(0).random(200)


def fitted(low: list[float], high: list[float] | None = None, **options: bool) -> Scale:
    return fit(array(low), array(high or low), **options)


def test_ordinary_data_are_shown_whole_between_round_ends() -> None:
    assert fitted([1.93, 3.0, 5.9]).span == (1.75, 6.0)


def test_data_that_are_not_negative_get_no_negative_room() -> None:
    assert fitted([0.0, 0.2, 4.9]).low == 0.0
    assert fitted([0.0] * 3).span == (0.0, 1.0)
    assert fitted([3e-5] * 3).low > 0.0


def test_a_constant_series_lies_inside_its_range() -> None:
    low, high = fitted([5.0, 5.0]).span
    assert low < 5.0 < high


def test_noise_in_the_last_digits_of_a_constant_is_not_blown_up() -> None:
    low, high = fitted([1.0, 1.0 + 1e-9]).span
    assert high - low > 0.1


def test_far_outliers_are_cut_off_and_with_full_range_are_not() -> None:
    values = [*NOISE, 400.0]
    assert fitted(values).high < 2.0
    assert fitted(values, full=True).high >= 400.0


def test_only_what_is_far_away_is_cut_off() -> None:
    falling = (np.exp(-np.arange(100) / 20) * 4).tolist()
    whole = fitted(falling).high
    assert fitted([*falling, 400.0]).high == whole >= 4.0


def test_a_spike_in_one_of_twenty_five_columns_is_an_outlier() -> None:
    assert fitted([*NOISE, *[400.0] * 8]).high < 2.0
    assert fitted([*NOISE, *[400.0] * 20]).high >= 400.0


def test_what_does_not_squeeze_the_rest_is_never_cut_off() -> None:
    assert fitted([*NOISE, 2.5]).high >= 2.5


@pytest.mark.parametrize("others", [1, 2, 5])
@pytest.mark.parametrize("height", [1e3, 1e15, -1e15])
def test_a_line_that_diverged_does_not_count_beside_the_others(others: int, height: float) -> None:
    lines = np.array([[*(2.0 + NOISE)]] * others + [[*(2.0 + NOISE[:100]), *np.linspace(3.0, height, 100)]])
    assert list(telling(lines, lines)) == [True] * others + [False]


def test_two_of_five_may_diverge_and_three_may_not() -> None:
    lines = np.array([NOISE, NOISE, NOISE, NOISE * 1e9, NOISE * 1e12])
    assert list(telling(lines, lines)) == [True, True, True, False, False]
    assert telling(lines[1:], lines[1:]).sum() == 3
    assert telling(lines[2:], lines[2:]).sum() == 2


def test_lines_of_different_height_all_count() -> None:
    lines = np.array([NOISE, NOISE * 20, NOISE * 3])
    assert telling(lines, lines).all()


def test_a_constant_line_is_no_measure_for_another() -> None:
    lines = np.array([[5.0] * 200, 2.0 + 4.0 * NOISE])
    assert telling(lines, lines).all()


def test_lines_without_values_neither_count_nor_fail() -> None:
    empty = np.full(200, np.nan)
    assert telling(np.array([empty, NOISE]), np.array([empty, NOISE])).all()
    assert telling(np.empty((0, 5)), np.empty((0, 5))).shape == (0,)
    assert telling(np.empty((3, 0)), np.empty((3, 0))).all()


def epochs(columns: int, *lasted: int) -> NDArray[np.float64]:
    """One line each that grows by 1 a column for as many columns as it lasted."""
    at = np.arange(columns, dtype=float)
    return np.array([np.where(at < last, at, np.nan) for last in lasted])


def test_a_line_that_is_only_longer_counts() -> None:
    lines = epochs(146, 3, 3, 3, 146, 140)
    assert telling(lines, lines).all()


def test_a_line_that_diverges_after_the_others_have_ended_does_not_count() -> None:
    lines = np.array([np.where(np.arange(100) < 30, 2 - NOISE[:100], np.nan)] * 3)
    lines[0] = 2 - NOISE[:100]
    lines[0, 80:] = np.exp(np.arange(20))
    assert list(telling(lines, lines)) == [False, True, True]


def test_few_points_are_always_shown_whole() -> None:
    assert fitted([1.0, 1.1, 1000.0]).high >= 1000.0


def test_non_finite_values_do_not_count() -> None:
    assert fitted([1.0, 2.0, np.nan, np.inf, -np.inf]).span == fitted([1.0, 2.0]).span
    assert fitted([np.nan]).span == (0.0, 1.0)


def test_the_range_of_a_live_curve_moves_seldom() -> None:
    ends = {fitted([2.0 + 3.0 * 0.99**step, 5.0]).span for step in range(100, 400)}
    assert len(ends) <= 10


@given(st.lists(st.floats(allow_nan=False, allow_infinity=False), min_size=1, max_size=50), st.booleans())
def test_the_full_range_holds_every_value_up_to_the_largest_numbers(values: list[float], log: bool) -> None:
    scale = fit(array(values), array(values), log=log, full=True)
    assert scale.low < scale.high
    limit = 300.0 if log else 1e300
    rows = scale.dots(array(values), 400)
    assert all(abs(value) > limit for value, row in zip(values, rows, strict=True) if not 0 <= row < 400)


def test_dot_rows_run_from_the_top_and_stop_just_outside() -> None:
    rows = PERCENT.dots(array([100, 50, 0, 150, -20, np.nan]), 41)
    assert rows[:5].tolist() == [0, 20, 40, -1, 41]
    assert np.isnan(rows[5])


def test_a_value_between_two_rows_is_steady_in_spite_of_rounding_errors() -> None:
    noise = np.random.default_rng(0).normal(0, 1e-12, 100)
    assert len(set(Scale(0.0, 1.0).dots(0.5 + noise, 40).tolist())) == 1


def test_infinities_are_outside() -> None:
    assert PERCENT.dots(array([np.inf, -np.inf]), 40).tolist() == [-1, 40]


@pytest.mark.parametrize(("value", "row"), [(100.0, 0), (51.0, 4), (0.0, 9), (150.0, -5)])
def test_rows_of_values(value: float, row: int) -> None:
    assert PERCENT.row(value, 10) == row


def test_logarithmic_ticks_are_decades() -> None:
    scale = fit(array([-4.0]), array([1.0]), log=True)
    assert [text for _, text in scale.ticks(6)] == ["1e-4", "0.001", "0.01", "0.1", "1", "10"]
    assert scale.span == pytest.approx((1e-4, 10.0))
