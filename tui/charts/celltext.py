"""Text in cells for the engine, which cannot ask a terminal library: widths, safe names, cuts at the end of a word."""

from __future__ import annotations

import re
import unicodedata

from tui.safe import clean

ELLIPSIS = "…"
_FOREIGN = re.compile("[^\x20-\x7e\u2500-\u25b8✖…·∞]")
"""What is not one of the engine's own characters, each of which takes one cell."""
_BREAKS = "/-_. :"


def plain(text: str) -> str:
    """``text`` on one line, with everything that is not printable shown as a picture or as ``·``."""
    if text.isascii() and text.isprintable():
        return text
    safe = clean(unicodedata.normalize("NFC", text))
    return safe if safe.isprintable() else "".join(char if char.isprintable() else "·" for char in safe)


def width(text: str) -> int:
    """Cells that ``text`` takes."""
    return sum(_cells(char) for char in text) if _FOREIGN.search(text) else len(text)


def _cells(char: str) -> int:
    if unicodedata.category(char) in ("Mn", "Me", "Cf"):
        return 0
    return 2 if unicodedata.east_asian_width(char) in "WF" else 1


def pad(text: str, cells: int) -> str:
    """``text`` cut or filled to exactly ``cells`` cells."""
    text = cut(text, cells)
    return text + " " * (cells - width(text))


def cut(text: str, cells: int) -> str:
    """``text`` in at most ``cells`` cells, cut with an ellipsis: after a word where one ends in the last third."""
    if width(text) <= cells:
        return text
    if cells <= 1:
        return ELLIPSIS[: max(0, cells)]
    kept, used = 0, 0
    while used + _cells(text[kept]) <= cells - 1:
        used += _cells(text[kept])
        kept += 1
    head = text[:kept]
    at = max(head.rfind(mark) for mark in _BREAKS)
    return (head[: at + 1] if at + 1 > kept * 2 // 3 else head).rstrip() + ELLIPSIS


def cut_front(text: str, cells: int) -> str:
    """A metric's name in at most ``cells`` cells: its sections go first, as in ``…/loss``."""
    if width(text) <= cells:
        return text
    parts = text.split("/")
    for first in range(1, len(parts)):
        short = ELLIPSIS + "/" + "/".join(parts[first:])
        if width(short) <= cells:
            return short
    return cut(parts[-1], cells)
