from __future__ import annotations

import math

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.tui.charts.made import chart, draw, line, plotted
from tui.charts.groups import Groups
from tui.charts.line import Line, XAxis
from tui.charts.xaxes import rounds


def by_letter(member: Line) -> str:
    return member.key[0]


def test_the_mean_of_a_group_over_its_minimum_and_maximum() -> None:
    (made,) = Groups().lines([line([1, 2, 3], key="a1"), line([3, 6, 5], key="a2")], by_letter)
    assert made.x.tolist() == [0, 1, 2]
    assert made.y.tolist() == [2, 4, 4]
    assert made.band is not None
    assert [edge.tolist() for edge in made.band] == [[1, 2, 3], [3, 6, 5]]
    assert (made.key, made.name) == ("group:a", "a (2)")


def test_the_band_of_one_standard_deviation_of_the_population() -> None:
    (made,) = Groups("std").lines([line([1, 1], key="a1"), line([3, 5], key="a2")], by_letter)
    assert made.band is not None
    assert [edge.tolist() for edge in made.band] == [[1, 1], [3, 5]]


def test_groups_come_in_the_order_of_their_first_runs() -> None:
    made = Groups().lines([line([1], key=key) for key in ("b1", "a1", "b2")], by_letter)
    assert [group.name for group in made] == ["b (2)", "a (1)"]


def test_runs_of_different_length_count_where_they_are() -> None:
    (made,) = Groups().lines([line([2, 2, 2, 2], key="a1"), line([4, 4], key="a2")], by_letter)
    assert made.y.tolist() == [3, 3, 2, 2]


def test_runs_with_other_steps_are_interpolated_between_their_points() -> None:
    sparse = line([0, 10], x=[0, 10], key="a2")
    (made,) = Groups().lines([line([0.0] * 11, key="a1"), sparse], by_letter)
    assert made.y.tolist() == pytest.approx([step / 2 for step in range(11)])


def test_nan_does_not_count() -> None:
    (made,) = Groups().lines([line([1, math.nan], key="a1"), line([3, 5], key="a2")], by_letter)
    assert made.y.tolist() == [2, 5]


@given(st.lists(st.lists(st.floats(-1e6, 1e6), min_size=1, max_size=200), min_size=1, max_size=5))
@settings(deadline=None)
def test_no_value_of_a_run_lies_outside_of_the_band(runs: list[list[float]]) -> None:
    lines = [line(values, key=f"a{number}") for number, values in enumerate(runs)]
    (made,) = Groups(buckets=20).lines(lines, by_letter)
    assert made.band is not None
    assert float(made.band[0].min()) == min(min(values) for values in runs)
    assert float(made.band[1].max()) == max(max(values) for values in runs)


def test_groups_without_news_are_the_same_line_and_others_have_a_new_version() -> None:
    groups = Groups()
    runs = [line([1, 2], key="a1"), line([1, 2], key="b1")]
    before = groups.lines(runs, by_letter)
    after = groups.lines([line([1, 2, 3], key="a1"), runs[1]], by_letter)
    assert after[1] is before[1]
    assert (after[0].version, after[0].generation) != (before[0].version, before[0].generation)


def test_another_band_of_a_group_that_has_no_points() -> None:
    assert len(Groups().lines([line([], key="a")], by_letter)[0].x) == 0


@pytest.mark.parametrize("axis", ["relative", "wall", "metric:tokens"])
def test_groups_lie_along_the_axis_they_were_asked_for(axis: str) -> None:
    steps = np.arange(10.0)
    run = {"tokens": line(list(steps * 100), key="t")}
    points = {name: _Points(made) for name, made in run.items()}
    members = [line([1.0] * 10, key=f"a{n}", times=1e9 + steps, along=points) for n in range(2)]
    chosen = XAxis.parse(axis)
    made = Groups().lines(members, by_letter, chosen)
    frame = draw(chart(*made), 50, 8, xaxis=chosen)
    assert any("\u2801" <= char <= "\u28ff" for row in plotted(frame) for char in row)
    assert frame.window[1] == pytest.approx({"relative": 9.0, "wall": 1e9 + 9, "metric:tokens": 900.0}[axis])


class _Points:
    def __init__(self, made: Line) -> None:
        self.steps, self.values = made.x, made.y


def test_a_group_is_live_while_one_of_its_runs_is() -> None:
    assert Groups().lines([line([1], key="a1"), line([1], key="a2", live=True)], by_letter)[0].live


class _Tokens:
    steps = np.arange(3.0)
    values = np.arange(3.0) * 512


@pytest.mark.parametrize("axis", ["step", "wall", "metric:tokens"])
def test_a_group_offers_the_axes_that_its_runs_offer(axis: str) -> None:
    runs = [line([3, 2, 1], key=key, times=np.arange(3.0) + 9e8, along={"tokens": _Tokens()}) for key in ("a1", "a2")]
    made = Groups().lines(runs, by_letter, XAxis.parse(axis))
    assert rounds(chart(*made)) == rounds(chart(*runs))
    assert [str(each) for each in rounds(chart(*made))] == ["step", "relative", "wall", "metric:tokens"]
