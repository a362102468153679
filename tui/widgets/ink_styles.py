"""From the engine's inks to the theme's colours: once per theme, one Rich style for each ink."""

from __future__ import annotations

from collections.abc import Mapping

from rich.segment import Segment
from rich.style import Style
from textual.widget import Widget

from tui.charts.frame import LEVELS, Ink
from tui.show.palette import SLOTS
from tui.widgets.tones import Tone, Tones

HEATS = 5
QUIET = 3.0
"""The contrast of a line that recedes: that of a mark which is to be found, the same for all colours
(https://www.w3.org/TR/WCAG22/#non-text-contrast)."""

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

_SERIES = range(1, SLOTS + 1)
TONES: Mapping[str, Tone] = {
    "grid": Tone("faint"),
    "axis": Tone("dim", 0.6),
    "label": Tone("dim"),
    "title": Tone("foreground", bold=True),
    "value": Tone("foreground"),
    "note": Tone("dim"),
    "cursor": Tone("accent"),
    "mark": Tone("warning", bold=True),
    "receded": Tone("dim", 0.25),
    "focus": Tone("accent"),
    **{f"series-{slot}": Tone(f"series-{slot}") for slot in _SERIES},
    **{f"quiet-{slot}": Tone(f"series-{slot}", contrast=QUIET) for slot in _SERIES},
    **{f"band-{slot}": Tone(f"series-{slot}", 0.36) for slot in _SERIES},
}
"""What each ink looks like."""


class InkStyles(dict[int, Style]):
    """The styles of one widget's inks as the app's filters leave them, worked out when first asked for."""

    def __init__(self, widget: Widget) -> None:
        super().__init__()
        self._widget = widget
        self._tones = Tones(widget, TONES)

    def __missing__(self, ink: int) -> Style:
        segments, background = (
            [Segment(" ", self._widget.rich_style + self._find(ink))],
            self._widget.background_colors[1],
        )
        for each in self._widget.get_line_filters():
            segments = each.apply(segments, background)
        style = self[ink] = segments[0].style or Style.null()
        return style

    def forget(self) -> None:
        """The theme or the widget's state has changed."""
        self.clear()
        self._tones.forget()

    def _find(self, ink: int) -> Style:
        if ink >= Ink.GRADIENT:
            return self._gradient((ink - Ink.GRADIENT + 0.5) / LEVELS)
        if ink >= Ink.BAND:
            return self._tones[f"band-{ink - Ink.BAND + 1}"]
        if ink >= Ink.QUIET:
            return self._tones[f"quiet-{ink - Ink.QUIET + 1}"]
        if ink >= Ink.SERIES:
            return self._tones[f"series-{ink - Ink.SERIES + 1}"]
        return self._tones[_NAMED[ink]]

    def _gradient(self, share: float) -> Style:
        at = share * (HEATS - 1)
        lower = min(int(at), HEATS - 2)
        low, high = (self._tones.colour(f"heat-{heat}") for heat in (lower + 1, lower + 2))
        return Style(color=low.blend(high, at - lower).rich_color)
