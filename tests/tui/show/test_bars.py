"""Small bars and histories in one row."""

from __future__ import annotations

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tui.show.bars import block, buckets, heat, meter


@given(st.floats(allow_nan=False), st.integers(0, 40))
def test_a_meter_has_exactly_its_cells(share: float, cells: int) -> None:
    full, empty = meter(share, cells)
    assert len(full) + len(empty) == cells
    assert bool(full) == (share > 0 and cells > 0)


@pytest.mark.parametrize(
    ("share", "bar"),
    [(0, "──────────"), (0.5, "━━━━━─────"), (1, "━━━━━━━━━━"), (0.001, "━─────────"), (7, "━━━━━━━━━━")],
)
def test_a_meter_is_as_full_as_its_share(share: float, bar: str) -> None:
    assert "".join(meter(share, 10)) == bar


def test_a_block_is_as_high_as_its_share_and_blank_only_when_absent() -> None:
    assert [block(share) for share in (0.0, 0.3, 0.5, 1.0, 2.0)] == ["▁", "▂", "▄", "▇", "▇"]
    assert [block(None), block(math.nan), block(math.inf)] == [" ", " ", " "]


def test_heat_rises_from_one_to_five() -> None:
    assert [heat(share) for share in (-1, 0, 0.2, 0.5, 0.99, 1.0, 3)] == [
        *("heat-1", "heat-1", "heat-2", "heat-3", "heat-5", "heat-5", "heat-5"),
    ]


def test_buckets_hold_the_mean_of_their_time_and_none_where_there_is_nothing() -> None:
    times = np.array([100.0, 101, 104, 105, 109])
    values = np.array([1.0, 3, np.nan, 5, 7])
    assert buckets(times, values, 4, 5.0) == [None, None, 2.0, 6.0]
    assert buckets(times, values, 3, 2.0) == [5.0, None, 7.0]
    assert buckets(times, values, 0, 2.0) == []
    assert buckets(np.empty(0), np.empty(0), 2, 1.0) == [None, None]


@given(st.integers(0, 300), st.integers(1, 30), st.sampled_from([1.0, 4.0, 7.0]))
def test_buckets_move_by_whole_cells(now: int, cells: int, seconds: float) -> None:
    times = np.arange(0, now + 1, dtype=float)
    before, after = buckets(times[:-1], times[:-1], cells, seconds), buckets(times, times, cells, seconds)
    assert len(after) == cells
    if len(times) > 1 and now // seconds == (now - 1) // seconds:
        assert before[:-1] == after[:-1]
    elif len(times) > 1:
        assert before[1:] == after[:-1]
