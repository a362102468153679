"""The keys of a screen as lines: under the headings of their areas, in two columns where there is room. Pure."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import zip_longest

from tui.show.spans import Line, Span, gap, pad
from tui.show.text import clean, fit, width, wrapped

COLUMN_CELLS = 68
"""Cells that a column needs; where there are twice as many there are two."""
_GAP = 2
_LEAST = 16
_GOES_ON = "…"
"""Stands before a title whose first entries are in the column before."""
_TORN = 3
"""Lines that the columns may be higher rather than part the entries of one title."""


@dataclass(frozen=True, slots=True)
class Entry:
    """A key and what it does."""

    area: str
    key: str
    text: str


def key_lines(rows: Sequence[tuple[str, Entry]], cells: int) -> list[Line]:
    """Entries, each with its heading, in lines of ``cells`` cells; entries of one heading follow each other."""
    columns = 2 if cells >= 2 * COLUMN_CELLS else 1
    room = cells // columns
    keys = max((width(entry.key) for _, entry in rows), default=0)
    told = [(title, _told(entry, keys, room)) for title, entry in _together(rows)]
    sides = _halves(told) if columns == 2 else [_side(told)]
    return [[part for line in lines for part in pad(line, room)] for lines in zip_longest(*sides, fillvalue=[])]


def _together(rows: Sequence[tuple[str, Entry]]) -> list[tuple[str, Entry]]:
    """The entries of one heading behind each other, in the order of the headings' first entries."""
    titles = list(dict.fromkeys(title for title, _ in rows))
    return sorted(rows, key=lambda row: titles.index(row[0]))


def _told(entry: Entry, keys: int, room: int) -> list[Line]:
    """A key and its text; one that is longer than its line goes on below itself."""
    indent = 1 + keys + _GAP
    first, *rest = wrapped(clean(entry.text), max(_LEAST, room - indent - _GAP))
    line: Line = [gap(1), Span(fit(entry.key, keys, "right"), "accent"), gap(_GAP), Span(first)]
    return [line, *([gap(indent), Span(text)] for text in rest)]


def _side(told: Sequence[tuple[str, list[Line]]], before: str | None = None) -> list[Line]:
    """Entries below each other, each title above its first; one that goes on from ``before`` says so."""
    lines: list[Line] = []
    title = None
    for name, entry in told:
        if name != title:
            goes_on = f"{_GOES_ON} " if not lines and name == before else ""
            lines += [*([[]] if lines else []), [gap(1), Span(f"{goes_on}{clean(name)}", "dim strong")]]
            title = name
        lines += entry
    return lines


def _halves(told: Sequence[tuple[str, list[Line]]]) -> list[list[Line]]:
    """Two sides as high as each other; where that makes no difference, they part where a title begins."""
    parted = [
        (_side(told[:at]), _side(told[at:], told[at - 1][0] if at else None), _parts(told, at))
        for at in range(len(told) + 1)
    ]
    left, right, _ = min(parted, key=lambda each: max(len(each[0]), len(each[1])) + _TORN * each[2])
    return [left, right]


def _parts(told: Sequence[tuple[str, list[Line]]], at: int) -> bool:
    """Whether what stands before ``at`` and what stands there have one title."""
    return 0 < at < len(told) and told[at - 1][0] == told[at][0]
