"""``tui.table.sorting``: stable, natural, absent last whatever the direction."""

from __future__ import annotations

import math

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from tui.table.rows import Value
from tui.table.sorting import ABSENT, NAN, Order, Sort, arrange, natural, rank, reversed_sort, sort_mark, toggled

values = st.one_of(
    st.none(), st.floats(), st.integers(), st.booleans(), st.text(max_size=8), st.tuples(st.text(max_size=4))
)


def order(given_values: list[Value], *, descending: bool = False) -> list[Value]:
    return arrange(given_values, [([rank(value) for value in given_values], descending)])


def test_numbers_then_text_then_nan_then_absent_in_both_directions() -> None:
    mixed: list[Value] = [None, math.nan, "auto", 2.0, math.inf, "", -1, -math.inf, ()]
    assert order(mixed)[:5] == [-math.inf, -1, 2.0, math.inf, "auto"]
    assert order(mixed, descending=True)[:5] == [math.inf, 2.0, -1, -math.inf, "auto"]
    assert [str(value) for value in order(mixed)[5:]] == ["nan", "None", "", "()"]
    assert [str(value) for value in order(mixed, descending=True)[5:]] == ["nan", "None", "", "()"]


def test_text_sorts_as_a_person_counts() -> None:
    names: list[Value] = ["run-10", "Run-9", "run-2", "run-02b"]
    assert order(names) == ["run-2", "run-02b", "Run-9", "run-10"]


def test_digits_of_any_length_are_compared_without_becoming_numbers() -> None:
    assert natural("9" * 10_000) < natural("1" + "0" * 10_000)


def test_a_curve_sorts_by_its_last_value() -> None:
    assert rank(np.array([5.0, 2.0])) == rank(2.0)
    assert rank(np.array([])) == (ABSENT, None)
    assert rank(np.array([1.0, math.nan])) == (NAN, None)


@given(st.lists(values, max_size=30), st.booleans())
def test_any_mixture_is_arranged_with_what_is_missing_last(mixed: list[Value], descending: bool) -> None:
    classes = [rank(value)[0] for value in order(mixed, descending=descending)]
    assert classes == sorted(classes)
    assert len(classes) == len(mixed)


@given(st.lists(st.tuples(st.integers(0, 3), st.integers(0, 3)), max_size=30), st.booleans(), st.booleans())
def test_several_keys_sort_like_a_tuple_and_equal_rows_keep_their_order(
    pairs: list[tuple[int, int]], first_down: bool, second_down: bool
) -> None:
    items = list(enumerate(pairs))
    keys = [
        ([rank(first) for first, _ in pairs], first_down),
        ([rank(second) for _, second in pairs], second_down),
    ]
    expected = sorted(
        items, key=lambda item: (item[1][0] * (-1) ** first_down, item[1][1] * (-1) ** second_down, item[0])
    )
    assert arrange(items, keys) == expected


def test_asking_three_times_sorts_turns_around_and_forgets() -> None:
    once = toggled((), "lr", first_descending=True)
    twice = toggled(once, "lr", first_descending=True)
    assert once == (Order("lr", descending=True),)
    assert twice == (Order("lr", descending=False),)
    assert toggled(twice, "lr", first_descending=True) == ()


def test_another_column_takes_the_place_of_the_sort_unless_it_is_added() -> None:
    by_state: Sort = (Order("state"),)
    assert toggled(by_state, "lr", first_descending=False) == (Order("lr"),)
    both = toggled(by_state, "lr", first_descending=False, add=True)
    assert both == (Order("state"), Order("lr"))
    turned = toggled(both, "lr", first_descending=False, add=True)
    assert turned == (Order("state"), Order("lr", descending=True))
    assert toggled(turned, "lr", first_descending=False, add=True) == by_state


def test_reversing_turns_the_first_key_only() -> None:
    assert reversed_sort((Order("a"), Order("b"))) == (Order("a", descending=True), Order("b"))
    assert reversed_sort(()) == ()


def test_marks_count_only_where_there_are_several() -> None:
    assert sort_mark("a", (Order("a"),)) == "▲"
    assert sort_mark("b", (Order("a"), Order("b", descending=True))) == "▼2"
    assert sort_mark("c", (Order("a"),)) == ""
