from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
import pytest

from tests.tui.charts.made import array, line
from tui.charts.abscissa import Abscissa
from tui.charts.line import F64, STEP, Line, XAxis

RELATIVE, WALL, TOKENS = XAxis("relative"), XAxis("wall"), XAxis("metric", "tokens")


@dataclass
class Metric:
    steps: F64
    values: F64


def along(axis: XAxis, made: Line) -> Abscissa:
    abscissa = Abscissa(axis)
    abscissa.update(made)
    return abscissa


def test_steps_are_the_lines_own_array() -> None:
    made = line([5, 6, 7])
    assert np.shares_memory(along(STEP, made).x, made.x)


def test_the_same_version_is_no_news() -> None:
    made = line([1, 2])
    abscissa = Abscissa(STEP)
    assert abscissa.update(made) is False
    assert abscissa.update(made) is None


def test_a_longer_line_is_an_append() -> None:
    abscissa = along(STEP, line([1, 2]))
    assert abscissa.update(line([1, 2, 3])) is True
    assert abscissa.y.tolist() == [1, 2, 3]


def test_another_generation_is_read_again() -> None:
    abscissa = along(STEP, line([1, 2]))
    assert abscissa.update(line([9, 2, 3], generation=1)) is False
    assert abscissa.y.tolist() == [9, 2, 3]


@pytest.mark.parametrize("y", [[5, 2, 3], [1], []])
def test_a_line_that_does_not_go_on_is_read_again_though_it_says_so(y: list[float]) -> None:
    abscissa = along(STEP, line([1, 2]))
    assert abscissa.update(line(y, version=7)) is False
    assert abscissa.y.tolist() == y


def test_nan_in_the_line_is_still_an_append() -> None:
    abscissa = along(STEP, line([1, math.nan]))
    assert abscissa.update(line([1, math.nan, 3])) is True


def test_x_that_falls_is_sorted_and_what_is_not_finite_left_out() -> None:
    abscissa = along(STEP, line([1, 2, 3, 4], x=[2, 1, math.nan, math.inf]))
    assert abscissa.x.tolist() == [1, 2]
    assert abscissa.y.tolist() == [2, 1]
    assert abscissa.update(line([1, 2, 3, 4, 0], x=[2, 1, math.nan, math.inf, 0])) is False
    assert abscissa.x.tolist() == [0, 1, 2]


def test_relative_time_begins_at_the_start_of_the_run() -> None:
    times = array([1000, 1010])
    assert along(RELATIVE, line([1, 2], times=times, start=990.0)).origin == 990.0
    assert along(RELATIVE, line([1, 2], times=times)).origin == 1000.0
    assert along(WALL, line([1, 2], times=times, start=990.0)).origin == 0.0


def test_without_times_there_is_nothing_along_time() -> None:
    assert len(along(WALL, line([1, 2]))) == 0


def test_a_band_goes_with_its_points() -> None:
    abscissa = along(STEP, line([1, 2], x=[5, 4], band=(array([0, 1]), array([2, 3]))))
    assert (abscissa.low.tolist(), abscissa.high.tolist()) == ([1, 0], [3, 2])


def test_values_stand_at_what_the_metric_was_at_their_step() -> None:
    tokens = Metric(array([0, 10, 20]), array([0, 1000, 2000]))
    abscissa = along(TOKENS, line([5, 6, 7, 8], x=[0, 5, 10, 25], along={"tokens": tokens}))
    assert abscissa.x.tolist() == [0, 500, 1000]  # the last waits until its tokens are known
    assert abscissa.y.tolist() == [5, 6, 7]


def test_values_that_waited_come_when_the_metric_does() -> None:
    waiting = line([5, 6], x=[0, 25], along={"tokens": Metric(array([0, 20]), array([0, 2000]))})
    abscissa = along(TOKENS, waiting)
    later = line([5, 6], x=[0, 25], along={"tokens": Metric(array([0, 20, 30]), array([0, 2000, 3000]))})
    assert abscissa.update(later) is True
    assert abscissa.x.tolist() == [0, 2500]


def test_a_metric_that_falls_sorts_the_points() -> None:
    rate = Metric(array([0, 1, 2]), array([3, 2, 1]))
    abscissa = along(XAxis("metric", "lr"), line([7, 8, 9], along={"lr": rate}))
    assert (abscissa.x.tolist(), abscissa.y.tolist()) == ([1, 2, 3], [9, 8, 7])


def test_a_metric_that_is_not_there_gives_no_points() -> None:
    assert len(along(TOKENS, line([1, 2]))) == 0
