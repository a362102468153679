"""The colours of an exported chart, taken from a theme, so that a curve looks the same on paper and on the screen."""

from __future__ import annotations

from dataclasses import dataclass

from tui.show.palette import SLOTS


@dataclass(frozen=True, slots=True)
class Inks:
    """Colours as ``#rrggbb``."""

    ground: str
    text: str
    dim: str
    faint: str
    series: tuple[str, ...]


def inks_of(name: str) -> Inks:
    """The colours of the theme ``name``.

    Raises:
        KeyError: no theme of ours has that name.
    """
    from tui.themes import THEMES

    theme = {theme.name: theme for theme in THEMES}[name]
    assert theme.background is not None
    assert theme.foreground is not None
    variables = theme.variables
    series = tuple(variables[f"series-{slot}"] for slot in range(1, SLOTS + 1))
    return Inks(theme.background, theme.foreground, variables["dim"], variables["faint"], series)
