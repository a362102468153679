"""Runs side by side: flattening, kinds of difference, order, best summaries."""

from __future__ import annotations

import json
import math
from collections.abc import Mapping

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tui.details.diff import MISSING_TEXT, Cell, ConfigDiff, DiffRow, SummaryDiff, flatten
from tui.show.units import ABSENT
from tui.show.values import exact, loose

KEYS = st.text(alphabet='ab."[] \\/é', max_size=4)
SCALARS = st.none() | st.booleans() | st.integers(-3, 3) | st.floats(width=16) | st.sampled_from(["", "1", "0", "x"])
VALUES = st.recursive(SCALARS, lambda inner: st.lists(inner, max_size=3) | st.dictionaries(KEYS, inner, max_size=3))
CONFIGS = st.dictionaries(KEYS, VALUES, max_size=4)


def rows_by_key(*configs: Mapping[str, object]) -> dict[str, DiffRow]:
    return {row.key: row for row in ConfigDiff.of(configs).rows}


def texts(row: DiffRow) -> list[str]:
    return [f"{cell.text} {cell.word}".rstrip() for cell in row.cells]


def unflatten(flat: Mapping[str, object]) -> dict[str, object]:
    """The inverse of ``flatten``, written from its description of keys."""
    config: dict[str, object] = {}
    for key, value in flat.items():
        *parents, last = split_key(key)
        target = config
        for part in parents:
            inner = target.setdefault(part, {})
            assert isinstance(inner, dict)
            target = inner
        target[last] = value
    return config


def split_key(key: str) -> list[str]:
    parts, rest = [], key
    while True:
        if rest.startswith('"'):
            part, end = json.JSONDecoder().raw_decode(rest)
        else:
            end = rest.find(".") if "." in rest else len(rest)
            part = rest[:end]
        parts.append(str(part))
        if end == len(rest):
            return parts
        assert rest[end] == "."
        rest = rest[end + 1 :]


@given(CONFIGS)
def test_flatten_loses_nothing(config: dict[str, object]) -> None:
    assert exact(unflatten(flatten(config))) == exact(config)


def test_flatten_joins_nested_keys_and_keeps_lists_and_empty_mappings() -> None:
    config = {"lr": 1, "model": {"depth": 12, "sizes": [1, {"a": 2}], "extra": {}}, "empty": {}}
    assert flatten(config) == {
        "lr": 1,
        "model.depth": 12,
        "model.sizes": [1, {"a": 2}],
        "model.extra": {},
        "empty": {},
    }


def test_flatten_tells_a_dotted_key_from_a_nested_one() -> None:
    assert flatten({"a.b": 1, "a": {"b": 2}}) == {'"a.b"': 1, "a.b": 2}
    assert flatten({'"a': 1, "": {" ": 2}}) == {r'"\"a"': 1, '""." "': 2}


def test_flatten_does_not_recurse() -> None:
    deep: dict[str, object] = {"x": 1}
    for _ in range(5_000):
        deep = {"k": deep}
    assert flatten(deep) == {"k." * 5_000 + "x": 1}


def test_values_that_look_alike_are_told_apart() -> None:
    configs: list[dict[str, object]] = [{"k": False}, {"k": 0}, {"k": ""}, {"k": []}, {"k": None}, {}]
    (row,) = ConfigDiff.of(configs).rows
    assert texts(row) == ["false", "0 int", '""', "[]", "null", MISSING_TEXT]
    assert row.kind == "missing"
    assert [cell.missing for cell in row.cells] == [False] * 5 + [True]


def test_type_only_differences_are_a_kind_of_their_own_and_carry_a_word() -> None:
    row = rows_by_key({"k": 1}, {"k": 1.0}, {"k": "1"}, {"k": True}, {"k": 1})["k"]
    assert row.kind == "type"
    assert texts(row) == ["1", "1.0 float", '"1" text', "true bool", "1"]
    assert [cell.changed for cell in row.cells] == [False, True, True, True, False]


def test_words_are_added_only_to_what_differs_in_type() -> None:
    row = rows_by_key({"seed": 0}, {"seed": 7}, {"seed": "0"})["seed"]
    assert row.kind == "different"
    assert texts(row) == ["0", "7", '"0" text']


def test_equal_values_and_missing_ones() -> None:
    rows = rows_by_key({"a": 1, "b": {"c": [1, 2]}}, {"b": {"c": [1, 2]}})
    assert rows["b.c"].kind == "equal"
    assert rows["a"].kind == "missing"
    assert [cell.changed for cell in rows["a"].cells] == [False, True]


