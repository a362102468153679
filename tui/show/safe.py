"""The one door through which text from files passes on its way to a screen, a file or a notification. Pure.

Run names, metric names, config values and log lines come from files, and files may hold anything: escape sequences,
control characters, bidirectional overrides, newlines. ``clean`` returns one line of text that a terminal only shows, in
which every character takes the cells that it seems to take. Never markup.
"""

from __future__ import annotations

import re
import unicodedata

# C0 and C1 controls, DEL, bidi marks, overrides and isolates, line separators, zero-width characters, the byte order
# mark, interlinear annotations, tag characters, blank letters, surrogates, and the modifiers of emoji, about which
# terminals do not agree: invisible, or able to move what is visible.
_UNSAFE = re.compile(
    "[\x00-\x1f\x7f-\x9f\xad\u061c\u115f\u1160\u17b4\u17b5\u180b-\u180f\u200b-\u200f\u2028-\u202f"
    "\u205f-\u206f\u3164\ufeff\uffa0\ufff0-\uffff\ud800-\udfff\U0001f3fb-\U0001f3ff\U000e0000-\U000e00ff"
    "\U000e01f0-\U000e0fff]"
)
_SELECTORS = re.compile("[\ufe00-\ufe0f\U000e0100-\U000e01ef]")
"""They choose between two looks of the character before them, and may change its width."""
_CONTROLS = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f]")
_MARKS = "\u0300-\u036f\u0483-\u0489\u1ab0-\u1aff\u1dc0-\u1dff\u20d0-\u20ff\ufe20-\ufe2f"
_STACKED = re.compile(f"([{_MARKS}]{{3}})[{_MARKS}]+")
"""More marks on one character than any language has: they reach into the lines above and below."""
BLANK_LETTERS = frozenset("\u115f\u1160\u3164\uffa0")
"""Letters that show nothing, though ``str.isprintable`` has nothing against them."""
_FORMULAS = ("=", "+", "-", "@", "＝", "＋", "－", "＠")
"""What a spreadsheet takes for the beginning of a formula, also from a paste (OWASP, "CSV Injection")."""
_PICTURES = {0x09: " ", 0x0A: "␊", 0x0D: "␍", 0x1B: "␛", 0x00: "␀", 0x7F: "␡"}


def clean(text: object) -> str:
    """One line of printable text that says what ``text`` held, with nothing a terminal would act on.

    Escape, newline, return and NUL become their visible pictures, so that a person sees that something was there;
    tabs and odd blanks become a space; every other unsafe character becomes ``·``. Combining marks that follow
    nothing, and those beyond the third on one character, are dropped.
    """
    plain = text if isinstance(text, str) else str(text)
    if plain.isascii() and plain.isprintable():
        return plain
    safe = _STACKED.sub(r"\1", _SELECTORS.sub("", _UNSAFE.sub(_picture, plain)))
    if not safe.isprintable():
        safe = "".join(map(_shown, safe))
    while safe and unicodedata.category(safe[0]) in {"Mn", "Me"}:
        safe = safe[1:]
    return safe


def inert(text: object, *, numbers: bool = False) -> str:
    """``text``, cleaned, as a cell for a spreadsheet: what would be run as a formula gets a leading apostrophe.

    Args:
        text: What the cell says.
        numbers: Let negative numbers be numbers; without it, whatever looks like one stays a text.
    """
    line = clean(text)
    harmless = not line.lstrip().startswith(_FORMULAS) or (numbers and _is_number(line))
    return line if harmless else f"'{line}"


def pasted(text: str) -> str:
    """``text`` for the clipboard: line ends and tabs stay, every other control character becomes visible.

    What is pasted into a shell must not end the paste, or be a key.
    """
    return _CONTROLS.sub(_picture, text)


def _is_number(text: str) -> bool:
    try:
        float(text)
    except ValueError:
        return False
    return True


def _picture(match: re.Match[str]) -> str:
    return _PICTURES.get(ord(match.group()), "·")


def _shown(character: str) -> str:
    """What stands for a character that ``str.isprintable`` denies: blanks and icons stay, the rest is a dot."""
    if character.isprintable() or character == "\u3000":
        return character
    match unicodedata.category(character):
        case "Zs":
            return " "
        case "Co":  # the icons of patched fonts
            return character
        case _:
            return "·"
