"""How fast rows come."""

from __future__ import annotations

import numpy as np
import pytest

from logstore.model.pace import WINDOW, Pace


def pace(steps: list[float], times: list[float]) -> Pace:
    made = Pace()
    made.extend(np.array(steps, float), np.array(times, float))
    return made


def test_nothing_is_known_of_nothing() -> None:
    empty = Pace()
    assert (empty.step, empty.first_time, empty.last_time, empty.row_seconds) == (None, None, None, None)
    assert empty.steps_per_second(None) is None
    empty.extend(np.empty(0), np.empty(0))
    assert empty.step is None


def test_speed_is_steps_over_seconds() -> None:
    made = pace([0, 10, 20], [100, 105, 110])
    assert made.steps_per_second(None) == 2
    assert (made.row_seconds, made.first_time, made.last_time, made.step) == (5, 100, 110, 20)


def test_speed_looks_back_over_a_window() -> None:
    slow, fast = 1000, WINDOW
    steps = np.arange(slow + fast, dtype=float)
    times = np.concatenate([np.arange(slow) * 10.0, slow * 10 + np.arange(fast) * 0.5])
    made = Pace()
    for low in range(0, len(steps), 100):
        made.extend(steps[low : low + 100], times[low : low + 100])
    assert made.steps_per_second(None) == pytest.approx(2)
    assert made.first_time == 0


def test_speed_sinks_when_a_run_stalls() -> None:
    made = pace([0, 1, 2], [0, 1, 2])
    assert made.steps_per_second(5) == 1
    assert made.steps_per_second(202) == pytest.approx(2 / 202)


def test_rows_without_a_time_count_for_the_step_alone() -> None:
    made = pace([0, 1, 2], [0, float("nan"), 2])
    assert made.step == 2
    assert made.steps_per_second(None) == 1


def test_steps_out_of_order_and_equal_times_give_no_nonsense() -> None:
    assert pace([5, 1], [0, 1]).steps_per_second(None) == 0
    assert pace([5, 1], [0, 1]).step == 5
    assert pace([0, 1], [7, 7]).steps_per_second(None) is None


def test_a_fork_counts_anew() -> None:
    made = pace([0, 100], [0, 10])
    made.fork()
    made.extend(np.array([50.0, 51.0]), np.array([1000.0, 1001.0]))
    assert made.step == 51
    assert made.steps_per_second(None) == 1
    assert made.first_time == 0


def test_the_usual_time_between_rows_follows_new_rows_and_new_attempts() -> None:
    made = pace([0, 1, 2], [100, 101, 102])
    assert made.row_seconds == 1
    made.extend(np.array([3.0, 4, 5]), np.array([112.0, 122, 132]))
    assert made.row_seconds == 10
    made.fork()
    assert made.row_seconds is None
