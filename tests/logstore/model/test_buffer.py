"""Arrays that grow."""

from __future__ import annotations

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from logstore.model.buffer import Buffer

LONG = 5000


@given(st.lists(st.tuples(st.integers(0, 3 * LONG), st.integers(0, 3 * LONG)), max_size=6))
def test_any_parts_of_an_array_in_any_order_are_held_one_after_the_other(spans: list[tuple[int, int]]) -> None:
    whole = np.frombuffer(np.arange(3.0 * LONG).tobytes())
    buffer, expected = Buffer(), []
    for low, high in spans:
        buffer.append(whole[low:high])
        expected += whole[low:high].tolist()
        assert buffer.view.tolist() == expected


def test_parts_that_follow_one_another_are_not_copied() -> None:
    whole = np.frombuffer(np.arange(3.0 * LONG).tobytes())
    buffer = Buffer()
    buffer.append(whole[:LONG])
    before = buffer.view
    buffer.append(whole[LONG:])
    assert np.shares_memory(buffer.view, whole)
    assert (len(before), len(buffer)) == (LONG, 3 * LONG)


def test_parts_with_a_gap_and_parts_of_others_are_copied() -> None:
    whole, other = (np.frombuffer(np.arange(3.0 * LONG).tobytes()) for _ in range(2))
    for more in (whole[LONG + 1 :], other[LONG:]):
        buffer = Buffer()
        buffer.append(whole[:LONG])
        buffer.append(more)
        assert not np.shares_memory(buffer.view, whole)
        assert buffer.view.tolist() == [*whole[:LONG], *more]


def test_a_short_part_does_not_keep_the_array_it_is_part_of() -> None:
    whole = np.arange(100.0)
    buffer = Buffer()
    buffer.append(whole[:10])
    assert not np.shares_memory(buffer.view, whole)


def test_a_short_column_of_a_parser_or_a_cache_is_kept_as_it_is() -> None:
    column = np.frombuffer(np.arange(100.0).tobytes())
    buffer = Buffer()
    buffer.append(column)
    assert np.shares_memory(buffer.view, column)


def test_what_was_handed_out_stays_when_more_follows() -> None:
    column = np.frombuffer(np.arange(100.0).tobytes())
    buffer = Buffer()
    buffer.append(column)
    view = buffer.view
    buffer.append(np.ones(5))
    assert view.tolist() == column.tolist()
    assert buffer.view.tolist() == [*column, *np.ones(5)]
