from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from collectors.rates import Rates, tidy, total


def test_first_reading_has_no_rate() -> None:
    rates = Rates()
    assert rates.rate("rx", 100, 1.0) is None
    assert rates.rate("rx", 300, 3.0) == 100


def test_counter_that_fell_has_no_rate_and_then_goes_on() -> None:
    rates = Rates()
    rates.rate("rx", 1000, 1.0)
    assert rates.rate("rx", 10, 2.0) is None
    assert rates.rate("rx", 30, 3.0) == 20


def test_two_readings_at_one_time_have_no_rate() -> None:
    rates = Rates()
    rates.rate("rx", 1, 1.0)
    assert rates.rate("rx", 2, 1.0) is None


def test_absent_count_leaves_the_last_reading() -> None:
    rates = Rates()
    rates.rate("rx", 0, 0.0)
    assert rates.rate("rx", None, 1.0) is None
    assert rates.rate("rx", 20, 2.0) == 10


def test_forgotten_counters_begin_anew() -> None:
    rates = Rates()
    rates.rate("a", 0, 0.0)
    rates.rate("b", 0, 0.0)
    rates.keep({"a"})
    assert rates.rate("a", 1, 1.0) == 1
    assert rates.rate("b", 1, 1.0) is None


def test_total_is_absent_where_nothing_is_known() -> None:
    assert total([None, None]) is None
    assert total([]) is None
    assert total([None, 2.0, 3.0]) == 5


@pytest.mark.parametrize(
    ("value", "shown"),
    [
        (97.0, 97),
        (612.04, 612),
        (612.26, 612.3),
        (0.1349, 0.13),
        (85233295360.4, 85233295360),
        (0.0, 0),
        (-3.14159, -3.14),
    ],
)
def test_tidy_keeps_sensible_digits(value: float, shown: float) -> None:
    assert tidy(value) == shown
    assert isinstance(tidy(value), int) == (shown == int(shown))


@given(st.floats(-1e15, 1e15))
def test_tidy_changes_little(value: float) -> None:
    assert tidy(value) == pytest.approx(value, rel=5e-3, abs=5.001e-3)
