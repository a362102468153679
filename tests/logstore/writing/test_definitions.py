"""``define_metric`` and the summary that follows from it (D1 to D7)."""

from __future__ import annotations

import copy
import math
from typing import Any

import pytest

from logstore.errors import DefinitionError
from logstore.store import Store
from logstore.writing.definitions import Definition, Definitions, parse_definition
from tests.logstore.written import Writing, record_of, values_of


def test_D1_the_last_x_value_is_put_into_rows_that_lack_it(writing: Writing) -> None:
    run = writing.init()
    run.define_metric("epoch")
    run.define_metric("val/loss", step_metric="epoch")
    run.log({"val/loss": 9})
    run.log({"epoch": 1, "train/loss": 5})
    run.log({"val/loss": 3})
    run.log({"val/loss": 2, "epoch": 7})
    run.log({"train/loss": 4})
    assert values_of(run.path) == {
        0: {"val/loss": 9},
        1: {"epoch": 1, "train/loss": 5},
        2: {"val/loss": 3, "epoch": 1},
        3: {"val/loss": 2, "epoch": 7},
        4: {"train/loss": 4},
    }


def test_D1_step_sync_can_be_refused(writing: Writing) -> None:
    run = writing.init()
    run.define_metric("val/loss", step_metric="epoch", step_sync=False)
    run.log({"epoch": 1})
    run.log({"val/loss": 3})
    assert values_of(run.path)[1] == {"val/loss": 3}


def test_D1_the_step_metric_may_be_what_define_metric_returned(writing: Writing) -> None:
    run = writing.init()
    epoch = run.define_metric("epoch", hidden=True)
    run.define_metric("val/*", step_metric=epoch)
    assert record_of(run.path)["metrics"] == [
        {"name": "epoch", "hidden": True},
        {"name": "val/*", "step_metric": "epoch"},
    ]


def test_D1_overwrite_forgets_what_was_said(writing: Writing) -> None:
    run = writing.init()
    run.define_metric("a", summary="max", hidden=True)
    run.define_metric("a", summary="min", overwrite=True)
    assert record_of(run.path)["metrics"] == [{"name": "a", "summary": ["min"]}]


@pytest.mark.parametrize("words", ["min", "max,mean", "last, first", "copy", "none", ["min", "MAX"]])
def test_D2_a_summary_is_made_of_seven_words(words: Any) -> None:
    assert parse_definition("a", summary=words).summary


@pytest.mark.parametrize("words", ["median", "min;max", "min,", "", ["p99"]])
def test_D2_any_other_word_is_refused(words: Any) -> None:
    with pytest.raises(DefinitionError, match="summary is made of min, max, mean"):
        parse_definition("a", summary=words)


@pytest.mark.parametrize(
    ("goal", "expected", "word"),
    [("maximize", ("max",), "maximize"), ("minimise", ("min",), "minimize"), (None, ("min",), None)],
)
def test_D3_the_best_of_the_older_generation(goal: str | None, expected: tuple[str, ...], word: str | None) -> None:
    rule = parse_definition("a", summary="best", goal=goal)
    assert (rule.summary, rule.goal) == (expected, word)


def test_D3_objective_is_another_word_for_goal(writing: Writing) -> None:
    run = writing.init()
    run.define_metric("acc", summary="best", objective="maximize")
    assert record_of(run.path)["metrics"] == [{"name": "acc", "summary": ["max"], "goal": "maximize"}]
    with pytest.raises(DefinitionError, match="goal is minimize or maximize, not 'high'"):
        run.define_metric("acc", goal="high")


@pytest.mark.parametrize("name", ["a*b", "*a", "**", "", None, 3])
def test_D4_a_star_may_stand_only_at_the_end(name: Any) -> None:
    with pytest.raises(DefinitionError):
        parse_definition(name)


def test_D4_the_star_alone_is_every_metric_but_the_axis(writing: Writing) -> None:
    run = writing.init()
    run.define_metric("train/global_step")
    run.define_metric("*", step_metric="train/global_step", step_sync=True)
    run.log({"train/global_step": 10, "train/loss": 1})
    run.log({"eval/loss": 2})
    assert values_of(run.path)[1] == {"eval/loss": 2, "train/global_step": 10}


def test_D4_the_exact_name_stands_alone_and_globs_add_up() -> None:
    rules = Definitions(
        [Definition("val/*", "b", summary=("min",)), Definition("*", "a", summary=("max",)), Definition("val/x", "c")]
    )
    found = {name: rules.find(name) for name in ("loss", "val/y", "val/x", "a")}
    assert {name: rule.step_metric if rule else None for name, rule in found.items()} == {
        "loss": "a",
        "val/y": "b",
        "val/x": "c",
        "a": None,
    }
    assert {name: rule.summary if rule else None for name, rule in found.items()} == {
        "loss": ("max",),
        "val/y": ("max", "min"),
        "val/x": (),
        "a": None,
    }


