"""``tui.table.choices``: which columns are offered, and what a person does with them."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tui.table.choices import Choices, available
from tui.table.columns import META, column_for

OFFERED = available(["val/loss", "lr"], ["optim.lr", "depth"])


def ids(choices: Choices, search: str = "") -> list[str]:
    return [choice.column.id for choice in choices.found(search)]


def test_metrics_come_with_their_curve_and_their_best_value_where_one_end_is_better() -> None:
    assert "metric:val/loss:min" in OFFERED
    assert "trend:lr" in OFFERED
    assert [each for each in OFFERED if each.startswith("metric:lr:")] == ["metric:lr:smooth"]
    assert [each for each in OFFERED if each.startswith("config.")] == ["config.depth", "config.optim.lr"]
    assert {f"meta:{name}" for name in META} < {*OFFERED}
    assert [column_for(each).id for each in OFFERED] == OFFERED


def test_chosen_columns_come_first_in_their_order_and_the_frozen_one_is_not_offered() -> None:
    choices = Choices(OFFERED, ["name", "age", "state"])
    assert ids(choices)[:3] == ["age", "state", "step"]
    assert [choice.chosen for choice in choices.found("")][:3] == [True, True, False]


def test_a_search_looks_at_ids_titles_and_meanings() -> None:
    choices = Choices(OFFERED, ["name"])
    assert ids(choices, "LOSS min") == ["metric:val/loss:min"]
    assert ids(choices, "git branch") == ["meta:branch"]
    assert ids(choices, "no such thing") == []


def test_columns_are_toggled_and_moved_but_the_first_stays() -> None:
    choices = Choices(OFFERED, ["name", "state", "step", "age"])
    choices.toggle("step")
    choices.toggle("eta")
    choices.toggle("name")
    assert choices.chosen == ["name", "state", "age", "eta"]
    choices.move("eta", -1)
    choices.move("name", 1)
    choices.move("speed", 1)
    assert choices.chosen == ["name", "state", "eta", "age"]
    choices.move("eta", -9)
    choices.move("state", 9)
    assert choices.chosen == ["name", "eta", "age", "state"]


@given(st.lists(st.tuples(st.sampled_from(OFFERED), st.integers(-3, 3)), max_size=20))
def test_whatever_is_done_each_column_is_there_once_and_the_first_is_the_first(steps: list[tuple[str, int]]) -> None:
    choices = Choices(OFFERED, ["name", "state"])
    for column_id, by in steps:
        choices.move(column_id, by) if by else choices.toggle(column_id)
    assert choices.chosen[0] == "name"
    assert len({*choices.chosen}) == len(choices.chosen)


@given(st.lists(st.text()), st.lists(st.text()))
def test_any_names_give_columns(metrics: list[str], keys: list[str]) -> None:
    """A metric without a name once ended the app when the columns were to be chosen."""
    for column_id in available(["", *metrics], ["", *keys]):
        assert column_for(column_id).id == column_id


@pytest.mark.parametrize(
    ("name", "column"),
    [
        ("best(val/loss)", "metric:val/loss:best"),
        ("loss.max", "metric:val/loss:max"),
        ("lr", "config.optim.lr"),
        ("host", "meta:host"),
        ("metric:anything", "metric:anything"),
        ("config.any.thing", "config.any.thing"),
        ("best(nothing)", None),
        ("nothing", None),
        ("", None),
    ],
)
def test_a_column_can_be_called_as_in_a_filter(name: str, column: str | None) -> None:
    choice = Choices(available(["val/loss"], ["optim.lr"]), ["name"]).named(name)
    assert (choice and choice.column.id) == column
