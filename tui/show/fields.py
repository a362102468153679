"""Small tables whose columns come and go with the width: the most wanted stay. Pure."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from tui.show.spans import Line, Span, cells, gap, pad
from tui.show.text import Align, fit, width

GAP = 2


@dataclass(frozen=True, slots=True)
class Field:
    """One column: its title and a cell for each row."""

    title: str
    cells: Sequence[Line]
    rank: int
    """The smaller, the longer it stays when there is little room."""
    align: Align = "left"
    least: int = 0
    """Cells that it takes even where its texts are shorter, so that nothing moves when they grow."""
    most: int = 60

    @property
    def width(self) -> int:
        """Cells that it takes."""
        widest = max((cells(cell) for cell in self.cells), default=0)
        return min(self.most, max(self.least, widest, width(self.title)))

    @property
    def silent(self) -> bool:
        """Whether it has nothing to say in any row."""
        return not any(cells(cell) for cell in self.cells)


def fitting(fields: Sequence[Field], total: int) -> list[Field]:
    """The fields that fit into ``total`` cells beside each other, in their order; silent ones take no room."""
    left = total
    kept: set[int] = set()
    for place in sorted(range(len(fields)), key=lambda place: fields[place].rank):
        if fields[place].silent:
            continue
        if fields[place].width + GAP > left and kept:
            break
        kept.add(place)
        left -= fields[place].width + GAP
    return [field for place, field in enumerate(fields) if place in kept]


def taken(fields: Sequence[Field]) -> int:
    """Cells that the fields take beside each other, with the gap behind the last."""
    return sum(field.width + GAP for field in fields)


def table_lines(fields: Sequence[Field], total: int) -> list[Line]:
    """A line of titles, then the rows, each exactly ``total`` cells wide."""
    count = max((len(field.cells) for field in fields), default=0)
    titles: Line = [gap(1)]
    for field in fields:
        titles += [Span(fit(field.title, field.width, field.align), "dim"), gap(GAP)]
    return [pad(titles, total), *(pad(_row(fields, row), total) for row in range(count))]


def _row(fields: Sequence[Field], row: int) -> Line:
    line: Line = [gap(1)]
    for field in fields:
        cell = pad(field.cells[row], field.width) if cells(field.cells[row]) > field.width else field.cells[row]
        room = gap(field.width - cells(cell))
        line += [room, *cell, gap(GAP)] if field.align == "right" else [*cell, room, gap(GAP)]
    return line
