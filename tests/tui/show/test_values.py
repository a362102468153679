"""What a config value looks like, and which values are the same."""

from __future__ import annotations

import json
import math
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tui.show.units import ABSENT
from tui.show.values import BRIEF, MOST, digits_apart, exact, loose, pretty, read_scalar, show, type_word

SCALARS = st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=12)
JSON = st.recursive(SCALARS, lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=6), inner))
LOOK_ALIKES = [False, 0, 0.0, "0", "", [], {}, None, "false", "null", "[]", "{}", " ", ABSENT, "nan", math.nan]


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (3e-4, "3e-4"),
        (1.2345e-05, "1.2345e-5"),
        (-2.5e-4, "-2.5e-4"),
        (0.001, "0.001"),
        (0.1, "0.1"),
        (1.0, "1.0"),
        (-0.0, "0.0"),
        (1e22, "1e22"),
        (5e-324, "5e-324"),
        (math.inf, "inf"),
        (-math.inf, "-inf"),
        (math.nan, "nan"),
        (12, "12"),
        (True, "true"),
        (None, "null"),
        ("adamw", "adamw"),
        ("two words", "two words"),
        ("12", '"12"'),
        ("1e-3", '"1e-3"'),
        ("True", '"True"'),
        ("None", '"None"'),
        ("-inf", '"-inf"'),
        ("", '""'),
        (" x", '" x"'),
        (f"{ABSENT} missing", f'"{ABSENT} missing"'),
        ('"quoted"', r'"\"quoted\""'),
        ([1, 2.5, "a", None], '[1, 2.5, "a", null]'),
        ([], "[]"),
        ({"b": 1, "a": [True]}, '{"a": [true], "b": 1}'),
    ],
)
def test_a_value_is_shown_exactly_and_quoted_only_where_ambiguous(value: object, text: str) -> None:
    assert show(value) == text


def test_look_alikes_all_look_different() -> None:
    texts = [show(value) for value in LOOK_ALIKES if not isinstance(value, float)]
    assert len(set(texts)) == len(texts)


@given(JSON, JSON)
def test_two_values_share_a_text_exactly_when_they_are_the_same(one: object, other: object) -> None:
    assert (show(one) == show(other)) == (exact(one) == exact(other))


@given(JSON)
def test_an_identity_is_hashable_and_stable_and_exact_implies_loose(value: object) -> None:
    copy = json.loads(json.dumps(value))
    assert exact(copy) == exact(value)
    assert loose(copy) == loose(value)
    assert len({exact(value), exact(copy)}) == 1


@given(st.floats(allow_nan=False))
def test_a_float_reads_back_from_its_text_and_is_told_from_an_integer(number: float) -> None:
    text = show(number)
    assert float(text) == number
    assert not text.lstrip("-").isdigit()


@pytest.mark.parametrize("one", [1, 1.0, "1", True])
@pytest.mark.parametrize("other", [1, 1.0, "1", True])
def test_one_in_four_types_is_loosely_the_same_and_exactly_not(one: object, other: object) -> None:
    assert loose(one) == loose(other)
    assert (exact(one) == exact(other)) == (type(one) is type(other))


@pytest.mark.parametrize(("one", "other"), pairwise([0, "", [], {}, None, "x", 2]))
def test_other_values_differ_in_more_than_type(one: object, other: object) -> None:
    assert loose(one) != loose(other)


def test_types_are_told_apart_inside_lists_and_the_order_of_keys_is_not() -> None:
    assert exact([1, {"a": 2}]) != exact([1.0, {"a": 2}])
    assert loose([1, {"a": 2}]) == loose([1.0, {"a": "2"}])
    assert exact({"a": 1, "b": 2}) == exact({"b": 2, "a": 1})
    assert exact(["a", "b"]) != exact(["a, b"])
    assert loose(["a", "b"]) != loose(["b", "a"])


def test_large_integers_are_not_rounded() -> None:
    assert loose(2**53 + 1) != loose(float(2**53))


def test_a_value_nested_deeper_than_recursion_allows_is_shown() -> None:
    deep: list[object] = []
    for _ in range(20_000):
        deep = [deep]
    assert show(deep) == "[" * 20_001 + "]" * 20_001
    assert exact(deep) == exact([deep[0]])
    assert pretty(deep).startswith("[[[")


def test_pretty_is_indented_json_and_a_string_as_it_is() -> None:
    assert pretty({"a": [1]}) == '{\n  "a": [\n    1\n  ]\n}'
    assert pretty("12") == "12"
    assert pretty(3e-4) == "3e-4"


