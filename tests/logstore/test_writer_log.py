"""What ``log()`` puts on disk: the table of W&B's semantics (L1 to L14), read back line by line and by the reader."""

from __future__ import annotations

import dataclasses
import datetime as dt
import enum
import math
import re
import threading
import time
import uuid
import weakref
from decimal import Decimal
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from logstore.errors import RowError, StepError
from tests.logstore.written import Writing, lines_of, rows_of, values_of


def test_L1_every_call_is_the_next_step(writing: Writing) -> None:
    run = writing.init()
    run.log({"a": 1})
    run.log({"a": 2})
    assert values_of(run.path) == {0: {"a": 1}, 1: {"a": 2}}
    assert run.step == 2


def test_L2_an_uncommitted_row_takes_the_next_call_in(writing: Writing) -> None:
    run = writing.init()
    run.log({"a": 1}, commit=False)
    run.log({"b": 2})
    run.log({"c": 3}, commit=False)
    path = run.path
    run.finish()
    assert values_of(path) == {0: {"a": 1, "b": 2}, 1: {"c": 3}}


def test_L2_an_uncommitted_row_is_on_disk_at_once(writing: Writing) -> None:
    run = writing.init()
    run.log({"a": 1}, commit=False)
    assert values_of(run.path) == {0: {"a": 1}}


def test_L3_equal_steps_merge_and_the_later_value_wins(writing: Writing) -> None:
    run = writing.init()
    run.log({"a": 1, "b": 1}, step=3)
    run.log({"b": 2, "c": 2}, step=3)
    run.log({"a": 5}, step=4)
    assert values_of(run.path) == {3: {"a": 1, "b": 2, "c": 2}, 4: {"a": 5}}


def test_L3_commit_closes_a_row_that_has_a_step(writing: Writing) -> None:
    run = writing.init()
    run.log({"a": 1}, step=5, commit=True)
    run.log({"b": 1})
    assert values_of(run.path) == {5: {"a": 1}, 6: {"b": 1}}


def test_L4_a_call_without_a_step_joins_the_open_row(writing: Writing) -> None:
    run = writing.init()
    run.log({"a": 1}, step=1)
    run.log({"c": 1})
    run.log({"d": 1})
    assert values_of(run.path) == {1: {"a": 1, "c": 1}, 2: {"d": 1}}


