from __future__ import annotations

import pytest

from tui.charts.celltext import width
from tui.charts.frame import Ink, quiet_ink, series_ink
from tui.charts.title import Entry, title_row
from tui.show.palette import Swatch


def entry(name: str, value: str = "2.050", warning: str = "", slot: int = 0, *, receded: bool = False) -> Entry:
    return Entry(name, Swatch(slot, "━"), value, warning, brief="nan inf" if warning else "", receded=receded)


def row(cells: int, *entries: Entry, metric: str = "train/loss", notes: tuple[str, ...] = (), **options: bool) -> str:
    made = title_row(cells, metric, entries, notes, **options)
    assert width(made.text) == cells
    return made.text.rstrip()


def test_metric_swatch_name_and_value() -> None:
    assert row(60, entry("otter"), entry("lynx", "2.268")) == " train/loss  ━ otter 2.050   ━ lynx 2.268"


def test_what_does_not_fit_is_counted_and_not_cut() -> None:
    entries = [entry(f"run-{number}") for number in range(14)]
    assert row(50, *entries) == " train/loss  ━ run-0 2.050   ━ run-1 2.050  +12"


def test_values_go_before_names_where_not_all_fit() -> None:
    entries = [entry("brave-otter"), entry("calm-lynx", "0.31"), entry("dim-heron", "nan", "nan 8123")]
    assert row(90, *entries).count("-") == 3
    assert row(66, *entries) == " train/loss  ━ brave-otter 2.050   ━ calm-lynx 0.31    ━ nan ✖"
    assert row(56, *entries) == " train/loss  ━ brave-otter 2.050   ━ 0.31    ━ nan ✖"
    assert row(46, *entries) == " train/loss  ━ brave-otter 2.050  +2 (1 ✖)"


def test_lines_that_are_not_finite_are_counted_among_those_that_do_not_fit() -> None:
    entries = [entry("otter"), entry("lynx", "nan", "nan 8123"), entry("newt")]
    assert row(42, *entries) == " train/loss  ━ otter 2.050   ━ nan ✖    +1"
    assert row(38, *entries) == " train/loss  ━ otter 2.050  +2 (1 ✖)"


def test_the_mark_stands_at_its_own_value_and_not_at_the_swatch_that_follows() -> None:
    entries = [entry("brave-otter"), entry("eager-mole", "nan", "nan 8123"), entry("calm-lynx", "1.500")]
    assert row(64, *entries) == " train/loss  ━ brave-otter 2.050   ━ nan ✖     ━ 1.500"


def test_what_is_not_finite_is_named() -> None:
    text = row(60, entry("otter", "nan", "12 nan from 8123"))
    assert text == " train/loss  ━ otter nan ✖ 12 nan from 8123"


@pytest.mark.parametrize(
    ("cells", "text"),
    [
        (60, " train/loss  ━ otter 2.050 ✖ 12 nan from 8, inf 9"),
        (49, " train/loss  ━ otter 2.050 ✖ 12 nan from 8, inf 9"),
        (47, " train/loss  ━ otter 2.050 ✖ nan inf"),
        (30, " train/loss  ━ otter 2.050"),
    ],
)
def test_where_there_is_little_room_it_says_less_of_what_is_not_finite(cells: int, text: str) -> None:
    assert row(cells, entry("otter", warning="12 nan from 8, inf 9")) == text


def test_notes_stand_on_the_right_and_lose_their_last_first() -> None:
    assert row(60, entry("otter"), notes=("log", "smooth 0.9")).endswith("  log · smooth 0.9")
    assert row(34, entry("otter"), notes=("log", "smooth 0.9")) == " train/loss  ━ otter 2.050     log"


@pytest.mark.parametrize(
    ("cells", "text"),
    [
        (30, " train/loss  ━ brave-… 2.050"),
        (24, " train/loss  2.050"),
        (18, " train/loss  2.050"),
        (14, " train/loss"),
        (9, " …/loss"),
        (3, "tr…"),
        (0, ""),
    ],
)
def test_a_narrow_title_gives_up_the_name_then_the_value_then_sections(cells: int, text: str) -> None:
    assert row(cells, entry("brave-otter-of-the-north")) == text


def test_the_focused_chart_is_marked() -> None:
    assert row(20, focused=True) == "▌train/loss"


def test_receded_entries_keep_a_dim_swatch() -> None:
    made = title_row(60, "loss", [entry("otter", slot=3), entry("lynx", slot=4, receded=True)], ())
    inks = [ink for _, ink in made.runs]
    assert series_ink(3) in inks
    assert series_ink(4) not in inks
    assert quiet_ink(4) in inks
    assert Ink.NOTE in inks


def test_names_from_files_are_shown_and_not_obeyed() -> None:
    text = row(60, entry("a\x1b[2Jb"), metric="x\ny")
    assert text == " x␊y  ━ a␛[2Jb 2.050"


def test_wide_names_take_their_cells() -> None:
    assert row(40, entry("損失")) == " train/loss  ━ 損失 2.050"
