import io
import json
import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tui.plain import output
from tui.plain.output import Cell, Heading
from tui.show.text import clean, width, wrapped

NAME = Heading("name", elastic=True)
LOSS = Heading("loss", "right")


class Terminal(io.StringIO):
    def isatty(self) -> bool:
        return True


def test_columns_are_aligned_by_cells_and_numbers_to_the_right() -> None:
    lines = output.table([NAME, LOSS], [["otter", "2.05"], ["狐", "12.5"]])
    assert lines == ["name   loss", "otter  2.05", "狐     12.5"]


def test_without_a_limit_nothing_is_cut() -> None:
    long = "x" * 500
    assert output.table([NAME, LOSS], [[long, "1"]])[1].startswith(long)


def test_elastic_columns_give_way_and_the_others_do_not() -> None:
    lines = output.table([NAME, LOSS], [["a-rather-long-name", "0.12345"]], limit=20)
    assert lines[1] == "a-rather-l…  0.12345"


def test_a_text_whose_ends_tell_it_from_others_is_cut_in_its_middle() -> None:
    lines = output.table([Heading("name", elastic=True, both_ends=True)], [["a-rather-long-name-7"]], limit=10)
    assert lines == ["name", "a-rat…me-7"]


def test_a_title_may_yield_down_to_the_widest_cell_which_is_never_cut() -> None:
    headings = [NAME, Heading("validation/loss", "right", title_yields=True)]
    assert output.table(headings, [["otter", "0.12345"]], limit=16) == ["name   vali…loss", "otter    0.12345"]
    assert output.table(headings, [["otter", "0.12345"]], limit=3)[1] == "otter  0.12345"


def test_an_elastic_column_whose_title_yields_becomes_narrower_than_it() -> None:
    heading = Heading("a-long-title-of-a-run", elastic=True, title_yields=True)
    assert output.table([heading], [["1"]], limit=10) == ["a-lon…-run", "1"]


def test_a_column_keeps_its_narrowest_width_where_nothing_fits() -> None:
    lines = output.table([NAME, LOSS], [["a-rather-long-name", "0.12345"]], limit=3)
    assert lines[1] == "a-rathe…  0.12345"


@given(st.lists(st.lists(st.text(), min_size=2, max_size=2), max_size=5), st.integers(1, 200))
def test_any_text_gives_one_printable_line_a_row(rows: list[list[str | Cell]], limit: int) -> None:
    lines = output.table([NAME, Heading("other", elastic=True)], rows, limit=limit)
    assert len(lines) == len(rows) + 1
    assert all(width(line) <= max(limit, 2 * output.NARROWEST + 2) for line in lines)
    assert not any(c in line for line in lines for c in "\x1b\n\r\t\x07\x9b\u202e")


def test_colour_is_for_terminals_that_want_it() -> None:
    assert output.colours(Terminal(), {"TERM": "xterm"})
    assert not output.colours(Terminal(), {"TERM": "xterm", "NO_COLOR": "1"})
    assert not output.colours(Terminal(), {"TERM": "dumb"})
    assert not output.colours(io.StringIO(), {"TERM": "xterm"})
    assert output.terminal_width(io.StringIO()) is None


def test_colours_change_no_width_and_no_word() -> None:
    rows: list[list[str | Cell]] = [[Cell("failed", "red"), "1"]]
    plain, coloured = output.table([NAME, LOSS], rows), output.table([NAME, LOSS], rows, colour=True)
    assert "\x1b[31mfailed\x1b[0m" in coloured[1]
    assert plain[1] == "failed     1"


def test_json_writes_numbers_that_are_none_as_the_files_do() -> None:
    text = output.dumps({"a": [math.nan, math.inf, -math.inf, 1.5], "b": None}, indent=None)
    assert json.loads(text) == {"a": ["NaN", "Infinity", "-Infinity", 1.5], "b": None}


@given(
    st.recursive(st.text() | st.integers() | st.booleans() | st.none(), lambda inner: st.dictionaries(st.text(), inner))
)
def test_json_comes_back_as_it_was_and_holds_nothing_a_terminal_acts_on(value: object) -> None:
    text = output.dumps(value)
    assert all(c.isprintable() or c == "\n" for c in text)
    assert json.loads(text) == value


def test_json_of_astral_and_lone_surrogates_is_valid() -> None:
    value = "tag \U000e0041 lone \ud800 emoji 🦦"
    text = output.dumps(value)
    assert "🦦" in text
    assert json.loads(text) == value
    text.encode("utf-8")


def test_echo_has_no_colours_where_there_is_no_terminal(capsys: pytest.CaptureFixture[str]) -> None:
    output.echo_table([NAME], [[Cell("failed", "red")]])
    output.echo_json({"a": 1}, indent=None)
    assert capsys.readouterr().out == 'name\nfailed\n{"a": 1}\n'


@given(st.text(), st.integers(2, 60))
def test_wrapped_lines_fit_and_lose_nothing_but_blanks(text: str, cells: int) -> None:
    line = clean(text)
    lines = wrapped(line, cells)
    assert all(width(each) <= cells for each in lines)
    assert "".join(lines).replace(" ", "") == line.replace(" ", "")


def test_text_is_broken_after_words_where_that_is_possible() -> None:
    assert wrapped("one two three four", 9) == ["one two", "three", "four"]
    assert wrapped("/a/very/long/path", 6) == ["/a/ver", "y/long", "/path"]
    assert wrapped("anything at all", None) == ["anything at all"]


def test_a_hanging_text_is_whole_where_there_is_no_terminal(capsys: pytest.CaptureFixture[str]) -> None:
    output.echo_hanging(["name", Cell("x", "red")], "word " * 100)
    assert capsys.readouterr().out == "name  x  " + "word " * 99 + "word\n"
