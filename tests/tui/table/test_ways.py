"""``tui.table.ways``: what some runs share, and not all."""

from __future__ import annotations

from tests.tui.table.fake_row import FakeRow
from tui.table.ways import ways


def runs() -> list[FakeRow]:
    return [
        FakeRow(
            f"r{place}",
            values={
                "meta:group": "base" if place < 3 else "big",
                "meta:project": "one",
                "config.seed": place,
                "config.optim.name": ("adamw", "sgd")[place % 2],
            },
        )
        for place in range(5)
    ]


def test_what_all_share_and_what_each_has_alone_are_no_ways() -> None:
    assert [way.column for way in ways(runs(), ["seed", "optim.name"])] == ["meta:group", "config.optim.name"]


def test_a_way_tells_its_groups_the_largest_first() -> None:
    by_group, by_optimiser = ways(runs(), ["optim.name"])
    assert by_group.examples == "base 3 · big 2"
    assert by_optimiser.title == "optim.name"
    assert by_optimiser.groups == (("adamw", 3), ("sgd", 2))


def test_many_groups_are_counted_in_words() -> None:
    rows = [FakeRow(f"r{place}", values={"config.lr": f"{place // 2}"}) for place in range(14)]
    (way,) = ways(rows, ["lr"])
    assert way.examples.endswith(" · 3 more")


def test_one_run_or_none_has_no_ways() -> None:
    assert ways(runs()[:1], ["seed"]) == []
    assert ways([], ["seed"]) == []