def test_D5_two_calls_for_one_name_merge(writing: Writing) -> None:
    run = writing.init()
    run.define_metric("a", summary="max")
    run.define_metric("a", summary="min", step_metric="epoch")
    for value in (3, 1, math.nan, 2):
        run.log({"a": value})
    assert run.summary["a"] == {"max": 3, "min": 1}
    assert record_of(run.path)["metrics"] == [{"name": "a", "step_metric": "epoch", "summary": ["max", "min"]}]


def test_D5_a_summary_with_rules_is_a_dictionary(writing: Writing) -> None:
    run = writing.init()
    run.define_metric("val/*", summary="min")
    run.define_metric("acc", summary="last,max,min,mean,first")
    run.define_metric("same", summary="copy")
    run.define_metric("quiet", summary="none")
    for acc in (2, 3, 1):
        run.log({"acc": acc, "val/loss": acc / 10, "same": acc, "quiet": acc, "plain": acc})
    assert run.summary["acc"] == {"last": 1, "max": 3, "min": 1, "mean": 2, "first": 2}
    assert run.summary["val/loss"] == {"min": 0.1}
    assert (run.summary["same"], run.summary["plain"]) == (1, 1)
    assert "quiet" not in run.summary


def test_D5_a_reader_derives_the_same(writing: Writing) -> None:
    run = writing.init()
    run.define_metric("acc", summary="last,max,min,mean,first")
    for acc in (2, 3, 1):
        run.log({"acc": acc, "plain": acc})
    read = Store(writing.root).find(run.id).summary
    assert read["acc"] == run.summary["acc"]
    assert read["plain"] == run.summary["plain"]


def test_D6_the_summary_is_what_was_logged_last(writing: Writing) -> None:
    run = writing.init()
    run.log({"a": 1, "b": 5})
    run.log({"a": 2})
    assert (run.summary["a"], run.summary["b"]) == (2, 5)
    assert run.summary.get("nothing") is None
    assert {"a", "b", "_step"} <= set(run.summary)
    assert not (run.path / "summary.json").exists()


def test_D6_a_value_set_by_hand_stands_until_it_is_logged(writing: Writing) -> None:
    run = writing.init()
    run.log({"a": 1})
    run.summary["a"] = 10
    run.summary.update({"b": 20, "deep": {"x": 1}}, c=30)
    run.summary.d = 40
    assert (run.summary["a"], run.summary.b, run.summary.d) == (10, 20, 40)
    run.log({"a": 2, "deep": {"x": 3}})
    assert run.summary["a"] == 2
    run.finish()
    assert record_of(run.path, "summary.json") == {"b": 20, "deep": {"x": 1}, "c": 30, "d": 40}


def test_D6_a_value_set_by_hand_can_be_taken_back(writing: Writing) -> None:
    run = writing.init()
    run.log({"a": 1})
    run.summary["a"] = math.inf
    del run.summary["a"]
    assert run.summary["a"] == 1
    with pytest.raises(KeyError):
        del run.summary["a"]
    with pytest.raises(AttributeError, match="the summary has no 'zzz'"):
        _ = run.summary.zzz
    assert copy.deepcopy(run.summary) == run.summary.as_dict()


def test_D7_a_finished_run_can_be_edited(writing: Writing) -> None:
    run = writing.init()
    run.log({"accuracy": 0.5})
    run.finish()
    run.summary["accuracy"] = 0.9
    run.summary.update()
    run.tags = ("good",)
    assert record_of(run.path, "summary.json") == {"accuracy": 0.9}
    assert record_of(run.path)["tags"] == ["good"]
    assert record_of(run.path)["state"] == "finished"
    assert Store(writing.root).find(run.id).summary["accuracy"] == 0.9


def test_rules_survive_a_resume(writing: Writing) -> None:
    run = writing.init(id="one")
    run.define_metric("val/*", step_metric="epoch", summary="max", goal="maximize")
    run.finish()
    again = writing.init(id="one", resume="must")
    again.define_metric("val/*", summary="min")
    assert record_of(again.path)["metrics"] == [
        {"name": "val/*", "step_metric": "epoch", "summary": ["max", "min"], "goal": "maximize"}
    ]


@pytest.mark.parametrize("broken", [None, 3, [3, {"name": 4}, {}], [{"name": "a", "summary": None, "odd": 1}]])
def test_rules_that_are_none_are_left_out(broken: Any) -> None:
    rules = Definitions.from_json(broken)
    assert rules.to_json() in ([], [{"name": "a"}])


def test_without_rules_no_rule_speaks() -> None:
    assert Definitions().find("a") is None
    assert Definitions([Definition("a")]).find("a") == Definition("a")
