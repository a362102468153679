"""Lines to blocks of columns: what is a number, what is a step, what is a time, and what is refused."""

from __future__ import annotations

import json
import math
from datetime import UTC, datetime

import numpy as np
import pytest

from logstore.model.delta import Block
from logstore.reading.blocks import BlockParser, SystemParser

NOON = 1_700_000_000.0


def parse(*rows: dict[str, object] | str, parser: BlockParser | None = None) -> Block:
    lines = "".join((row if isinstance(row, str) else json.dumps(row)) + "\n" for row in rows)
    block = (parser or BlockParser()).parse(lines.encode())
    assert block is not None
    return block


def column(block: Block, name: str) -> tuple[list[int] | None, list[float]]:
    found = block.columns[name]
    return (None if found.rows is None else found.rows.tolist()), found.values.tolist()


def test_rows_with_the_same_keys_become_whole_columns() -> None:
    block = parse(
        {"_step": 0, "_timestamp": NOON, "_runtime": 1.5, "loss": 2},
        {"_step": 1, "_timestamp": NOON + 1, "_runtime": 2.5, "loss": 1.5},
    )
    assert block.steps.tolist() == [0, 1]
    assert block.times.tolist() == [NOON, NOON + 1]
    assert block.runtime == 2.5
    assert list(block.columns) == ["loss"]
    assert column(block, "loss") == (None, [2, 1.5])
    assert len(block) == 2


def test_the_order_of_keys_does_not_matter() -> None:
    block = parse('{"_step":0,"a":1,"b":2}', '{"b":4,"_step":1,"a":3}')
    assert column(block, "a") == (None, [1, 3])
    assert column(block, "b") == (None, [2, 4])


def test_sparse_columns_that_come_together_share_their_rows() -> None:
    block = parse({"_step": 0, "a": 1}, {"_step": 1, "a": 2, "v": 5, "w": 6}, {"_step": 2, "v": 7, "w": 8})
    assert column(block, "a") == ([0, 1], [1, 2])
    assert column(block, "v") == ([1, 2], [5, 7])
    assert block.columns["v"].rows is block.columns["w"].rows


def test_null_is_absent_and_nulls_that_come_together_share_their_rows() -> None:
    block = parse({"_step": 0, "a": 1, "v": None, "w": None}, {"_step": 1, "a": 2, "v": 3, "w": 4})
    assert column(block, "v") == ([1], [3])
    assert block.columns["v"].rows is block.columns["w"].rows
    assert "n" not in parse({"_step": 0, "n": None}).columns


@pytest.mark.parametrize(
    ("text", "value"), [("true", 1.0), ("false", 0.0), ('"Infinity"', math.inf), ('"-Infinity"', -math.inf), ("3", 3.0)]
)
def test_what_is_a_number(text: str, value: float) -> None:
    assert column(parse('{"_step":0,"a":' + text + "}"), "a") == (None, [value])


@pytest.mark.parametrize("value", ["1.5", "nan", "inf", "", "yes", [1, 2], {"_type": "histogram"}, "1e5"])
def test_what_is_none_and_is_kept_as_it_is(value: object) -> None:
    block = parse({"_step": 0, "a": value})
    assert "a" not in block.columns
    assert block.texts == {"a": value}


def test_L7_nan_is_a_number_and_stays_nan() -> None:
    _, values = column(parse({"_step": 0, "a": "NaN"}, {"_step": 1, "a": 1}), "a")
    assert math.isnan(values[0])
    assert values[1] == 1


def test_a_type_that_changes_in_the_middle() -> None:
    values: list[object] = [1, "warm", True, None, [3], 2.5]
    block = parse(*({"_step": step, "a": value} for step, value in enumerate(values)))
    assert column(block, "a") == ([0, 2, 5], [1, 1, 2.5])
    assert block.texts == {}
    assert parse({"a": 1}, {"a": "cold"}).texts == {"a": "cold"}


def test_integers_above_2_to_the_53_are_rounded_and_the_last_is_kept_in_full() -> None:
    big = 2**53 + 1
    block = parse({"_step": 0, "n": 1}, {"_step": 1, "n": big})
    assert column(block, "n") == (None, [1, float(big)])
    assert block.texts == {"n": big}
    assert parse({"n": big}, {"n": 1}).texts == {}


def test_integers_beyond_64_bits_and_beyond_floats() -> None:
    assert column(parse('{"n":' + "9" * 30 + "}"), "n") == (None, [1e30])
    huge = parse('{"n":' + "9" * 400 + ',"a":1}')
    assert huge.texts["n"] == int("9" * 400)
    assert column(huge, "a") == (None, [1])


