"""What commands print: tables aligned by cell width, and JSON. For people and for scripts, never for a screen.

All text is cleaned here: nothing that came from a file reaches the terminal as a control character. Colour appears only
on a terminal without ``NO_COLOR``; a word or a shape always says the same thing.
"""

from __future__ import annotations

import json
import math
import os
import shutil
import sys
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import TextIO

import click

from tui.show.safe import BLANK_LETTERS
from tui.show.text import ELLIPSIS, Align, clean, fit, fit_middle, width, wrapped
from tui.show.values import show

GAP = "  "
NARROWEST = 8
DEEPEST = 100
"""Levels of JSON that are written as such; what is nested deeper is written as text."""

_STATE_COLOURS = {
    "running": "green",
    "stalled": "yellow",
    "failed": "red",
    "crashed": "red",
    "killed": "magenta",
    "pending": "bright_black",
    "unknown": "bright_black",
}
_NONFINITE = {math.inf: "Infinity", -math.inf: "-Infinity"}


@dataclass(frozen=True, slots=True)
class Heading:
    """A column of a table. An elastic one gives way where a terminal is too narrow."""

    title: str
    align: Align = "left"
    elastic: bool = False
    both_ends: bool = False
    """Whether a text that does not fit is cut in its middle, because its ends tell it from others."""
    title_yields: bool = False
    """Whether it gives way below its title, which is cut then; where it is not elastic, down to its widest cell."""


@dataclass(frozen=True, slots=True)
class Cell:
    """A text and its style: a colour of the terminal's own (``red``, ``bright_black``, …), ``bold``, or None."""

    text: str
    style: str | None = None


def state_cell(word: str, text: str) -> Cell:
    """``text`` in the colour of the state ``word``; the text itself says which state it is."""
    return Cell(text, _STATE_COLOURS.get(word))


def cell(value: str | Cell) -> Cell:
    """``value`` as a cell."""
    return value if isinstance(value, Cell) else Cell(value)


def colours(stream: TextIO, environ: Mapping[str, str] = os.environ) -> bool:
    """Whether to write colours: a terminal that is not dumb, and nobody said NO_COLOR (https://no-color.org)."""
    return stream.isatty() and not environ.get("NO_COLOR") and environ.get("TERM") != "dumb"


def terminal_width(stream: TextIO) -> int | None:
    """Cells in a row of the terminal; None where ``stream`` is none, so that scripts get whole values."""
    return shutil.get_terminal_size().columns if stream.isatty() else None


def table(
    headings: Sequence[Heading], rows: Iterable[Sequence[str | Cell]], limit: int | None = None, *, colour: bool = False
) -> list[str]:
    """Lines of an aligned table with its titles on top, where it has any.

    Args:
        headings: the columns.
        rows: for each row one text or cell per column.
        limit: the most cells a line may take; elastic columns are cut to reach it, down to ``NARROWEST``.
        colour: whether cells keep their colours.
    """
    cells = [[_cleaned(value) for value in row] for row in rows]
    needed = [max((width(row[i].text) for row in cells), default=0) for i in range(len(headings))]
    widths = [max(width(heading.title), need) for heading, need in zip(headings, needed, strict=True)]
    if limit is not None:
        widths = _narrowed(widths, [_least(*each) for each in zip(headings, needed, strict=True)], limit)
    titles = [Cell(heading.title, "bright_black") for heading in headings]
    titled = [titles] if any(heading.title for heading in headings) else []
    lines = [
        _line(row, [replace(heading, both_ends=True) for heading in headings], widths, colour=colour) for row in titled
    ]
    return lines + [_line(row, headings, widths, colour=colour) for row in cells]


def echo(line: str = "") -> None:
    """Print one line whose text is clean already."""
    click.echo(line, color=colours(sys.stdout))


def echo_cells(*cells: str | Cell) -> None:
    """Print one line: cells beside each other, as wide as they are."""
    colour = colours(sys.stdout)
    cleaned = [_cleaned(value) for value in cells]
    echo(GAP.join(_styled(each.text, each.style, colour=colour) for each in cleaned if each.text))


