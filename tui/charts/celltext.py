"""Text in cells for the engine, which cannot ask a terminal library: widths, safe names, cuts at the end of a word."""

from __future__ import annotations

import re
import unicodedata
from functools import lru_cache

from tui.show.safe import clean

ELLIPSIS = "…"
_FOREIGN = re.compile("[^\x20-\x7e\u2500-\u25b8✖…·∞]")
"""What is not one of the engine's own characters, each of which takes one cell."""
_BREAKS = "/-_. :"


def plain(text: str) -> str:
    """``text`` as one line that a terminal only shows (``tui.show.safe.clean``), its accents on their letters."""
    if text.isascii() and text.isprintable():
        return text
    return clean(unicodedata.normalize("NFC", text))


def width(text: str) -> int:
    """Cells that ``text`` takes."""
    return len(text) if text.isascii() else _width(text)


@lru_cache(maxsize=1024)
def _width(text: str) -> int:
    """The same of text that is not ASCII: names, mostly, which come again with every frame."""
    return sum(map(_cells, text)) if _FOREIGN.search(text) else len(text)


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
