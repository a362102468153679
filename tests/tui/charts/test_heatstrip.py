from __future__ import annotations

import math
import re

import pytest

from tests.tui.charts.made import chart, draw, inks, line, text
from tui.charts.frame import Frame, Ink


def gpus(*levels: float, height: int, width: int = 60) -> Frame:
    lines = [line([level] * 50, key=f"gpu{index}", name=f"gpu {index}") for index, level in enumerate(levels)]
    return draw(chart(*lines, metric="gpu/util", kind="heat"), width, height)


def test_one_row_for_each_line_with_its_name_and_its_value() -> None:
    rows = text(gpus(100, 50, 0, height=5)).split("\n")
    assert rows[1].startswith(" gpu 0 ▇▇▇")
    assert rows[2].startswith(" gpu 1 ▄▄▄")
    assert rows[3].startswith(" gpu 2 ···")
    assert [row[-6:] for row in rows[1:4]] == [" 100 %", "  50 %", "   0 %"]


def test_sixteen_fit_into_eighteen_rows() -> None:
    rows = text(gpus(*[90.0] * 16, height=18)).split("\n")
    assert [row.split()[1] for row in rows[1:17]] == [str(index) for index in range(16)]


def test_where_there_is_room_strips_are_taller() -> None:
    rows = text(gpus(50, 100, height=8)).split("\n")
    assert "█" not in rows[1]
    assert "▄" in rows[2]
    assert rows[3].startswith(" gpu 0 ███")
    assert ["▇▇▇" in row or "███" in row for row in rows[4:7]] == [True] * 3


def test_full_strips_below_each_other_stay_apart() -> None:
    rows = text(gpus(100, 100, height=6)).split("\n")
    assert [re.findall("[▇█]", row)[:1] for row in rows[1:5]] == [["▇"], ["█"], ["▇"], ["█"]]


def test_what_does_not_fit_has_its_mean_in_the_last_row() -> None:
    levels = [90.0] * 3 + [40.0, 50.0] * 4
    rows = text(gpus(*levels, height=6)).split("\n")
    assert [row.split()[:2] for row in rows[1:4]] == [["gpu", "0"], ["gpu", "1"], ["gpu", "2"]]
    assert rows[4].startswith(" 8 more ▄▄▄")
    assert rows[4].endswith("  45 %")


def test_one_row_for_many_holds_the_mean_of_all() -> None:
    rows = text(gpus(*[20.0, 60.0] * 8, height=2)).split("\n")
    assert rows[1].split()[0] == "mean"
    assert rows[1].endswith("  40 %")


@pytest.mark.parametrize(
    ("count", "height", "drawn"),
    [
        (2, 8, "···0···1"),
        (4, 23, "····0 ····1 ····2 ····3"),
        (8, 17, "·0·1·2·3·4·5·6·7"),
        (8, 15, "0 1 2 3 4 5 6 7"),
        (8, 14, "01234567 ····m"),
        (8, 11, "01234567 ·m"),
        (8, 10, "01234567·m"),
        (8, 9, "01234567"),
        (8, 6, "01234m"),
        (2, 22, "··········0··········1"),
    ],
)
def test_rows_are_used_well(count: int, height: int, drawn: str) -> None:
    """One character for each row: the number of the line whose value stands there, a dot within a strip."""
    rows = text(gpus(*[100.0] * count, height=height + 2)).split("\n")[1:-1]
    names = [re.split("[▇█]", row)[0].split()[-1:] if re.search("[▇█]", row) else None for row in rows]
    told = "".join(" " if name is None else name[0][0] if name else "·" for name in names).rstrip()
    assert told == drawn.rstrip()


def test_where_not_all_fit_those_stay_that_are_unlike_the_others() -> None:
    levels = [95.0] * 16
    levels[11] = 3.0
    rows = text(gpus(*levels, height=9)).split("\n")
    assert [row.split()[1] for row in rows[1:7]] == ["0", "1", "2", "3", "4", "11"]
    assert rows[6].endswith("3 %")
    assert rows[7].startswith(" 10 more ")


def test_one_that_fell_only_of_late_is_shown() -> None:
    lines = [line([95.0] * 100, key=f"gpu{index}", name=f"gpu {index}") for index in range(8)]
    lines[6] = line([95.0] * 90 + [2.0] * 10, key="gpu6", name="gpu 6")
    assert "gpu 6" in text(draw(chart(*lines, kind="heat"), 60, 5))


def test_the_colour_is_that_of_the_value() -> None:
    frame = gpus(100, 10, height=4)
    hot, cold = (max(inks(frame, row)) for row in (1, 2))
    assert hot > cold >= Ink.GRADIENT


def test_the_title_sums_up_and_names_the_one_that_idles() -> None:
    assert "mean 73 % · low 20 % gpu 2" in gpus(100, 100, 20, height=6).rows[0].text
    assert "low" not in gpus(98, 97, 96, height=6).rows[0].text


def test_values_follow_the_cursor() -> None:
    lines = [line([10, 90], key="a"), line([20, 80], key="b")]
    frame = draw(chart(*lines, kind="heat"), 60, 5, cursor=0.0)
    assert [row.text.rstrip()[-4:] for row in (frame.rows[1], frame.rows[3])] == ["10 %", "20 %"]


def test_missing_values_are_blank_and_never_zero() -> None:
    frame = draw(chart(line([50.0] * 10 + [math.nan] * 10), line([5.0] * 20, key="b"), kind="heat"), 60, 5)
    area = frame.area
    assert frame.rows[1].text[area.left + area.width - 5 : area.left + area.width] == "     "
    assert frame.rows[1].text.endswith("–")


@pytest.mark.parametrize("width", [10, 20])
def test_a_narrow_strip_gives_up_its_names(width: int) -> None:
    assert "gpu 0" not in gpus(100, 50, height=5, width=width).rows[1].text
