"""However a log is cut into appended chunks, and whatever it holds, the same columns come out."""

from __future__ import annotations

import itertools
import json
import math
import string
from pathlib import Path

import numpy as np
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from logstore.model.curves import Curves
from logstore.model.delta import Block
from logstore.reading.blocks import BlockParser
from logstore.reading.draft import Draft
from logstore.reading.sources import RowLines, Source

names = st.sampled_from(["a", "b", "val/x", "_step", "step", "epoch", "_timestamp", "time", "_runtime"])
values = (
    st.floats()
    | st.integers(-5, 50)
    | st.integers(-(2**65), 2**65)
    | st.sampled_from([None, True, "NaN", "Infinity", "x", "},{", [1], {"k": 2}, 1.7e9, 1.7e12, "2024-05-01T00:00:00Z"])
)
rows = st.dictionaries(names, values, max_size=6).map(json.dumps)
oddities = st.sampled_from(
    ["", "  ", "{", '{"a":[{"b":1}', '{"c":2}]}', '{"x":1},{"y":2}', '{"a":"x}', '{y"}', "[1]", "nul\x00l", '{"a":1}\r']
)
logs = st.lists(rows | rows | rows | oddities, max_size=12).map(lambda lines: "".join(line + "\n" for line in lines))


def gather(blocks: list[Block]) -> tuple[Curves, dict[str, object], list[float], list[float]]:
    curves = Curves()
    texts: dict[str, object] = {}
    for block in blocks:
        curves.extend(block)
        for name in texts.keys() & block.columns.keys():
            del texts[name]
        texts.update(block.texts)
    steps = [step for block in blocks for step in block.steps.tolist()]
    times = [time for block in blocks for time in block.times.tolist()]
    return curves, texts, steps, times


def same(one: list[Block], other: list[Block]) -> None:
    (curves, texts, steps, times), (curves2, texts2, steps2, times2) = gather(one), gather(other)
    assert (steps, texts) == (steps2, texts2)
    np.testing.assert_array_equal(times, times2)
    assert set(curves) == set(curves2)
    for name, series in curves.items():
        np.testing.assert_array_equal(series.steps, curves2[name].steps)
        np.testing.assert_array_equal(series.values, curves2[name].values)
        np.testing.assert_array_equal(series.times, curves2[name].times)


def read_all(source: Source, draft: Draft, now: float) -> None:
    source.tail.look()
    while source.wants(now):
        assert source.read(draft, now, most=64)


@settings(deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(logs, st.lists(st.integers(0, 400), max_size=6))
def test_any_split_into_appended_chunks_gives_the_same_columns(tmp_path: Path, log: str, cuts: list[int]) -> None:
    text = log.encode()
    path = tmp_path / "metrics.jsonl"
    path.write_bytes(b"")
    source, draft = Source(str(path), RowLines()), Draft()
    edges = sorted({0, len(text), *(min(cut, len(text)) for cut in cuts)})
    for low, high in itertools.pairwise(edges):
        with path.open("ab") as file:
            file.write(text[low:high])
        read_all(source, draft, now=path.stat().st_mtime)
    whole = BlockParser()
    block = whole.parse(text) if text else None
    same([block] if block is not None else [], draft.blocks.get(0, []))
    assert draft.bad_lines == whole.bad_lines
    assert source.tail.offset == len(text) == draft.bytes_read


@settings(deadline=None)
@given(logs)
def test_line_by_line_gives_the_same_columns_as_at_once(log: str) -> None:
    at_once, one_by_one = BlockParser(), BlockParser()
    lines = log.encode()
    block = at_once.parse(lines) if lines else None
    singles = [one_by_one.parse(line + b"\n") for line in lines.split(b"\n")[:-1]]
    same([block] if block is not None else [], [single for single in singles if single is not None])
    assert at_once.bad_lines == one_by_one.bad_lines


def test_many_rows_of_many_kinds(tmp_path: Path) -> None:
    lines = []
    for step in range(5000):
        row: dict[str, object] = {"_step": step, "loss": math.sin(step), **dict.fromkeys(string.ascii_lowercase[:4], 1)}
        if step % 100 == 99:
            row = {"_step": step, "val/loss": step, "note": "x" * (step % 7)}
        lines.append(json.dumps(row) + "\n")
    path = tmp_path / "metrics.jsonl"
    path.write_text("".join(lines))
    source, draft = Source(str(path), RowLines()), Draft()
    source.tail.look()
    while source.wants(0.0):
        source.read(draft, 0.0, most=10_000)
    curves, texts, steps, _ = gather(draft.blocks[0])
    assert steps == list(range(5000))
    assert len(curves["loss"]) == 4950
    assert curves["val/loss"].steps.tolist() == list(range(99, 5000, 100))
    assert texts == {"note": "x" * (4999 % 7)}
