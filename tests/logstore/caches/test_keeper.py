"""Blocks that are kept: in memory while they are few, in nameless files when they are many."""

from __future__ import annotations

from pathlib import Path

import numpy as np
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from logstore.caches.keeper import Keeper
from logstore.model.delta import Block, Column
from tests.logstore.columns import assert_same, blocks


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None)
@given(st.lists(blocks(), max_size=6), st.sampled_from([0, 100, 10_000]))
def test_blocks_stay_the_same(tmp_path: Path, found: list[Block], spill: int) -> None:
    keeper = Keeper(tmp_path / "cache", spill)
    for block in found:
        keeper.add(block)
    keeper.blocks()
    keeper.release()
    assert_same(found, keeper.blocks())
    assert list(tmp_path.glob("cache/*")) == []


def test_shared_rows_stay_shared_and_are_put_away_once(tmp_path: Path) -> None:
    rows = np.array([0, 2])
    block = Block(np.arange(3.0), np.arange(3.0), {name: Column(rows, np.array([1.0, 2.0])) for name in "ab"})
    keeper = Keeper(tmp_path, spill=0)
    keeper.add(block)
    (kept,) = keeper.blocks()
    assert kept.columns["a"].rows is kept.columns["b"].rows
    assert not np.shares_memory(kept.steps, block.steps)


def test_what_is_mapped_already_is_not_put_away_again(tmp_path: Path) -> None:
    block = Block(np.arange(3.0), np.arange(3.0), {})
    keeper = Keeper(tmp_path, spill=0)
    keeper.add_view(block)
    for rows in (2.0, 4.0):
        keeper.add(Block(np.arange(rows), np.arange(rows), {}))
    assert keeper.blocks()[0] is block
    assert [len(each) for each in keeper.blocks()] == [3, 2, 4]
    assert (keeper.has_file, keeper.loose) == (True, 0)


def test_what_fits_into_memory_needs_no_file(tmp_path: Path) -> None:
    keeper = Keeper(tmp_path)
    keeper.add(Block(np.arange(3.0), np.arange(3.0), {}))
    assert (keeper.has_file, keeper.loose) == (False, 48)
