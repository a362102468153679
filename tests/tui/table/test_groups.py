"""``tui.table.groups``: runs under one line, and what that line says of them."""

from __future__ import annotations

import math

import pytest

from tests.tui.table.fake_row import FIRST, FakeRow, rows
from tui.show.palette import Swatch
from tui.table.cells import plain, row_line, texts_of
from tui.table.column_set import ColumnSet
from tui.table.groups import PREFIX, Grouping, GroupRow, can_group_by
from tui.table.rows import TableRow, Value
from tui.table.sorting import Order
from tui.table.view import TableView
from tui.table.view_state import restore, saved

LOSS = "metric:val/loss"
LR = "config.lr"


def seeds() -> list[FakeRow]:
    """Five runs with three learning rates, one of them without any."""
    found = rows([3.0, 1.0, 5.0, 2.0, 4.0])
    for row, lr in zip(found, (0.1, 0.01, 0.1, 0.01, None), strict=True):
        row.values[LR] = lr
    return found


def view(given: list[FakeRow] | None = None) -> TableView:
    found = TableView(["name", "state", LOSS, LR])
    found.columns.fit(80)
    found.set_rows(given or seeds())
    found.group_by(LR)
    return found


def names(found: TableView) -> list[str]:
    return [line.name for line in found.order.lines]


def group(*members: TableRow) -> GroupRow:
    return GroupRow("0.1", members, Swatch(3, "━"), folded=False)


def test_T5_runs_with_one_value_stand_under_one_line_and_those_without_come_last() -> None:
    assert names(view()) == ["▾ 0.01 · 2", "run-1", "run-3", "▾ 0.1 · 2", "run-0", "run-2", "▾ – · 1", "run-4"]


def test_T5_groups_sort_by_what_their_members_come_to() -> None:
    found = view()
    found.sort((Order(LOSS, descending=True),))
    assert names(found) == ["▾ 0.1 · 2", "run-2", "run-0", "▾ – · 1", "run-4", "▾ 0.01 · 2", "run-3", "run-1"]


def test_the_keys_that_pass_are_the_runs_alone() -> None:
    found = view()
    assert {*found.order.keys} == {"r0", "r1", "r2", "r3", "r4"}
    found.filter(lambda row: row.key in {"r0", "r2"})
    assert names(found) == ["▾ 0.1 · 2", "run-0", "run-2"]


def test_a_folded_group_hides_its_members_and_keeps_their_marks() -> None:
    found = view()
    found.move_to(1)
    found.toggle_mark()
    found.move_to(0)
    assert (found.run, found.group.label if found.group else None) == (None, "0.01")
    found.fold()
    assert names(found)[:2] == ["▸ 0.01 · 2", "▾ 0.1 · 2"]
    assert found.marks == ("r1",)
    found.fold()
    assert len(found.order.lines) == 8


def test_marking_a_group_marks_its_members_and_again_unmarks_them() -> None:
    found = view()
    found.move_to(1)
    found.toggle_mark()
    found.move_to(0)
    found.toggle_mark()
    assert {*found.marks} == {"r1", "r3"}
    found.toggle_mark()
    assert found.marks == ()
    found.mark_to(4)
    assert {*found.marks} == {"r0", "r1", "r3"}


def test_a_row_whose_value_changed_moves_to_its_group_when_it_settles() -> None:
    given = seeds()
    found = view(given)
    given[4].values[LR] = 0.1
    assert found.changed_lines(["r4"]) == {"r4", f"{PREFIX}–"}
    assert found.touch(["r4"])
    found.settle()
    assert names(found)[-4:] == ["▾ 0.1 · 3", "run-0", "run-2", "run-4"]
    assert found.changed_lines(["r4"]) == {"r4", f"{PREFIX}0.1"}


def test_ungrouping_brings_the_plain_rows_back() -> None:
    found = view()
    found.group_by(None)
    assert len(found.order.lines) == 5
    assert found.group is None
    found.fold()
    assert len(found.order.lines) == 5


def test_grouping_and_what_is_folded_are_remembered() -> None:
    found = view()
    found.move_to(0)
    found.fold()
    again = TableView(["name"])
    restore(again, saved(found))
    again.set_rows(seeds())
    assert names(again)[:2] == ["▸ 0.01 · 2", "▾ 0.1 · 2"]
    assert saved(again) == saved(found)


