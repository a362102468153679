"""``tui.sources``: several stores are watched as one, and their runs stay apart."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from logstore.model.delta import Delta, RunDelta
from logstore.store import Budget
from tui.sources import Together, labels


class OneRun:
    """A source with one run that is told of at every read."""

    def __init__(self, key: str, left: int) -> None:
        self.key, self.left = key, left
        self.first: tuple[str, ...] = ()
        self.budget = Budget()

    def read(self, budget: Budget, first: Sequence[str] = ()) -> Delta:
        self.first, self.budget = tuple(first), budget
        return Delta((RunDelta(self.key, Path(self.key)),), gone=("old",), bytes_read=1, bytes_left=self.left)

    def watch_paths(self) -> list[Path]:
        return [Path(self.key)]


def test_runs_of_the_same_key_stay_apart_and_the_budget_is_shared() -> None:
    one, two = OneRun("p/a", 5), OneRun("p/a", 7)
    both = Together({"one": one, "two": two})
    delta = both.read(Budget(bytes=100, seconds=0.5), ["two:p/a"])
    assert {run.key for run in delta.runs} == {"one:p/a", "two:p/a"}
    assert set(delta.gone) == {"one:old", "two:old"}
    assert (delta.bytes_read, delta.bytes_left) == (2, 12)
    assert (one.first, two.first) == ((), ("p/a",))
    assert one.budget == Budget(bytes=50, seconds=0.25)
    assert both.watch_paths() == [Path("p/a"), Path("p/a")]


def test_labels_are_as_short_as_they_can_be() -> None:
    assert labels([Path("/x/a"), Path("/x/b")]) == ["a", "b"]
    assert labels([Path("/x/runs"), Path("/y/runs")]) == ["x/runs", "y/runs"]
    assert labels([Path("/x/runs"), Path("/x/runs")]) == ["//x/runs#1", "//x/runs#2"]
