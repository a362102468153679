"""``tui.show.units``: numbers as short text of a steady width."""

from __future__ import annotations

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tui.show import units


@pytest.mark.parametrize(
    ("number", "text"),
    [
        (None, "–"),
        (0.0, "0"),
        (2.05, "2.050"),
        (0.00003, "3.00e-5"),
        (0.5, "0.5000"),
        (-1.5, "-1.500"),
        (123.456, "123.5"),
        (12345.0, "12.3k"),
        (1.25e6, "1.25M"),
        (math.nan, "nan"),
        (math.inf, "inf"),
        (-math.inf, "-inf"),
    ],
)
def test_value(number: float | None, text: str) -> None:
    assert units.value(number) == text


@given(st.floats(allow_nan=True, allow_infinity=True))
def test_value_is_short_and_never_raises(number: float) -> None:
    assert 1 <= len(units.value(number)) <= 10


@given(st.floats(min_value=-1e15, max_value=1e15, allow_nan=False))
def test_value_is_right_to_three_digits(number: float) -> None:
    text = units.value(number)
    scale = {"k": 1e3, "M": 1e6, "B": 1e9, "T": 1e12}.get(text[-1], 1.0)
    shown = float(text.rstrip("kMBT")) * scale
    assert math.isclose(shown, number, rel_tol=0.01, abs_tol=1e-300)


@pytest.mark.parametrize(
    ("number", "text"), [(14, "14"), (999, "999"), (1000, "1.00k"), (20_100, "20.1k"), (182_000, "182k"), (0.5, "0.5")]
)
def test_count(number: float, text: str) -> None:
    assert units.count(number) == text


@pytest.mark.parametrize(
    ("number", "text"), [(0, "0 B"), (512, "512 B"), (71.2 * 2**30, "71.2 GiB"), (512 * 2**30, "512 GiB"), (None, "–")]
)
def test_size(number: float | None, text: str) -> None:
    assert units.size(number) == text


@pytest.mark.parametrize(
    ("seconds", "text"),
    [
        (0.42, "0.4s"),
        (41.0, "41s"),
        (59.6, "1m00s"),
        (432.0, "7m12s"),
        (3599.7, "1h00m"),
        (3900.0, "1h05m"),
        (86400 * 3 + 4 * 3600, "3d04h"),
        (-5.0, "-5.0s"),
        (None, "–"),
        (math.nan, "–"),
    ],
)
def test_duration(seconds: float | None, text: str) -> None:
    assert units.duration(seconds) == text


@pytest.mark.parametrize(
    ("number", "text"), [(None, "–"), (0.42, "0.42"), (99.994, "99.99"), (128.5, "128.5"), (12345.0, "12.3k")]
)
def test_amount(number: float | None, text: str) -> None:
    assert units.amount(number) == text


@pytest.mark.parametrize(
    ("seconds", "text"),
    [(0, "0s"), (59.9, "59s"), (60, "1m"), (3599, "59m"), (3600, "1h"), (47.9 * 3600, "47h"), (48 * 3600, "2d")],
)
def test_an_age_is_told_in_one_unit(seconds: float, text: str) -> None:
    assert units.age(seconds) == text


@pytest.mark.parametrize("seconds", [None, float("nan"), float("inf")])
def test_an_unknown_age_is_absent(seconds: float | None) -> None:
    assert units.age(seconds) == units.ABSENT


@pytest.mark.parametrize(
    ("number", "digits", "text"),
    [
        (2.0500001, 8, "2.0500001"),
        (182412.0, 4, "182k"),
        (182412.0, 6, "182412"),
        (182412.3, 7, "182412.3"),
        (3.00001e-5, 7, "3.00001e-5"),
        (0.0, 9, "0"),
    ],
)
def test_a_value_can_be_had_in_more_digits(number: float, digits: int, text: str) -> None:
    assert units.value(number, digits) == text


@given(st.floats(allow_nan=False, allow_infinity=False))
def test_a_value_in_all_its_digits_reads_back_as_itself(number: float) -> None:
    assert float(units.value(number, 18)) == number
