"""Which columns fit, and where each stands. Pure.

The first column is frozen: it stands at the left whatever the table is scrolled to. Scrolling sideways goes by whole
columns, so that no number and no word is ever cut by the table's edge; what does not fit is counted, not hidden.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from tui.show.text import clean, width
from tui.table.columns import Column
from tui.table.rows import TableRow

GUTTER = 3
"""Cells before the first column: the mark, the state's shape, a pin."""
GAP = 2
"""Cells between two columns; a sort mark may stand in them."""
MARGIN = 1
"""Cells kept free at the right end, where that puts no column out of sight."""
HINT = 3
"""Cells kept free at the right end of the titles, where there is room, to say how many columns are out of sight."""
FROZEN_LEAST, FROZEN_SHARE, FROZEN_NARROWEST = 12, 4, 6
"""The frozen column gives way to the others down to the first width, or to one of so many cells where that is more: by
names runs are told apart. To a single other one it gives way down to the last width."""
NARROWEST, WIDEST = 3, 80
"""Limits of what a person may set a column's width to."""


@dataclass(frozen=True, slots=True)
class Placed:
    """A column on the screen: its first cell and how many cells it has."""

    column: Column
    x: int
    width: int

    @property
    def end(self) -> int:
        """The cell after its last."""
        return self.x + self.width


@dataclass(frozen=True, slots=True)
class Layout:
    """The columns that are on the screen, left to right, and how many are not."""

    placed: tuple[Placed, ...]
    viewport: int
    hidden_left: int = 0
    hidden_right: int = 0

    def at(self, x: int) -> Placed | None:
        """The column that is drawn at cell ``x``; the gap before a column belongs to it."""
        return next((p for p in self.placed if p.x - GAP < x < p.end + 1 and x >= GUTTER), None)

    def border_at(self, x: int) -> Placed | None:
        """The column whose right border is at cell ``x``: the cell after its last."""
        return next((p for p in self.placed if x == p.end), None)

    def find(self, column_id: str) -> Placed | None:
        """Where the column is, when it is on the screen."""
        return next((p for p in self.placed if p.column.id == column_id), None)


def lay_out(columns: Sequence[Column], widths: Mapping[str, int], viewport: int, first: int = 1) -> Layout:
    """Place ``columns`` in ``viewport`` cells.

    Args:
        columns: all columns, the frozen one first.
        widths: how wide each is, by id.
        viewport: how many cells there are.
        first: the index of the first column after the frozen one; smaller than 1 counts as 1.
    """
    if not columns:
        return Layout((), viewport)
    first = max(1, min(first, len(columns) - 1))
    placed = _place(columns, widths, viewport - MARGIN, first)
    if len(placed) <= len(columns) - first:
        placed = _place(columns, widths, viewport, first)
    if len(placed) <= len(columns) - first:
        with_hint = _place(columns, widths, viewport - HINT, first)
        placed = with_hint if len(with_hint) > 1 else placed
    return Layout(tuple(placed), viewport, first - 1, len(columns) - first - len(placed) + 1)


def _place(columns: Sequence[Column], widths: Mapping[str, int], viewport: int, first: int) -> list[Placed]:
    frozen, rest = columns[0], columns[first:]
    room = viewport - GUTTER - min(widths[frozen.id], max(FROZEN_LEAST, viewport // FROZEN_SHARE))
    shown = 0
    for column in rest:
        room -= GAP + widths[column.id]
        if room < 0 and shown:
            break
        shown += 1
    frozen_width = min(widths[frozen.id], viewport - GUTTER - sum(GAP + widths[c.id] for c in rest[:shown]))
    if frozen_width < min(widths[frozen.id], FROZEN_NARROWEST):
        shown, frozen_width = 0, min(widths[frozen.id], viewport - GUTTER)
    placed = [Placed(frozen, GUTTER, max(1, frozen_width))]
    for column in rest[:shown]:
        placed.append(Placed(column, placed[-1].end + GAP, widths[column.id]))
    return placed


def scrolled_to(columns: Sequence[Column], widths: Mapping[str, int], viewport: int, first: int, wanted: int) -> int:
    """The ``first`` that has the column with index ``wanted`` on the screen, moved as little as possible."""
    if wanted <= first:
        return max(1, wanted)
    while first < wanted and len(lay_out(columns, widths, viewport, first).placed) <= wanted - first + 1:
        first += 1
    return first


def measure(columns: Iterable[Column], rows: Iterable[TableRow], known: Mapping[str, int]) -> dict[str, int]:
    """How wide each column has to be for the texts of ``rows``: never narrower than ``known``, so nothing jumps."""
    shown = list(rows)
    widths: dict[str, int] = {}
    for column in columns:
        widest = max((width(clean(column.text(row))) for row in shown), default=0)
        widths[column.id] = max(known.get(column.id, 0), wanted_width(column, widest))
    return widths


def wanted_width(column: Column, widest: int) -> int:
    """The width of ``column`` when the widest of its texts has ``widest`` cells."""
    title = width(column.title)
    return min(max(column.width.least, title, widest), max(column.width.most, min(title, 20)))


def title_room(column: Column) -> int:
    """How many cells the title takes of a column's own beside a sort mark, which may reach one cell into the gap."""
    return width(column.title) - (column.align == "right")
