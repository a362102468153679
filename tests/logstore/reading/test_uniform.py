"""Rows of the same keys: exactly what parsing them line by line gives, or nothing."""

from __future__ import annotations

import json
from collections.abc import Callable

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from logstore.model.delta import Block
from logstore.reading import blocks
from logstore.reading.blocks import BlockParser, SystemParser
from logstore.reading.rows import parse_by_line
from logstore.reading.uniform import parse_uniform

KEYS = st.sampled_from(
    ["a", "b", "lr", "_step", "train/loss", "a very long name of a metric", "x" * 13, "y" * 14, "z" * 33, "µ", ":", ","]
)
VALUES = st.one_of(st.integers(-(2**70), 2**70), st.floats(allow_nan=False, allow_infinity=False), st.booleans())
ODD = st.one_of(
    VALUES,
    st.none(),
    st.text(max_size=3),
    st.just([1, 2]),
    st.just([]),
    st.just({}),
    st.just({"a": 1}),
)
MARKS = [
    b"{",
    b"}",
    b",",
    b":",
    b'"',
    b"\n",
    b" ",
    b"[",
    b"]",
    b"1",
    b"\\",
    b"\r",
    b"",
    b"},{",
    b'"a":',
    b"}\n{",
    b"\x00",
]


@st.composite
def uniform_lines(draw: st.DrawFn, values: st.SearchStrategy[object] = VALUES) -> bytes:
    keys = draw(st.lists(KEYS, min_size=1, max_size=6, unique=True))
    rows = draw(st.lists(st.tuples(*[values] * len(keys)), min_size=1, max_size=8))
    separators = draw(st.sampled_from([(",", ":"), (", ", ": "), (", ", ":")]))
    return "".join(
        json.dumps(dict(zip(keys, row, strict=True)), separators=separators, ensure_ascii=False) + "\n" for row in rows
    ).encode()


def expected(lines: bytes) -> list[tuple[str, list[object]]] | None:
    """The cells as parsing line by line has them; None when the rows have not the same keys, or one is none."""
    found = parse_by_line(lines)
    keys = [list(row) for row in found.rows]
    if found.bad or not keys or any(each != keys[0] for each in keys):
        return None
    return [(key, [as_float(row[key]) for row in found.rows]) for key in keys[0]]


def as_float(value: object) -> object:
    """``value`` as a column of numbers has it."""
    return float(value) if isinstance(value, (int, float)) else value


def uniform(lines: bytes) -> list[tuple[str, list[object]]] | None:
    found = parse_uniform(lines)
    if found is None:
        return None
    assert found.numbers[-1].tolist() == [as_float(value) for value in found.last]
    return list(zip(found.keys, found.numbers.T.tolist(), strict=True))


@given(uniform_lines())
def test_numbers_are_what_they_are_line_by_line(lines: bytes) -> None:
    assert uniform(lines) == expected(lines)


@given(uniform_lines(ODD))
def test_what_is_no_number_is_left_to_others_or_right(lines: bytes) -> None:
    found = uniform(lines)
    assert found is None or found == expected(lines)


@given(uniform_lines(), st.lists(st.tuples(st.integers(0, 400), st.integers(0, 4), st.sampled_from(MARKS)), max_size=4))
def test_damaged_lines_are_never_taken_for_others(lines: bytes, damage: list[tuple[int, int, bytes]]) -> None:
    for number, size, mark in damage:
        place = number % len(lines)
        lines = lines[:place] + mark + lines[place + size :]
    lines = lines.rstrip(b"\n") + b"\n"
    found = uniform(lines)
    assert found is None or found == expected(lines)


@pytest.mark.parametrize(
    "lines",
    [
        b'{"a":1,"b":"c":7}\n{"a":1,5,"b":7}\n',
        b'{"a":1,"b":2}\n{"a":1 "b":2,3}\n',
        b'{"a":1,"a":2}\n{"a":1,"a":2}\n',
        b'{"a":1}\n{"a":2},{"a":3}\n',
        b'{"a":1,\n"b":2}\n{"a":1,"b":2}\n',
        b'{"a":1\n,"b":2}\n{"a":1,"b":2}\n',
        b'{"a":\n1}\n{"a":2}\n',
        b'{"a":1}\n{"a":2} \n',
        b'{"a":1, "b":2}\n{"a":1,"b":2}\n',
        b'{1,"a":2}\n{"a":}\n',
        b'{"a":[1}\n{"a":2]}\n{"a":1,2}\n',
        b'{"a":1}\n\n{"a":2}\n',
        b'{"a":1}\r\n{"a":2}\r\n',
        b'{"a":1}\n[1]\n',
        b'{"a":1}\n{"b":2}\n',
        b'{"a":1,"b":2}\n{"a":"b"}\n',
        b'{"a":1}\n{"a":NaN}\n',
        b'{"a\\"":1}\n{"a\\"":2}\n',
        b"{}\n{}\n",
        b"[1]\n[2]\n",
        b"\n",
    ],
)
def test_what_only_looks_uniform_is_refused(lines: bytes) -> None:
    assert uniform(lines) is None


def test_short_keys_between_short_values_are_all_blanked() -> None:
    lines = b'{"a":1,"b":2,"c":3,"d":4}\n' * 3
    assert uniform(lines) == [("a", [1] * 3), ("b", [2] * 3), ("c", [3] * 3), ("d", [4] * 3)]


def told(block: Block | None) -> object:
    if block is None:
        return None
    columns = {
        name: (None if column.rows is None else column.rows.tolist(), np.nan_to_num(column.values).tolist())
        for name, column in block.columns.items()
    }
    return (
        block.steps.tolist(),
        np.nan_to_num(block.times).tolist(),
        columns,
        list(block.columns),
        block.texts,
        block.runtime,
    )


@pytest.mark.parametrize("make", [BlockParser, SystemParser])
@given(lines=st.lists(st.one_of(uniform_lines(), uniform_lines(ODD)), min_size=1, max_size=4))
def test_blocks_are_the_same_the_quick_way_and_the_other(make: Callable[[], BlockParser], lines: list[bytes]) -> None:
    quick, other = make(), make()
    for each in lines:
        with pytest.MonkeyPatch.context() as patch:
            patch.setattr(blocks, "SMALLEST", 0)
            found = quick.parse(each)
            patch.setattr(blocks, "SMALLEST", 1 << 40)
            assert told(found) == told(other.parse(each))
    assert quick.memory() == other.memory()


def test_telemetry_of_a_kind_is_no_sample_however_uniform(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(blocks, "SMALLEST", 0)
    assert SystemParser().parse(b'{"_timestamp":5,"kind":1}\n' * 3) is None


def test_a_file_whose_rows_differ_is_not_tried_again_and_again(monkeypatch: pytest.MonkeyPatch) -> None:
    tried: list[bytes] = []
    monkeypatch.setattr(blocks, "SMALLEST", 0)
    monkeypatch.setattr(blocks, "parse_uniform", tried.append)
    parser = BlockParser()
    for _ in range(9):
        parser.parse(b'{"a":1}\n{"b":2}\n')
    assert len(tried) == 3
