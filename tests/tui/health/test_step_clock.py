"""``tui.health.step_clock``: when steps were made, by our clock, and how often they usually are."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from pathlib import Path

import numpy as np
import pytest

from logstore.model.delta import Block, Column, RunDelta
from logstore.model.liveness import Liveness
from logstore.model.records import Attempt, RunRecord
from logstore.model.runs import Run
from logstore.model.series import Series
from tui.health.step_clock import Arrivals, ClockTrack, Pauses

START = 1_785_672_000.0


def begin(record: RunRecord | None = None, verdict: str = "alive") -> Run:
    run = Run("lab/otter", Path("/store/lab/otter"))
    known = record or RunRecord(created=START)
    run.apply(RunDelta(run.key, run.path, record=known, liveness=Liveness(verdict, 1)))  # type: ignore[arg-type]
    return run


def log(
    run: Run, rows: Mapping[int, Sequence[tuple[float, float]]], metric: str = "loss", verdict: str = "alive"
) -> None:
    """Rows of (step, seconds after the start) by rank."""
    blocks = {}
    for rank, points in rows.items():
        steps, times = np.array(points, dtype=float).T
        blocks[rank] = (Block(steps, times + START, {metric: Column(None, np.ones(len(steps)))}),)
    run.apply(RunDelta(run.key, run.path, blocks=blocks, liveness=Liveness(verdict, 1)))  # type: ignore[arg-type]


def test_nothing_is_usual_before_there_are_a_few_rows() -> None:
    run, track = begin(), ClockTrack()
    assert track.look(run, START).usual is None
    log(run, {0: [(i, 2.0 * i) for i in range(4)]})
    clock = track.look(run, START + 60)
    assert (clock.usual, clock.advanced, clock.step) == (None, START + 6, 3)


def test_the_usual_time_is_that_of_the_rows_that_tick() -> None:
    run = begin()
    log(run, {0: [(i, 2.0 * i) for i in range(50)]})
    log(run, {0: [(50, 98.5), (51, 99.0)]}, metric="val/loss")
    clock = ClockTrack().look(run, START + 100)
    assert clock.usual == pytest.approx(2.0)
    assert (clock.advanced, clock.last_row) == (START + 98, START + 99)


def test_a_run_whose_clock_is_behind_is_believed_by_the_time_of_its_file() -> None:
    run = begin()
    log(run, {0: [(i, 2.0 * i) for i in range(50)]})
    run.apply(RunDelta(run.key, run.path, last_logged=START + 7298))
    clock = ClockTrack().look(run, START + 7300)
    assert (clock.advanced, clock.last_row) == (START + 7298, START + 7298)


def test_rows_of_an_earlier_attempt_say_nothing_of_this_one() -> None:
    run = begin(RunRecord(created=START, attempts=(Attempt(START), Attempt(START + 1000))))
    log(run, {0: [(i, float(i)) for i in range(50)]})
    clock = ClockTrack().look(run, START + 1010)
    assert (clock.advanced, clock.started) == (None, START + 1000)


def test_rows_count_from_when_we_saw_them_come_whatever_the_writer_s_clock_says() -> None:
    run, track = begin(verdict="elsewhere"), ClockTrack()
    log(run, {0: [(i, i - 500.0) for i in range(50)]}, verdict="elsewhere")
    assert track.look(run, START).advanced is None or track.look(run, START).far
    log(run, {0: [(50, -449.0)]}, verdict="elsewhere")
    clock = track.look(run, START + 7)
    assert clock.last_row == START + 7
    assert track.look(run, START + 30).last_row == START + 7


def test_a_writer_ahead_of_us_is_not_from_the_future() -> None:
    arrivals = Arrivals()
    assert arrivals.note(None, 10.0) is None
    assert arrivals.note(500.0, 11.0) == 11.0
    assert arrivals.note(500.0, 12.0) == 12.0
    assert arrivals.note(501.0, 13.0) == 13.0
    assert arrivals.note(501.0, 50.0) == 13.0


def test_each_rank_has_its_own_last_row() -> None:
    run = begin()
    log(run, {0: [(0, 1.0), (1, 2.0)], 1: [(0, 1.5)]})
    clock = ClockTrack().look(run, START + 3)
    assert clock.ranks == {0: START + 2, 1: START + 1.5}
    assert clock.last_row == START + 2


def test_the_longest_pause_is_remembered_that_of_the_start_is_none() -> None:
    run, track = begin(), ClockTrack()
    times = [0.0, 300.0, *[300.0 + i for i in range(1, 40)]]
    log(run, {0: list(enumerate(times))})
    assert track.look(run, START + 340).pause == pytest.approx(1.0)
    log(run, {0: [(41, 430.0), (42, 431.0)]})
    assert track.look(run, START + 431).pause == pytest.approx(91.0)
    log(run, {0: [(43, 432.0)]})
    assert track.look(run, START + 500).pause == pytest.approx(91.0)


def test_pauses_of_an_earlier_attempt_and_the_time_between_attempts_do_not_count() -> None:
    run = begin(RunRecord(created=START, attempts=(Attempt(START), Attempt(START + 1000))))
    log(run, {0: [(i, float(i + 200 * (i > 20))) for i in range(50)]})
    log(run, {0: [(50 + i, 1010.0 + 2 * i) for i in range(20)]})
    assert ClockTrack().look(run, START + 1050).pause == pytest.approx(2.0)


def test_the_time_between_points_that_are_left_of_a_thinned_curve_is_no_pause() -> None:
    series, pauses = Series("loss"), Pauses()
    steps = np.arange(60_000.0)
    series.extend(steps[:50_000], START + 10 * steps[:50_000], np.ones(50_000))
    pauses.look(series, None)
    for _ in range(4):
        series.axis.thin()
    assert np.diff(series.times).max() > 20
    series.extend(steps[50_000:], START + 10 * steps[50_000:], np.ones(10_000))
    pauses.look(series, None)
    later = Pauses()
    later.look(series, None)
    assert (pauses.longest, later.longest) == (10.0, None)
    series.extend([60_000.0], [START + 600_090], [1.0])
    pauses.look(series, None)
    later.look(series, None)
    assert (pauses.longest, later.longest) == (100.0, 100.0)


def test_rows_without_a_time_give_no_clock() -> None:
    run = begin()
    log(run, {0: [(i, math.nan) for i in range(20)]})
    clock = ClockTrack().look(run, START + 100)
    assert (clock.usual, clock.advanced, clock.step) == (None, None, 19)
