"""``tui.table.view_state``: what a person set is there again, whatever became of the file."""

from __future__ import annotations

import json
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from tests.tui.table.fake_row import rows
from tui.table.columns import default_columns
from tui.table.sorting import Order
from tui.table.view import TableView
from tui.table.view_state import restore, saved

LOSS = "metric:val/loss"


def view(losses: list[float | None] | None = None) -> TableView:
    found = TableView(default_columns(["val/loss"]))
    found.columns.fit(80)
    found.sort((Order(LOSS),))
    found.set_rows(rows(losses if losses is not None else [1.0, 2.0, 3.0, 4.0]))
    return found


def cursor(found: TableView) -> str | None:
    return found.cursor


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
    restore(after, json.loads(json.dumps(saved(before))))
    assert cursor(after) is None
    after.set_rows(rows([1.0, 2.0, 3.0, 4.0]))
    assert saved(after) == saved(before)
    assert after.marks == ("r1",)
    assert after.order.keys[0] == "r2"


def test_a_remembered_cursor_waits_for_its_run_but_not_against_a_person() -> None:
    waiting = view([])
    restore(waiting, {**saved(waiting), "cursor": "r2"})
    waiting.set_rows(rows([1.0]))
    assert cursor(waiting) == "r0"
    waiting.set_rows(rows([1.0, 2.0, 3.0]))
    assert cursor(waiting) == "r2"
    moved = view([])
    restore(moved, {**saved(moved), "cursor": "r2"})
    moved.set_rows(rows([1.0, 2.0]))
    moved.move_to(1)
    moved.set_rows(rows([1.0, 2.0, 3.0]))
    assert cursor(moved) == "r1"


plain_data = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=5) | st.sampled_from(["name", LOSS, "ascending"]),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=4), inner, max_size=3),
    max_leaves=8,
)
keys = st.sampled_from(
    ["columns", "widths", "sort", "marks", "pins", "coloured", "cursor", "column", "group", "only_mine"]
)


@given(st.dictionaries(keys, plain_data))
def test_a_damaged_memory_never_fails(remembered: dict[str, Any]) -> None:
    found = view()
    restore(found, remembered)
    assert set(found.order.rows) == {"r0", "r1", "r2", "r3"}
    assert found.columns.ids
    json.dumps(saved(found))
