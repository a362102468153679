from __future__ import annotations

import re
from datetime import UTC

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tui.charts.axes import draw_cursor, draw_grid, draw_x, draw_y, layout, parts_of, x_text
from tui.charts.frame import Area, Canvas
from tui.charts.line import STEP, XAxis
from tui.charts.scale import PERCENT, Scale


def bottom(area: Area, width: int, window: tuple[float, float], axis: XAxis = STEP, *, quiet: bool = False) -> str:
    canvas = Canvas(width, area.height + 1)
    draw_x(canvas, area, window, axis, UTC, quiet=quiet)
    return canvas.rows()[-1].text


def test_taller_charts_have_more_ticks_but_never_a_ladder() -> None:
    assert [parts_of(rows) for rows in (1, 6, 12, 20, 90)] == [1, 2, 4, 6, 8]


def test_the_gutter_is_as_wide_as_the_widest_label_and_steady_for_ordinary_ones() -> None:
    assert layout(60, 12, PERCENT)[0] == Area(8, 0, 52, 11)
    assert layout(60, 12, Scale(0.999914, 0.999916))[0].left > 8


def test_a_narrow_chart_has_a_narrow_gutter_or_none() -> None:
    assert layout(30, 12, PERCENT)[0].left == 6
    assert layout(12, 12, PERCENT) == (Area(0, 0, 12, 11), ())


def test_a_flat_chart_gives_up_its_x_labels() -> None:
    assert layout(60, 2, PERCENT)[0].height == 2
    assert layout(60, 3, PERCENT)[0].height == 2


def test_y_labels_end_at_the_axis_and_the_grid_leaves_curves_alone() -> None:
    canvas = Canvas(20, 4)
    canvas.write(0, 10, "⣿", 32)
    area, marks = Area(8, 0, 12, 4), ((0, "100"), (3, "0"))
    draw_y(canvas, area, marks)
    draw_grid(canvas, area, marks)
    assert [row.text for row in canvas.rows()] == [
        "   100 ┤┈┈⣿┈┈┈┈┈┈┈┈┈",
        "       │            ",
        "       │            ",
        "     0 ┤┈┈┈┈┈┈┈┈┈┈┈┈",
    ]


def test_x_labels_are_centred_under_their_value() -> None:
    assert bottom(Area(8, 0, 52, 1), 60, (0, 20_000)) == "        0           5k           10k          15k        20k"


def test_short_labels_stand_closer_where_there_would_be_fewer_than_three() -> None:
    assert bottom(Area(6, 0, 34, 1), 40, (0, 7500), XAxis("relative"), quiet=True).split() == ["0", "1h", "2h"]
    assert bottom(Area(6, 0, 34, 1), 40, (0, 1e9)).split() == ["0", "0.5B", "1.0B"]


def test_there_is_nothing_between_two_steps() -> None:
    assert bottom(Area(6, 0, 60, 1), 66, (699.4, 702.6)).split() == ["700", "701", "702"]


@given(st.integers(8, 80), st.floats(-1e9, 1e9), st.floats(1e-3, 1e9), st.sampled_from(["step", "relative", "wall"]))
def test_x_labels_never_touch(width: int, start: float, span: float, axis: str) -> None:
    area = Area(6, 0, width - 6, 1)
    text = bottom(area, width, (start, start + span), XAxis.parse(axis))
    assert len(text) == width
    words = re.findall(r"\S+(?: \S+)*", text)
    assert all(re.fullmatch(r"-?[\d.:]+([a-zA-Z]+\S*)?|\d+ \w{3}|time of day|relative time", word) for word in words)


def test_another_axis_than_the_step_is_named_where_there_is_room() -> None:
    assert bottom(Area(8, 0, 52, 1), 60, (0, 3600), XAxis("relative")).endswith("  relative time")
    assert "relative" not in bottom(Area(6, 0, 20, 1), 26, (0, 3600), XAxis("relative"))


def test_the_cursors_x_takes_the_place_of_the_labels_it_meets() -> None:
    area = Area(0, 0, 40, 1)
    canvas = Canvas(40, 2)
    canvas.write(1, 0, "0        1000       2000      3000", 3)
    draw_cursor(canvas, area, 11, "1096")
    assert canvas.rows()[1].text.rstrip() == "0        1096       2000      3000"
    assert canvas.rows()[0].text.index("│") == 11


def test_the_cursors_x_stays_inside_the_frame() -> None:
    canvas = Canvas(20, 2)
    draw_cursor(canvas, Area(0, 0, 20, 1), 19, "123456")
    assert canvas.rows()[1].text == "             123456 "


def test_x_in_words() -> None:
    assert x_text(10_650.0, STEP, UTC) == "10650"
    assert x_text(3900.04, XAxis("relative"), UTC) == "1h05m"
    assert x_text(1_787_236_000.0, XAxis("wall"), UTC) == "14:26:40"
    assert x_text(1.5e9, XAxis("metric", "tokens"), UTC) == "1,500,000,000"


@pytest.mark.parametrize("rows", [4, 5, 7])
@pytest.mark.parametrize("scale", [Scale(1.6, 7.6), Scale(153.0, 198.0), Scale(0.3, 0.81), Scale(-0.2, 4.4, log=True)])
def test_a_low_chart_has_two_labels_too_for_one_says_nothing_of_the_scale(scale: Scale, rows: int) -> None:
    marks = layout(60, rows + 1, scale)[1]
    assert 2 <= len(marks) <= 4
