"""Sends a terminal only what it does not show already. Pure: what was to be written goes in, what is enough comes out.

A toolkit repaints whole stretches of rows, from the left edge of a widget, each run of cells with all of its colours.
``Thrift`` keeps what the terminal shows, cell by cell, and lets through the cells that differ, with no more of their
style than changed. What it does not understand passes as it is; what could have changed the screen in a way that it
does not follow makes it forget all that it knew, and the next frame goes through whole.

Sequences: ECMA-48 (CUP, CUF, SGR); synchronised output (mode 2026) as in
https://gist.github.com/christianparpart/d8a62cc1ab659194337d73e399004036.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import lru_cache
from typing import NamedTuple

from rich.cells import cell_len

_MOVE = re.compile(r"\x1b\[(\d+);(\d+)H")
_TOKEN = re.compile(
    r"\x1b\[(?P<sgr>[\d;:]*)m"
    r"|(?P<sync>\x1b\[\?2026[hl])"
    r"|(?P<other>\x1b\[[\d;:<=>?]*[ -/]*[@-~]|\x1b[\]P^_X].*?(?:\a|\x1b\\)|\x1b[ -/]*[0-~]|[\x00-\x1f\x7f])"
    r"|(?P<text>[^\x00-\x1f\x7f]+)",
    re.DOTALL,
)
_HARMLESS = re.compile(
    r"\x1b\[\?(?!(?:47|1047|1049)[hl])[\d;]*(?:\$p|[hl])|\x1b\[[<>=?][\d;]*[um]|\x1b\[[\d;]*t|\x1b[\]P^_X].*|[\a\n\r]",
    re.DOTALL,
)
"""What passes without changing a cell: modes but for the other screen, keyboard, titles, clipboard, bells."""
_NARROW = re.compile("[ -~\u00a0-\u02ff\u2013-\u2026\u2190-\u21ff\u2500-\u25fc\u2800-\u28ff]*")
"""Characters that surely take one cell each."""
_NEAR = 3
"""Cells that are as they should be and are written again all the same, because to leap over them costs as much."""
_OFF = {"1": "22", "2": "22", "3": "23", "4": "24", "5": "25", "7": "27", "9": "29"}
"""What takes an attribute back."""

Cell = tuple[str, str]
"""What a cell shows and its style, as parameters of SGR; the second half of a wide character shows nothing."""
_BLANK: Cell = (" ", "")


class Said(NamedTuple):
    """What was written from one place on, up to the next move.

    Attributes:
        text: All of it.
        style: The style before it.
        end: The column after its last cell.
        stops: After each run of text: how many characters that is from the start, the next column, and the style then.
    """

    text: str
    style: str
    end: int
    stops: list[tuple[int, int, str]]

    def shared(self, text: str, style: str) -> list[tuple[int, int, str]]:
        """The stops up to which ``text``, in this style, says the same."""
        if style != self.style:
            return []
        low, high = 0, len(self.stops)
        while low < high:
            middle = (low + high + 1) // 2
            if text.startswith(self.text[: self.stops[middle - 1][0]]):
                low = middle
            else:
                high = middle - 1
        if low and text[self.stops[low - 1][0] :][:1] not in {
            "",
            "\x1b",
        }:  # what comes may belong to the last character
            low -= 1
        return self.stops[:low]


class Thrift:
    """What one terminal shows, and what has to be written to have it show something else.

    A row that changes mostly begins as it was: so much of it is passed over at once.
    """

    def __init__(self) -> None:
        self._rows: dict[int, dict[int, Cell]] = {}
        self._said: dict[int, dict[int, Said]] = {}
        self._at: tuple[int, int] | None = None
        self._style: str | None = None
        self._held = ""

    def forget(self) -> None:
        """Nothing is known any more of what the terminal shows."""
        self._rows.clear()
        self._said.clear()
        self._at = self._style = None

    def reduced(self, data: str) -> str:
        """What has to be written in place of ``data``."""
        out: list[str] = []
        wanted: dict[int, dict[int, Cell]] = {}
        style, rest = "", None
        row = column = 0
        parts = _MOVE.split(data)
        for at in range(0, len(parts), 3):
            if at:
                row, column = int(parts[at - 2]), int(parts[at - 1])
                rest = (row, column)
            end, style = self._take(out, wanted, (row, column), parts[at], style)
            if end != column:
                rest = None
        self._flush(out, wanted)
        if rest is not None and rest != self._at:
            self._emit(out, f"\x1b[{rest[0]};{rest[1]}H")
            self._at = rest
        return "".join(out)

    def _take(
        self, out: list[str], wanted: dict[int, dict[int, Cell]], place: tuple[int, int], text: str, before: str
    ) -> tuple[int, str]:
        """Take in what is written from a place on; the column and the style after it."""
        row, first = place
        said = self._said.setdefault(row, {})
        known = said.get(first)
        stops = known.shared(text, before) if known is not None else []
        start, column, style = stops[-1] if stops else (0, first, before)
        is_plain = True
        for token in _TOKEN.finditer(text, start):
            kind = token.lastgroup
            if kind == "text":
                column += _want(wanted.setdefault(row, {}), column, token["text"], style)
                if is_plain:
                    stops.append((token.end(), column, style))
            elif kind == "sgr":
                style = _after(style, token["sgr"])
            elif token["other"] not in {"\n", "\r"}:
                is_plain = False
                self._flush(out, wanted)
                self._pass(out, token[0], sync=kind == "sync")
        if column != first:
            for other in [at for at, each in said.items() if at < column and each.end > first]:
                del said[other]
            said[first] = Said(text, before, column, stops)
        return column, style

    def _pass(self, out: list[str], sequence: str, *, sync: bool) -> None:
        """Let a sequence through; the frame's beginning waits until there is something in the frame."""
        if not sync:
            if not _HARMLESS.fullmatch(sequence):
                self.forget()
            self._emit(out, sequence)
        elif sequence.endswith("h"):
            self._held = sequence
        elif self._held:
            self._held = ""
        else:
            out.append(sequence)

    def _emit(self, out: list[str], text: str) -> None:
        if self._held:
            out.append(self._held)
            self._held = ""
        out.append(text)

    def _flush(self, out: list[str], wanted: dict[int, dict[int, Cell]]) -> None:
        """Write the cells that differ, row by row, and remember all of them."""
        for row, cells in wanted.items():
            shown = self._rows.setdefault(row, {})
            known = shown.get
            differing = [column for column, cell in cells.items() if known(column) != cell]
            for start, end in _ranges(sorted(differing), cells, shown) if differing else ():
                self._write(out, row, start, [cells[column] for column in range(start, end)])
                if shown.get(start, _BLANK)[0] == "":
                    shown.pop(start - 1, None)
                if shown.get(end, _BLANK)[0] == "":
                    shown.pop(end, None)
            shown.update(cells)
        wanted.clear()

    def _write(self, out: list[str], row: int, column: int, cells: list[Cell]) -> None:
        parts = [self._move(row, column)]
        for text, style in cells:
            if style != self._style:
                parts.append(_change(self._style, style))
                self._style = style
            parts.append(text)
        self._emit(out, "".join(parts))
        sure = _NARROW.fullmatch("".join(text for text, _ in cells))
        self._at = (row, column + len(cells)) if sure else None  # terminals do not agree on how wide some are

    def _move(self, row: int, column: int) -> str:
        """What brings the cursor there."""
        if self._at == (row, column):
            return ""
        if self._at is not None and self._at[0] == row and self._at[1] < column:
            return f"\x1b[{column - self._at[1]}C"
        return f"\x1b[{row};{column}H"


