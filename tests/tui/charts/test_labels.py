from __future__ import annotations

import math
from datetime import UTC, datetime, timedelta, timezone

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tui.charts import labels, ticks


@pytest.mark.parametrize(
    ("low", "high", "count", "texts"),
    [
        (0, 20_000, 5, ["0", "5k", "10k", "15k", "20k"]),
        (0, 5_000, 5, ["0", "1000", "2000", "3000", "4000", "5000"]),
        (0, 3e-4, 4, ["0", "1e-4", "2e-4", "3e-4"]),
        (0, 1e-4, 4, ["0", "2.5e-5", "5e-5", "7.5e-5", "1e-4"]),
        (0, 1.2e6, 3, ["0", "0.5M", "1.0M"]),
        (0.99991, 0.99996, 4, ["0.99992", "0.99994", "0.99996"]),
        (-1, 1, 4, ["-1.0", "-0.5", "0", "0.5", "1.0"]),
        (2e9, 3e9, 4, ["2.00B", "2.25B", "2.50B", "2.75B", "3.00B"]),
        (499_999_998, 500_000_002, 4, [f"{500_000_000 + place}" for place in range(-2, 3)]),
        (1e12, 1e12 + 4e6, 4, ["1.000000T", "1.000001T", "1.000002T", "1.000003T", "1.000004T"]),
        (-2e300, 2e300, 4, ["-2e300", "-1e300", "0", "1e300", "2e300"]),
        (1e-310, 3e-310, 3, ["1e-310", "2e-310", "3e-310"]),
    ],
)
def test_the_labels_of_an_axis_share_unit_and_decimals(low: float, high: float, count: int, texts: list[str]) -> None:
    assert labels.numbers(*ticks.linear(low, high, count)) == texts


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (0, "0"),
        (3e-4, "3e-4"),
        (2.5e-5, "2.5e-5"),
        (0.001, "0.001"),
        (1000, "1000"),
        (15_000, "15k"),
        (1.2e6, "1.2M"),
        (1e20, "1e20"),
        (-0.5, "-0.5"),
        (math.nan, "nan"),
        (-math.inf, "-inf"),
    ],
)
def test_single_numbers_are_short(value: float, text: str) -> None:
    assert labels.single(value) == text


@pytest.mark.parametrize(
    ("value", "text"), [(10_650.0, "10650"), (0.30000000000000004, "0.3"), (1e16, "1e+16"), (12.34567, "12.3457")]
)
def test_the_x_of_the_cursor_is_exact(value: float, text: str) -> None:
    assert labels.exact(value) == text


@pytest.mark.parametrize(
    ("seconds", "step", "text"),
    [
        (0, 60, "0"),
        (0.25, 0.05, "250ms"),
        (1.5, 0.5, "1.5s"),
        (45, 15, "45s"),
        (150, 30, "2m30s"),
        (3600, 900, "1h"),
        (3900, 300, "1h05m"),
        (86_400, 3600, "1d"),
        (3 * 86_400 + 4 * 3600, 3600, "3d04h"),
        (-90, 30, "-1m30s"),
        (math.inf, 1, "inf"),
    ],
)
def test_spans_of_time_say_their_two_largest_units(seconds: float, step: float, text: str) -> None:
    assert labels.span(seconds, step) == text


@pytest.mark.parametrize(
    ("hour", "minute", "second", "step", "text"),
    [(14, 2, 0, 60, "14:02"), (14, 2, 5, 5, "14:02:05"), (0, 0, 0, 3600, "20 Aug"), (12, 0, 0, 86_400, "20 Aug")],
)
def test_times_of_day(hour: int, minute: int, second: int, step: float, text: str) -> None:
    zone = timezone(timedelta(hours=2))
    time = datetime(2026, 8, 20, hour, minute, second, tzinfo=zone).timestamp()
    assert labels.clock(time, step, zone) == text


def test_a_time_beyond_the_calendar_is_a_number() -> None:
    assert labels.clock(1e18, 60, UTC) == "1e18"


def test_zero_has_no_sign_and_no_unit() -> None:
    assert labels.numbers([-0.0, 20_000.0], 20_000.0) == ["0", "20k"]


def test_without_a_step_each_label_stands_for_itself() -> None:
    assert labels.numbers([1.5], 0.0) == ["1.5"]


UNITS = {"k": 1e3, "M": 1e6, "B": 1e9, "T": 1e12}


def read(text: str) -> float:
    """The number that a label says."""
    return float(text[:-1]) * UNITS[text[-1]] if text[-1] in UNITS else float(text)


@given(
    st.floats(-1e15, 1e15) | st.floats(-10, 10) | st.floats(-1e-6, 1e-6),
    st.floats(1e-9, 1e15) | st.floats(1e-3, 1e3),
    st.integers(1, 9),
)
def test_labels_say_what_they_stand_for_and_each_something_else(low: float, span: float, count: int) -> None:
    values, step = ticks.linear(low, low + max(span, abs(low) * 1e-6), count)
    texts = labels.numbers(values, step)
    assert len(set(texts)) == len(values)
    for value, text in zip(values, texts, strict=True):
        assert read(text) == pytest.approx(value, abs=step * 0.01)
        assert len(text) <= 14
