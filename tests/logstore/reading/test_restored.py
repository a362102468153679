"""Rows from the cache, piece by piece."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from logstore.caches.packed import Packed
from logstore.model.curves import Curves
from logstore.model.delta import Block, Column
from logstore.reading.restored import Restored
from tests.logstore.columns import assert_same


def packed(rows: int) -> Packed:
    steps = np.frombuffer(np.arange(rows, dtype=float).tobytes())
    odd = np.arange(1, rows, 2)
    columns = {"loss": Column(None, np.frombuffer((steps * 2).tobytes())), "val": Column(odd, odd.astype(np.float64))}
    return Packed(Block(steps, steps, columns), {})


@given(st.integers(0, 60), st.integers(1, 5000), st.integers(1, 2000))
def test_all_rows_come_once_and_in_order(rows: int, covered: int, piece: int) -> None:
    whole = packed(rows)
    restored = Restored(whole, covered, piece)
    blocks: list[Block] = []
    sizes: list[int] = []
    while not blocks or restored.left:
        block, size = restored.next()
        blocks.append(block)
        sizes.append(size)
    assert_same([whole.block], blocks)
    assert sum(sizes) == (covered if rows else 0)
    assert all(size >= 0 for size in sizes)


def test_few_rows_are_one_piece_and_many_are_pieces_of_bounded_size() -> None:
    assert Restored(packed(100), 1000).next()[1] == 1000
    size = 8 * (3 * 100 + 50)
    restored = Restored(packed(100), 1000, size // 4)
    pieces: list[int] = []
    while restored.left:
        pieces.append(len(restored.next()[0]))
    assert pieces == [25, 25, 25, 25]


@pytest.mark.parametrize("rows", [10_000, 40_000])
def test_pieces_are_put_together_again_without_a_copy(rows: int) -> None:
    """The curve that was handed over in pieces is the column of the cache itself."""
    whole = packed(rows)
    restored, curves = Restored(whole, rows, 24 * 5000), Curves()
    while restored.left:
        curves.extend(restored.next()[0])
    assert np.shares_memory(curves["loss"].values, whole.block.columns["loss"].values)
    assert np.array_equal(curves["loss"].values, whole.block.columns["loss"].values)
    assert np.array_equal(curves["val"].values, whole.block.columns["val"].values)
