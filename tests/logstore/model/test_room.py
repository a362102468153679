"""A bound on the memory of curves."""

from __future__ import annotations

import gc
from pathlib import Path
from weakref import ref

import numpy as np
import pytest

from logstore.model.delta import Block, Column, Delta, RunDelta
from logstore.model.room import Room
from logstore.model.runs import Runs


def rows(first: int, count: int, metrics: int = 2) -> Block:
    steps = np.arange(first, first + count, dtype=np.float64)
    return Block(steps, steps, {f"m{number}": Column(None, steps * number) for number in range(metrics)})


def news(**blocks: Block) -> Delta:
    return Delta(tuple(RunDelta(key, Path(key), blocks={0: (block,)}) for key, block in blocks.items()))


def held(runs: Runs) -> int:
    return sum(curves.nbytes for run in runs.values() for curves in run.ranks.values())


def test_points_never_take_more_than_the_bound() -> None:
    runs = Runs(limit=1 << 20)
    for first in range(0, 400_000, 10_000):
        runs.apply(news(a=rows(first, 10_000)))
        assert held(runs) <= 1 << 20
    series = runs["a"].series("m1")
    assert (series.count, series.first, series.last) == (400_000, 0, 399_999)
    assert (series.minimum, series.maximum) == (0, 399_999)
    assert len(series) > 10_000


def test_the_longest_curves_give_way_and_short_ones_stay_whole() -> None:
    runs = Runs(limit=1 << 20)
    runs.apply(news(short=rows(0, 3000)))
    changes = runs.apply(news(long=rows(0, 100_000)))
    assert held(runs) <= 1 << 20
    assert len(runs["short"].series("m1")) == 3000
    assert 3000 < len(runs["long"].series("m1")) < 60_000
    assert changes.touched == {"long"}


def test_a_run_that_gives_way_is_told_of_and_draws_anew() -> None:
    runs = Runs(limit=1 << 20)
    runs.apply(news(long=rows(0, 32_000)))
    version = runs["long"].version
    changes = runs.apply(news(other=rows(0, 2000)))
    assert changes.touched == {"long", "other"}
    assert runs["long"].version > version


def test_what_cannot_be_thinned_is_kept_and_not_tried_at_every_row() -> None:
    runs = Runs(limit=1000)
    runs.apply(news(a=rows(0, 900)))
    runs.apply(news(a=rows(900, 1)))
    assert len(runs["a"].series("m1")) == 901
    for first in range(901, 20_000, 100):
        runs.apply(news(a=rows(first, 100)))
    assert len(runs["a"].series("m1")) < 5000
    assert runs["a"].series("m1").values[-1024:].tolist() == list(map(float, range(20_001 - 1024, 20_001)))


def test_a_run_that_is_gone_leaves_its_room() -> None:
    runs = Runs(limit=1 << 20)
    runs.apply(news(a=rows(0, 30_000)))
    runs.apply(Delta(gone=("a",)))
    runs.apply(news(b=rows(0, 30_000)))
    assert len(runs["b"].series("m1")) == 30_000


def test_without_a_bound_every_point_stays() -> None:
    runs = Runs()
    runs.apply(news(a=rows(0, 300_000)))
    assert len(runs["a"].series("m1")) == 300_000


def test_a_curve_of_any_length_stays_bounded_whatever_room_there_is(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(Room.__init__, "__defaults__", (10_000,))
    runs = Runs(limit=1 << 30)
    thinned: set[str] = set()
    for first in range(0, 100_000, 2000):
        thinned |= runs.apply(news(a=rows(first, 2000), short=rows(first, 10))).touched
        assert len(runs["a"].series("m1")) <= 10_000
    series = runs["a"].series("m1")
    assert (series.count, series.first, series.last) == (100_000, 0, 99_999)
    assert (series.minimum, series.maximum) == (0, 99_999)
    assert len(runs["short"].series("m1")) == 500
    assert thinned == {"a", "short"}


def test_memory_of_a_run_that_is_gone_is_free_at_once() -> None:
    """Without the collector, which is told not to look at runs that are there to stay."""
    runs = Runs()
    runs.apply(news(a=rows(0, 10)))
    curve = ref(runs["a"].series("m1"))
    gc.collect()
    gc.disable()
    try:
        runs.apply(Delta(gone=("a",)))
        assert curve() is None
    finally:
        gc.enable()
