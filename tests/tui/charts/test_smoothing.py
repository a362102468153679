"""Smoothing against reference implementations written from the definitions, point by point."""

from __future__ import annotations

import math
from typing import Literal

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.tui.charts.made import array
from tui.charts.line import F64
from tui.charts.smoothing import LADDER, NO_SMOOTHING, Smoother, Smoothing

Kind = Literal["ema", "time"]


def tensorboard(y: F64, weight: float) -> list[float]:
    """TensorBoard's line chart: an exponential moving average, corrected for its start at zero."""
    last, count, out = 0.0, 0, []
    for value in y.tolist():
        if not math.isfinite(value):
            out.append(value)
            continue
        last = last * weight + (1 - weight) * value
        count += 1
        out.append(last / (1 - weight**count))
    return out


def weights_and_biases(x: F64, y: F64, p: float, span: float) -> list[float]:
    """W&B's time-weighted exponential moving average, as its documentation gives it (finite values)."""
    weight = min(math.sqrt(p), 0.999)
    last_y = debias = 0.0
    before, out = None, []
    for at, value in zip(x.tolist(), y.tolist(), strict=True):
        if not math.isfinite(value):
            out.append(value)
            continue
        change = (at - (at if before is None else before)) / span * 1000
        before = at
        adjusted = weight**change
        last_y = last_y * adjusted + value
        debias = debias * adjusted + 1
        out.append(last_y / debias)
    return out


def smoothed(x: F64, y: F64, smoothing: Smoothing, span: float, cuts: list[int]) -> F64:
    smoother = Smoother(smoothing, span)
    for start, end in zip([0, *cuts], [*cuts, len(y)], strict=True):
        smoother.extend(x[start:end], y[start:end])
    return smoother.values


points = st.lists(st.floats(-1e6, 1e6) | st.sampled_from([math.nan, math.inf, -math.inf]), max_size=300)
weights = st.sampled_from([0.01, 0.3, 0.6, 0.9, 0.99, 0.999]) | st.floats(0.001, 0.999)


@given(points, weights, st.data())
@settings(deadline=None)
def test_G9_ema_is_tensorboards(y: list[float], weight: float, data: st.DataObject) -> None:
    cuts = sorted(data.draw(st.lists(st.integers(0, len(y)), max_size=4)))
    values = array(y)
    ours = smoothed(np.arange(len(y), dtype=np.float64), values, Smoothing(weight, "ema"), 1.0, cuts)
    assert np.allclose(ours, tensorboard(values, weight), rtol=1e-7, atol=1e-4, equal_nan=True)


@given(points, weights, st.data())
@settings(deadline=None)
def test_G4_time_weighted_ema_is_weights_and_biases(y: list[float], weight: float, data: st.DataObject) -> None:
    steps = data.draw(st.lists(st.floats(0, 1e4), min_size=len(y), max_size=len(y)))
    cuts = sorted(data.draw(st.lists(st.integers(0, len(y)), max_size=4)))
    x, values = np.cumsum(array(steps)), array(y)
    span = float(x[-1]) if len(x) and x[-1] > 1e-290 else 1.0
    ours = smoothed(x, values, Smoothing(weight, "time"), span, cuts)
    assert np.allclose(ours, weights_and_biases(x, values, weight, span), rtol=1e-7, atol=1e-4, equal_nan=True)


@pytest.mark.parametrize("kind", ["ema", "time"])
def test_long_series_stay_exact_over_many_epochs(kind: Kind) -> None:
    y = np.random.default_rng(1).standard_normal(20_000)
    x = np.arange(20_000.0)
    ours = smoothed(x, y, Smoothing(0.3, kind), 20_000.0, [1, 7_777])
    reference = tensorboard(y, 0.3) if kind == "ema" else weights_and_biases(x, y, 0.3, 20_000.0)
    assert np.allclose(ours, reference, atol=1e-9)


@pytest.mark.parametrize("kind", ["ema", "time"])
def test_each_point_is_computed_once(kind: Kind) -> None:
    smoother = Smoother(Smoothing(0.9, kind), 10.0)
    smoother.extend(array([0, 1]), array([1, 2]))
    before = smoother.values.copy()
    smoother.extend(array([2]), array([100]))
    assert np.array_equal(smoother.values[:2], before)
    assert len(smoother) == 3


def test_the_first_value_is_itself() -> None:
    assert smoothed(array([5]), array([3.5]), Smoothing(0.99, "ema"), 1.0, []).tolist() == pytest.approx([3.5])


def test_nan_never_enters_the_state() -> None:
    with_nan = smoothed(array([0, 1, 2]), array([1, math.nan, 3]), Smoothing(0.5, "ema"), 1.0, [])
    without = smoothed(array([0, 2]), array([1, 3]), Smoothing(0.5, "ema"), 1.0, [])
    assert math.isnan(with_nan[1])
    assert with_nan[[0, 2]].tolist() == without.tolist()


def test_huge_values_leave_the_smoothing_usable() -> None:
    y = [1.7e308, 1.7e308, 1.0, 2.0, *[2.0] * 100]
    out = smoothed(np.arange(104.0), array(y), Smoothing(0.9, "ema"), 1.0, [2])
    assert np.isfinite(out).all()
    assert out[-1] == pytest.approx(2.0, rel=1e-3)


def test_no_weight_is_no_smoothing() -> None:
    y = array([3, 1, 2])
    assert smoothed(array([0, 1, 2]), y, Smoothing(0.0, "time"), 2.0, []).tolist() == y.tolist()


@pytest.mark.parametrize("weight", [-0.1, 1.0, math.nan])
def test_weights_outside_of_0_to_0_999_are_refused(weight: float) -> None:
    with pytest.raises(ValueError, match=r"smoothing is 0 to 0\.999"):
        Smoothing(weight)


def test_the_keys_climb_the_ladder_and_stop_at_its_ends() -> None:
    up = [NO_SMOOTHING]
    for _ in range(len(LADDER) + 1):
        up.append(up[-1].stepped(1))
    assert [step.weight for step in up] == [*LADDER, LADDER[-1], LADDER[-1]]
    assert Smoothing(0.95).stepped(-1).weight == 0.9
    assert Smoothing(0.7).stepped(-1).weight == 0.6
    assert NO_SMOOTHING.stepped(-1) == NO_SMOOTHING


def test_the_kind_can_be_changed_and_keeps_the_weight() -> None:
    assert Smoothing(0.9, "ema").toggled() == Smoothing(0.9, "time")
    assert Smoothing(0.9, "time").toggled() == Smoothing(0.9, "ema")