def test_L5_backward_step_is_kept(
    writing: Writing, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("LOGSTORE_SILENT")
    run = writing.init()
    for step in (5, 3, 4, 2):
        run.log({"a": step}, step=step)
    assert values_of(run.path) == {5: {"a": 5}, 3: {"a": 3}, 4: {"a": 4}, 2: {"a": 2}}
    assert capsys.readouterr().err.count("step 3 was logged after step 5") == 1
    (event,) = lines_of(run.path, "events.jsonl")
    assert (event["kind"], event["level"], event["step"], event["last"]) == ("out_of_order", "WARN", 3, 5)


def test_L5_strict_steps_refuses_a_backward_step(writing: Writing) -> None:
    run = writing.init(strict_steps=True)
    run.log({"a": 1}, step=5)
    run.log({"b": 1}, step=5)
    with pytest.raises(StepError, match="step 3 comes after step 5"):
        run.log({"a": 1}, step=3)
    run.log({"a": 2}, step=6)
    assert values_of(run.path) == {5: {"a": 1, "b": 1}, 6: {"a": 2}}


def test_L6_nested_dictionaries_become_paths(writing: Writing) -> None:
    run = writing.init()
    run.log({"train": {"acc": {"top1": 1.5}}, "val/loss": 2, "empty": {}})
    assert values_of(run.path) == {0: {"train.acc.top1": 1.5, "val/loss": 2}}


def test_L7_nonfinite_numbers_and_none_come_back(writing: Writing) -> None:
    run = writing.init()
    run.log({"a": math.nan, "b": math.inf, "c": -math.inf, "d": None, "e": [1.0, math.nan]})
    text = (run.path / "metrics.jsonl").read_text()
    assert '"a":"NaN","b":"Infinity","c":"-Infinity","d":null,"e":[1.0,"NaN"]' in text
    (row,) = values_of(run.path).values()
    assert math.isnan(row["a"])
    assert (row["b"], row["c"], row["d"]) == (math.inf, -math.inf, None)
    assert run.summary["b"] == math.inf
    assert run.summary["d"] is None


def test_L8_text_lists_and_booleans_stay(writing: Writing) -> None:
    run = writing.init()
    values = {"text": "null {", "list": [1, "two", 3.5, True], "yes": True, "no": False, "tuple": (1, 2)}
    run.log(values)
    run.log({"arange": np.arange(3), "matrix": np.ones((2, 2))})
    assert values_of(run.path) == {0: values | {"tuple": [1, 2]}, 1: {"arange": [0, 1, 2], "matrix": [[1, 1], [1, 1]]}}


def test_L8_large_arrays_become_histograms(writing: Writing) -> None:
    run = writing.init()
    run.log({"w": np.arange(100.0), "just": np.arange(32)})
    row = values_of(run.path)[0]
    assert row["just"] == list(range(32))
    assert row["w"]["_type"] == "histogram"
    counts, edges = np.histogram(np.arange(100.0), bins=32)
    assert row["w"]["counts"] == counts.tolist()
    assert row["w"]["bins"] == edges.tolist()


class Tensor:
    """A tensor of no library: what torch and jax give as a loss has these."""

    def __init__(self, value: float, ndim: int = 0) -> None:
        self.value, self.ndim = value, ndim
        self.shape = (1,) * ndim

    def item(self) -> float:
        return self.value


def test_L9_scalars_of_libraries_become_numbers(writing: Writing) -> None:
    run = writing.init()
    run.log({"a": np.float32(0.5), "b": np.float64(0.1), "c": np.int64(7), "d": np.True_, "e": Tensor(2.5)})
    run.log({"a": np.float32("nan"), "b": Tensor(math.inf), "c": np.array(3)})
    first, second = values_of(run.path).values()
    assert first == {"a": 0.5, "b": 0.1, "c": 7, "d": True, "e": 2.5}
    assert math.isnan(second["a"])
    assert (second["b"], second["c"]) == (math.inf, 3)


def test_L9_a_logged_tensor_is_not_kept_alive(writing: Writing) -> None:
    run = writing.init()
    tensor = Tensor(1.0)
    gone = weakref.ref(tensor)
    run.log({"loss": tensor})
    del tensor
    assert gone() is None
    assert run.summary["loss"] == 1.0


@pytest.mark.parametrize(
    ("values", "message"),
    [
        ({1: 2}, "keys must be strings: 1 is of type int"),
        ({"a": {2: 1}}, "keys must be strings: 2 in 'a' is of type int"),
        ([("a", 1)], "log() takes a dictionary, not a list"),
        (None, "log() takes a dictionary, not a NoneType"),
        ({"fig": object()}, "'fig' is of type object"),
        ({"blob": b"1"}, "'blob' is of type bytes"),
        ({"deep": {"f": len}}, "'deep' is of type builtin_function_or_method"),
        ({"z": 1j}, "'z' is of type complex"),
        ({"huge": 10**400}, "'huge' is an integer too large"),
        ({"_step": 3}, "'_step' is the writer's own key"),
        ({"_timestamp": "now"}, "'_timestamp' must be a number of seconds"),
        ({"_runtime": math.nan}, "'_runtime' must be a number of seconds"),
    ],
)
def test_L10_what_is_no_row_is_refused_whole(writing: Writing, values: Any, message: str) -> None:
    run = writing.init()
    with pytest.raises(RowError) as caught:
        run.log(values)
    assert message in str(caught.value)
    assert "\n" not in str(caught.value)
    assert isinstance(caught.value, TypeError)
    run.log({"a": 1})
    assert values_of(run.path) == {0: {"a": 1}}


@pytest.mark.parametrize("step", [1.5, "3", np.float64(2.5), math.nan, math.inf])
def test_L10_a_step_is_a_whole_number(writing: Writing, step: Any) -> None:
    run = writing.init()
    with pytest.raises(TypeError, match=f"step must be a whole number, not {re.escape(repr(step))}"):
        run.log({"a": 1}, step=step)
    assert values_of(run.path) == {}


@pytest.mark.parametrize("step", [np.int64(3), 3.0, np.float32(3)])
def test_L10_a_whole_number_may_come_as_another_type(writing: Writing, step: Any) -> None:
    run = writing.init()
    run.log({"a": 1}, step=step)
    assert [type(row["_step"]) for row in rows_of(run.path)] == [int]
    assert values_of(run.path) == {3: {"a": 1}}


def test_L10_values_that_contain_themselves_are_refused(writing: Writing) -> None:
    run = writing.init()
    circle: dict[str, Any] = {}
    circle["again"] = circle
    with pytest.raises(RowError, match="nested too deeply"):
        run.log(circle)
    assert rows_of(run.path) == []


def test_L11_every_row_has_step_time_and_runtime(writing: Writing) -> None:
    before = time.time()
    run = writing.init()
    run.log({"a": 1})
    run.log({"a": math.nan})
    after = time.time()
    for step, row in enumerate(rows_of(run.path)):
        assert row["_step"] == step
        assert before - 0.001 <= row["_timestamp"] <= after
        assert 0 <= row["_runtime"] <= after - before + 0.001
    assert run.summary["_step"] == 1
    assert run.summary["_timestamp"] >= before - 0.001
    assert run.summary["_runtime"] >= 0


def test_L11_a_timestamp_of_ones_own_is_taken(writing: Writing) -> None:
    run = writing.init()
    run.log({"a": 1, "_timestamp": 1000.5, "_runtime": 2})
    (row,) = rows_of(run.path)
    assert (row["_timestamp"], row["_runtime"]) == (1000.5, 2)


def test_L12_the_section_of_a_key_stays_in_it(writing: Writing) -> None:
    run = writing.init()
    run.log({"a/b/c": 1, "gpu/0": {"util": 2}})
    assert values_of(run.path) == {0: {"a/b/c": 1, "gpu/0.util": 2}}


def test_L13_rows_may_be_large(writing: Writing) -> None:
    run = writing.init()
    many = {f"metric/{i}": i / 7 for i in range(20_000)}
    text = "x" * (2 << 20)
    run.log(many)
    run.log({"text": text})
    assert values_of(run.path) == {0: many, 1: {"text": text}}


def test_L14_calls_may_come_as_fast_as_they_like(writing: Writing) -> None:
    run = writing.init()
    for i in range(10_000):
        run.log({"i": i})
    assert [row["i"] for row in rows_of(run.path)] == list(range(10_000))


def test_integers_keep_every_digit(writing: Writing) -> None:
    run = writing.init()
    values = {"a": 2**53 + 1, "b": 2**64, "c": -(2**63) - 1, "d": 2**64 - 1}
    run.log(values)
    text = (run.path / "metrics.jsonl").read_text()
    assert all(f'"{key}":{value}' in text for key, value in values.items())


def test_text_that_utf8_cannot_hold_is_escaped(writing: Writing) -> None:
    run = writing.init()
    run.log({"\udc80": "\ud800 x", "grün": "ü"})
    assert values_of(run.path) == {0: {"\\udc80": "\\ud800 x", "grün": "ü"}}


class Colour(enum.Enum):
    RED = "red"


class Number(enum.IntEnum):
    TWO = 2


@dataclasses.dataclass
class Point:
    x: float = 1.0
    y: tuple[int, ...] = (1, 2)


def test_standard_data_is_taken(writing: Writing) -> None:
    run = writing.init()
    one = uuid.UUID(int=1)
    day = dt.datetime(2026, 1, 2, 3, 4, tzinfo=dt.UTC)
    run.log({"enum": Colour.RED, "int": Number.TWO, "point": Point(), "path": Path("/a/b"), "id": one, "day": day})
    run.log({"set": {2, 1}, "decimal": Decimal("1.5"), "span": dt.timedelta(seconds=90), "range": range(3)})
    assert values_of(run.path) == {
        0: {"enum": "red", "int": 2, "point.x": 1.0, "point.y": [1, 2], "path": "/a/b", "id": str(one)}
        | {"day": "2026-01-02T03:04:00+00:00"},
        1: {"set": [1, 2], "decimal": 1.5, "span": 90.0, "range": [0, 1, 2]},
    }


def test_an_interrupt_while_a_value_is_asked_gets_through(writing: Writing) -> None:
    class Interrupting:
        ndim = 0

        def item(self) -> float:
            raise KeyboardInterrupt

    run = writing.init()
    with pytest.raises(KeyboardInterrupt):
        run.log({"a": Interrupting()})
    run.log({"a": 1})
    assert [row["a"] for row in rows_of(run.path)] == [1]


def test_threads_may_log_at_once(writing: Writing) -> None:
    run = writing.init()

    def work(number: int) -> None:
        for i in range(500):
            run.log({f"thread/{number}": i})

    threads = [threading.Thread(target=work, args=(number,)) for number in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    rows = rows_of(run.path)
    assert sorted(row["_step"] for row in rows) == list(range(2000))
    for number in range(4):
        assert [row[f"thread/{number}"] for row in rows if f"thread/{number}" in row] == list(range(500))


numbers = st.floats() | st.integers() | st.booleans() | st.none()
texts = st.text(max_size=8)
data = st.recursive(numbers | texts, lambda inner: st.lists(inner, max_size=3), max_leaves=6)
rows = st.dictionaries(st.text(min_size=1, max_size=6).filter(lambda key: not key.startswith("_")), data, max_size=5)


@settings(max_examples=100, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(values=st.lists(rows, min_size=1, max_size=5))
def test_any_row_of_plain_data_comes_back(writing: Writing, values: list[dict[str, Any]]) -> None:
    run = writing.init(reinit="finish_previous")
    for each in values:
        run.log(each)
    read = values_of(run.path)
    assert repr(read) == repr({step: _as_read(each) for step, each in enumerate(values)})


def _as_read(value: Any) -> Any:
    """What comes back of ``value``: the names of non-finite floats are floats, and integers past 64 bits are too."""
    match value:
        case dict():
            return {_as_read_text(key): _as_read(each) for key, each in value.items()}
        case list():
            return [_as_read(each) for each in value]
        case bool():
            return value
        case int():
            return value if -(2**63) <= value < 2**64 else float(value)
        case str():
            text = _as_read_text(value)
            return {"NaN": math.nan, "Infinity": math.inf, "-Infinity": -math.inf}.get(text, text)
        case _:
            return value


def _as_read_text(text: str) -> str:
    return text.encode("utf-8", "backslashreplace").decode()
