"""Dashed lines: what tells the second round of colours from the first in a picture, as markers do in the app."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from itertools import cycle, pairwise
from math import dist

Point = tuple[float, float]

DASHES: Mapping[str, tuple[float, float]] = {
    "┅": (7.0, 4.0),
    "╍": (4.0, 4.0),
    "═": (14.0, 4.0),
    "▬": (3.0, 7.0),
    "~": (2.0, 3.0),
}
"""Pixels on and off by a swatch's marker (``tui.show.palette.MARKERS``); the first marker's line is whole."""


def dashed(points: Sequence[Point], marker: str) -> Iterator[list[Point]]:
    """The pieces of a line through ``points`` that are drawn."""
    if marker not in DASHES:
        yield list(points)
        return
    lengths = cycle(DASHES[marker])
    drawing, left = True, next(lengths)
    piece = [points[0]]
    for start, end in pairwise(points):
        whole = dist(start, end)
        done = 0.0
        while whole - done > left:
            done += left
            share = done / whole
            at = (start[0] + share * (end[0] - start[0]), start[1] + share * (end[1] - start[1]))
            if drawing:
                yield [*piece, at]
            piece, drawing, left = [at], not drawing, next(lengths)
        left -= whole - done
        piece.append(end)
    if drawing and len(piece) > 1:
        yield piece
