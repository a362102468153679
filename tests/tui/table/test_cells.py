"""``tui.table.cells``: lines as text, at several widths, whatever a name holds."""

from __future__ import annotations

import math
from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.tui.table.fake_row import FakeRow
from tui.show.palette import Swatch
from tui.show.text import width
from tui.table.cells import Run, header_line, joined, overlaid, plain, row_line, texts_of
from tui.table.column_set import ColumnSet
from tui.table.columns import default_columns
from tui.table.rows import SHAPES
from tui.table.sorting import Order

ROW = FakeRow(
    "k",
    "brave-otter",
    "running",
    swatch=Swatch(2, "━"),
    values={
        "step": 20100,
        "metric:val/loss": 2.05,
        "trend:val/loss": np.full(18, 2.0),
        "speed": 182.0,
        "eta": 4320.0,
        "age": 7980.0,
    },
)


def columns(cells: int, *rows: FakeRow) -> ColumnSet:
    found = ColumnSet(default_columns(["val/loss"]))
    found.measure(rows or (ROW,))
    found.fit(cells)
    return found


def line(row: FakeRow, cells: int = 80, *, marked: bool = False, pinned: bool = False) -> list[Run]:
    layout = columns(cells, row).layout
    return row_line(row, texts_of(row, layout), layout, marked=marked, pinned=pinned, standing={})


def test_a_row_at_80_cells() -> None:
    text = plain(line(ROW, marked=True))
    assert text == "▌● brave-otter  running   20.1k     2.050  ⣤⣤⣤⣤⣤⣤⣤⣤     182  1h12m    2h".ljust(80)


@pytest.mark.parametrize(("level", "sign", "tone"), [("WARN", "⚠", "poor"), ("ERROR", "✖", "bad")])
def test_what_is_wrong_with_a_run_stands_behind_its_state(level: str, sign: str, tone: str) -> None:
    row = replace(ROW, alarm=level)
    found = columns(80, row)
    found.grow(texts_of(row, found.layout))
    runs = row_line(row, texts_of(row, found.layout), found.layout, marked=False, pinned=False, standing={})
    assert f"running {sign}" in plain(runs)
    assert (f"{sign} ", tone) in [(text[:2], its) for text, its in runs]
    assert width(plain(runs)) == 80


def test_titles_stand_over_their_columns_at_80_cells() -> None:
    text = plain(header_line(columns(80).layout, (), None))
    assert text == "   run          state      step  val/loss  trend     step/s    eta   age".ljust(80)


def test_a_narrow_table_says_how_much_is_out_of_sight() -> None:
    narrow = columns(40)
    assert plain(header_line(narrow.layout, (), None)) == "   run          state      step       5›"
    narrow.scroll(3)
    assert plain(header_line(narrow.layout, (), None)) == "‹3 run          trend     step/s      2›"


def test_several_sort_keys_are_numbered_and_titles_stay_whole() -> None:
    found = columns(100)
    sort = (Order("state"), Order("metric:val/loss", descending=True))
    found.mark_sorted(sort)
    text = plain(header_line(found.layout, sort, "state"))
    assert "state▲1" in text
    assert "▼2val/loss" in text
    assert width(text) == 100


@pytest.mark.parametrize("state", SHAPES)
def test_state_is_a_shape_and_a_word(state: str) -> None:
    row = FakeRow("k", state="running" if state == "stalled" else state)
    row.health = "stalled" if state == "stalled" else "ok"
    text = plain(line(row))
    assert text[1] == SHAPES[state]
    assert f"  {state} " in text


def test_a_state_of_a_later_version_still_has_a_shape() -> None:
    assert plain(line(FakeRow("k", state="dreaming")))[1] == "◌"


def test_marks_and_pins_are_characters_not_colours() -> None:
    assert plain(line(ROW, marked=True, pinned=True)).startswith("▌●↑brave-otter")
    assert plain(line(ROW)).startswith(" ● brave-otter")


def test_what_is_absent_is_dim_and_what_is_not_finite_is_bad() -> None:
    broken = FakeRow("k", values={"metric:val/loss": math.nan})
    tones = {text.strip(): tone for text, tone in line(broken)}
    assert tones["nan"] == "bad"
    assert tones["–"] == "dim"


def test_a_run_has_its_colour_in_its_mark_and_its_curve() -> None:
    tones = [tone for text, tone in line(ROW) if tone.startswith("series")]
    assert tones == ["series-3", "series-3"]


def test_standing_is_told_by_a_character_too() -> None:
    layout = columns(80).layout
    best = row_line(
        ROW, texts_of(ROW, layout), layout, marked=False, pinned=False, standing={"metric:val/loss": "best"}
    )
    assert "★2.050" in plain(best)
    assert "best" in {tone for _, tone in best}


@given(st.text(max_size=30), st.sampled_from([12, 40, 80, 160]))
def test_any_name_gives_a_line_of_the_right_length_without_controls(name: str, cells: int) -> None:
    text = plain(line(FakeRow("k", name), cells))
    assert width(text) == cells
    assert not [c for c in text if ord(c) < 32 or 0x7F <= ord(c) < 0xA0]


@pytest.mark.parametrize("cells", [40, 80, 160])
def test_names_that_look_like_markup_are_text(cells: int) -> None:
    row = FakeRow("k", "[bold]x[/]")
    assert "[bold]x[/]" in plain(line(row, cells))


@given(st.lists(st.tuples(st.text("ab ", max_size=5), st.sampled_from("xyz")), max_size=6), st.integers(0, 20))
def test_writing_over_a_line_keeps_its_length(runs: list[Run], x: int) -> None:
    before = plain(runs).ljust(25)
    after = plain(
        overlaid([*runs, (" " * (25 - len(plain(runs))) if len(plain(runs)) < 25 else "", "")], x, "12›", "t")
    )
    expected = before[:x] + "12›" + before[x + 3 :]
    assert after == expected


def test_neighbours_of_one_tone_are_one_run_and_blanks_join_their_left() -> None:
    assert joined([("a", "x"), ("b", "x"), ("  ", "y"), ("", "z"), ("c", "z")]) == [("ab  ", "x"), ("c", "z")]
    assert joined([("a", "title-cursor"), (" ", "y")]) == [("a", "title-cursor"), (" ", "y")]
