"""The format in code: names of files, values as JSON and back."""

from __future__ import annotations

import math
from typing import Any

import orjson
import pytest
from hypothesis import given
from hypothesis import strategies as st

from logstore.format import (
    CONSOLE_FILE,
    EVENTS_FILE,
    METRICS_FILE,
    RUN_FILE,
    decode,
    encode_document,
    encode_row,
    flatten,
    host_of,
    rank_name,
    rank_of,
    system_name,
)


@pytest.mark.parametrize("name", [RUN_FILE, METRICS_FILE, EVENTS_FILE, CONSOLE_FILE])
@pytest.mark.parametrize("rank", [0, 1, 31, 99999])
def test_the_files_of_a_rank(name: str, rank: int) -> None:
    assert rank_of(rank_name(name, rank)) == rank


def test_names_are_as_the_format_says() -> None:
    assert rank_name(METRICS_FILE, 0) == "metrics.jsonl"
    assert rank_name(METRICS_FILE, 3) == "metrics.rank3.jsonl"
    assert rank_name(CONSOLE_FILE, 3) == "console.rank3.log"
    for other in ("config.json", "metrics.rankx.jsonl", "metrics.rank3.json.tmp", "x.rank1.jsonl", ""):
        assert rank_of(other) is None


@given(st.text(max_size=300))
def test_the_telemetry_of_any_host_is_one_file(host: str) -> None:
    name = system_name(host)
    assert "/" not in name
    assert len(name) < 160
    assert host_of(name) is not None


def test_the_telemetry_of_a_host_names_it() -> None:
    assert system_name("node-7.cluster") == "system.node-7.cluster.jsonl"
    assert system_name("a/../b") == "system.a-..-b.jsonl"
    assert host_of("system.node-7.cluster.jsonl") == "node-7.cluster"
    assert host_of("metrics.jsonl") is None


json = st.recursive(
    st.none() | st.booleans() | st.integers(-(2**63), 2**64 - 1) | st.floats() | st.text(max_size=5),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=5), inner, max_size=3),
    max_leaves=10,
)


@given(st.dictionaries(st.text(max_size=5), json, max_size=4))
def test_what_is_written_comes_back(values: dict[str, Any]) -> None:
    for content in (encode_row(values), encode_document(values)):
        assert content.endswith(b"\n")
        assert repr(decode(orjson.loads(content))) == repr(_named(values))
    assert encode_row(values).count(b"\n") == 1


def _named(value: Any) -> Any:
    """``value``, where text that is the name of a non-finite number is that number."""
    if isinstance(value, dict):
        return {key: _named(each) for key, each in value.items()}
    if isinstance(value, list):
        return [_named(each) for each in value]
    names = {"NaN": math.nan, "Infinity": math.inf, "-Infinity": -math.inf}
    return names.get(value, value) if isinstance(value, str) else value


def test_every_digit_of_an_integer_is_written() -> None:
    number = 3**100
    assert encode_row({"a": number, "b": [-number]}) == b'{"a":%d,"b":[-%d]}\n' % (number, number)


def test_nested_keys_become_one_level() -> None:
    histogram = {"_type": "histogram", "bins": [0, 1], "counts": [1]}
    assert flatten({"a/b": {"c": {"d": 1}, "h": histogram}, "empty": {}, "e.f": 2}) == {
        "a/b.c.d": 1,
        "a/b.h": histogram,
        "e.f": 2,
    }
