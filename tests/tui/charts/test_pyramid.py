from __future__ import annotations

from itertools import pairwise

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.tui.charts.made import array
from tui.charts.pyramid import F64, FACTOR, I64, Pyramid


def brute_force(low: F64, high: F64, bounds: I64) -> tuple[list[float], list[float]]:
    lows, highs = [], []
    for start, stop in pairwise(bounds.tolist()):
        some = low[start:stop][~np.isnan(low[start:stop])]
        lows.append(float(some.min()) if len(some) else np.nan)
        some = high[start:stop][~np.isnan(high[start:stop])]
        highs.append(float(some.max()) if len(some) else np.nan)
    return lows, highs


@given(st.integers(0, 40_000), st.integers(1, 300), st.integers(0, 2**32 - 1), st.booleans())
@settings(max_examples=80, deadline=None)
def test_extremes_are_exact_at_every_scale(count: int, columns: int, seed: int, apart: bool) -> None:
    random = np.random.default_rng(seed)
    low = random.standard_normal(count)
    low[random.random(count) < 0.05] = np.nan
    high = low + random.random(count) if apart else low
    bounds = np.sort(random.integers(0, count + 1, columns + 1))
    pyramid = Pyramid()
    for stop in np.sort(random.integers(0, count + 1, 3)):
        pyramid.update(low[:stop], high[:stop])
    pyramid.update(low, high)
    lows, highs = pyramid.extremes(bounds)
    expected = brute_force(low, high, bounds)
    assert np.array_equal(lows, expected[0], equal_nan=True)
    assert np.array_equal(highs, expected[1], equal_nan=True)


@pytest.mark.parametrize("at", [0, 15, 16, 123_456, 199_999])
def test_a_single_spike_is_found_in_its_column_and_only_there(at: int) -> None:
    values = np.zeros(200_000)
    values[at] = 7.0
    pyramid = Pyramid()
    pyramid.update(values, values)
    bounds = np.linspace(0, len(values), 101).astype(np.intp)
    _, highs = pyramid.extremes(bounds)
    assert np.flatnonzero(highs).tolist() == [int(np.searchsorted(bounds, at, "right")) - 1]


def test_following_a_series_computes_only_new_blocks() -> None:
    pyramid = Pyramid()
    values = array([1.0] * FACTOR * 3)
    pyramid.update(values, values)
    poisoned = values.copy()
    poisoned[0] = 99.0  # breaks the promise that old values stay: what was computed is not looked at again
    longer = np.concatenate((poisoned, np.full(FACTOR * 2000, 2.0)))
    pyramid.update(longer, longer)
    lows, highs = pyramid.extremes(np.array([0, len(longer)]))
    assert (lows[0], highs[0]) == (1.0, 99.0)  # the ends are read as they are
    lows, highs = pyramid.extremes(np.array([FACTOR, len(longer)]))
    assert highs[0] == 2.0


def test_an_empty_series_has_no_extremes() -> None:
    lows, highs = Pyramid().extremes(np.array([0, 0, 0]))
    assert np.isnan(lows).all()
    assert np.isnan(highs).all()