def _want(cells: dict[int, Cell], column: int, text: str, style: str) -> int:
    """Note what a run of text is to show from ``column`` on; how many cells it takes."""
    if _NARROW.fullmatch(text) and column not in cells and column + len(text) - 1 not in cells:
        cells.update(enumerate([(character, style) for character in text], column))
        return len(text)
    at = column
    for character in text:
        width = cell_len(character)
        if width == 0 and at > column:
            last = at - 1 if cells[at - 1][0] else at - 2
            cells[last] = (cells[last][0] + character, style)
            continue
        for cell in range(at, at + width):
            _part(cells, cell)
        cells.update(enumerate([(character, style), ("", style)][:width], at))
        at += width
    return at - column


def _part(cells: dict[int, Cell], column: int) -> None:
    """Blank the other half of a wide character that is about to be overwritten at ``column``."""
    if cells.get(column, _BLANK)[0] == "" and column - 1 in cells:
        cells[column - 1] = (" ", cells[column - 1][1])
    if cells.get(column + 1, _BLANK)[0] == "":
        cells[column + 1] = (" ", cells[column + 1][1])


def _ranges(columns: list[int], cells: dict[int, Cell], shown: dict[int, Cell]) -> Iterator[tuple[int, int]]:
    """The stretches to write: where cells differ, with what lies between if that is short, and whole characters."""
    start = previous = columns[0]
    for column in [*columns[1:], None]:
        if column is not None and (
            column == previous + 1
            or (column - previous <= _NEAR + 1 and all(x in cells for x in range(previous + 1, column)))
        ):
            previous = column
            continue
        first, end = start, previous + 1
        while first - 1 in cells and "" in {cells[first][0], shown.get(first, _BLANK)[0]}:
            first -= 1
        while end in cells and "" in {cells[end][0], shown.get(end, _BLANK)[0]}:
            end += 1
        yield first, end
        if column is not None:
            start = previous = column


