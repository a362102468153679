import math
import re
from collections.abc import Callable

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tui.charts.line import ChartSpec, Look
from tui.charts.smoothing import Smoothing
from tui.export.sketch import sketch
from tui.export.text import NOT_FINITE, write
from tui.show.text import width

Spec = Callable[..., ChartSpec]
SGR = re.compile(r"\x1b\[[0-9;]*m")


def test_title_legend_axes_and_caption(spec: Spec) -> None:
    lines = write(sketch(spec([3, 2, 1], [4, 3, 2.5]), Look(), 100), 80, 20, colour=False).splitlines()
    assert lines[0] == "train/loss"
    assert lines[1] == "━ run-0 1.000   ━ run-1 2.500"
    assert lines[-1].strip() == "step"
    assert len(lines) == 20
    assert max(map(width, lines)) == 80
    assert any("⠀" < char <= "⣿" for line in lines for char in line)


def test_the_curve_falls_from_top_left_to_bottom_right(spec: Spec) -> None:
    lines = write(sketch(spec(np.linspace(10, 0, 500)), Look(), 120), 60, 20, colour=False).splitlines()
    first = [[i for i, char in enumerate(line) if "⠀" < char <= "⣿"][:1] for line in lines]
    columns = [found[0] for found in first if found]
    assert columns == sorted(columns)
    assert columns[-1] > columns[0] + 30


@pytest.mark.parametrize("values", [[], [math.nan] * 5, [1.0], [math.inf, -math.inf], [0.0] * 10, [1e308, -1e308]])
@pytest.mark.parametrize("log", [False, True])
def test_what_aborts_plotext_never_reaches_it(spec: Spec, values: list[float], log: bool) -> None:
    assert write(sketch(spec(values), Look(log=log), 60), 60, 15, colour=False).startswith("train/loss\n")


@given(st.lists(st.floats(allow_nan=True, allow_infinity=True), max_size=30), st.booleans())
@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=30, deadline=None)
def test_any_values_can_be_drawn(spec: Spec, values: list[float], log: bool) -> None:
    lines = write(sketch(spec(values), Look(log=log), 40), 40, 10, colour=False).splitlines()
    assert max(map(width, lines)) <= 40


def test_a_far_outlier_costs_nothing(spec: Spec) -> None:
    values = np.ones(10_000)
    values[5000] = 1e30
    text = write(sketch(spec(values), Look(full_range=True), 100), 80, 20, colour=False)
    assert len(text) < 10_000


def test_nan_is_marked_and_counted(spec: Spec) -> None:
    text = write(sketch(spec([1, 2, math.nan, 3]), Look(), 60), 60, 15, colour=False)
    assert NOT_FINITE in text
    assert "(1 nan since 2)" in text


def test_colour_changes_no_character(spec: Spec) -> None:
    drawn = sketch(spec([3, 2, 1], [1, 2, 3]), Look(smoothing=Smoothing(0.5)), 60)
    plain, coloured = write(drawn, 60, 15, colour=False), write(drawn, 60, 15, colour=True)
    assert "\x1b" not in plain
    stripped = [line.rstrip() for line in SGR.sub("", coloured).splitlines()]
    assert stripped == [line.rstrip() for line in plain.splitlines()]
    assert coloured != plain


def test_names_cannot_reach_the_terminal(spec: Spec) -> None:
    text = write(
        sketch(spec([1, 2], names=["x\x1b[2J\x9b31m"], metric="\x1b]0;t\x07"), Look(), 60), 60, 15, colour=False
    )
    assert not set(text) & {"\x1b", "\x9b", "\x07"}


def test_a_long_legend_wraps_and_the_plot_keeps_its_room(spec: Spec) -> None:
    names = [f"a-rather-long-name-{number}" for number in range(8)]
    lines = write(sketch(spec(*([[1, 2]] * 8), names=names), Look(), 60), 60, 10, colour=False).splitlines()
    assert sum(line.count("━ a-rather") for line in lines) == 8
    assert max(map(width, lines)) <= 60
    assert sum("┤" in line or "│" in line for line in lines) >= 4