def test_a_key_that_only_a_later_run_has_is_changed_there() -> None:
    row = rows_by_key({}, {"a": None})["a"]
    assert row.cells == (Cell(MISSING_TEXT, missing=True), Cell("null", None, changed=True))


def test_changed_is_told_from_the_baseline() -> None:
    (row,) = ConfigDiff.of([{"k": 1}, {"k": 2}, {"k": 2}], baseline=1).rows
    assert [cell.changed for cell in row.cells] == [True, False, False]


def test_what_differs_comes_first_and_tuned_numbers_before_all() -> None:
    one = {"z": 1, "note": "a", "optim": {"lr": 1e-3}, "alpha_dir": "x", "seed": 1, "only": 1, "typed": 1, "same": 1}
    other = {"z": 2, "note": "b", "optim": {"lr": 3e-4}, "alpha_dir": "x", "seed": 2, "typed": "1", "same": 1}
    keys = [row.key for row in ConfigDiff.of([one, other]).rows]
    assert keys == ["optim.lr", "seed", "z", "note", "only", "typed", "alpha_dir", "same"]


def test_facts_are_rows_of_their_own_section_behind_the_config() -> None:
    diff = ConfigDiff.of([{"host": "a"}, {"host": "a"}], [{"host": "n1", "git": {"commit": "1f"}}, {"host": "n2"}])
    assert [(row.section, row.key, row.kind) for row in diff.rows] == [
        ("config", "host", "equal"),
        ("run", "host", "different"),
        ("run", "git.commit", "missing"),
    ]


def test_identical_rows_can_be_hidden_and_rows_searched_by_key_or_value() -> None:
    diff = ConfigDiff.of([{"lr": 1, "name": "AdamW", "x": 0}, {"lr": 2, "name": "AdamW", "x": 0}])
    assert diff.differing == 1
    assert [row.key for row in diff.select(identical=False)] == ["lr"]
    assert [row.key for row in diff.select(needle="adam")] == ["name"]
    assert [row.key for row in diff.select(needle="LR")] == ["lr"]
    assert diff.select(identical=False, needle="adam") == []


def test_no_runs_and_empty_configs_give_no_rows() -> None:
    assert ConfigDiff.of([]).rows == ()
    assert ConfigDiff.of([{}, {}]).rows == ()


@given(CONFIGS, CONFIGS)
def test_a_diff_is_symmetric_and_loses_nothing(one: dict[str, object], other: dict[str, object]) -> None:
    there, back = rows_by_key(one, other), rows_by_key(other, one)
    assert set(there) == set(back) == {*flatten(one), *flatten(other)}
    for key, row in there.items():
        assert row.kind == back[key].kind
        assert [cell.text for cell in row.cells] == [cell.text for cell in reversed(back[key].cells)]


@given(st.lists(CONFIGS, min_size=1, max_size=4))
def test_a_row_is_equal_exactly_when_all_its_texts_are(configs: list[dict[str, object]]) -> None:
    for row in ConfigDiff.of(configs).rows:
        assert (row.kind == "equal") == (len({cell.text for cell in row.cells}) == 1)
        assert any(cell.changed for cell in row.cells) == (row.kind != "equal")


@given(CONFIGS)
def test_a_config_equals_itself(config: dict[str, object]) -> None:
    assert all(row.kind == "equal" for row in ConfigDiff.of([config, config, config]).rows)


# ---------------------------------------------------------------------------------------------------------------
# Summaries


def test_the_best_of_each_direction_is_marked_and_ties_share_it() -> None:
    diff = SummaryDiff.of(
        [
            {("val/loss", "min"): 2.05, ("val/acc", "max"): 0.61, ("lr", "last"): 1e-3},
            {("val/loss", "min"): 2.01, ("val/acc", "max"): 0.63, ("lr", "last"): 2e-3},
            {("val/loss", "min"): 2.01, ("val/acc", "max"): 0.5},
        ]
    )
    assert [(row.label, set(row.best)) for row in diff.rows] == [
        ("val/acc max", {1}),
        ("val/loss min", {1, 2}),
        ("lr last", set()),
    ]


