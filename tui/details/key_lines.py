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


@dataclass(frozen=True, slots=True)
class Entry:
    """A key and what it does."""

    area: str
    key: str
    text: str


def key_lines(rows: Sequence[tuple[str, Entry]], cells: int) -> list[Line]:
    """Entries, each with its heading, in lines of ``cells`` cells; entries of one heading stand together."""
    columns = 2 if cells >= 2 * COLUMN_CELLS else 1
    room = cells // columns
    keys = max((width(entry.key) for _, entry in rows), default=0)
    blocks = [_block(title, rows, keys, room) for title in dict.fromkeys(title for title, _ in rows)]
    halves = _split(blocks) if columns == 2 else [blocks]
    sides = [[line for block in half for line in [*block, []]][:-1] for half in halves]
    return [[part for line in lines for part in pad(line, room)] for lines in zip_longest(*sides, fillvalue=[])]


def _block(title: str, rows: Sequence[tuple[str, Entry]], keys: int, room: int) -> list[Line]:
    """A heading and its entries; a text that is longer than its line goes on below itself."""
    lines: list[Line] = [[gap(1), Span(clean(title), "dim strong")]]
    indent = 1 + keys + _GAP
    for _, entry in (row for row in rows if row[0] == title):
        first, *rest = wrapped(clean(entry.text), max(_LEAST, room - indent - _GAP))
        lines.append([gap(1), Span(fit(entry.key, keys, "right"), "accent"), gap(_GAP), Span(first)])
        lines += [[gap(indent), Span(text)] for text in rest]
    return lines


def _split(blocks: list[list[Line]]) -> list[list[list[Line]]]:
    """The blocks in two halves that are as high as each other, as far as that goes."""
    heights = [len(block) + 1 for block in blocks]
    at = min(range(len(blocks) + 1), key=lambda place: (max(sum(heights[:place]), sum(heights[place:])), place))
    return [blocks[:at], blocks[at:]]