@lru_cache(maxsize=4096)
def _after(style: str, codes: str) -> str:
    """The style that ``codes`` make of the one before."""
    if codes in {"", "0"}:
        return ""
    if codes.startswith("0;"):
        return codes[2:]
    return f"{style};{codes}" if style else codes


@lru_cache(maxsize=4096)
def _change(before: str | None, after: str) -> str:
    """What changes the style ``before`` (None: not known) into ``after``."""
    whole = f"\x1b[0;{after}m" if after else "\x1b[0m"
    if before is None:
        return whole
    old, new = _parts(before), _parts(after)
    if old is None or new is None:
        return whole
    codes = list(dict.fromkeys(_OFF[flag] for flag in old[0] if flag not in new[0]))
    kept = {flag for flag in old[0] if flag in new[0] and _OFF[flag] not in codes}
    codes += [flag for flag in new[0] if flag not in kept]
    codes += [new[1] or "39"] if new[1] != old[1] else []
    codes += [new[2] or "49"] if new[2] != old[2] else []
    least = f"\x1b[{';'.join(codes)}m"
    return least if len(least) < len(whole) else whole


@lru_cache(maxsize=4096)
def _parts(style: str) -> tuple[tuple[str, ...], str, str] | None:
    """Attributes, colour and background of SGR parameters; None where there is something else among them."""
    flags: list[str] = []
    ink = ground = ""
    codes = iter(style.split(";")) if style else iter(())
    for code in codes:
        if code in _OFF:
            flags.append(code)
        elif code in {"38", "48"}:
            kind = next(codes, "")
            colour = ";".join([code, kind, *(next(codes, "") for _ in range({"5": 1, "2": 3}.get(kind, 0)))])
            ink, ground = (colour, ground) if code == "38" else (ink, colour)
        elif code.isdecimal() and (30 <= int(code) <= 37 or 90 <= int(code) <= 97 or code == "39"):
            ink = code
        elif code.isdecimal() and (40 <= int(code) <= 47 or 100 <= int(code) <= 107 or code == "49"):
            ground = code
        else:
            return None
    return tuple(dict.fromkeys(flags)), "" if ink == "39" else ink, "" if ground == "49" else ground
