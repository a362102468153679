"""Blocks made by hand and by hypothesis, and what it means that they are the same."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from hypothesis import strategies as st

from logstore.model.curves import Curves
from logstore.model.delta import Block, Column

numbers = st.floats(width=64)


@st.composite
def blocks(draw: st.DrawFn, names: str = "abcd") -> Block:
    """A block of a few rows, some columns whole, some sparse together."""
    count = draw(st.integers(1, 6))
    patterns = [None, *draw(st.lists(st.sets(st.integers(0, count - 1), min_size=1), max_size=2))]
    rows = [None if pattern is None else np.array(sorted(pattern), np.int64) for pattern in patterns]
    columns = {}
    for name in draw(st.sets(st.sampled_from(names))):
        at = draw(st.sampled_from(range(len(rows))))
        chosen = rows[at]
        size = count if chosen is None else len(chosen)
        columns[name] = Column(chosen, np.array(draw(st.lists(numbers, min_size=size, max_size=size)), float))
    steps = np.array(draw(st.lists(st.integers(0, 50), min_size=count, max_size=count)), float)
    texts = draw(st.dictionaries(st.sampled_from(["t", "a"]), st.text(max_size=3) | st.just([1, {"x": None}])))
    return Block(steps, steps + 1000, columns, texts, draw(st.none() | st.floats(0, 10)))


def assert_same(one: Sequence[Block], other: Sequence[Block]) -> None:
    """Both sequences of blocks make the same curves and end with the same texts."""
    (curves, texts, runtime), (curves2, texts2, runtime2) = _gather(one), _gather(other)
    assert (set(curves), texts, runtime) == (set(curves2), texts2, runtime2)
    for name, series in curves.items():
        np.testing.assert_array_equal(series.steps, curves2[name].steps)
        np.testing.assert_array_equal(series.values, curves2[name].values)
        np.testing.assert_array_equal(series.times, curves2[name].times)
    for field in ("steps", "times"):
        rows, rows2 = ([each for block in found for each in getattr(block, field).tolist()] for found in (one, other))
        np.testing.assert_array_equal(rows, rows2)


def _gather(found: Sequence[Block]) -> tuple[Curves, dict[str, object], float | None]:
    curves = Curves()
    texts: dict[str, object] = {}
    runtime = None
    for block in found:
        curves.extend(block)
        for name in texts.keys() & block.columns.keys():
            del texts[name]
        texts.update(block.texts)
        runtime = runtime if block.runtime is None else block.runtime
    return curves, texts, runtime
