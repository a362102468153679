"""Holding the garbage collector."""

from __future__ import annotations

import ctypes
import gc

import pytest

from logstore.reading.collection import give_back, paused


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
