"""Lines to rows: the fast way gives exactly what one line after the other gives."""

from __future__ import annotations

import json
import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from logstore.reading.rows import parse_by_line, parse_line, parse_rows


@pytest.mark.parametrize(
    ("line", "row"),
    [
        (b'{"a":1}', {"a": 1}),
        (b'  {"a":1}\r', {"a": 1}),
        (b"{}", {}),
        (b'{"a":{"b":{"c":1}},"d":2}', {"a.b.c": 1, "d": 2}),
        (b'{"a":{"_type":"histogram","bins":[0,1]}}', {"a": {"_type": "histogram", "bins": [0, 1]}}),
        (b'{"a":1,"a":2}', {"a": 2}),
        (b'{"a":1e400}', {"a": math.inf}),
        (b'{"a":Infinity,"b":-Infinity}', {"a": "Infinity", "b": "-Infinity"}),
        (b"[1]", None),
        (b"1", None),
        (b"null", None),
        (b'{"a":1', None),
        (b'{"a":1}{"b":2}', None),
        (b'{"a":1},{"b":2}', None),
        (b"\x00\x00\x00", None),
        (b'{"a":"\xff\xfe"}', None),
        (b'{"a":1}\x00', None),
        (b"{" * 10_000, None),
        (b'{"a":' * 10_000 + b"1" + b"}" * 10_000, None),
        (b"[" * 100_000 + b"]" * 100_000, None),
    ],
)
def test_one_line(line: bytes, row: dict[str, object] | None) -> None:
    assert parse_line(line) == row


def test_python_writes_bare_nan_and_it_is_read_fast_and_slow() -> None:
    lines = "".join(json.dumps({"a": value, "b": i}) + "\n" for i, value in enumerate([1, math.nan, -math.inf]))
    fast = parse_rows(lines.encode())
    slow = parse_by_line(lines.encode())
    assert fast.joined
    assert not slow.joined
    assert fast.rows == [{"a": 1, "b": 0}, {"a": "NaN", "b": 1}, {"a": "-Infinity", "b": 2}]
    assert slow.rows == fast.rows


def test_nan_inside_a_text_is_left_alone() -> None:
    found = parse_rows(b'{"a":"is: NaN, you know"}\n{"a":NaN}\n')
    assert found.rows[0] == {"a": "is: NaN, you know"}


def test_empty_lines_are_no_rows_and_not_bad() -> None:
    found = parse_rows(b'\n{"a":1}\n\n  \n{"a":2}\n')
    assert (found.rows, found.bad) == ([{"a": 1}, {"a": 2}], 0)


def test_carriage_returns_do_not_cost_the_fast_way() -> None:
    found = parse_rows(b'{"a":1}\r\n{"a":2}\r\n')
    assert found.joined
    assert found.rows == [{"a": 1}, {"a": 2}]


def test_a_bad_line_is_counted_and_the_others_are_read() -> None:
    found = parse_rows(b'{"a":1}\n{"a":\n{"a":3}\n')
    assert (found.rows, found.bad) == ([{"a": 1}, {"a": 3}], 1)


def test_two_torn_lines_are_not_glued_together() -> None:
    found = parse_rows(b'{"a":1\n"b":2}\n{"c":1},{"d":2}\n')
    assert (found.rows, found.bad) == ([], 3)


json_values = st.recursive(
    st.none() | st.booleans() | st.integers(-(2**70), 2**70) | st.floats() | st.text(max_size=5),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=3), inner, max_size=3),
    max_leaves=6,
)


@given(st.lists(st.dictionaries(st.text(max_size=4), json_values, max_size=4), max_size=6))
def test_what_json_writes_is_read(rows: list[dict[str, object]]) -> None:
    lines = "".join(json.dumps(row) + "\n" for row in rows).encode()
    assert len(parse_rows(lines).rows) == len(parse_by_line(lines).rows) == len(rows)
    assert parse_rows(lines).bad == 0


@given(st.binary(max_size=200))
def test_any_bytes_give_rows_or_counted_lines(text: bytes) -> None:
    lines = text + b"\n"
    slow = parse_by_line(lines)
    busy = [line for line in lines.split(b"\n") if line.strip()]
    assert len(slow.rows) + slow.bad == len([line for line in busy if not line.isspace()])
    assert parse_rows(lines).bad <= slow.bad
