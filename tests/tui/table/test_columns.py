"""``tui.table.columns``: what an id names, what its cells say, and which metric is the main one."""

from __future__ import annotations

import math
from contextlib import suppress

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.tui.table.fake_row import FakeRow
from tui.show.units import ABSENT
from tui.table.cell_text import TREND_CELLS
from tui.table.columns import META, column_for, default_columns, main_metric, split_metric
from tui.table.rows import SHAPES, Value


def says(column_id: str, value: Value) -> str:
    return column_for(column_id).text(FakeRow("k", values={column_id: value}))


@pytest.mark.parametrize(
    ("column_id", "value", "text"),
    [
        ("step", 20100, "20.1k"),
        ("step", None, "–"),
        ("speed", 0.0, "0"),
        ("speed", 10.02, "10.0"),
        ("speed", 9.994, "9.99"),
        ("speed", 9.996, "10.0"),
        ("speed", 0.0421, "0.0421"),
        ("speed", 182_000.0, "182k"),
        ("speed", None, "–"),
        ("eta", 4320.0, "1h12m"),
        ("age", None, "–"),
        ("age", 7980.0, "2h"),
        ("metric:val/loss", 2.05, "2.050"),
        ("metric:val/loss", math.nan, "nan"),
        ("metric:val/loss:min", 3e-5, "3.00e-5"),
        ("metric:note", "warm-up", "warm-up"),
        ("metric:flags", ("a", "b"), "a, b"),
        ("config.lr", 3e-4, "3e-4"),
        ("config.fused", False, "false"),
        ("config.fused", None, "–"),
        ("config.seed", "0", '"0"'),
        ("meta:tags", ("base", "long"), "base, long"),
        ("meta:created", 60.0, "1m"),
        ("meta:duration", 60.0, "1m00s"),
        ("meta:exit", 137, "137"),
        ("meta:host", "gpu-01", "gpu-01"),
    ],
)
def test_each_kind_of_column_writes_its_values(column_id: str, value: Value, text: str) -> None:
    assert says(column_id, value) == text


def test_a_trend_is_as_wide_as_its_column_and_empty_without_points() -> None:
    assert len(says("trend:loss", np.linspace(5, 1, 300))) == TREND_CELLS
    assert says("trend:loss", np.array([])) == ""
    assert says("trend:loss", np.array([1.0, math.nan])).strip() == "✖"
    assert says("trend:loss", None) == ""


def test_the_trend_of_a_long_curve_is_that_of_the_ends_of_its_shares() -> None:
    shares = np.arange(2.0 * TREND_CELLS)
    long = np.repeat(shares, 50_000)
    assert says("trend:loss", long) == says("trend:loss", shares)
    long[-40:] = math.nan
    assert says("trend:loss", long).endswith("✖")


@pytest.mark.parametrize("column_id", ["", "nothing", "meta:", "meta:secret", "metric:", "config.", "trend:", "at:x"])
def test_an_id_that_names_nothing_is_an_error_that_says_what_there_is(column_id: str) -> None:
    with pytest.raises(ValueError, match=r"no column .* config\.KEY, metric:NAME"):
        column_for(column_id)


@given(st.text())
def test_any_text_is_a_column_or_an_error(text: str) -> None:
    with suppress(ValueError):
        assert column_for(text).id == text


def test_every_metadata_column_exists() -> None:
    assert {column_for(f"meta:{name}").about for name in META} == set(META.values())


def test_a_metric_may_have_a_colon_in_its_name() -> None:
    assert split_metric("val/loss:min") == ("val/loss", "min")
    assert split_metric("a:b") == ("a:b", "last")
    assert split_metric(":min") == (":min", "last")


def test_titles_name_what_is_shown() -> None:
    assert column_for("metric:val/loss:min").title == "val/loss min"
    assert column_for("config.optim.lr").title == "lr"
    assert column_for("config.optim.name").title == "optim.name"


def test_the_first_sort_brings_the_best_first() -> None:
    assert not column_for("metric:val/loss").first_descending
    assert column_for("metric:val/acc").first_descending
    assert column_for("step").first_descending
    assert not column_for("age").first_descending


def test_what_define_metric_asked_for_says_what_is_best() -> None:
    assert column_for("metric:quality", kinds=("min",)).best == "min"
    assert column_for("metric:quality").best is None


def test_states_sort_by_what_a_person_cares_for() -> None:
    column = column_for("state")
    words = ["finished", "crashed", "running", "pending"]
    keys = {word: column.sort_key(FakeRow("k", state=word)) for word in words}
    assert sorted(words, key=keys.__getitem__) == ["running", "pending", "finished", "crashed"]
    assert len(SHAPES) == 8


@pytest.mark.parametrize(
    ("metrics", "main"),
    [
        (["train/loss", "val/loss", "lr"], "val/loss"),
        (["accuracy", "loss"], "loss"),
        (["lr", "grad_norm", "custom_loss"], "custom_loss"),
        (["zeta", "alpha"], "alpha"),
        (["_step", "_runtime"], None),
        ([], None),
    ],
)
def test_the_main_metric_is_the_one_people_look_at_first(metrics: list[str], main: str | None) -> None:
    assert main_metric(metrics) == main


def test_default_columns_have_the_main_metric_and_its_curve() -> None:
    assert default_columns(["loss"]) == ("name", "state", "step", "metric:loss", "trend:loss", "speed", "eta", "age")
    assert default_columns([]) == ("name", "state", "step", "speed", "eta", "age")


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (0.0014999999999999998, "0.0015"),
        (("0.9", "0.30000000000000004"), "[0.9, 0.3]"),
        (("a", "b,c", '"0.9"', "[1, 2]", "3"), '[a, "b,c", "0.9", [1, 2], 3]'),
        ((), "[]"),
        (1.0, "1.0"),
        (1, "1"),
        ("", '""'),
        (False, "false"),
        (None, ABSENT),
    ],
)
def test_a_config_value_is_short_and_says_its_type(value: Value, text: str) -> None:
    assert says("config.k", value) == text


def test_texts_of_rows_are_short_but_never_the_same_for_two_values() -> None:
    column = column_for("config.k")
    rows = [FakeRow(str(i), values={"config.k": value}) for i, value in enumerate([0.1, 0.1 + 1e-9, None, 0.1])]
    assert column.texts(rows) == ["0.1", "0.100000001", ABSENT, "0.1"]
    lists = [FakeRow(str(i), values={"config.k": value}) for i, value in enumerate([("0.1",), ("0.1000000001",)])]
    assert column.texts(lists) == ["[0.1]", "[0.1000000001]"]
