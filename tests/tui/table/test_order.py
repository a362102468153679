"""``tui.table.order``: filter, sort and pins over rows that change; and who stands where in a column."""

from __future__ import annotations

import math

import pytest

from tests.tui.table.fake_row import FakeRow, rows
from tui.table.columns import column_for
from tui.table.order import RowOrder
from tui.table.sorting import Order, Sort
from tui.table.standing import standings

LOSS = "metric:val/loss"
BY_LOSS: Sort = (Order(LOSS),)


def order_of(given: list[FakeRow], sort: Sort = ()) -> RowOrder:
    order = RowOrder()
    order.sort = sort
    order.set_rows(given)
    return order


def test_without_a_sort_the_living_come_first_and_then_what_ended_last() -> None:
    old, new, live, dead = (FakeRow(key, values={"age": age}) for key, age in zip("abcd", (9, 1, 50, 0), strict=True))
    live.state, dead.state = "running", "crashed"
    assert order_of([old, new, live, dead]).keys == ["c", "d", "b", "a"]


def test_rows_that_are_looked_at_later_do_not_seem_older() -> None:
    given = [FakeRow(key, values={"age": 10.0 + place, "at:latest": 90.0 - place}) for place, key in enumerate("abc")]
    order = order_of(given)
    given[0].values["age"] = 99.0
    assert not order.touch(["a"])
    order.settle()
    assert order.keys == ["a", "b", "c"]


def test_T1_rows_sort_by_any_column_and_by_several() -> None:
    given = rows([2.0, 1.0, None, math.nan, 1.0])
    assert order_of(given, BY_LOSS).keys == ["r1", "r4", "r0", "r3", "r2"]
    by_two = (Order(LOSS), Order("age", descending=True))
    assert order_of(given, by_two).keys == ["r4", "r1", "r0", "r3", "r2"]


def test_a_touched_row_stays_where_it_is_until_the_order_settles() -> None:
    given = rows([1.0, 2.0, 3.0])
    order = order_of(given, BY_LOSS)
    given[2].values[LOSS] = 0.5
    assert order.touch(["r2"])
    assert order.keys == ["r0", "r1", "r2"]
    order.settle()
    assert order.keys == ["r2", "r0", "r1"]
    assert order.place("r2") == 0
    assert not order.stale


def test_a_change_that_the_sort_does_not_see_leaves_nothing_to_settle() -> None:
    given = rows([1.0, 2.0])
    order = order_of(given, BY_LOSS)
    given[0].values["step"] = 99
    assert not order.touch(["r0", "unheard-of"])


def test_a_row_that_passes_the_filter_only_now_comes_when_it_settles() -> None:
    given = rows([1.0, 2.0, 3.0])
    order = order_of(given, BY_LOSS)
    order.predicate = lambda row: float(str(row.value(LOSS))) > 1.5
    order.rearrange()
    assert order.keys == ["r1", "r2"]
    given[0].values[LOSS] = 9.0
    assert order.touch(["r0"])
    order.settle()
    assert order.keys == ["r1", "r2", "r0"]
    assert order.place("r9") is None
    assert order.place(None) is None


def test_T6_pinned_rows_stay_at_the_top_in_their_order() -> None:
    order = order_of(rows([3.0, 2.0, 1.0]), BY_LOSS)
    order.pins = {"r0", "r1"}
    order.rearrange()
    assert order.keys == ["r1", "r0", "r2"]


def test_rows_that_are_set_anew_replace_those_before() -> None:
    order = order_of(rows([1.0, 2.0]))
    order.set_rows(rows([5.0]))
    assert order.keys == ["r0"]
    assert [line.value(LOSS) for line in order.lines] == [5.0]


@pytest.mark.parametrize(
    ("column_id", "losses", "standing"),
    [
        (LOSS, [4.0, 1.0, None, 2.0, math.nan], {"r1": "best", "r0": "worst"}),
        ("metric:val/acc", [0.4, 0.1, 0.2], {"r0": "best", "r1": "worst"}),
        (LOSS, [1.0, 1.0, 7.0], {"r0": "best", "r1": "best", "r2": "worst"}),
        (LOSS, [3.0, 3.0], {}),
        (LOSS, [3.0], {}),
        ("metric:lr", [1.0, 2.0], {}),
    ],
)
def test_the_best_and_the_worst_of_a_column(
    column_id: str, losses: list[float | None], standing: dict[str, str]
) -> None:
    order = order_of(rows(losses, column_id))
    found = standings(order, [column_for(column_id)])
    assert {key: each[column_id] for key, each in found.items()} == standing


def test_quarters_go_by_rank_so_that_an_outlier_changes_nothing() -> None:
    order = order_of(rows([1.0, 2.0, 3.0, 4.0, 5.0, 6.0, 7.0, 1e9]))
    found = standings(order, [column_for(LOSS)])
    assert {key: each[LOSS] for key, each in found.items()} == {
        "r0": "best", "r1": "good", "r6": "poor", "r7": "worst"
    }  # fmt: skip


def test_only_what_is_new_or_touched_is_ranked_anew_where_the_caller_knows() -> None:
    given = rows([3.0, 2.0, 1.0])
    order = order_of(given, BY_LOSS)
    given[0].values[LOSS], given[1].values[LOSS] = 0.5, 9.0
    newer = FakeRow("new", values={LOSS: 2.5})
    order.set_rows([*given, newer], touched={"r0"})
    assert order.keys == ["r0", "r2", "r1", "new"]
    order.set_rows([*given, newer])
    assert order.keys == ["r0", "r2", "new", "r1"]


def test_a_row_that_was_replaced_is_ranked_anew_untouched_or_not() -> None:
    given = rows([3.0, 2.0])
    order = order_of(given, BY_LOSS)
    order.set_rows([FakeRow("r0", values={LOSS: 1.0}), given[1]], touched=set())
    assert order.keys == ["r0", "r1"]
