"""Moments of a run on charts, along every axis."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from logstore.model.series import Series
from tui.charts.line import ChartSpec, Line, XAxis
from tui.charts.places import Place, place_at, step_at, x_of
from tui.show.palette import Swatch

STEP, RELATIVE, WALL, TOKENS = XAxis(), XAxis("relative"), XAxis("wall"), XAxis("metric", "tokens")
START = 1000.0


def series(name: str, steps: Sequence[float], values: Sequence[float]) -> Series:
    made = Series(name)
    made.extend(np.array(steps, float), START + np.array(steps, float), np.array(values, float))
    return made


def spec(
    steps: Sequence[float] = (0, 10, 20), tokens: Sequence[float] = (0, 500, 900), start: float | None = START
) -> ChartSpec:
    along = {"tokens": series("tokens", steps, tokens)}
    x = np.array(steps, float)
    line = Line("r", "r", x, x * 2, 1, Swatch(0, "━"), times=START + 5 + x * 2, start=start, along=along)
    return ChartSpec("loss", [line])


def test_a_cursor_is_a_moment() -> None:
    assert place_at(spec(), STEP, 12.5) == Place(step=12.5)
    assert place_at(spec(), WALL, 1234.0) == Place(time=1234.0)
    assert place_at(spec(), RELATIVE, 30.0) == Place(time=START + 30)
    assert place_at(spec(start=None), RELATIVE, 30.0) == Place(time=START + 35)
    assert place_at(spec(), TOKENS, 501) == Place(step=20)
    assert place_at(spec(), TOKENS, 901) is None
    assert place_at(spec(), XAxis("metric", "other"), 1) is None


def test_a_moment_is_a_place_on_every_axis() -> None:
    both = Place(step=10, time=START + 26)
    assert [x_of(spec(), axis, both) for axis in (STEP, RELATIVE, WALL, TOKENS)] == [10, 26, START + 26, 500]
    assert x_of(spec(), TOKENS, Place(step=15)) == 700
    assert [x_of(spec(), axis, Place(step=10)) for axis in (RELATIVE, WALL)] == [None, None]
    assert x_of(spec(), XAxis("metric", "other"), both) is None


def test_the_step_of_a_time_is_that_of_the_last_point_until_then() -> None:
    times = (START, START + 5, START + 24.9, START + 25, START + 999)
    assert [step_at([spec()], time) for time in times] == [None, 0, 0, 10, 20]
    assert x_of(spec(), STEP, Place(time=START + 5)) is None
    untimed = replace(spec().lines[0], times=None)
    assert step_at([ChartSpec("loss", [untimed])], START + 10) is None


def test_of_several_curves_the_one_that_was_logged_last_says_the_step() -> None:
    seldom, often = spec([0, 20], [0, 1]), spec([0, 5, 10, 15], [0, 1, 2, 3])
    assert [step_at([seldom, often], START + 5 + 2 * step) for step in (4, 5, 16, 20)] == [0, 5, 15, 20]


def test_telemetry_lies_along_time() -> None:
    times = np.array([START, START + 1, START + 2])
    line = Line("r", "r", times, times, 1, Swatch(0, "━"), times=times, start=START)
    system = ChartSpec("cpu/percent", [line])
    assert place_at(system, STEP, 1.5) == Place(time=START + 1.5)
    assert x_of(system, STEP, Place(step=3, time=START + 1)) == 1
    assert step_at([system], START + 1) is None


@pytest.mark.parametrize("axis", [STEP, RELATIVE, WALL, TOKENS])
def test_a_chart_without_points_knows_no_moment_that_it_would_need_them_for(axis: XAxis) -> None:
    empty = ChartSpec("loss")
    assert x_of(empty, axis, Place(step=1, time=2.0)) == {STEP: 1, WALL: 2.0}.get(axis)
    assert place_at(empty, axis, 3.0) == {STEP: Place(step=3.0), WALL: Place(time=3.0)}.get(axis)


@given(
    steps=st.lists(st.floats(0, 1e6), min_size=1, max_size=20, unique=True).map(sorted),
    values=st.lists(st.floats(allow_nan=True), min_size=20, max_size=20),
    axis=st.sampled_from([STEP, RELATIVE, WALL, TOKENS]),
    x=st.floats(-1e9, 1e9),
)
def test_whatever_was_logged_a_place_is_a_number_or_none(
    steps: list[float], values: list[float], axis: XAxis, x: float
) -> None:
    chart = spec(steps, values[: len(steps)])
    place = place_at(chart, axis, x)
    if place is not None:
        assert (place.step is None) != (place.time is None)
        back = x_of(chart, axis, place)
        assert back is None or math.isfinite(back)
        if axis is not TOKENS:
            assert back == pytest.approx(x, abs=1e-3)
