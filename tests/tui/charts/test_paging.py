from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tui.charts.arrangement import Arrangement
from tui.charts.paging import LEAST_HEIGHT, LEAST_WIDTH, Page, page, shape


def metrics(*names: str) -> dict[str, str]:
    return {name: name.partition("/")[0] for name in names}


def numbered(count: int, section: str = "train") -> dict[str, str]:
    return metrics(*(f"{section}/{number}" for number in range(count)))


def shown(made: Page) -> list[str]:
    return [place.metric for place in made.places]


@pytest.mark.parametrize(
    ("width", "height", "count", "rows", "columns"),
    [
        (160, 44, 12, 4, 3),
        (220, 60, 20, 5, 4),
        (80, 23, 9, 2, 1),
        (100, 40, 1, 1, 1),
        (100, 40, 3, 2, 2),
        (24, 6, 5, 1, 1),
    ],
)
def test_the_grid_fits_the_screen_and_the_charts(width: int, height: int, count: int, rows: int, columns: int) -> None:
    assert shape(width, height, count, None, None) == (rows, columns)


def test_rows_and_columns_that_were_asked_for_are_kept_as_far_as_charts_stay_readable() -> None:
    assert shape(160, 44, 50, 2, 5) == (2, 5)
    assert shape(160, 44, 3, 5, 2) == (2, 2), "a row without charts would be a hole"
    assert shape(80, 20, 50, 9, 9) == (20 // LEAST_HEIGHT, 80 // LEAST_WIDTH)


def test_charts_flow_without_holes_and_headings_stand_above_the_first_of_a_section() -> None:
    made = page(metrics("a/1", "a/2", "b/1", "b/2"), Arrangement(rows=2, columns=3), 0, 120, 31)
    assert [(place.left, place.top) for place in made.places] == [(0, 1), (40, 1), (80, 1), (0, 15)]
    assert [(heading.section, heading.left, heading.top) for heading in made.headings] == [("a", 0, 0), ("b", 80, 0)]
    assert made.headings[0].members == 2


def test_a_section_that_goes_on_has_no_second_heading_on_its_page_but_one_on_the_next() -> None:
    made = page(numbered(4), Arrangement(rows=2, columns=1), 0, 60, 40)
    assert len(made.headings) == 1
    assert page(numbered(4), Arrangement(rows=2, columns=1), 1, 60, 40).headings[0].section == "train"


def test_charts_without_sections_need_no_headings() -> None:
    assert page({"loss": "", "lr": ""}, Arrangement(), 0, 120, 40).headings == ()


def test_pages() -> None:
    arrangement = Arrangement(rows=2, columns=2)
    made = page(numbered(10), arrangement, 1, 120, 40)
    assert (made.number, made.pages) == (1, 3)
    assert shown(made) == ["train/4", "train/5", "train/6", "train/7"]
    assert page(numbered(10), arrangement, 99, 120, 40).number == 2
    assert page(numbered(10), arrangement, -5, 120, 40).number == 0


def test_folded_sections_have_no_charts_and_are_counted() -> None:
    made = page(metrics("a/1", "a/2", "b/1"), Arrangement(folded=frozenset({"a"})), 0, 120, 40)
    assert shown(made) == ["b/1"]
    assert made.folded == {"a": 2}


def test_nothing_to_show_is_an_empty_page() -> None:
    assert page({}, Arrangement(), 0, 120, 40).places == ()


@given(
    st.integers(0, 40),
    st.integers(1, 5),
    st.none() | st.integers(1, 9),
    st.none() | st.integers(1, 9),
    st.integers(0, 10),
    st.integers(0, 300),
    st.integers(0, 90),
)
def test_charts_never_overlap_nor_leave_the_screen(
    count: int, kinds: int, rows: int | None, columns: int | None, number: int, width: int, height: int
) -> None:
    named = {f"s{index % kinds}/{index}": f"s{index % kinds}" for index in range(count)}
    made = page(named, Arrangement(rows=rows, columns=columns), number, width, height)
    taken: set[tuple[int, int]] = set()
    for place in made.places:
        assert place.left >= 0
        assert place.left + place.width <= max(width, 0) or width < LEAST_WIDTH
        assert place.top + place.height <= height or height < LEAST_HEIGHT
        cells = {
            (x, y)
            for x in range(place.left, place.left + place.width)
            for y in range(place.top, place.top + place.height)
        }
        assert not cells & taken
        taken |= cells
    for heading in made.headings:
        assert not {(x, heading.top) for x in range(heading.left, heading.left + heading.width)} & taken


@given(st.integers(1, 60), st.integers(30, 200), st.integers(10, 80))
def test_every_chart_is_on_exactly_one_page(count: int, width: int, height: int) -> None:
    first = page(numbered(count), Arrangement(), 0, width, height)
    pages = [page(numbered(count), Arrangement(), number, width, height) for number in range(first.pages)]
    assert [metric for made in pages for metric in shown(made)] == list(numbered(count))
