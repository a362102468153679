"""``tui.show.palette``: a run keeps its colour."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from tui.show.palette import SLOTS, assign

keys = st.lists(st.text(max_size=12), max_size=40, unique=True)


@given(keys, st.text(max_size=12))
def test_a_new_run_changes_no_other_runs_colour(old: list[str], new: str) -> None:
    before = assign(old)
    after = assign([*old, new])
    assert {key: after[key] for key in old} == before


@given(keys)
def test_no_two_runs_look_alike_while_colours_and_markers_last(runs: list[str]) -> None:
    swatches = assign(runs).values()
    assert len({(s.slot, s.marker) for s in swatches}) == len(runs)


def test_the_first_round_uses_every_colour_once() -> None:
    assert {s.slot for s in assign(map(str, range(SLOTS))).values()} == set(range(SLOTS))
