"""Which x axes are offered, and how one is found by its name."""

from __future__ import annotations

import numpy as np
import pytest

from tests.tui.charts.made import array, chart, draw, line, text
from tui.charts.line import F64, ChartSpec, Line, Look, XAxis
from tui.charts.window import FULL, tail
from tui.charts.xaxes import along, every, grows, matching, rounds


class Logged:
    """A metric that was logged at each of its steps."""

    def __init__(self, values: list[float]) -> None:
        self.steps: F64 = np.arange(float(len(values)))
        self.values: F64 = array(values)


ALONG = {
    "loss": Logged([3.0, 2.0, 1.0]),
    "perf/tokens": Logged([0.0, 512.0, 1024.0]),
    "epoch": Logged([0.0, 0.0, 1.0]),
    "tokens_per_second": Logged([900.0, 1000.0, 950.0]),
    "acc": Logged([0.1, 0.2, 0.3]),
    "_runtime": Logged([0.0, 1.0, 2.0]),
}


def run(key: str = "otter") -> Line:
    return line([3.0, 2.0, 1.0], key=key, along=ALONG, times=array([100.0, 101.0, 102.0]))


def telemetry() -> ChartSpec:
    times = array([1000.0, 1001.0, 1002.0])
    return chart(line([50.0, 60.0, 70.0], times.tolist(), times=times, start=990.0, along=ALONG), metric="cpu/load")


def test_a_key_goes_round_over_step_times_and_what_measures_progress() -> None:
    names = [str(axis) for axis in rounds(chart(run(), run("lynx")))]
    assert names == ["step", "relative", "wall", "metric:epoch", "metric:perf/tokens"]


def test_every_logged_metric_can_be_chosen_and_each_is_there_once() -> None:
    names = [axis.label for axis in every([chart(run()), chart(run("lynx"), metric="acc")])]
    assert names[:5] == ["step", "relative time", "time of day", "epoch", "perf/tokens"]
    assert names[5:] == ["acc", "loss", "tokens_per_second"]


@pytest.mark.parametrize(
    ("name", "measures"),
    [("num_tokens", True), ("env_step", True), ("train/epoch", True), ("epochal", False), ("stepsize", False)],
)
def test_names_of_what_is_counted(name: str, *, measures: bool) -> None:
    axes = rounds(chart(line([1.0, 2.0], along={name: Logged([0.0, 1.0])})))
    assert (XAxis("metric", name) in axes) is measures


@pytest.mark.parametrize(
    ("values", "does"),
    [([0.0, 1.0], True), ([0.0, 1.0, 1.0], True), ([1.0, 1.0], False), ([1.0], False), ([0.0, 2.0, 1.0], False)],
)
def test_what_grows(values: list[float], *, does: bool) -> None:
    assert grows(Logged(values)) is does


def test_what_has_a_nan_does_not_grow() -> None:
    assert not grows(Logged([0.0, float("nan"), 2.0]))


def test_a_name_is_found_by_any_part_of_it_and_first_by_its_beginning() -> None:
    axes = every([chart(run())])
    assert [axis.label for axis in matching(axes, "TOK")] == ["tokens_per_second", "perf/tokens"]
    assert matching(axes, "") == axes
    assert matching(axes, "no such") == []


def test_another_axis_begins_with_all_of_it_and_no_cursor() -> None:
    look = along(Look(window=tail(5.0), cursor=3.0, selection=(1.0, 2.0)), XAxis("wall"))
    assert (str(look.xaxis), look.window, look.cursor, look.selection) == ("wall", FULL, None, None)


def test_what_has_times_for_steps_lies_along_time() -> None:
    spec = telemetry()
    assert [str(axis) for axis in rounds(spec)] == ["relative", "wall"]
    assert every([spec]) == rounds(spec)
    assert draw(spec).window == (10.0, 12.0)
    assert "10s" in text(draw(spec))
    assert draw(spec, xaxis=XAxis("metric", "epoch")).window == (10.0, 12.0)


def test_a_group_lies_along_what_it_was_summed_up_along() -> None:
    steps = array([0.0, 10.0, 20.0])
    mean = line([3.0, 2.0, 1.0], steps.tolist(), times=steps, start=0.0, band=(array([2.0, 1.0, 0.0]), steps))
    assert not mean.timed
    assert chart(mean).axis(XAxis()) == XAxis()