def test_type_words_and_scalars_that_strings_spell() -> None:
    values: list[object] = [True, 1, 1.0, "1", None, [], {}]
    words = [type_word(value) for value in values]
    assert words == ["bool", "int", "float", "text", "null", "list", "dict"]
    assert [read_scalar(text) for text in ("-3", "+.5", "1e-3", "TRUE", "None", "x1", "1_000", "٣")] == [
        *(-3, 0.5, 0.001, True, None),
        *("x1", "1_000", "٣"),
    ]


NOISY = st.one_of(
    st.floats(),
    st.floats(0.5, 2),
    st.integers(-9, 9).map(lambda n: 0.1 * n),
    st.integers(-9, 9).map(lambda n: n / 10 + 1e-16),
    st.sampled_from([0.0015, 0.0014999999999999998, 1.0, 0.9999999999999999, 1e22, 1.0000000000000001e22]),
    st.integers(-2, 2),
    st.booleans(),
    st.none(),
    st.sampled_from(["", "0", "1", "1.0", "0.0015", "true", "x"]),
)


@pytest.mark.parametrize(
    ("number", "text"),
    [
        (0.0014999999999999998, "0.0015"),
        (0.1 + 0.2, "0.3"),
        (1 / 3, "0.333333"),
        (2.9999999999999996, "3.0"),
        (0.9999999, "0.9999999"),
        (123456.7, "123456.7"),
        (16777216.0, "16777216.0"),
        (10**-3.5, "3.16228e-4"),
        (1.2345678901234567e25, "1.23457e25"),
        (5e-324, "5e-324"),
        (-0.1 - 0.2, "-0.3"),
    ],
)
def test_a_float_is_shown_in_as_many_digits_as_a_person_means(number: float, text: str) -> None:
    assert show(number, BRIEF) == text


def test_floats_inside_lists_and_mappings_are_shown_in_few_digits_too() -> None:
    assert show({"betas": [0.9, 0.1 + 0.2], "n": 1234567}, BRIEF) == '{"betas": [0.9, 0.3], "n": 1234567}'


@pytest.mark.parametrize(
    ("values", "digits"),
    [
        ([], BRIEF),
        ([0.1, 0.2, 0.1], BRIEF),
        ([0.1234561, 0.1234564], 7),
        ([0.0015, 0.0014999999999999998], MOST),
        ([1, 1.0, "1", True], BRIEF),
        ([0.9, "0.9"], BRIEF),
        ([1, 0.9999999999999999], 16),
        ([[0.9, 1 / 3], [0.9, 0.33333334]], 8),
        ([math.nan, -math.nan, math.inf, None], BRIEF),
    ],
)
def test_values_beside_each_other_get_the_fewest_digits_that_tell_them_apart(values: list[object], digits: int) -> None:
    assert digits_apart(values) == digits


@given(st.lists(st.recursive(NOISY, lambda inner: st.lists(inner, max_size=2), max_leaves=4), max_size=6))
def test_two_values_beside_each_other_share_a_text_exactly_when_they_are_the_same(values: list[object]) -> None:
    digits = digits_apart(values)
    shown = {exact(value): show(value, digits) for value in values}
    assert len(set(shown.values())) == len(shown)
    if digits > BRIEF:
        assert not _apart(values, digits - 1)


def _apart(values: list[object], digits: int) -> bool:
    """Whether in so many digits every value has a text of its own, and no float looks like a value it is not."""
    texts = {exact(value): show(value, digits) for value in values}
    floats = [value for value in values if isinstance(value, float) and not math.isnan(value)]
    others = [value for value in values if isinstance(value, bool | int | str) or value is None or value in floats]
    lies = any(
        loose(show(one, digits)) == loose(show(other, digits) if isinstance(other, float) else other)
        and loose(one) != loose(other)
        for one in floats
        for other in others
    )
    return len(set(texts.values())) == len(texts) and not lies


@given(st.floats(allow_nan=False))
def test_a_short_float_is_close_short_and_whole_only_where_the_number_is(number: float) -> None:
    text = show(number, BRIEF)
    if math.isinf(number):
        assert text == show(number)
        return
    assert float(text) == pytest.approx(number, rel=5.1e-6, abs=0)
    if float(text).is_integer() and abs(number) < 1e15:
        assert float(text) == pytest.approx(number, rel=1e-12, abs=0)


@given(st.floats(1e-5, 1e7) | st.floats(), st.integers(BRIEF, MOST))
def test_a_float_in_any_digits_is_written_as_a_float_of_that_value_is(number: float, digits: int) -> None:
    text = show(number, digits)
    assert text == show([number], digits)[1:-1]
    assert show(float(text)) == text
