"""``tui.table.speed``: speed leaves pauses out, time left counts those that come again."""

from __future__ import annotations

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp

from tui.table.rows import F64
from tui.table.speed import TOTAL_EPOCHS, TOTAL_STEPS, seconds_left, steps_per_second, total_of


def steady(count: int, every: float = 10.0, seconds: float = 2.0) -> tuple[F64, F64]:
    places: F64 = np.arange(count, dtype=np.float64)
    return places * every, 1e9 + places * seconds


def with_pauses(count: int, each: int, pause: float) -> tuple[F64, F64]:
    """Rows 2 s and 10 steps apart, with a pause after every ``each`` rows."""
    steps, times = steady(count)
    return steps, times + pause * (np.arange(count) // each)


def test_a_steady_run_has_its_speed_and_its_end() -> None:
    steps, times = steady(50)
    assert steps_per_second(steps, times) == pytest.approx(5.0)
    assert seconds_left(steps, times, total=990) == pytest.approx(100.0)


def test_pauses_do_not_count_as_speed_but_do_count_for_the_end() -> None:
    steps, times = with_pauses(400, each=50, pause=100.0)
    assert steps_per_second(steps, times) == pytest.approx(5.0)
    left = seconds_left(steps, times, total=float(steps[-1]) + 500)
    assert left == pytest.approx(500 / 5 + 7 / 399 * 100 * 50, rel=0.01)


def test_one_pause_unlike_any_other_counts_for_neither() -> None:
    steps, times = steady(300)
    times[150:] += 36_000.0
    assert steps_per_second(steps, times) == pytest.approx(5.0)
    assert seconds_left(steps, times, float(steps[-1]) + 50) == pytest.approx(10.0)


def test_the_speed_is_that_of_the_last_rows() -> None:
    steps, slow = steady(1000, seconds=10.0)
    fast = np.concatenate([slow, slow[-1] + 1.0 * np.arange(1, 200)])
    steps = np.arange(len(fast), dtype=np.float64) * 10.0
    assert steps_per_second(steps, fast) == pytest.approx(10.0)


@pytest.mark.parametrize("count", [0, 1])
def test_too_few_rows_tell_nothing(count: int) -> None:
    steps, times = steady(count)
    assert steps_per_second(steps, times) is None
    assert seconds_left(steps, times, 100.0) is None


def test_rows_without_times_tell_nothing() -> None:
    steps, times = steady(9)
    assert steps_per_second(steps, np.full_like(times, math.nan)) is None
    assert steps_per_second(steps, np.full_like(times, 7.0)) is None
    assert seconds_left(steps, np.full_like(times, 7.0), 1000.0) is None


def test_a_total_that_is_reached_leaves_nothing() -> None:
    steps, times = steady(9)
    assert seconds_left(steps, times, 80.0) == 0.0
    assert seconds_left(steps, times, 3.0) == 0.0


def test_a_run_that_stands_still_has_no_end() -> None:
    _, times = steady(9)
    assert seconds_left(np.full(9, 4.0), times, 100.0) is None


@given(
    hnp.arrays(np.float64, st.integers(0, 40), elements=st.floats(width=32)),
    hnp.arrays(np.float64, st.integers(0, 40), elements=st.floats(width=32)),
    st.floats(1, 1e9),
)
def test_whatever_the_clock_did_the_answer_is_a_number_or_nothing(steps: F64, times: F64, total: float) -> None:
    size = min(len(steps), len(times))
    speed = steps_per_second(steps[:size], times[:size])
    assert speed is None or speed >= 0
    left = seconds_left(steps[:size], times[:size], total)
    assert left is None or left >= 0


@pytest.mark.parametrize(
    ("config", "total"),
    [
        ({"max_steps": 30_000, "steps": 7}, 30_000),
        ({"trainer.max_steps": 100, "data.steps": 5}, 100),
        ({"steps": 10, "trainer.max_steps": 100}, 10),
        ({"max_steps": -1, "num_train_steps": 5e3}, 5000),
        ({"max_steps": "30k", "epochs": 3}, None),
        ({"max_steps": True, "total_steps": math.inf}, None),
        ({}, None),
    ],
)
def test_the_total_is_found_under_the_names_people_use(config: dict[str, object], total: float | None) -> None:
    assert total_of(TOTAL_STEPS, config) == total


def test_epochs_have_names_of_their_own() -> None:
    assert total_of(TOTAL_EPOCHS, {"training.num_train_epochs": 3}) == 3.0
