"""Which runs are looked at when."""

from __future__ import annotations

import pytest

from logstore.reading.rounds import SWEEP_MOST, Rounds


def quiet(count: int) -> Rounds:
    rounds = Rounds()
    for number in range(count):
        rounds.note_quiet(str(number))
    rounds.sweep(1000.0)
    return rounds


def test_a_run_is_live_or_quiet() -> None:
    rounds = quiet(1)
    rounds.note_live("0", 1000.0)
    assert list(rounds.live) == ["0"]
    assert rounds.sweep(1010.0) == []
    rounds.note_quiet("0")
    assert list(rounds.live) == []
    assert rounds.sweep(1020.0) == ["0"]
    rounds.discard("0")
    assert rounds.sweep(1030.0) == []


@pytest.mark.parametrize(("now", "due"), [(1000.0, False), (1000.9, False), (1001.0, True), (900.0, True)])
def test_a_live_run_is_due_every_second_and_when_the_clock_was_set_back(now: float, due: bool) -> None:
    rounds = Rounds()
    rounds.note_live("a", 1000.0)
    assert rounds.is_due("a", now) is due


def test_each_quiet_run_has_its_turn_in_three_seconds() -> None:
    rounds, seen = quiet(12), set()
    for tick in range(1, 31):
        for key in rounds.sweep(1000.0 + tick / 10):
            seen.add(key)
            rounds.note_quiet(key)
    assert seen == set(map(str, range(12)))


def test_of_very_many_only_so_many_in_a_second() -> None:
    rounds, looked = quiet(10_000), 0
    for tick in range(1, 101):
        for key in rounds.sweep(1000.0 + tick / 10):
            looked += 1
            rounds.note_quiet(key)
    assert 9 * SWEEP_MOST <= looked <= 11 * SWEEP_MOST
    assert len(rounds.sweep(9999.0)) <= SWEEP_MOST
