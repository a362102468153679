"""``tui.show.header``: whole words at any width, the most telling first."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tui.show.header import Counts, Told, header_line, progress_bar, trail_text
from tui.show.spans import plain
from tui.show.text import width

COUNTS = Counts((("running", 3), ("finished", 14), ("failed", 1)))
TOLD = Told("/home/someone/experiments/runs", COUNTS, "14:02")
OPEN = Told("/home/someone/experiments/runs › demo › brave-otter", COUNTS, "14:02")


@pytest.mark.parametrize(
    ("cells", "left", "right"),
    [
        (100, " runwatch  /home/someone/experiments/runs", "3 running · 14 finished · 1 failed   14:02"),
        (80, " runwatch  …/experiments/runs", "3 running · 14 finished · 1 failed   14:02"),
        (60, " runwatch  …/runs", "3 running · 1 failed · 14 more   14:02"),
        (36, " runwatch  …/runs", "14:02"),
        (20, " runwatch  …/runs", ""),
        (9, " runwatch", ""),
    ],
)
def test_what_is_told_at_which_width(cells: int, left: str, right: str) -> None:
    text = plain(header_line(TOLD, cells))
    assert text.rstrip() == (left + right.rjust(cells - 1 - width(left))).rstrip()


def test_of_an_open_run_its_name_is_kept_longest() -> None:
    assert "  /home/someone/experiments/runs › demo › brave-otter  " in plain(header_line(OPEN, 120))
    assert "  … › demo › brave-otter  " in plain(header_line(OPEN, 80))
    assert "  … › brave-otter  " in plain(header_line(OPEN, 72))
    assert plain(header_line(OPEN, 50)).startswith(" runwatch  brave-otter  ")


def test_a_long_name_leaves_half_of_the_row_to_the_others() -> None:
    told = Told("/exp/runs › demo › " + "a-name-made-of-every-hyperparameter-" * 3 + "v2", COUNTS, "14:02")
    for cells in (160, 120, 100, 80):
        text = plain(header_line(told, cells))
        assert "3 running" in text, cells
        assert text.endswith("14:02"), cells
        assert "v2" in text, cells


@pytest.mark.parametrize(
    ("cells", "said"), [(140, "reading ━━━━━━──────  50 %"), (76, "reading 50 %"), (64, "50 %"), (30, "50 %")]
)
def test_progress_takes_the_form_that_fits(cells: int, said: str) -> None:
    assert f"  {said}" in plain(header_line(Told("runs", COUNTS, "14:02", share=0.5), cells))


def test_a_note_stands_where_progress_would_as_far_as_its_clauses_fit() -> None:
    told = Told("runs", COUNTS, "14:02", note="webhook: 404; alerts are kept")
    assert "webhook: 404; alerts are kept   3 running" in plain(header_line(told, 100))
    assert "  webhook   3 running" in plain(header_line(told, 72))
    assert "webhook" not in plain(header_line(told, 60))


def test_of_the_states_those_that_went_well_are_left_out_first() -> None:
    counts = Counts((("running", 1), ("finished", 9), ("crashed", 2), ("killed", 1)))
    assert str(counts) == "1 running · 9 finished · 2 crashed · 1 killed"
    assert counts.first(3) == "1 running · 2 crashed · 1 killed · 9 more"
    assert counts.first(2) == "1 running · 2 crashed · 10 more"
    assert counts.first(2, more=False) == "1 running · 2 crashed · …"


@given(st.text(max_size=60), st.integers(0, 200), st.floats(0, 1) | st.none())
def test_no_row_is_too_wide(trail: str, cells: int, share: float | None) -> None:
    assert width(plain(header_line(Told(trail, COUNTS, "14:02", share, "a note"), cells))) <= max(cells, 9)


@given(st.lists(st.text("ab/", min_size=1, max_size=12), min_size=1, max_size=4), st.integers(0, 60))
def test_no_word_of_a_trail_is_cut(parts: list[str], room: int) -> None:
    words = {word for part in parts for word in part.replace("/", " ").split()}
    assert set(trail_text(parts, room).replace("/", " ").replace("›", " ").replace("…", " ").split()) <= words


@pytest.mark.parametrize(("share", "bar"), [(0, "────"), (0.5, "━━──"), (1, "━━━━"), (7, "━━━━")])
def test_progress_bar(share: float, bar: str) -> None:
    assert progress_bar(share, 4) == bar
