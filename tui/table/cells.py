"""A line of the table as runs of text, each with a tone. Pure: tones are names, a theme gives them their colours.

Every line is exactly as many cells long as its layout, whatever wide, combining or control characters the names in
it have. Neighbouring runs of one tone are one run, and blanks join the run at their left: each run costs bytes.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Final

from rich.cells import set_cell_size

from tui.show.text import clean, fit, fit_middle, width
from tui.show.units import ABSENT
from tui.table.columns import Column
from tui.table.groups import GroupRow
from tui.table.layout import GUTTER, Layout, Placed
from tui.table.rows import ALARMS, TableRow, state_shape, state_word
from tui.table.sorting import Sort, sort_mark

Run = tuple[str, str]
"""A text and its tone."""

INSET = "  "
MARK, PIN = "▌", "↑"
LEFT, RIGHT = "‹", "›"
BADGES: Final[Mapping[str, str]] = {"best": "★", "good": "", "poor": "", "worst": "▽"}
"""What stands before a value that is coloured by its standing: never colour alone."""
_UNDERLINED = frozenset({"title-cursor"})
_NOT_FINITE = frozenset({"nan", "inf", "-inf"})


def texts_of(row: TableRow, layout: Layout, *, inside: bool = False) -> list[str]:
    """What the cells of ``row`` say, cleaned, not yet fitted: one text for each column on the screen.

    The first one is set in when the row is ``inside`` a group.
    """
    texts = [_text_of(row, placed.column) for placed in layout.placed]
    return [INSET + texts[0], *texts[1:]] if inside and texts else texts


def _text_of(row: TableRow, column: Column) -> str:
    text = clean(column.text(row))
    return f"{text} {ALARMS[row.alarm]}" if column.id == "state" and row.alarm in ALARMS and row.alarm else text


def row_line(
    row: TableRow, texts: Sequence[str], layout: Layout, *, marked: bool, pinned: bool, standing: Mapping[str, str]
) -> list[Run]:
    """The line of ``row``.

    Args:
        row: whose line it is.
        texts: what its cells say (``texts_of``).
        layout: where to write them.
        marked: whether a mark stands before it.
        pinned: whether it is pinned to the top.
        standing: of the columns that are coloured by standing, where this row stands: a key of ``BADGES``.
    """
    word = state_word(row)
    group = isinstance(row, GroupRow)
    series = f"series-{row.swatch.slot + 1}"
    tones = {"series": series, "state": f"state-{word}", "name": "strong" if group else "name"}
    runs = [((MARK if marked else " ") + state_shape(word) + (PIN if pinned else " "), series)]
    at = GUTTER
    for placed, text in zip(layout.placed, texts, strict=True):
        runs.append((" " * (placed.x - at), ""))
        runs += _signed(row, _cell(placed, text, tones, standing.get(placed.column.id, "")))
        at = placed.end
    return joined([*runs, (" " * (layout.viewport - at), "")])


def _signed(row: TableRow, cell: Run) -> list[Run]:
    """A cell; the sign of what is wrong with the run has a tone of its own in it."""
    text, tone = cell
    sign = ALARMS.get(row.alarm, "")
    at = text.rfind(sign) if sign and tone.startswith("state-") else -1
    if at < 0:
        return [cell]
    return [(text[:at], tone), (text[at:], "bad" if row.alarm == "ERROR" else "poor")]


def _cell(placed: Placed, text: str, tones: Mapping[str, str], standing: str) -> Run:
    column = placed.column
    tone = standing or _tone(column, text, tones)
    if column.align == "right" and width(text) < placed.width:
        text = BADGES.get(standing, "") + text
    if column.is_setting or column.tone == tones["name"] == "name":
        text = fit_middle(text, placed.width)
    return fit(text, placed.width, column.align), tone


def _tone(column: Column, text: str, tones: Mapping[str, str]) -> str:
    if text == ABSENT:
        return "dim"
    return "bad" if text in _NOT_FINITE else tones.get(column.tone, column.tone)


def header_line(layout: Layout, sort: Sort, cursor: str | None) -> list[Run]:
    """The line of titles: sort marks, the column cursor, and how many columns are out of sight on either side."""
    runs: list[Run] = []
    at = 0
    for placed in layout.placed:
        mark = sort_mark(placed.column.id, sort)
        x, text = _title(placed, mark)
        tone = "title-cursor" if placed.column.id == cursor else "title-sorted" if mark else "title"
        runs += [(" " * (x - at), "title"), (text, tone)]
        at = x + width(text)
    runs.append((" " * (layout.viewport - at), "title"))
    return _with_hints(joined(runs), layout)


def _title(placed: Placed, mark: str) -> tuple[int, str]:
    """Where the title begins, and its text; at the right a sort mark may reach one cell into the gap."""
    if placed.column.align == "left":
        return placed.x, fit_middle(placed.column.title, placed.width - width(mark)) + mark
    text = mark + fit_middle(placed.column.title, placed.width + 1 - width(mark) if mark else placed.width)
    return placed.end - width(text), text


def _with_hints(runs: list[Run], layout: Layout) -> list[Run]:
    """Say at both ends how many columns there are to the left and to the right."""
    if layout.hidden_left:
        runs = overlaid(runs, 0, LEFT + (str(layout.hidden_left) if layout.hidden_left < 10 else "+"), "title")
    if layout.hidden_right:
        hint = f"{layout.hidden_right}{RIGHT}"
        x = layout.viewport - width(hint)
        if x > layout.placed[-1].end:
            runs = overlaid(runs, x, hint, "title")
    return runs


def overlaid(runs: Iterable[Run], x: int, text: str, tone: str) -> list[Run]:
    """``runs`` with ``text`` written over the blanks that begin at cell ``x``."""
    line: list[Run] = []
    at, end = 0, x + width(text)
    for piece, piece_tone in runs:
        stop = at + width(piece)
        if stop <= x or at >= end:
            line.append((piece, piece_tone))
        else:
            line.append((set_cell_size(piece, x - at) if at < x else "", piece_tone))
            line += [(text, tone)] if at <= x < stop else []
            line.append((piece[len(piece) - (stop - end) :] if stop > end else "", piece_tone))
        at = stop
    return joined(line)


def joined(runs: Iterable[Run]) -> list[Run]:
    """``runs`` with neighbours of one tone put together; blanks take the tone at their left."""
    line: list[Run] = []
    for text, tone in runs:
        if not text:
            continue
        if line and (line[-1][1] == tone or (text.isspace() and line[-1][1] not in _UNDERLINED)):
            line[-1] = (line[-1][0] + text, line[-1][1])
        else:
            line.append((text, tone))
    return line


def plain(runs: Iterable[Run]) -> str:
    """The text of a line."""
    return "".join(text for text, _ in runs)
