"""Text from files, made safe for a terminal (``tui.show.safe.clean``) and fitted to a width in cells."""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import Literal

from rich.cells import cell_len, set_cell_size

from tui.show.safe import clean

__all__ = ["ELLIPSIS", "Align", "clean", "fit", "fit_clause", "fit_middle", "told_apart", "width", "wrapped"]

Align = Literal["left", "right"]

ELLIPSIS = "…"
_CLAUSE = re.compile("[;,:] | \\(")
"""Where a clause ends and another one begins."""


def width(text: str) -> int:
    """Cells that ``text`` takes in a terminal: 2 for wide characters, 0 for combining ones."""
    return len(text) if text.isascii() else cell_len(text)


def fit(text: object, cells: int, align: Align = "left") -> str:
    """``text``, cleaned, in exactly ``cells`` cells: padded, or cut with an ellipsis at its end."""
    line = clean(text)
    if cells <= 0:
        return ""
    taken = width(line)
    if taken > cells:
        cut = set_cell_size(line, cells - 1).rstrip()
        line = cut + ELLIPSIS
        taken = width(line)
    pad = " " * (cells - taken)
    return pad + line if align == "right" else line + pad


def fit_middle(text: object, cells: int) -> str:
    """``text``, cleaned, in at most ``cells`` cells, cut in the middle: for names whose ends tell them apart."""
    line = clean(text)
    if width(line) <= cells:
        return line
    if cells <= 1:
        return ELLIPSIS[:cells]
    head = cells // 2
    tail = cells - head - 1
    end = line
    while width(end) > tail:
        end = end[1:]
    return set_cell_size(line, head).rstrip() + ELLIPSIS + end


def told_apart(names: Iterable[str], cells: int) -> dict[str, str]:
    """Each of ``names`` in at most ``cells`` cells: cut in the middle, and without the beginning that others share.

    The beginning, up to its last ``/`` or ``.``, goes only where names would look the same without that.
    """
    short = {name: fit_middle(name, cells) for name in names}
    alike: dict[str, list[str]] = {}
    for name, text in short.items():
        alike.setdefault(text, []).append(name)
    for group in (group for group in alike.values() if len(group) > 1):
        shared = _shared(min(group), max(group))  # what these two share, all between them share
        short.update({name: fit(ELLIPSIS + name[shared:], cells).rstrip() for name in group if shared >= 0})
    return short


def _shared(one: str, other: str) -> int:
    """Where the last ``/`` or ``.`` is in the beginning that both have, or -1."""
    pairs = zip(one, other, strict=False)
    length = next((place for place, (a, b) in enumerate(pairs) if a != b), min(len(one), len(other)))
    return max(one.rfind(mark, 0, length) for mark in "/.")


def fit_clause(text: object, cells: int) -> str:
    """``text``, cleaned, as far as whole clauses of it fit into ``cells`` cells; nothing where not even one does."""
    line = clean(text)
    while width(line) > cells:
        ends = [found.start() for found in _CLAUSE.finditer(line)]
        line = line[: ends[-1]] if ends else ""
    return line


def wrapped(text: str, cells: int | None) -> list[str]:
    """``text`` in lines of at most ``cells`` cells, broken after a word where one ends in time; None breaks nothing."""
    lines = []
    while cells is not None and width(text) > cells:
        fitting = set_cell_size(text, cells)
        taken = len(fitting) if text.startswith(fitting) else len(fitting) - 1  # half a wide character became a blank
        at = text.rfind(" ", 0, taken + 1) + 1
        if at <= taken // 2 and (not text[:at].strip() or width(text[at:].partition(" ")[0]) > cells):
            at = taken  # a word that no line holds begins at once
        lines.append(text[:at].rstrip())
        text = text[at:].lstrip()
    return [*lines, text]
