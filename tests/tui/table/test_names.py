"""``tui.table.names``: all config keys and metrics of some runs."""

from __future__ import annotations

from tests.tui.table.fake_row import FakeRow
from tui.table.names import NOTHING, Names

ROWS = [
    FakeRow("a", values={"config.optim.lr": 1.0, "metric:train/loss": 2.0}),
    FakeRow("b", values={"config.sched.lr": 1.0, "config.lr_end": 1, "metric:loss": 2.0, "metric:val/xloss": 2.0}),
]


def test_names_are_those_of_all_rows() -> None:
    names = Names.of(ROWS)
    assert names == Names(frozenset({"optim.lr", "sched.lr", "lr_end"}), frozenset({"train/loss", "loss", "val/xloss"}))
    assert "optim.lr" in names
    assert "loss" in names
    assert "lr" not in names


def test_a_longer_name_ends_with_a_whole_part() -> None:
    names = Names.of(ROWS)
    assert names.longer_settings("lr") == ("optim.lr", "sched.lr")
    assert names.longer_metrics("loss") == ("train/loss",)
    assert names.longer_settings("r") == names.longer_metrics("rain/loss") == ()


def test_names_are_added_up_and_what_adds_nothing_changes_nothing() -> None:
    one, other = Names.of(ROWS[:1]), Names.of(ROWS[1:])
    assert one | other == Names.of(ROWS)
    assert one | NOTHING is one
