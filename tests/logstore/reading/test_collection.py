"""Holding the garbage collector."""

from __future__ import annotations

import ctypes
import gc
from weakref import ref

import pytest

from logstore.reading.collection import MANY, give_back, paused, settle


def test_it_is_held_inside_and_goes_on_afterwards() -> None:
    states = []
    with paused():
        states.append(gc.isenabled())
        with paused():
            states.append(gc.isenabled())
        states.append(gc.isenabled())
    assert [*states, gc.isenabled()] == [False, False, False, True]


def test_it_goes_on_after_an_error() -> None:
    with pytest.raises(KeyError), paused():
        raise KeyError
    assert gc.isenabled()


def test_many_that_were_made_are_not_looked_at_at_once_and_garbage_among_them_is_found_later() -> None:
    class Node:
        def __init__(self) -> None:
            self.me = self

    gc.unfreeze()  # another test may have settled
    with paused():
        made = [[number] for number in range(MANY + 1)]
        gone = ref(Node())
    young = {id(each) for each in (*gc.get_objects(generation=0), *gc.get_objects(generation=1))}
    assert not young & set(map(id, made))
    gc.collect()
    assert gone() is None


def test_what_is_settled_stays_so_however_much_is_made() -> None:
    settle()
    try:
        count = gc.get_freeze_count()
        with paused():
            made = [[number] for number in range(MANY + 1)]
        assert gc.get_freeze_count() >= count > 0
        assert len(made) > MANY
    finally:
        gc.unfreeze()


def test_whoever_switched_it_off_finds_it_off() -> None:
    gc.disable()
    try:
        with paused():
            pass
        assert not gc.isenabled()
    finally:
        gc.enable()


@pytest.mark.parametrize("knows", [True, False])
def test_memory_is_given_back_where_the_system_can_take_it(monkeypatch: pytest.MonkeyPatch, knows: bool) -> None:
    trimmed: list[int] = []
    library = type("Library", (), {"malloc_trim": trimmed.append} if knows else {})
    monkeypatch.setattr(ctypes, "CDLL", lambda name: library)
    give_back()
    assert trimmed == [0] * knows
