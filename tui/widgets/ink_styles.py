"""From the engine's inks to the theme's colours: once per theme, one Rich style for each ink."""

from __future__ import annotations

from rich.style import Style
from textual.color import Color
from textual.widget import Widget

from tui.charts.frame import LEVELS, Ink
from tui.palette import SLOTS

HEATS = 5

_NAMED = {
    Ink.BLANK: "label",
    Ink.GRID: "grid",
    Ink.AXIS: "axis",
    Ink.LABEL: "label",
    Ink.TITLE: "title",
    Ink.VALUE: "value",
    Ink.NOTE: "note",
    Ink.CURSOR: "cursor",
    Ink.MARK: "mark",
    Ink.RECEDED: "receded",
    Ink.FOCUS: "focus",
}

COMPONENTS = {
    *(f"ink--{name}" for name in _NAMED.values()),
    *(f"ink--series-{slot}" for slot in range(1, SLOTS + 1)),
    *(f"ink--band-{slot}" for slot in range(1, SLOTS + 1)),
    *(f"ink--heat-{heat}" for heat in range(1, HEATS + 1)),
}
"""The component classes of a widget that shows frames."""


def default_css(widget: str) -> str:
    """The styles of the components, for the widget's ``DEFAULT_CSS``."""
    slots = range(1, SLOTS + 1)
    rules = {
        "grid": "color: $faint",
        "axis": "color: $dim 60%",
        "label": "color: $dim",
        "title": "color: $foreground; text-style: bold",
        "value": "color: $foreground",
        "note": "color: $dim",
        "cursor": "color: $accent",
        "mark": "color: $warning; text-style: bold",
        "receded": "color: $dim 25%",
        "focus": "color: $accent",
        **{f"series-{slot}": f"color: $series-{slot}" for slot in slots},
        **{f"band-{slot}": f"color: $series-{slot} 36%" for slot in slots},
        **{f"heat-{heat}": f"color: $heat-{heat}" for heat in range(1, HEATS + 1)},
    }
    return "\n".join(f"{widget} > .ink--{name} {{ {rule}; }}" for name, rule in rules.items())


class InkStyles:
    """The styles of one widget's inks, worked out when first asked for."""

    def __init__(self, widget: Widget) -> None:
        self._widget = widget
        self._known: dict[int, Style] = {}

    def __getitem__(self, ink: int) -> Style:
        style = self._known.get(ink)
        if style is None:
            style = self._known[ink] = self._find(ink)
        return style

    def forget(self) -> None:
        """The theme or the widget's state has changed."""
        self._known.clear()

    def _find(self, ink: int) -> Style:
        if ink >= Ink.GRADIENT:
            return self._gradient((ink - Ink.GRADIENT + 0.5) / LEVELS)
        if ink >= Ink.BAND:
            return self._component(f"band-{ink - Ink.BAND + 1}")
        if ink >= Ink.SERIES:
            return self._component(f"series-{ink - Ink.SERIES + 1}")
        return self._component(_NAMED[Ink(ink)])

    def _component(self, name: str) -> Style:
        return self._widget.get_component_rich_style(f"ink--{name}")

    def _gradient(self, share: float) -> Style:
        at = share * (HEATS - 1)
        lower = min(int(at), HEATS - 2)
        low, high = (self._component(f"heat-{heat}") for heat in (lower + 1, lower + 2))
        if low.color is None or high.color is None:
            return high
        blend = Color.from_rich_color(low.color).blend(Color.from_rich_color(high.color), at - lower)
        return low + Style(color=blend.rich_color)
