from __future__ import annotations

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.tui.charts.made import array
from tui.charts.sparkline import sparkline


def test_two_samples_to_a_cell_four_heights_to_a_row() -> None:
    assert sparkline(array([0, 1, 2, 3]), 2) == ("⣠⣾",)


def test_a_falling_loss() -> None:
    assert sparkline(np.exp(-np.arange(200) / 40), 8) == ("⣷⣦⣤⣀⣀⣀⣀⣀",)


def test_the_line_alone() -> None:
    assert sparkline(array([0, 3]), 1, fill=False) == ("⡜",)


def test_several_rows() -> None:
    top, bottom = sparkline(array([0, 7, 7, 0]), 2, 2)
    assert (top, bottom) == ("⢸⡇", "⣸⣇")


def test_a_fixed_range() -> None:
    assert sparkline(array([50, 50]), 1, low=0, high=100) == ("⣤",)
    assert sparkline(array([500, -500]), 1, low=0, high=100) == ("⣇",)


def test_short_series_begin_at_the_left() -> None:
    assert sparkline(array([1, 1]), 4) == ("⣤   ",)


def test_a_run_that_went_to_nan_ends_with_a_cross() -> None:
    values = np.concatenate((np.exp(-np.arange(160) / 40), np.full(40, np.nan)))
    assert sparkline(values, 8)[0].endswith("✖✖")
    assert sparkline(array([3, 2, math.nan, math.nan]), 2)[0][-1] == "✖"


def test_a_stray_nan_among_many_values_does_not_show() -> None:
    values = np.ones(100)
    values[50] = np.nan
    assert "✖" not in sparkline(values, 8)[0]


@pytest.mark.parametrize("values", [[], [math.nan]])
def test_nothing_to_draw(values: list[float]) -> None:
    assert sparkline(array(values), 3)[0].strip("✖ ") == ""


def test_no_room() -> None:
    assert sparkline(array([1]), 0, 2) == ("", "")
    assert sparkline(array([1]), 5, 0) == ()


@given(st.lists(st.floats()), st.integers(0, 20), st.integers(0, 4), st.booleans())
def test_any_values_fill_exactly_the_cells(values: list[float], cells: int, rows: int, fill: bool) -> None:
    drawn = sparkline(array(values), cells, rows, fill=fill)
    assert [len(row) for row in drawn] == [cells] * rows
