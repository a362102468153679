"""``tui.table.smoothed``: the last value of the average that charts draw."""

from __future__ import annotations

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tui.charts.smoothing import Smoother, Smoothing
from tui.table.smoothed import WEIGHT, smoothed_last

POINTS = st.lists(st.floats(-1e6, 1e6) | st.sampled_from([math.nan, math.inf]), min_size=1, max_size=400)


@given(POINTS, st.floats(-5, 5))
def test_it_is_the_last_finite_value_of_the_smoothed_curve(points: list[float], last: float) -> None:
    values = np.array([*points, last])
    smoother = Smoother(Smoothing(WEIGHT, "ema"))
    smoother.extend(np.arange(float(values.size)), values)
    assert smoothed_last(values) == pytest.approx(smoother.values[-1], rel=1e-6, abs=1e-2)


def test_a_curve_without_a_finite_point_has_none_either() -> None:
    assert smoothed_last(np.empty(0)) is None
    assert math.isnan(smoothed_last(np.array([math.nan, math.nan])) or 0.0)
