"""Text from files, made safe for a terminal and fitted to a width in cells.

Run names, metric names, config values and log lines come from files, and files may hold anything: escape
sequences, control characters, bidirectional overrides, newlines. ``clean`` is the one door through which such text
passes on its way to a screen, a file or a notification. It returns one line of printable text and never markup.
"""

from __future__ import annotations

import re
import unicodedata
from typing import Literal

from rich.cells import cell_len, set_cell_size

Align = Literal["left", "right"]

ELLIPSIS = "…"

# C0 and C1 controls, DEL, bidi marks, overrides and isolates, line separators, zero-width characters, the byte order
# mark, interlinear annotations, tag characters and variation selectors: invisible, or able to move what is visible.
_UNSAFE = re.compile(
    "[\x00-\x1f\x7f-\x9f\xad\u061c\u115f\u1160\u17b4\u17b5\u180b-\u180f\u200b-\u200f\u2028-\u202f"
    "\u205f-\u206f\u3164\ufe00-\ufe0f\ufeff\uffa0\ufff0-\uffff\ud800-\udfff\U000e0000-\U000e0fff]"
)
_PICTURES = {0x09: " ", 0x0A: "␊", 0x0D: "␍", 0x1B: "␛", 0x00: "␀", 0x7F: "␡"}


def clean(text: object) -> str:
    """One line of printable text that says what ``text`` held, with nothing a terminal would act on.

    Escape, newline, return and NUL become their visible pictures, so that a person sees that something was there;
    tabs become a space; every other unsafe character becomes ``·``. Combining marks that follow nothing are dropped.
    """
    plain = text if isinstance(text, str) else str(text)
    if plain.isascii() and plain.isprintable():
        return plain
    safe = _UNSAFE.sub(_picture, plain)
    while safe and unicodedata.combining(safe[0]):
        safe = safe[1:]
    return safe


def _picture(match: re.Match[str]) -> str:
    return _PICTURES.get(ord(match.group()), "·")


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
