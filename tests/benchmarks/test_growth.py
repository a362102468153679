"""A constant and a price for each thing, fitted."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from benchmarks.growth import Growth, fitted

COUNTS = (100, 1_000, 10_000, 100_000)


@given(constant=st.floats(0, 1e6), each=st.floats(1e-3, 1e3))
def test_what_grows_by_a_price_is_found_again(constant: float, each: float) -> None:
    found = fitted(COUNTS, [constant + each * count for count in COUNTS])
    assert [found.at(count) for count in COUNTS] == pytest.approx([constant + each * c for c in COUNTS], rel=1e-3)


@given(st.lists(st.floats(0, 1e9), min_size=4, max_size=4))
def test_no_cost_is_ever_negative(costs: list[float]) -> None:
    found = fitted(COUNTS, costs)
    assert found.constant >= 0
    assert found.each >= 0


def test_small_sizes_count_as_much_as_large_ones() -> None:
    """Twice too much at the largest size does not bend the line away from the small ones."""
    found = fitted(COUNTS, [1.1, 2.0, 11.0, 202.0])
    assert found.at(100) == pytest.approx(1.1, rel=0.2)


def test_what_falls_is_a_constant() -> None:
    assert fitted((1, 10), (5.0, 4.0)).each == 0


def test_a_limit_is_reached_somewhere_or_never() -> None:
    assert Growth(1.0, 0.001).reaches(10.0) == pytest.approx(9000)
    assert Growth(1.0, 0.0).reaches(10.0) is None
    assert Growth(20.0, 1.0).reaches(10.0) is None


def test_one_size_is_not_enough() -> None:
    with pytest.raises(ValueError, match="two sizes"):
        fitted((10, 10), (1.0, 2.0))


def test_a_cost_of_nothing_is_one_point_among_others() -> None:
    found = fitted((100, 1_000, 10_000), (0.0, 1.0, 10.0))
    assert found.at(10_000) == pytest.approx(10.0, rel=0.2)
