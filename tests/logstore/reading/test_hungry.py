"""Whose turn it is to be read."""

from __future__ import annotations

from collections import Counter

from logstore.reading.hungry import ABREAST, Hungry
from logstore.reading.tail import CHUNK


def hungry(*keys: str, left: int = 10) -> Hungry:
    found = Hungry()
    for key in keys:
        found.note(key, left)
    return found


def test_what_is_left_is_counted() -> None:
    found = hungry("a", "b")
    found.note("a", 3)
    assert (len(found), found.left, "a" in found) == (2, 13, True)
    found.discard("a")
    assert (len(found), found.left, "a" in found) == (1, 10, False)


def test_live_runs_come_first_with_what_they_have_just_appended() -> None:
    found = hungry("ended", "live", "long")
    found.note("long", CHUNK + 1)
    assert found.appended({"live": 0.0, "long": 0.0, "other": 0.0}) == ["live"]


def test_a_few_are_read_in_turns_so_that_the_first_are_soon_complete() -> None:
    keys = [f"k{number}" for number in range(10)]
    found = hungry(*keys)
    turns = Counter(key for _ in range(8) for key in found.turns(()))
    assert turns == dict.fromkeys(keys[:ABREAST], 8)
    assert len({next(found.turns(())) for _ in range(ABREAST)}) == ABREAST


def test_those_asked_for_have_most_of_the_turns_and_one_other_goes_on() -> None:
    found = hungry("a", "b", "x", "y", "z")
    turns = Counter(key for _ in range(20) for key in found.turns(("x", "y", "nobody")))
    assert turns["x"] == turns["y"] == 20
    assert turns["a"] + turns["b"] + turns["z"] == 20


def test_others_can_be_kept_waiting() -> None:
    found = hungry("a", "live", "x")
    assert sorted(found.turns(("x",), {"live": 0.0})) == ["live", "x"]
    assert list(hungry("a").turns((), {})) == []