@pytest.mark.parametrize(
    ("column_id", "values", "value"),
    [
        (LOSS, (1.0, 2.0, None), 1.5),
        (LOSS, (1.0, math.nan, 3.0), 2.0),
        (LOSS, (None, None), None),
        (f"{LOSS}:min", (1.0, 2.0), 1.0),
        (f"{LOSS}:max", (1.0, 2.0), 2.0),
        ("step", (10, 30), 30.0),
        ("eta", (10.0, 30.0), 30.0),
        ("age", (10.0, 30.0), 10.0),
        ("meta:host", ("a", "a"), "a"),
        ("meta:host", ("a", "b", "a", None), "3 values"),
        ("meta:alerts", (1, 2), 3.0),
        ("meta:created", (5.0, 2.0), 2.0),
        ("meta:tags", (("x",), ("x",)), ("x",)),
        (LR, (0.1, "auto"), "2 values"),
        (LR, (1, 1.0), "2 values"),
        (LR, (0.1, 0.1), 0.1),
        ("config.fused", (True, True), True),
    ],
)
def test_T5_what_a_groups_cell_shows(column_id: str, values: tuple[Value, ...], value: Value) -> None:
    members = [FakeRow(str(i), values={column_id: each}) for i, each in enumerate(values)]
    assert group(*members).value(column_id) == value


def test_a_group_where_nothing_is_finite_is_not_finite() -> None:
    value = group(*rows([math.nan, math.nan])).value(LOSS)
    assert isinstance(value, float)
    assert math.isnan(value)


def test_a_group_has_the_state_of_its_liveliest_member() -> None:
    members = [FakeRow("a", state="crashed"), FakeRow("b", state="running", health="stalled"), FakeRow("c")]
    assert group(*members).state == group(*members).value("state") == "stalled"
    assert group(FakeRow("a", state="dreaming"), FakeRow("b")).state == "finished"


def test_a_groups_line_and_the_inset_of_its_members() -> None:
    columns = ColumnSet(["name", "state", LOSS])
    columns.fit(40)
    members = rows([1.0, 2.0])
    layout = columns.layout
    drawn: list[tuple[TableRow, bool]] = [(group(*members), False), (members[0], True)]
    lines = [
        plain(row_line(row, texts_of(row, layout, inside=inside), layout, marked=False, pinned=False, standing={}))
        for row, inside in drawn
    ]
    assert lines == [" ■ ▾ 0.1 ·…  finished     1.500".ljust(40), " ■   run-0   finished     1.000".ljust(40)]


def test_only_what_runs_can_share_groups_them() -> None:
    assert can_group_by("config.lr")
    assert can_group_by("meta:group")
    assert can_group_by("state")
    assert not can_group_by(LOSS)
    assert not can_group_by("name")


@pytest.mark.parametrize(("metric", "best"), [("loss", 1.0), ("accuracy", 5.0), ("lr", 3.0)])
def test_the_best_of_a_group_is_that_of_all_its_members_where_there_is_a_better_end(metric: str, best: float) -> None:
    column = f"metric:{metric}:best"
    members = [FakeRow(str(i), values={column: value}) for i, value in enumerate([1.0, 3.0, 5.0])]
    assert GroupRow("all", members, FIRST, folded=False).value(column) == best


def test_a_group_is_called_by_few_digits_and_two_groups_never_the_same() -> None:
    key = "config.lr"
    rows = [FakeRow(str(i), values={key: lr}) for i, lr in enumerate([0.3, 0.1 + 0.2, 0.5, 0.30000000000000004])]
    grouping = Grouping(key)
    lines = grouping.lines(rows, [])
    labels = [line.label for line in lines if isinstance(line, GroupRow)]
    assert labels == ["0.3", "0.30000000000000004", "0.5"]
    assert [grouping.label(row.key) for row in rows] == ["0.3", labels[1], "0.5", labels[1]]
    grouping.lines(rows[1:], [])
    assert [grouping.label(row.key) for row in rows[1:]] == ["0.3", "0.5", "0.3"]
    assert not grouping.moved(rows[1])
    rows[1].values[key] = 0.3
    assert grouping.moved(rows[1])
