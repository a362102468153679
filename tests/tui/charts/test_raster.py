from __future__ import annotations

from functools import reduce
from operator import or_

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.tui.charts.made import array
from tui.charts import raster

DOTS = {(0, 0): 0, (1, 0): 1, (2, 0): 2, (3, 0): 6, (0, 1): 3, (1, 1): 4, (2, 1): 5, (3, 1): 7}
"""Bit of each dot (row, column) of a braille cell, from the Unicode standard."""


def lit(bits: raster.U8) -> set[tuple[int, int]]:
    """The dots (row, column) that are set in cells of shape (columns, rows)."""
    return {
        (4 * row + dot_row, 2 * column + dot_column)
        for column in range(bits.shape[0])
        for row in range(bits.shape[1])
        for (dot_row, dot_column), bit in DOTS.items()
        if bits[column, row] >> bit & 1
    }


def runs(pairs: list[tuple[int, int]]) -> tuple[raster.I16, raster.I16]:
    top = np.array([[top for top, _ in pairs]], np.int16)
    bottom = np.array([[bottom for _, bottom in pairs]], np.int16)
    return top, bottom


@given(
    st.lists(st.tuples(st.integers(-2, 14), st.integers(-2, 14)), min_size=2, max_size=8).filter(
        lambda p: len(p) % 2 == 0
    )
)
def test_a_run_lights_its_dots_and_no_others(pairs: list[tuple[int, int]]) -> None:
    expected = {
        (row, column) for column, (top, bottom) in enumerate(pairs) for row in range(max(0, top), min(11, bottom) + 1)
    }
    assert lit(raster.cells(*runs(pairs), 3)[0]) == expected


def test_nan_is_an_empty_run() -> None:
    top, bottom = raster.runs(array([1, np.nan, 3]), array([2, 5, np.nan]))
    assert (top <= bottom).tolist() == [True, False, False]


@given(st.lists(st.integers(0, 30), min_size=2, max_size=40))
def test_joined_runs_touch_and_keep_their_own_dots(rows: list[int]) -> None:
    top, bottom = raster.joined(*runs([(row, row) for row in rows]))
    for column, row in enumerate(rows):
        assert top[0, column] <= row <= bottom[0, column]
        if column:
            assert top[0, column] <= bottom[0, column - 1] + 1
            assert bottom[0, column] >= top[0, column - 1] - 1


def test_a_gap_is_not_joined() -> None:
    top, bottom = raster.joined(*runs([(0, 0), (raster.EMPTY_TOP, raster.EMPTY_BOTTOM), (9, 9)]))
    assert (top[0, 0], bottom[0, 0], top[0, 2], bottom[0, 2]) == (0, 0, 9, 9)


def test_a_cell_belongs_to_the_line_with_most_dots_then_to_the_last() -> None:
    bits = np.array([[[0b111]], [[0b1000]], [[0b10000]]], np.uint8)
    together, owner = raster.strongest(bits, [1, 1, 1])
    assert (int(together[0, 0]), int(owner[0, 0])) == (0b11111, 0)
    _, owner = raster.strongest(bits[1:], [1, 1])
    assert int(owner[0, 0]) == 1


@given(st.lists(st.tuples(st.integers(1, 6), st.integers(0, 255)), min_size=1, max_size=12))
def test_of_a_cell_only_the_highest_level_that_has_dots_is_seen(lines: list[tuple[int, int]]) -> None:
    levels = [level for level, _ in lines]
    together, owner = raster.strongest(np.array([[[bits]] for _, bits in lines], np.uint8), levels)
    highest = max((level for level, bits in lines if bits), default=0)
    seen = {place: bits for place, (level, bits) in enumerate(lines) if bits and level == highest}
    assert int(together[0, 0]) == reduce(or_, seen.values(), 0)
    if seen:
        assert int(owner[0, 0]) == max(seen, key=lambda place: (seen[place].bit_count(), place))


@pytest.mark.parametrize("count", [1, 40])
def test_empty_cells_have_no_dots_whoever_owns_them(count: int) -> None:
    together, _ = raster.strongest(np.zeros((count, 2, 2), np.uint8), [1] * count)
    assert not together.any()
