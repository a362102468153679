"""``tui.table.view``: cursor, marks and all that is remembered, as rows come, go and move."""

from __future__ import annotations

from tests.tui.table.fake_row import FakeRow, rows
from tui.table.columns import default_columns
from tui.table.query import compile_query
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
    assert found.colouring.of("r0") == {LOSS: "best"}
    given_rows = found.order.rows
    given_rows["r3"].values[LOSS] = 0.1  # type: ignore[attr-defined]
    assert found.touch(["r3"])
    found.settle()
    assert found.colouring.of("r3") == {LOSS: "best"}
    assert found.toggle_colour(LOSS)
    assert found.colouring.of("r3") == {}
    assert not found.toggle_colour("step")


def test_what_a_name_means_follows_the_rows_that_change() -> None:
    table = TableView(("name",))
    runs = [FakeRow("a", values={"config.optim.lr": 1.0}), FakeRow("b", values={"metric:lr": 2.0})]
    table.set_rows(runs[:1])
    table.filter(compile_query("lr=1"))
    assert table.order.keys == ["a"]
    table.filter(compile_query("other"))
    table.filter(compile_query("lr=1"))
    assert table.order.keys == ["a"]
    table.set_rows(runs, ())
    assert table.order.keys == [], "a name that a run has in full is never the end of another"
    table.set_rows(runs[:1])
    assert table.order.keys == ["a"]
    runs[0].values["config.sched.lr"] = 3.0
    assert table.touch(["a"])
    table.settle()
    assert table.order.keys == []
