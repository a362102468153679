"""Runs that were found and not told of yet."""

from __future__ import annotations

from logstore.reading.discovery import Found
from logstore.reading.newcomers import Newcomers


def found(key: str, touched: float) -> Found:
    return Found(key, f"/runs/{key}", touched=touched)


def test_the_newest_comes_first_whenever_it_was_found() -> None:
    queue = Newcomers()
    queue.add([found("old", 1), found("new", 3)])
    queue.add([found("between", 2)])
    assert [each.key for _ in range(3) if (each := queue.pop(())) is not None] == ["new", "between", "old"]
    assert queue.pop(()) is None


def test_one_that_is_asked_for_comes_before_the_newest_and_once() -> None:
    queue = Newcomers()
    queue.add([found("old", 1), found("new", 3)])
    assert queue.pop(("nobody", "old")) == found("old", 1)
    assert queue.pop(("nobody", "old")) == found("new", 3)
    assert len(queue) == 0


def test_one_that_is_gone_does_not_come() -> None:
    queue = Newcomers()
    queue.add([found("a", 1), found("b", 2)])
    queue.discard("b")
    assert len(queue) == 1
    assert queue.pop(()) == found("a", 1)
    assert queue.pop(()) is None
