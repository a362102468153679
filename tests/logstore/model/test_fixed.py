"""Dataclasses that are cheap to make."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, field, fields, replace

import pytest

from logstore.model.fixed import fixed, unique


@fixed
class Point:
    x: int
    y: str | None = None
    extra: Mapping[str, int] = field(default_factory=dict, compare=False)

    @property
    def is_named(self) -> bool:
        return self.y is not None


@fixed
class Other:
    x: int
    y: str | None = None


@unique
class Lump:
    x: int
    point: Point = Point(1)


def test_what_holds_the_same_is_equal_and_found_in_a_set() -> None:
    assert Point(1, "a") == Point(1, "a", {"more": 1})
    assert {Point(1, "a"): 2}[Point(1, "a")] == 2
    assert Point(1) != Point(2)
    others: list[object] = [Other(1), (1, None), None]
    assert Point(1) not in others


def test_what_is_unique_equals_itself_alone() -> None:
    lump = Lump(1)
    assert lump == lump  # noqa: PLR0124
    assert lump != Lump(1)
    assert len({lump, Lump(1)}) == 2


def test_they_are_dataclasses_without_a_dictionary_each() -> None:
    point = Point(1, y="a")
    assert replace(point, x=2) == Point(2, "a")
    assert asdict(point) == {"x": 1, "y": "a", "extra": {}}
    assert [each.name for each in fields(Lump)] == ["x", "point"]
    assert point.is_named
    assert not hasattr(point, "__dict__")


@pytest.mark.parametrize(
    ("value", "shown"), [(Point(1), "Point(x=1, y=None, extra={})"), (Lump(2), f"Lump(x=2, point={Point(1)!r})")]
)
def test_they_show_what_they_hold(value: object, shown: str) -> None:
    assert repr(value) == shown
