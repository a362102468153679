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
        " space  Mark the run, or take its mark away,",
        "        and go on to the next one below",
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


@given(st.integers(30, 240), st.lists(st.tuples(st.sampled_from(["a", "b", "c"]), st.text(max_size=90))))
def test_every_line_is_as_wide_as_asked_for_and_every_entry_is_there(width: int, texts: list[tuple[str, str]]) -> None:
    lines = key_lines([(title, Entry(title, "x", text)) for title, text in texts], width)
    assert {cells(line) for line in lines} <= {width, 2 * (width // 2)}
    assert sum(span.text == "x" for line in lines for span in line) == len(texts)