def echo_hanging(head: Sequence[str | Cell], text: str) -> None:
    """Print ``text`` after ``head``; on a narrow terminal in several lines, all beginning below the first."""
    colour = colours(sys.stdout)
    cleaned = [_cleaned(value) for value in head]
    start = sum(width(each.text) + len(GAP) for each in cleaned)
    room = terminal_width(sys.stdout)
    first, *rest = wrapped(clean(text), max(20, room - start) if room else None)
    echo(GAP.join([*(_styled(each.text, each.style, colour=colour) for each in cleaned), first]).rstrip())
    for line in rest:
        echo(" " * start + line)


def echo_pairs(pairs: Iterable[tuple[str, str]]) -> None:
    """Print one line of names with their values."""
    colour = colours(sys.stdout)
    echo(GAP.join(f"{_styled(clean(name), 'bright_black', colour=colour)} {clean(text)}" for name, text in pairs))


def echo_table(headings: Sequence[Heading], rows: Iterable[Sequence[str | Cell]], indent: str = "") -> None:
    """Print a table, as wide as the terminal at most, its lines moved right by ``indent``."""
    room = terminal_width(sys.stdout)
    limit = None if room is None else room - len(indent)
    for line in table(headings, rows, limit, colour=colours(sys.stdout)):
        echo(indent + line)


def echo_json(value: object, *, indent: int | None = 2) -> None:
    """Print ``value`` as JSON; with ``indent=None`` in one line, flushed, for streams."""
    click.echo(dumps(value, indent=indent), color=False)
    sys.stdout.flush()


def dumps(value: object, *, indent: int | None = 2) -> str:
    r"""``value`` as JSON that is valid and harmless on a terminal.

    Non-finite floats are the strings "NaN", "Infinity" and "-Infinity", as in the files. Whatever is not printable is
    written as ``\uXXXX``, so that names with escape sequences or bidirectional overrides stay text.
    """
    text = json.dumps(_plain(value, 0), ensure_ascii=False, allow_nan=False, indent=indent)
    unseen = {c for c in set(text) if not c.isprintable() or c in BLANK_LETTERS} - {"\n"}
    return text.translate({ord(c): _escaped(c) for c in unseen})


def _escaped(character: str) -> str:
    units = character.encode("utf-16-be", "surrogatepass").hex()
    return "".join(f"\\u{units[i : i + 4]}" for i in range(0, len(units), 4))


def _plain(value: object, depth: int) -> object:
    if isinstance(value, float) and not math.isfinite(value):
        return _NONFINITE.get(value, "NaN")
    if depth < DEEPEST and isinstance(value, Mapping):
        return {str(key): _plain(item, depth + 1) for key, item in value.items()}
    if depth < DEEPEST and isinstance(value, (list, tuple)):
        return [_plain(item, depth + 1) for item in value]
    if value is None or isinstance(value, (bool, int, float, str)):
        return value
    return show(value)


def _cleaned(value: str | Cell) -> Cell:
    plain = cell(value)
    return Cell(clean(plain.text), plain.style)


def _least(heading: Heading, needed: int) -> int | None:
    """How narrow a column may become whose widest cell takes ``needed``; None where it may not at all."""
    if heading.elastic:
        return NARROWEST if heading.title_yields else max(NARROWEST, width(heading.title))
    return max(needed, len(ELLIPSIS)) if heading.title_yields else None


def _narrowed(widths: list[int], least: Sequence[int | None], limit: int) -> list[int]:
    widths = list(widths)
    yielding = {i: low for i, low in enumerate(least) if low is not None and low < widths[i]}
    excess = sum(widths) + len(GAP) * (len(widths) - 1) - limit
    while excess > 0 and yielding:
        widest = max(yielding, key=lambda i: widths[i])
        widths[widest] -= 1
        excess -= 1
        if widths[widest] <= yielding[widest]:
            del yielding[widest]
    return widths


def _line(row: Sequence[Cell], headings: Sequence[Heading], widths: Sequence[int], *, colour: bool) -> str:
    parts = []
    for item, heading, cells in zip(row, headings, widths, strict=True):
        whole = fit_middle(item.text, cells) if heading.both_ends else item.text
        text = fit(whole, cells, heading.align)
        parts.append(_styled(text, item.style, colour=colour))
    return GAP.join(parts).rstrip()


def _styled(text: str, style: str | None, *, colour: bool) -> str:
    if not colour or style is None or not text.strip():
        return text
    return click.style(text, bold=True) if style == "bold" else click.style(text, fg=style)
