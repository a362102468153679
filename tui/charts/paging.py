"""Which charts stand where: sections, order, pages and rectangles of a grid of charts. Pure arithmetic.

Charts flow from left to right and top to bottom without holes; where a section begins, its heading stands on a line
above the row. Sections that are folded have no charts; they are listed on the last line.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field

PINNED = "pinned"
LEAST_WIDTH, LEAST_HEIGHT = 24, 6
_GOOD_WIDTH, _GOOD_HEIGHT = 46, 11
_MOST = 9
GAP = 1


@dataclass(frozen=True, slots=True)
class Arrangement:
    """What a person made of the charts.

    Attributes:
        order: Metrics in the order they were put in; the others follow, in their own order.
        pinned: Metrics that come first.
        hidden: Metrics that are not shown.
        folded: Sections that are folded.
        pattern: A regular expression; only metrics in which it is found (in any case) are shown.
        rows: Rows of charts on a page, or None to fit the screen.
        columns: Columns of charts on a page, or None.
    """

    order: tuple[str, ...] = ()
    pinned: tuple[str, ...] = ()
    hidden: frozenset[str] = frozenset()
    folded: frozenset[str] = frozenset()
    pattern: str = ""
    rows: int | None = None
    columns: int | None = None


@dataclass(frozen=True, slots=True)
class Place:
    """A chart on a page, in cells."""

    metric: str
    left: int
    top: int
    width: int
    height: int


@dataclass(frozen=True, slots=True)
class Heading:
    """A section's name above its first chart on the page."""

    section: str
    count: int
    left: int
    top: int
    width: int


@dataclass(frozen=True, slots=True)
class Page:
    """One page: its charts, the headings, and which page it is of how many."""

    places: tuple[Place, ...] = ()
    headings: tuple[Heading, ...] = ()
    number: int = 0
    pages: int = 1
    columns: int = 1
    rows: int = 1
    folded: Mapping[str, int] = field(default_factory=dict)


def sections(metrics: Mapping[str, str], arrangement: Arrangement) -> dict[str, list[str]]:
    """The metrics that are not hidden, by section, in order. Sections stand in the order of their first metric.

    Args:
        metrics: The section of each metric.
        arrangement: What a person made of them.
    """
    known = [metric for metric in arrangement.order if metric in metrics]
    ranked = dict.fromkeys([*known, *metrics])
    wanted = _filter(arrangement.pattern)
    shown = [metric for metric in ranked if metric not in arrangement.hidden and wanted(metric)]
    found: dict[str, list[str]] = {}
    pinned = [metric for metric in arrangement.pinned if metric in shown]
    if pinned:
        found[PINNED] = pinned
    for metric in shown:
        if metric not in pinned:
            found.setdefault(metrics[metric], []).append(metric)
    return found


class _filter:  # noqa: N801  # a function with a compiled pattern
    def __init__(self, pattern: str) -> None:
        try:
            self._found = re.compile(pattern, re.IGNORECASE).search
        except (re.error, RecursionError):
            self._found = re.compile(re.escape(pattern), re.IGNORECASE).search

    def __call__(self, metric: str) -> bool:
        return self._found(metric) is not None


def shape(width: int, height: int, count: int, rows: int | None, columns: int | None) -> tuple[int, int]:
    """Rows and columns of a page: as asked for, or what fits well; never smaller than can be read."""
    most_columns = min(max(1, width // LEAST_WIDTH), _MOST)
    most_rows = min(max(1, height // LEAST_HEIGHT), _MOST)
    wide = min(columns or max(1, min(4, width // _GOOD_WIDTH)), most_columns)
    if columns is None:
        wide = max(1, min(wide, count))
    high = min(rows or max(1, height // _GOOD_HEIGHT), most_rows)
    if rows is None:
        high = max(1, min(high, -(-count // wide)))
    return high, wide


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
    foot = 1 if pages > 1 or folded or arrangement.pattern else 0
    places, headings = _lay_out(part, counts, rows, columns, width, height - foot)
    return Page(places, headings, number, pages, columns, rows, folded)


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


def moved(order: Collection[str], metric: str, by: int) -> tuple[str, ...]:
    """The order with one metric moved by so many places."""
    ranked = list(order)
    if metric not in ranked:
        return tuple(ranked)
    at = ranked.index(metric)
    ranked.insert(min(max(0, at + by), len(ranked) - 1), ranked.pop(at))
    return tuple(ranked)
