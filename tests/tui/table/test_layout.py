"""``tui.table.layout``: whole columns only, the first one frozen, nothing beyond the edge."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from tests.tui.table.fake_row import FakeRow
from tui.table.columns import column_for
from tui.table.layout import GAP, GUTTER, MARGIN, Layout, lay_out, measure, scrolled_to, title_room

IDS = ("name", "state", "step", "metric:val/loss", "speed", "eta", "age")
COLUMNS = tuple(map(column_for, IDS))
widths_of = st.fixed_dictionaries({column_id: st.integers(3, 40) for column_id in IDS})


def shown(layout: Layout) -> list[str]:
    return [placed.column.id for placed in layout.placed]


def test_everything_is_shown_where_it_fits() -> None:
    widths = measure(COLUMNS, [FakeRow("k", "brave-otter")], {})
    layout = lay_out(COLUMNS, widths, 80)
    assert shown(layout) == list(IDS)
    assert (layout.hidden_left, layout.hidden_right) == (0, 0)
    assert [(p.x, p.width) for p in layout.placed[:3]] == [(3, 11), (16, 8), (26, 5)]


def test_columns_that_do_not_fit_are_counted() -> None:
    widths = measure(COLUMNS, [], {})
    layout = lay_out(COLUMNS, widths, 40)
    assert shown(layout) == ["name", "state", "step"]
    assert layout.hidden_right == 4


def test_the_first_column_stays_when_the_others_scroll() -> None:
    widths = measure(COLUMNS, [], {})
    layout = lay_out(COLUMNS, widths, 40, first=4)
    assert shown(layout)[0] == "name"
    assert shown(layout)[1] == "speed"
    assert layout.hidden_left == 3


def test_a_long_name_gives_way_before_a_column_goes() -> None:
    widths = measure(COLUMNS, [FakeRow("k", "x" * 40)], {})
    layout = lay_out(COLUMNS, widths, 80)
    assert shown(layout) == list(IDS)
    assert layout.placed[0].width < 40
    assert layout.placed[-1].end == 80 - MARGIN
    assert shown(lay_out(COLUMNS, widths, layout.placed[-1].end)) == list(IDS), (
        "without it, rather than without a column"
    )


def test_a_name_keeps_a_quarter_of_the_table_before_the_other_columns() -> None:
    widths = {**measure(COLUMNS, [FakeRow("k", "spirals-overfit")], {}), "age": 20}
    layout = lay_out(COLUMNS, widths, 72)
    assert layout.placed[0].width == len("spirals-overfit")
    assert layout.hidden_right == 1
    long = lay_out(COLUMNS, {**widths, "name": 60}, 72)
    assert 72 // 4 <= long.placed[0].width < 60


@given(widths_of, st.integers(0, 200), st.integers(-3, 12))
def test_columns_never_overlap_nor_leave_the_screen(widths: dict[str, int], viewport: int, first: int) -> None:
    layout = lay_out(COLUMNS, widths, viewport, first)
    assert layout.placed[0].x == GUTTER
    for left, right in zip(layout.placed, layout.placed[1:], strict=False):
        assert right.x == left.end + GAP
        assert right.width == widths[right.column.id]
    if len(layout.placed) > 1 or viewport > GUTTER:
        assert layout.placed[-1].end <= viewport
    assert len(layout.placed) + layout.hidden_left + layout.hidden_right == len(IDS)


@given(widths_of, st.integers(60, 120), st.integers(1, 6), st.integers(1, 6))
def test_scrolling_brings_the_wanted_column_into_sight(
    widths: dict[str, int], viewport: int, first: int, wanted: int
) -> None:
    moved = scrolled_to(COLUMNS, widths, viewport, first, wanted)
    assert IDS[wanted] in shown(lay_out(COLUMNS, widths, viewport, moved))


def test_cells_belong_to_columns_and_borders_to_the_column_at_their_left() -> None:
    layout = lay_out(COLUMNS, measure(COLUMNS, [], {}), 80)
    name, state = layout.placed[:2]
    assert layout.at(0) is None
    assert layout.at(name.x) == name
    assert layout.at(state.x + 2) == state
    assert layout.at(79) is None
    assert layout.border_at(name.end) == name
    assert layout.border_at(name.end - 1) is None


def test_widths_grow_with_texts_and_never_shrink() -> None:
    wide = measure(COLUMNS, [FakeRow("k", "a-rather-long-name")], {})
    again = measure(COLUMNS, [FakeRow("k", "short")], wide)
    assert wide["name"] == again["name"] == 18


def test_wide_characters_count_twice() -> None:
    assert measure(COLUMNS, [FakeRow("k", "日本語の実験")], {})["name"] == 12


def test_no_columns_is_an_empty_layout() -> None:
    assert lay_out((), {}, 80) == Layout((), 80)


def test_a_sort_mark_reaches_into_the_gap_before_a_number() -> None:
    assert title_room(column_for("step")) == 3
    assert title_room(column_for("name")) == 3
