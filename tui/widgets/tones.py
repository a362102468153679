"""The looks of many small meanings, worked out from the theme's variables when they are first asked for.

A component class is matched against every rule of the style sheet each time the styles of its widget are worked out,
which for twelve charts of sixty inks is most of the time that the first frame takes. A tone is a name from the theme
and nothing more, so that it costs nothing until it is used.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import NamedTuple

from rich.style import Style
from textual.color import Color
from textual.widget import Widget

_SHARES = 32
"""Steps in which it is found how much of a colour is needed."""


class Tone(NamedTuple):
    """How something looks, by the names of the theme's variables; what is empty stays as it is below.

    Attributes:
        ink: The variable of the text's colour.
        share: How much of that colour there is, the rest being what lies below: 0 to 1.
        ground: The variable of the background.
        bold: Whether the text is bold.
        underline: Whether it is underlined.
        contrast: Where it is not 0, there is only as much of the colour as has this contrast with what lies below.
    """

    ink: str = ""
    share: float = 1.0
    ground: str = ""
    bold: bool = False
    underline: bool = False
    contrast: float = 0.0


class Tones:
    """The styles of one widget's tones in the theme in force. ``forget`` when the theme or the widget's state changes.

    Args:
        widget: Whose background they lie on.
        tones: What each name looks like.
    """

    def __init__(self, widget: Widget, tones: Mapping[str, Tone]) -> None:
        self._widget = widget
        self._tones = tones
        self._known: dict[str, Style] = {}

    def __getitem__(self, name: str) -> Style:
        """The style of a tone, without what lies below it.

        Raises:
            KeyError: there is no such tone.
        """
        style = self._known.get(name)
        if style is None:
            style = self._known[name] = self._style(self._tones[name])
        return style

    def forget(self) -> None:
        """Work all of them out anew."""
        self._known.clear()

    def colour(self, variable: str) -> Color:
        """The colour of a variable of the theme."""
        return Color.parse(self._widget.app.theme_variables[variable])

    def _style(self, tone: Tone) -> Style:
        below = self._widget.background_colors[1]
        ink = self._ink(tone, below).rich_color if tone.ink else None
        ground = self.colour(tone.ground).rich_color if tone.ground else None
        return Style(color=ink, bgcolor=ground, bold=tone.bold or None, underline=tone.underline or None)

    def _ink(self, tone: Tone, below: Color) -> Color:
        colour = self.colour(tone.ink)
        if not tone.contrast:
            return below.blend(colour, tone.share)
        shares = (share / _SHARES for share in range(_SHARES))
        mixed = (below.blend(colour, share) for share in shares)
        return next((each for each in mixed if contrast(each, below) >= tone.contrast), colour)


def contrast(one: Color, other: Color) -> float:
    """The contrast of two colours, 1 to 21: https://www.w3.org/TR/WCAG22/#dfn-contrast-ratio."""
    low, high = sorted((_luminance(one), _luminance(other)))
    return (high + 0.05) / (low + 0.05)


def _luminance(colour: Color) -> float:
    parts = (part / 255 for part in colour.rgb)
    red, green, blue = (part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in parts)
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue
