from itertools import pairwise
from math import dist

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tui.export.dashes import DASHES, dashed
from tui.show.palette import MARKERS

POINTS = st.lists(st.tuples(st.floats(0, 500), st.floats(0, 500)), min_size=2, max_size=20)


def length(points: list[tuple[float, float]]) -> float:
    return sum(dist(a, b) for a, b in pairwise(points))


def test_every_round_of_colours_has_its_own_dashes_and_the_first_none() -> None:
    assert set(DASHES) == set(MARKERS[1:])
    assert len(set(DASHES.values())) == len(DASHES)
    assert list(dashed([(0, 0), (9, 9)], MARKERS[0])) == [[(0, 0), (9, 9)]]


def test_dashes_run_on_around_corners() -> None:
    assert list(dashed([(0.0, 0.0), (5.0, 0.0), (5.0, 20.0)], "┅")) == [
        [(0.0, 0.0), (5.0, 0.0), (5.0, 2.0)],
        [(5.0, 6.0), (5.0, 13.0)],
        [(5.0, 17.0), (5.0, 20.0)],
    ]


@given(POINTS, st.sampled_from(MARKERS[1:]))
def test_no_piece_is_longer_than_a_dash_and_all_together_are_their_share(
    points: list[tuple[float, float]], marker: str
) -> None:
    on, off = DASHES[marker]
    pieces = list(dashed(points, marker))
    assert all(length(piece) <= on + 1e-6 for piece in pieces)
    whole = length(points)
    assert sum(map(length, pieces)) == pytest.approx(whole // (on + off) * on + min(on, whole % (on + off)), abs=1e-3)
