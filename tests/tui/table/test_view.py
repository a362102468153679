"""``tui.table.view``: cursor, marks and all that is remembered, as rows come, go and move."""

from __future__ import annotations

import json
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from tests.tui.table.fake_row import rows
from tui.table.columns import default_columns
from tui.table.sorting import Order, Sort
from tui.table.view import TableView

LOSS = "metric:val/loss"


def view(losses: list[float | None] | None = None) -> TableView:
    found = TableView(default_columns(["val/loss"]))
    found.columns.fit(80)
    found.sort((Order(LOSS),))
    found.set_rows(rows(losses if losses is not None else [1.0, 2.0, 3.0, 4.0]))
    return found


def cursor(found: TableView) -> str | None:
    return found.cursor


def marks(found: TableView) -> tuple[str, ...]:
    return found.marks


def sort(found: TableView) -> Sort:
    return found.order.sort


def test_the_cursor_begins_at_the_top_and_stays_on_its_run() -> None:
    found = view()
    assert cursor(found) == "r0"
    found.move_to(2)
    found.reverse()
    assert cursor(found) == "r2"
    assert found.order.place("r2") == 1


def test_when_the_run_under_the_cursor_goes_the_one_in_its_place_has_it() -> None:
    found = view()
    found.move_to(1)
    found.set_rows([row for row in rows([1.0, 2.0, 3.0, 4.0]) if row.key != "r1"])
    assert cursor(found) == "r2"
    found.filter(lambda row: row.key == "r0")
    assert cursor(found) == "r0"
    found.filter(lambda _row: False)
    assert cursor(found) is None
    found.filter(None)
    assert cursor(found) == "r0"


def test_the_cursor_stops_at_the_ends() -> None:
    found = view()
    found.move_to(99)
    assert cursor(found) == "r3"
    found.move_to(-5)
    assert cursor(found) == "r0"


def test_T3_marks_are_kept_for_hidden_runs_and_come_after_those_shown() -> None:
    found = view()
    for place in (3, 0, 2):
        found.move_to(place)
        found.toggle_mark()
    assert marks(found) == ("r0", "r2", "r3")
    found.filter(lambda row: row.key != "r0")
    assert marks(found) == ("r2", "r3", "r0")
    found.move_to(2)
    found.toggle_mark()
    assert marks(found) == ("r2", "r0")


def test_marks_and_pins_of_runs_that_are_gone_go_too() -> None:
    found = view()
    found.move_to(3)
    found.toggle_mark()
    found.toggle_pin()
    assert found.order.keys[0] == "r3"
    found.set_rows(rows([1.0]))
    assert marks(found) == ()
    assert found.order.pins == set()


def test_asking_for_a_column_sorts_by_it_best_first() -> None:
    found = view()
    assert found.sort_by("step")
    assert sort(found) == (Order("step", descending=True),)
    assert found.sort_by("age", add=True)
    assert sort(found) == (Order("step", descending=True), Order("age"))
    assert not found.sort_by("config.absent")


def test_colouring_follows_the_values_when_the_order_settles() -> None:
    found = view()
    assert found.toggle_colour(LOSS)
    assert found.standing("r0") == {LOSS: "best"}
    given_rows = found.order.rows
    given_rows["r3"].values[LOSS] = 0.1  # type: ignore[attr-defined]
    assert found.touch(["r3"])
    found.settle()
    assert found.standing("r3") == {LOSS: "best"}
    assert found.toggle_colour(LOSS)
    assert found.standing("r3") == {}
    assert not found.toggle_colour("step")


def test_all_that_a_person_set_is_there_again() -> None:
    before = view()
    before.choose_columns(["name", LOSS, "config.lr"])
    before.columns.resize("name", 17)
    before.sort((Order("config.lr", descending=True), Order("name")))
    before.cursor = "r1"
    before.toggle_mark()
    before.cursor = "r2"
    before.toggle_pin()
    before.toggle_colour(LOSS)
    before.move_to(3)
    before.columns.move(1)
    after = view([])
    after.restore(json.loads(json.dumps(before.state())))
    assert cursor(after) is None
    after.set_rows(rows([1.0, 2.0, 3.0, 4.0]))
    assert after.state() == before.state()
    assert after.marks == ("r1",)
    assert after.order.keys[0] == "r2"


def test_a_remembered_cursor_waits_for_its_run_but_not_against_a_person() -> None:
    waiting = view([])
    waiting.restore({**waiting.state(), "cursor": "r2"})
    waiting.set_rows(rows([1.0]))
    assert cursor(waiting) == "r0"
    waiting.set_rows(rows([1.0, 2.0, 3.0]))
    assert cursor(waiting) == "r2"
    moved = view([])
    moved.restore({**moved.state(), "cursor": "r2"})
    moved.set_rows(rows([1.0, 2.0]))
    moved.move_to(1)
    moved.set_rows(rows([1.0, 2.0, 3.0]))
    assert cursor(moved) == "r1"


plain_data = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=5) | st.sampled_from(["name", LOSS, "ascending"]),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=4), inner, max_size=3),
    max_leaves=8,
)
keys = st.sampled_from(["columns", "widths", "sort", "marks", "pins", "coloured", "cursor", "column"])


@given(st.dictionaries(keys, plain_data))
def test_a_damaged_memory_never_fails(saved: dict[str, Any]) -> None:
    found = view()
    found.restore(saved)
    assert set(found.order.keys) == {"r0", "r1", "r2", "r3"}
    assert found.columns.ids
    json.dumps(found.state())