def test_values_that_are_not_finite_are_never_best() -> None:
    (row,) = SummaryDiff.of(
        [{("loss", "last"): math.nan}, {("loss", "last"): -math.inf}, {("loss", "last"): 3.0}, {}]
    ).rows
    assert row.best == frozenset()
    assert [row.text(i) for i in range(4)] == ["nan", "-inf", "3.000", "–"]
    better = SummaryDiff.of([{("loss", "last"): -math.inf}, {("loss", "last"): 3.0}, {("loss", "last"): 4}])
    assert better.rows[0].best == {1}


def test_equal_values_and_single_runs_have_no_best() -> None:
    assert SummaryDiff.of([{("loss", "min"): 1.0}, {("loss", "min"): 1.0}]).rows[0].best == frozenset()
    assert SummaryDiff.of([{("loss", "min"): 1.0}]).rows[0].best == frozenset()


def test_the_wrong_extreme_of_a_metric_has_no_best() -> None:
    diff = SummaryDiff.of(
        [{("loss", "max"): 9.0, ("loss", "mean"): 4.0}, {("loss", "max"): 8.0, ("loss", "mean"): 5.0}]
    )
    assert {row.label: set(row.best) for row in diff.rows} == {"loss max": set(), "loss mean": {0}}


def test_define_metric_decides_the_direction() -> None:
    kinds = {"speed": ["min"]}
    (row,) = SummaryDiff.of([{("speed", "min"): 1.0}, {("speed", "min"): 2.0}], lambda name: kinds.get(name, ())).rows
    assert row.best == {0}


@pytest.mark.parametrize(
    ("value", "text"),
    [("done", "done"), (True, "true"), ([1], "[1]"), (None, "–"), (20_100, "20.1k"), (199, "199"), (199.0, "199.0")],
)
def test_summary_values_of_any_type_are_shown(value: object, text: str) -> None:
    (row,) = SummaryDiff.of([{("x", ""): value}, {("x", ""): "other"}]).rows
    assert (row.label, row.text(0)) == ("x", text)


def test_deltas_are_differences_to_the_baseline() -> None:
    (row,) = SummaryDiff.of([{("loss", "last"): 2.0}, {("loss", "last"): 1.5}, {}, {("loss", "last"): math.nan}]).rows
    assert row.deltas() == (0.0, -0.5, None, None)
    assert row.deltas(1) == (0.5, 0.0, None, None)
    assert row.deltas(2) == (None, None, None, None)


def test_summary_rows_can_be_searched_and_identical_ones_hidden() -> None:
    one, other = {("loss", "last"): 1.0, ("epoch", "last"): 3}, {("loss", "last"): 2.0, ("epoch", "last"): 3}
    diff = SummaryDiff.of([one, other])
    assert [row.label for row in diff.select(identical=False)] == ["loss last"]
    assert [row.label for row in diff.select(needle="EPO")] == ["epoch last"]


def test_floats_are_shown_in_few_digits_unless_that_makes_two_look_the_same() -> None:
    rows = rows_by_key({"lr": 0.0014999999999999998, "wd": 0.1}, {"lr": 0.003, "wd": 0.1 + 1e-17 + 2e-17})
    assert texts(rows["lr"]) == ["0.0015", "0.003"]
    rows = rows_by_key({"lr": 0.0014999999999999998}, {"lr": 0.0015}, {"lr": 1 / 3})
    assert texts(rows["lr"]) == ["0.0014999999999999998", "0.0015", "0.3333333333333333"]
    assert [cell.value for cell in rows["lr"].cells] == [0.0014999999999999998, 0.0015, 1 / 3]


@given(st.lists(st.floats() | st.integers(-2, 2), min_size=1, max_size=5))
def test_two_summary_values_of_a_row_look_the_same_exactly_when_they_are(values: list[object]) -> None:
    (row,) = SummaryDiff.of([{("loss", "min"): value} for value in values]).rows
    shown = {loose(value): row.text(run) for run, value in enumerate(values)}
    assert len(set(shown.values())) == len(shown)


def test_summary_values_have_as_many_digits_as_their_row_needs() -> None:
    (row,) = SummaryDiff.of([{("loss", "min"): value} for value in (2.05, 2.0501, None)]).rows
    assert [row.text(run) for run in range(3)] == ["2.0500", "2.0501", ABSENT]
    (row,) = SummaryDiff.of([{("step", ""): value} for value in (20100, 20101)]).rows
    assert [row.text(run) for run in range(2)] == ["20100", "20101"]
    (row,) = SummaryDiff.of([{("step", ""): value} for value in (20100, 30100)]).rows
    assert [row.text(run) for run in range(2)] == ["20.1k", "30.1k"]
