"""The keys of a screen as lines: one column or two, and texts that go on below themselves."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from tui.details.key_lines import COLUMN_CELLS, Entry, key_lines
from tui.show.spans import cells, plain

ROWS = [
    ("runs", Entry("table", "↑ k", "Go one row up")),
    ("runs", Entry("table", "space", "Mark the run, or take its mark away, and go on to the next one below")),
    ("everywhere", Entry("app", "q", "Leave")),
]


def drawn(width: int) -> list[str]:
    return [plain(line).rstrip() for line in key_lines(ROWS, width)]


def test_a_long_text_goes_on_below_itself() -> None:
    assert drawn(50) == [
        " runs",
        "   ↑ k  Go one row up",
        " space  Mark the run, or take its mark away, and",
        "        go on to the next one below",
        "",
        " everywhere",
        "     q  Leave",
    ]


def test_where_there_is_room_there_are_two_columns() -> None:
    lines = drawn(2 * COLUMN_CELLS)
    assert len(lines) == 4
    assert lines[0] == " runs".ljust(COLUMN_CELLS) + " everywhere"
    assert lines[1].endswith("     q  Leave")


def test_nothing_gives_no_lines() -> None:
    assert key_lines([], 60) == []


no_key = st.text(st.characters(exclude_characters="x"), max_size=90)


@given(st.integers(30, 240), st.lists(st.tuples(st.sampled_from(["a", "b", "c"]), no_key)))
def test_every_line_is_as_wide_as_asked_for_and_every_entry_is_there(width: int, texts: list[tuple[str, str]]) -> None:
    lines = key_lines([(title, Entry(title, "x", text)) for title, text in texts], width)
    assert {cells(line) for line in lines} <= {width, 2 * (width // 2)}
    assert sum(span.text == "x" for line in lines for span in line) == len(texts)


def heights(counts: list[int]) -> list[int]:
    """The lines of the two columns when so many entries stand under each heading."""
    rows = [(f"t{at}", Entry("t", "x", f"{at} {n}")) for at, count in enumerate(counts) for n in range(count)]
    lines = key_lines(rows, 2 * COLUMN_CELLS)
    halves = [[plain(line)[half : half + COLUMN_CELLS].strip() for line in lines] for half in (0, COLUMN_CELLS)]
    return [max((at for at, text in enumerate(half, 1) if text), default=0) for half in halves]


def test_a_long_section_goes_on_in_the_second_column_under_its_title() -> None:
    rows = [("runs", Entry("table", "x", f"Key {number}")) for number in range(20)]
    lines = [plain(line) for line in key_lines(rows, 2 * COLUMN_CELLS)]
    assert len(lines) == 11
    assert lines[0].split() == ["runs", "…", "runs"]
    assert lines[1].split() == ["x", "Key", "0", "x", "Key", "10"]


def test_sections_stay_whole_where_the_columns_are_as_good_as_even() -> None:
    assert heights([6, 5]) == [7, 6]
    assert heights([9, 5]) == [10, 6]
    assert heights([20, 5]) == [14, 15]


@given(st.lists(st.integers(1, 30), min_size=1, max_size=6))
def test_no_column_is_much_higher_than_the_other(counts: list[int]) -> None:
    if sum(counts) > 4:
        left, right = heights(counts)
        assert abs(left - right) <= 10
