"""The derived summary: EXPECTATIONS D1 to D7 as a reader sees them."""

from __future__ import annotations

import math

from logstore.model.records import MetricRule
from logstore.model.series import Series
from logstore.model.summarise import derive_summary, summary_modes


def metrics(**columns: list[float]) -> dict[str, Series]:
    made = {name: Series(name) for name in columns}
    for name, values in columns.items():
        made[name].extend(range(len(values)), [0] * len(values), values)
    return made


def test_D6_the_last_logged_value_is_the_default() -> None:
    series = Series("a")
    series.extend([0, 5, 3], [0, 0, 0], [1, 2, 7])
    assert derive_summary({"a": series}) == {"a": 7}


def test_D5_rules_make_a_dict() -> None:
    rules = [MetricRule("a", summary=("min",)), MetricRule("b", summary=("last", "max", "mean", "first"))]
    found = derive_summary(metrics(a=[0.5, 0.2], b=[1, 3, 2]), rules)
    assert found == {"a": {"min": 0.2}, "b": {"last": 2, "max": 3, "mean": 2, "first": 1}}


def test_D5_two_rules_of_one_name_merge() -> None:
    rules = [MetricRule("a", summary=("min",)), MetricRule("a", summary=("max",))]
    assert derive_summary(metrics(a=[1, 3]), rules) == {"a": {"min": 1, "max": 3}}


def test_D2_none_leaves_the_metric_out_and_copy_is_the_last_value() -> None:
    words = {"a": ("none",), "b": ("copy",), "c": ("copy", "min")}
    rules = [MetricRule(name, summary=summary) for name, summary in words.items()]
    assert derive_summary(metrics(a=[1], b=[2, 3], c=[1, 2]), rules) == {"b": 3, "c": {"min": 1, "last": 2}}


def test_D4_a_name_beats_a_glob() -> None:
    rules = [MetricRule("val/*", summary=("min",)), MetricRule("val/acc", summary=("max",))]
    assert summary_modes("val/acc", rules) == ("max",)
    assert summary_modes("val/loss", rules) == ("min",)
    assert summary_modes("loss", rules) == ()


def test_L7_the_last_value_counts_even_when_it_is_not_finite() -> None:
    found = derive_summary(metrics(a=[1, math.inf], b=[1, math.nan]), [MetricRule("b", summary=("min", "last"))])
    assert found["a"] == math.inf
    assert isinstance(found["b"], dict)
    assert found["b"]["min"] == 1
    assert math.isnan(found["b"]["last"])


def test_a_metric_without_finite_values_has_no_minimum() -> None:
    rules = [MetricRule("a", summary=("min",))]
    assert derive_summary(metrics(a=[math.nan]), rules, known={"a": {"min": 3}}) == {}


def test_texts_and_values_set_by_hand_stand_beside() -> None:
    found = derive_summary(metrics(a=[1]), known={"a": 0, "old": 5}, texts={"note": "x"}, manual={"a": 9, "best": 1})
    assert found == {"a": 9, "old": 5, "note": "x", "best": 1}
