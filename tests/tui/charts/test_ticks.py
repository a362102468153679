from __future__ import annotations

import math
from datetime import UTC, datetime, timedelta, timezone

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tui.charts import ticks


@pytest.mark.parametrize(
    ("span", "count", "step"),
    [(10, 5, 2), (10, 4, 2.5), (10, 3, 5), (1, 4, 0.25), (3e-4, 4, 1e-4), (20_000, 5, 5_000), (7, 7, 1), (7, 6, 2)],
)
def test_steps_are_1_2_2_5_or_5_times_a_power_of_ten(span: float, count: int, step: float) -> None:
    assert ticks.nice_step(span, count) == pytest.approx(step)


@pytest.mark.parametrize("span", [0.0, -1.0, math.nan, math.inf])
def test_no_step_where_there_is_no_span(span: float) -> None:
    assert ticks.nice_step(span, 4) == 0.0


@pytest.mark.parametrize(
    ("low", "high", "count", "values"),
    [
        (0, 20_000, 5, [0, 5_000, 10_000, 15_000, 20_000]),
        (1.8, 6, 4, [2, 4, 6]),
        (-1, 1, 4, [-1, -0.5, 0, 0.5, 1]),
        (0.1, 0.35, 5, [0.1, 0.15, 0.2, 0.25, 0.3, 0.35]),
    ],
)
def test_linear_ticks_are_multiples_of_the_step_inside_the_range(
    low: float, high: float, count: int, values: list[float]
) -> None:
    assert ticks.linear(low, high, count)[0] == pytest.approx(values)


@given(st.floats(-1e12, 1e12), st.floats(1e-6, 1e12), st.integers(1, 12))
def test_linear_ticks_fit_and_ascend(low: float, span: float, count: int) -> None:
    high = low + span
    values, step = ticks.linear(low, high, count)
    assert len(values) <= count + 1
    assert values == sorted(values)
    assert all(low - step * 1e-6 <= value <= high + step * 1e-6 for value in values)


@pytest.mark.parametrize(
    ("low", "high", "count", "values"),
    [
        (1e-5, 10, 6, [1e-4, 1e-2, 1]),
        (1e-4, 1, 6, [1e-4, 1e-3, 1e-2, 1e-1, 1]),
        (0.5, 30, 6, [0.5, 1, 2, 5, 10, 20]),
        (0.5, 30, 4, [1, 3, 10, 30]),
        (1e-9, 1e9, 2, [1e-9, 1, 1e9]),
        (1.8, 6, 4, [2, 4, 6]),
        (133_352, 749_894, 2, [200_000, 500_000]),
    ],
)
def test_logarithmic_ticks_are_decades_with_minor_ones_when_few_fit(
    low: float, high: float, count: int, values: list[float]
) -> None:
    assert ticks.logarithmic(low, high, count) == pytest.approx(values)


@given(st.floats(-300, 299), st.floats(1e-3, 100), st.integers(1, 10))
def test_logarithmic_ticks_stay_inside_a_positive_range(exponent: float, decades: float, count: int) -> None:
    low, high = 10.0**exponent, 10.0 ** min(300.0, exponent + decades)
    values = ticks.logarithmic(low, high, count)
    assert all(low * (1 - 1e-6) <= value <= high * (1 + 1e-6) for value in values)
    assert values == sorted(values)


@pytest.mark.parametrize(
    ("span", "step"),
    [(0.3, 0.05), (50, 10), (600, 120), (4_000, 900), (90_000, 21_600), (1_000_000, 2 * 86_400)],
)
def test_spans_of_time_go_in_steps_a_clock_has(span: float, step: float) -> None:
    assert ticks.span_of_time(0, span, 6)[1] == pytest.approx(step)


def test_times_of_day_are_round_in_the_zone_of_the_person() -> None:
    zone = timezone(timedelta(hours=5, minutes=30))
    start = datetime(2026, 8, 20, 9, 7, tzinfo=zone).timestamp()
    times, step = ticks.time_of_day(start, start + 4 * 3600, 4, zone)
    assert step == 3600
    assert [datetime.fromtimestamp(time, zone).strftime("%H:%M") for time in times] == [
        "10:00",
        "11:00",
        "12:00",
        "13:00",
    ]


@pytest.mark.parametrize("time", [1e17, -1e17])
def test_times_beyond_the_calendar_are_numbers(time: float) -> None:
    times, _ = ticks.time_of_day(time, time * 1.5, 4, UTC)
    assert times
    assert all(math.isfinite(value) for value in times)


def test_values_too_close_for_their_size_give_one_tick() -> None:
    assert ticks.linear(1e17, 1e17 + 32, 4)[0] == [1e17]
