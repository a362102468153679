"""``tui.table.column_set``: widths that only grow, a column cursor that stays in sight, ids from files."""

from __future__ import annotations

import math
from collections.abc import Sequence

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.tui.table.fake_row import FakeRow
from tui.show.values import exact
from tui.table.cells import texts_of
from tui.table.column_set import ColumnSet, known_columns, known_widths
from tui.table.columns import default_columns
from tui.table.layout import NARROWEST, WIDEST
from tui.table.rows import Value
from tui.table.sorting import Order


def columns(cells: int = 80, ids: tuple[str, ...] = default_columns(["loss"])) -> ColumnSet:
    found = ColumnSet(ids)
    found.fit(cells)
    return found


def shown(found: ColumnSet) -> list[str]:
    return [placed.column.id for placed in found.layout.placed]


def test_the_cursor_begins_on_the_main_metric_which_stands_out() -> None:
    found = columns(ids=("name", "config.lr", "metric:loss", "metric:acc", "trend:loss", "trend:acc"))
    assert found.cursor == "metric:loss"
    assert [column.tone for column in found.all[2:4]] == ["strong", "plain"]
    assert [column.title for column in found.all[4:]] == ["trend", "acc trend"]


def test_other_columns_move_the_cursor_only_where_nobody_moved_it() -> None:
    found = columns(ids=("name", "step"))
    found.choose(["name", "step", "metric:loss"])
    assert found.cursor == "metric:loss"
    found.move(-1)
    found.choose(["name", "step", "metric:acc"])
    assert found.cursor == "step"


def test_without_a_metric_the_cursor_begins_on_the_first_column() -> None:
    assert columns(ids=("name", "step")).cursor == "name"
    assert columns(ids=()).cursor is None


def test_moving_the_cursor_scrolls_and_stops_at_the_ends() -> None:
    found = columns(40)
    found.move(99)
    assert found.cursor == "age"
    assert "age" in shown(found)
    assert shown(found)[0] == "name"
    found.move(-99)
    assert found.cursor == "name"
    found.move(1)
    assert shown(found)[:2] == ["name", "state"]


def test_scrolling_stops_when_the_last_column_is_in_sight() -> None:
    found = columns(40)
    for _ in range(20):
        found.scroll(1)
    assert shown(found)[-1] == "age"
    assert found.layout.hidden_right == 0
    for _ in range(20):
        found.scroll(-1)
    assert found.layout.hidden_left == 0


def test_numbers_that_are_wider_make_their_column_grow_once() -> None:
    found = columns()
    texts = ["", "", "", "-1.234e-100"] + [""] * 4
    assert found.grow(texts)
    assert found.widths["metric:loss"] == 11
    assert not found.grow(texts)
    assert not found.grow([""] * 8)


def test_a_width_that_a_person_set_stays_whatever_the_texts_are() -> None:
    found = columns()
    found.resize("name", 20)
    found.measure([FakeRow("k", "x" * 30)])
    assert found.widths["name"] == 20
    found.resize("name", -5)
    assert found.widths["name"] == NARROWEST
    found.resize("name", 1000)
    assert found.widths["name"] == WIDEST
    found.resize("no-such", 9)
    assert "no-such" not in found.widths


def test_each_column_is_there_once_and_unknown_ones_are_an_error() -> None:
    assert columns(ids=("name", "step", "step")).ids == ("name", "step")
    with pytest.raises(ValueError, match="no column 'bogus'"):
        columns(ids=("name", "bogus"))


def test_sorted_titles_have_room_for_their_marks() -> None:
    found = columns(120)
    before = found.widths
    found.mark_sorted((Order("metric:loss"), Order("speed"), Order("gone")))
    grown = {column_id: cells - before[column_id] for column_id, cells in found.widths.items()}
    assert grown == {**dict.fromkeys(before, 0), "speed": 1}
    found.mark_sorted(())
    assert found.widths == before


def test_what_comes_from_a_file_is_taken_as_far_as_it_makes_sense() -> None:
    assert known_columns(["name", 3, None, "bogus", "config.lr"]) == ("name", "config.lr")
    assert known_widths({"name": 9, "step": "wide", "age": True, "eta": 10_000}) == {"name": 9, "eta": WIDEST}


def test_what_define_metric_asked_for_decides_what_is_best() -> None:
    found = columns(ids=("name", "metric:quality", "metric:quality:max"))
    assert [column.best for column in found.all] == [None, None, None]
    found.kinds = {"quality": ("min",)}
    found.choose(found.ids)
    assert [column.best for column in found.all] == [None, "min", "min"]


LR = "config.optim.lr"


def lr(*values: Value) -> list[FakeRow]:
    return [FakeRow(f"r{i}", values={LR: value}) for i, value in enumerate(values)]


def seen(table: ColumnSet, rows: Sequence[FakeRow]) -> list[str]:
    """What the cells say once all rows were painted."""
    for row in rows:
        while table.suit(row, texts_of(row, table.layout)):
            pass
    found = table.column(LR)
    assert found is not None
    return [found.text(row) for row in rows]


def test_config_values_are_shown_in_few_digits() -> None:
    assert seen(columns(ids=("name", LR)), lr(0.0014999999999999998, 0.1 + 0.2, 3)) == ["0.0015", "0.3", "3"]


def test_two_config_values_in_sight_never_look_the_same_and_stay_told_apart() -> None:
    table = columns(ids=("name", LR))
    rows = lr(0.0014999999999999998, math.nan, 0.0015, math.nan, 1.0, 1)
    texts = ["0.0014999999999999998", "nan", "0.0015", "nan", "1.0", "1"]
    assert seen(table, rows) == texts
    table.choose(("name", "state", LR))
    assert seen(table, rows[:1]) == texts[:1]


@given(st.lists(st.sampled_from([0.1, 0.1 + 1e-8, 0.1 + 1e-12, 0.1 + 2e-17, 0.2, 1, 1.0, "0.1", None]), max_size=8))
def test_whatever_comes_into_sight_is_told_apart(values: list[Value]) -> None:
    texts = seen(columns(ids=("name", LR)), lr(*values))
    shown = {exact(value): text for value, text in zip(values, texts, strict=True)}
    assert len(set(texts)) == len(shown)