def test_nested_objects_are_flattened_by_dots() -> None:
    block = parse({"_step": 0, "train": {"acc": {"top1": 1}}, "a/b": 2})
    assert set(block.columns) == {"train.acc.top1", "a/b"}


@pytest.mark.parametrize("name", ["_step", "step", "global_step", "iteration", "epoch"])
def test_step_columns_are_recognised(name: str) -> None:
    block = parse({name: 10, "loss": 1}, {name: 20, "loss": 2})
    assert block.steps.tolist() == [10, 20]
    assert list(block.columns) == ["loss"]


def test_without_a_step_column_the_row_number_is_the_step() -> None:
    parser = BlockParser()
    assert parse({"loss": 1}, {"loss": 2}, parser=parser).steps.tolist() == [0, 1]
    assert parse({"loss": 3}, parser=parser).steps.tolist() == [2]


def test_the_better_step_column_wins_and_the_other_stays_a_metric() -> None:
    block = parse({"epoch": 1, "step": 10}, {"epoch": 1, "step": 20})
    assert block.steps.tolist() == [10, 20]
    assert column(block, "epoch") == (None, [1, 1])


def test_a_row_without_the_step_belongs_to_the_step_before() -> None:
    parser = BlockParser()
    block = parse({"step": 10, "loss": 1}, {"epoch": 1, "val": 2}, parser=parser)
    assert block.steps.tolist() == [10, 10]
    assert column(block, "epoch") == ([1], [1])
    assert parse({"val": 3}, parser=parser).steps.tolist() == [10]


def test_steps_that_are_no_finite_number_are_none() -> None:
    block = parse({"_step": 3}, {"_step": "NaN"}, {"_step": None}, {"_step": "x"}, {"_step": 4})
    assert block.steps.tolist() == [3, 3, 3, 3, 4]


@pytest.mark.parametrize("name", ["timestamp", "time", "ts"])
@pytest.mark.parametrize("factor", [1, 1e3, 1e6, 1e9])
def test_times_are_recognised_in_every_unit(name: str, factor: float) -> None:
    block = parse({"step": 0, name: NOON * factor}, {"step": 1, name: (NOON + 60) * factor})
    assert block.times.tolist() == [NOON, NOON + 60]
    assert block.columns == {}


def test_dates_as_text_are_times() -> None:
    text = datetime.fromtimestamp(NOON, UTC).isoformat()
    block = parse({"step": 0, "time": text}, {"step": 1, "time": text.replace("+00:00", "Z")})
    assert block.times.tolist() == [NOON, NOON]
    assert block.texts == {}


def test_a_duration_called_time_stays_a_metric() -> None:
    block = parse({"step": 0, "time": 0.35, "ts": NOON}, {"step": 1, "time": 0.31, "ts": NOON})
    assert column(block, "time") == (None, [0.35, 0.31])
    assert block.times.tolist() == [NOON, NOON]


def test_rows_without_a_time_have_none() -> None:
    assert np.isnan(parse({"_step": 0, "a": 1}).times).all()


def test_too_many_names_are_refused_and_counted() -> None:
    parser = BlockParser(most_metrics=3)
    block = parse({"_step": 0, "a": 1, "b": 2}, {"_step": 1, "c": 3, "d": 4}, parser=parser)
    assert set(block.columns) == {"a", "b"}
    assert parser.refused == 2
    later = parse({"_step": 2, "a": 5, "x": 1}, parser=parser)
    assert set(later.columns) == {"a"}
    assert parser.refused == 3


def test_a_torn_pair_with_a_list_is_not_glued_together() -> None:
    parser = BlockParser()
    lines = b'{"a":[{"b":1}\n{"c":2}]}\n{"x":1},{"y":2}\n'
    assert parser.parse(lines) is None
    assert parser.bad_lines == 3


def test_a_torn_pair_inside_a_text_is_not_glued_together() -> None:
    parser = BlockParser()
    assert parser.parse(b'{"a":"x}\n{y"}\n{"x":1},{"y":2}\n') is None
    assert parser.bad_lines == 3
    assert parser.parse(b'{"a}\n{b":1}\n{"x":1},{"y":2}\n') is None
    assert parser.bad_lines == 6


def test_telemetry_is_stepped_by_time_and_skips_what_is_no_sample() -> None:
    block = parse(
        {"kind": "hello", "_timestamp": NOON, "pid": 3},
        {"_timestamp": NOON, "gpu/0/util": 90},
        {"kind": "state", "gpu": "unavailable"},
        {"_timestamp": NOON + 1, "gpu/0/util": 95},
        parser=SystemParser(),
    )
    assert block.steps.tolist() == block.times.tolist() == [NOON, NOON + 1]
    assert column(block, "gpu/0/util") == (None, [90, 95])
    assert SystemParser().parse(b'{"kind":"hello"}\n') is None
