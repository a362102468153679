"""Whether the words of a frame can be read: the contrast of each against what it stands on."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

from rich.color import Color
from textual.strip import Strip

LEAST = 4.5
"""The contrast that text needs: https://www.w3.org/TR/WCAG22/#contrast-minimum."""
MARKED = 3.0
"""That of text under a cursor or a search's mark, which are a second sign themselves."""
_GROUNDS = ("background", "surface", "panel")


def faint(rows: Sequence[Strip], variables: Mapping[str, str]) -> set[tuple[str, float]]:
    """The words that have too little contrast with what they stand on, and how much they have.

    Args:
        rows: A frame.
        variables: Those of the theme it was drawn in.
    """
    plain = {Color.parse(variables[name]).get_truecolor() for name in _GROUNDS}
    return {
        (word, round(found, 1))
        for word, ink, ground in _words(rows)
        if (found := contrast(ink, ground)) < (LEAST if ground.get_truecolor() in plain else MARKED)
    }


def _words(rows: Sequence[Strip]) -> Iterator[tuple[str, Color, Color]]:
    for row in rows:
        for text, style, _ in row:
            word = text.strip()
            if style is None or not any(map(str.isalnum, word)):
                continue
            ink, ground = (style.bgcolor, style.color) if style.reverse else (style.color, style.bgcolor)
            if ink is not None and ground is not None:
                yield word, ink, ground


def contrast(one: Color, other: Color) -> float:
    """The contrast of two colours, 1 to 21: https://www.w3.org/TR/WCAG22/#dfn-contrast-ratio."""
    low, high = sorted((_luminance(one), _luminance(other)))
    return (high + 0.05) / (low + 0.05)


def _luminance(colour: Color) -> float:
    parts = [part / 255 for part in colour.get_truecolor()]
    red, green, blue = (part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in parts)
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue
