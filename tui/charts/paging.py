"""Which charts stand where: the pages of a grid of charts, and their rectangles. Pure arithmetic.

Charts flow from left to right and top to bottom without holes; where a section begins, its heading stands on a line
above the row. Sections that are folded have no charts; they are listed on the last line.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from types import MappingProxyType
from typing import NamedTuple

from tui.charts.arrangement import MOST, Arrangement, sections

LEAST_WIDTH, LEAST_HEIGHT = 24, 6
"""Cells of the smallest chart, with the gap beside it."""
_GOOD_WIDTH, _GOOD_HEIGHT = 42, 11
_FOOT_FROM = 8
GAP = 1


class Place(NamedTuple):
    """A chart on a page, in cells."""

    metric: str
    left: int
    top: int
    width: int
    height: int


class Heading(NamedTuple):
    """A section's name above its first chart on the page."""

    section: str
    members: int
    left: int
    top: int
    width: int


class Page(NamedTuple):
    """One page: its charts, the headings, and which page it is of how many."""

    places: tuple[Place, ...] = ()
    headings: tuple[Heading, ...] = ()
    number: int = 0
    pages: int = 1
    columns: int = 1
    rows: int = 1
    folded: Mapping[str, int] = MappingProxyType({})
    foot: bool = True
    """Whether the last line is kept free of charts."""


def shape(width: int, height: int, count: int, rows: int | None, columns: int | None) -> tuple[int, int]:
    """Rows and columns of a page: as asked for, or what fits well; no row stays empty, and all can be read."""
    most_columns = min(max(1, (width + GAP) // LEAST_WIDTH), MOST)
    most_rows = min(max(1, height // LEAST_HEIGHT), MOST)
    wide = min(columns or max(1, min(4, (width + GAP) // _GOOD_WIDTH)), most_columns)
    if columns is None:
        wide = max(1, min(wide, count))
    high = min(rows or max(1, height // _GOOD_HEIGHT), most_rows)
    return max(1, min(high, -(-count // wide))), wide


def page(metrics: Mapping[str, str], arrangement: Arrangement, number: int, width: int, height: int) -> Page:
    """The page ``number`` (the nearest there is) of a grid of ``width`` x ``height`` cells."""
    found = sections(metrics, arrangement)
    folded = {name: len(members) for name, members in found.items() if name in arrangement.folded}
    open_ = [(name, metric) for name, members in found.items() if name not in folded for metric in members]
    counts = {name: len(members) for name, members in found.items()}
    rows, columns = shape(width, height - 1, len(open_), arrangement.rows, arrangement.columns)
    pages = max(1, -(-len(open_) // (rows * columns)))
    number = min(max(0, number), pages - 1)
    part = open_[number * rows * columns : (number + 1) * rows * columns]
    foot = height >= _FOOT_FROM
    places, headings = _lay_out(part, counts, rows, columns, width, height - foot)
    return Page(places, headings, number, pages, columns, rows, folded, foot)


def _lay_out(
    part: Sequence[tuple[str, str]], counts: Mapping[str, int], rows: int, columns: int, width: int, height: int
) -> tuple[tuple[Place, ...], tuple[Heading, ...]]:
    """Rectangles for the charts of one page, with a line for headings above each row in which a section begins."""
    lines = [part[at : at + columns] for at in range(0, len(part), columns)]
    headed = _headed(lines) if len(counts) > 1 or any(counts) else [False] * len(lines)
    free = height - sum(headed)
    if free < LEAST_HEIGHT * rows:
        headed, free = [False] * len(lines), height
    lefts = [column * (width + GAP) // columns for column in range(columns + 1)]
    tops = [row * free // rows for row in range(rows + 1)]
    places, headings, lines_above = [], [], 0
    before: str | None = None
    for row, line in enumerate(lines):
        top = tops[row] + lines_above
        if headed[row]:
            headings += _headings(line, counts, before, lefts, top, first=row == 0)
            lines_above += 1
            top += 1
        for column, (_, metric) in enumerate(line):
            left = lefts[column]
            places.append(Place(metric, left, top, lefts[column + 1] - GAP - left, tops[row + 1] - tops[row]))
        before = line[-1][0]
    return tuple(places), tuple(headings)


def _headed(lines: Iterable[Sequence[tuple[str, str]]]) -> list[bool]:
    """Whether a section begins in each row; the first row of a page always says where it is."""
    headed, before = [], None
    for row, line in enumerate(lines):
        names = [name for name, _ in line]
        headed.append(row == 0 or any(name != before for name in names))
        before = names[-1]
    return headed


def _headings(
    line: Sequence[tuple[str, str]],
    counts: Mapping[str, int],
    before: str | None,
    lefts: Sequence[int],
    top: int,
    *,
    first: bool,
) -> list[Heading]:
    starts: list[int] = []
    for column, (name, _) in enumerate(line):
        if name != before or (first and column == 0):
            starts.append(column)
        before = name
    ends = [*starts[1:], len(lefts) - 1]
    return [
        Heading(line[start][0], counts[line[start][0]], lefts[start], top, lefts[end] - GAP - lefts[start])
        for start, end in zip(starts, ends, strict=True)
    ]
