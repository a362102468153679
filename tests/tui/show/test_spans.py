"""Lines of spans: padded, cut, cropped, marked, always to the cell."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from tui.show.spans import Line, Span, cells, crop, mark, pad, plain, spread

LINES = st.lists(st.builds(Span, st.text("ab 漢é", max_size=5), st.sampled_from(["", "dim", "warn"])), max_size=4)


@given(LINES, st.integers(0, 20))
def test_a_padded_line_has_exactly_that_many_cells(line: Line, count: int) -> None:
    assert cells(pad(line, count)) == count


@given(LINES)
def test_a_line_that_fits_is_kept_whole(line: Line) -> None:
    assert plain(pad(line, cells(line))) == plain(line)


def test_a_cut_line_ends_with_an_ellipsis_in_the_role_of_what_it_stands_for() -> None:
    line = [Span("alpha", "dim"), Span("beta", "warn")]
    assert pad(line, 7) == [Span("alpha", "dim"), Span("b…", "warn")]
    assert pad(line, 5) == [Span("alph…", "dim")]
    assert pad(line, 9) == line


def test_left_and_right_are_spread_and_the_right_gives_way() -> None:
    assert plain(spread([Span("left")], [Span("right")], 14)) == "left     right"
    assert plain(spread([Span("left")], [Span("right")], 10)) == "left      "


@given(LINES, st.integers(0, 12))
def test_a_crop_drops_cells_from_the_left(line: Line, start: int) -> None:
    left = cells(crop(line, start))
    assert left <= max(0, cells(line) - start)
    assert left >= max(0, cells(line) - start - 1)  # a wide character that is cut goes whole
    assert plain(line).endswith(plain(crop(line, start)))


@given(LINES, st.text("ab ", max_size=2))
def test_marking_changes_roles_and_never_text(line: Line, needle: str) -> None:
    assert plain(mark(line, needle, "match")) == plain(line)


def test_every_occurrence_is_marked_in_any_case() -> None:
    assert mark([Span("Loss loss", "dim")], "LOSS", "match") == [
        Span("Loss", "dim match"),
        Span(" ", "dim"),
        Span("loss", "dim match"),
    ]
    assert mark([Span("loss")], "", "match") == [Span("loss")]
    assert mark([Span("aaa")], "aa", "match") == [Span("aa", "match"), Span("a")]


def test_text_that_changes_its_length_in_lower_case_is_left_alone() -> None:
    assert mark([Span("İstanbul")], "stan", "match") == [Span("İstanbul")]
