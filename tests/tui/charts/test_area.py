from __future__ import annotations

from tests.tui.charts.made import chart, draw, inks, line, plotted
from tui.charts.frame import Ink


def test_a_percentage_is_an_area_from_0_to_100() -> None:
    frame = draw(chart(line([50.0] * 20), kind="percent"), 50, 11)
    cells = plotted(frame)
    assert frame.span == (0.0, 100.0)
    assert all(set(row) == {"⣿"} for row in cells[-4:])
    assert all("⣿" not in row for row in cells[:4])


def test_the_colour_rises_with_the_height_and_is_one_for_each_row() -> None:
    frame = draw(chart(line([100.0] * 20), kind="percent"), 50, 11)
    area = frame.area
    rows = [set(inks(frame, area.top + row)[area.left :]) for row in range(area.height)]
    assert all(len(row) == 1 for row in rows)
    levels = [row.pop() for row in rows]
    assert levels == sorted(levels, reverse=True)
    assert min(levels) >= Ink.GRADIENT


def test_dips_and_peaks_inside_a_column_are_both_seen() -> None:
    frame = draw(chart(line([100.0, 0.0] * 5000), kind="percent"), 40, 12)
    middle = plotted(frame)[5]
    assert set(middle) == {"⢕"}  # neither full nor empty


def test_a_gap_is_blank() -> None:
    frame = draw(chart(line([50.0] * 10 + [float("nan")] * 10), kind="percent"), 50, 11)
    assert set(plotted(frame)[-2][-10:]) <= {" ", "┈"}


def test_values_beyond_100_are_marked() -> None:
    assert "▴" in plotted(draw(chart(line([50.0] * 30 + [250.0]), kind="percent"), 60, 10))[0]


def test_several_percentages_are_curves_on_the_same_scale() -> None:
    frame = draw(chart(line([10.0] * 5), line([90.0] * 5, key="b"), kind="percent"), 50, 11)
    assert frame.span == (0.0, 100.0)
    assert "⣿" not in "".join(plotted(frame))
