import math
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tui.charts.line import ChartSpec, Look, XAxis
from tui.charts.smoothing import Smoothing
from tui.charts.window import fixed
from tui.export.sketch import Sketch, legend, sketch

Spec = Callable[..., ChartSpec]

ANY_FLOATS = st.lists(st.floats(allow_nan=True, allow_infinity=True), max_size=40)


def everything_is_inside(drawn: Sketch) -> bool:
    numbers = [tick.at for tick in (*drawn.x_ticks, *drawn.y_ticks)]
    for curve in drawn.curves:
        numbers += [mark.at for mark in curve.marks]
        for stretch in curve.stretches:
            numbers += [*stretch.x, *stretch.y, *stretch.low, *stretch.high]
    return all(math.isfinite(number) and 0 <= number <= 1 for number in numbers)


@given(st.lists(ANY_FLOATS, max_size=3), st.booleans(), st.sampled_from([0.0, 0.9]), st.integers(1, 30))
@settings(suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_whatever_the_data_a_sketch_holds_finite_shares(
    spec: Spec, curves: list[list[float]], log: bool, weight: float, columns: int
) -> None:
    drawn = sketch(spec(*curves), Look(log=log, smoothing=Smoothing(weight)), columns)
    assert everything_is_inside(drawn)
    assert len(drawn.curves) == len(curves)


def test_a_spike_survives_the_reduction(spec: Spec) -> None:
    values = np.ones(100_000)
    values[54_321] = 2.0
    drawn = sketch(spec(values), Look(full_range=True), 50)
    (stretch,) = drawn.curves[0].stretches
    assert stretch.high.max() > 0.9
    assert stretch.high.argmax() == 27
    assert stretch.y[-1] < 0.1


def test_a_far_outlier_is_clipped_and_said(spec: Spec) -> None:
    values = [1.0 + (i % 7) / 10 for i in range(200)]
    values[100] = 1e9
    assert sketch(spec(values), Look(), 100).clipped
    assert not sketch(spec(values), Look(full_range=True), 100).clipped


def test_nan_cuts_the_curve_and_is_marked_once_with_its_count(spec: Spec) -> None:
    drawn = sketch(spec([1, 2, 3, math.nan, math.nan, 4, 5, math.inf]), Look(), 8)
    (curve,) = drawn.curves
    assert len(curve.stretches) == 2
    assert [mark.kind for mark in curve.marks] == ["nan", "inf"]
    assert curve.marks[0].at == pytest.approx(3.5 / 8)
    assert legend(curve) == "run-0 inf (2 nan since 3) (1 inf since 7)"


def test_a_logarithmic_axis_leaves_zero_and_below_out(spec: Spec) -> None:
    drawn = sketch(spec([100.0, 10.0, 1.0, 0.0, -5.0]), Look(log=True), 5)
    assert [tick.label for tick in drawn.y_ticks] == ["1", "3", "10", "30", "100"]
    (stretch,) = drawn.curves[0].stretches
    assert len(stretch.x) == 3
    assert stretch.y == pytest.approx([1.0, 0.5, 0.0], abs=0.01)


@pytest.mark.parametrize(
    ("axis", "first", "last", "label"),
    [
        ("step", "0", "9", "step"),
        ("relative", "0", "9m", "relative time"),
        ("wall", "14:14", "14:22", "time of day"),
    ],
)
def test_ticks_speak_the_language_of_the_axis(spec: Spec, axis: str, first: str, last: str, label: str) -> None:
    drawn = sketch(spec(range(10)), Look(xaxis=XAxis.parse(axis)), 10, parts=(9, 5), zone=UTC)
    assert (drawn.x_ticks[0].label, drawn.x_ticks[-1].label, drawn.x_label) == (first, last, label)


def test_a_window_shows_a_part(spec: Spec) -> None:
    drawn = sketch(spec(range(100)), Look(window=fixed(10, 20)), 11)
    assert drawn.x_ticks[0].label == "10"
    assert drawn.y_ticks[-1].label == "20"


def test_smoothing_keeps_the_band_of_what_was_logged(spec: Spec) -> None:
    values = [float(i % 2) for i in range(200)]
    drawn = sketch(spec(values), Look(smoothing=Smoothing(0.9)), 20)
    (stretch,) = drawn.curves[0].stretches
    assert drawn.smoothed
    assert np.ptp(stretch.y[5:]) < 0.3
    assert (stretch.high - stretch.low > 0.9).all()


def test_percentages_go_from_0_to_100_and_are_never_logarithmic(spec: Spec) -> None:
    drawn = sketch(replace(spec([40.0, 60.0]), kind="percent"), Look(log=True), 20)
    assert [(tick.at, tick.label) for tick in drawn.y_ticks][:: len(drawn.y_ticks) - 1] == [(0.0, "0"), (1.0, "100")]


def test_without_any_points_there_is_still_a_frame(spec: Spec) -> None:
    for drawn in (sketch(spec(), Look(), 10), sketch(spec([]), Look(), 10)):
        assert drawn.x_ticks
        assert drawn.y_ticks
        assert all(not curve.stretches for curve in drawn.curves)


def test_names_are_cleaned(spec: Spec) -> None:
    drawn = sketch(spec([1.0], names=["a\x1b[31mb\nc"], metric="lo\x07ss"), Look(), 10)
    assert drawn.curves[0].name == "a␛[31mb␊c"
    assert drawn.title == "lo·ss"
