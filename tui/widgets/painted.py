"""The common ground of our text panels: ``Line``s of roles become strips in the colours of the theme."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from itertools import zip_longest

from rich.segment import Segment
from rich.style import Style
from textual.geometry import Region
from textual.strip import Strip
from textual.widget import Widget

from tui.show.palette import SLOTS
from tui.show.spans import Line, Span
from tui.widgets.tones import Tone, Tones

STATES = ("running", "finished", "failed", "crashed", "killed", "pending", "unknown", "stalled")
_OF_THEIR_NAME = (
    *("dim", "faint", "accent"),
    *(f"state-{name}" for name in STATES),
    *(f"series-{slot}" for slot in range(1, SLOTS + 1)),
    *(f"heat-{step}" for step in range(1, 6)),
)
ROLES: Mapping[str, Tone] = {
    **{role: Tone(role) for role in _OF_THEIR_NAME},
    "title": Tone("dim"),
    "strong": Tone(bold=True),
    "good": Tone("success"),
    "warn": Tone("warning"),
    "bad": Tone("error"),
    "cursor": Tone(ground="panel"),
    "cell": Tone(ground="accent-muted"),
    "match": Tone(ground="warning-muted"),
    "found": Tone("background", ground="warning"),
}
"""What each role looks like."""


class Painted(Widget):
    """A widget whose lines are spans with the roles of ``ROLES``."""

    DEFAULT_CSS = "Painted { color: $foreground; }"

    def __init__(self, *, id: str | None = None) -> None:  # noqa: A002
        super().__init__(id=id)
        self._tones = Tones(self, ROLES)

    def notify_style_update(self) -> None:
        """Colours may have changed: work them out again."""
        super().notify_style_update()
        self._tones.forget()

    def role_style(self, role: str) -> Style:
        """The style of one or several roles (separated by blanks), without what lies below them."""
        return Style.combine(self._tones[name] for name in role.split()) if role else Style.null()

    def paint(self, line: Iterable[Span], width: int, row_role: str = "") -> Strip:
        """``line`` as a strip of exactly ``width`` cells; ``row_role`` lies below all of it."""
        base = self.rich_style + self.role_style(row_role)
        strip = Strip([Segment(span.text, base + self.role_style(span.role)) for span in line if span.text])
        return strip.adjust_cell_length(width, base)


class PaintedLines(Painted):
    """A block of lines that stands still: only those that say something new are drawn again."""

    def __init__(self, *, id: str | None = None) -> None:  # noqa: A002
        super().__init__(id=id)
        self._lines: list[Line] = []

    def draw(self, lines: list[Line]) -> None:
        """Show ``lines`` from now on."""
        before, self._lines = self._lines, lines
        rows = [y for y, (old, new) in enumerate(zip_longest(before, lines)) if old != new]
        if rows:
            self.refresh(*(Region(0, y, self.content_size.width, 1) for y in rows))

    def render_line(self, y: int) -> Strip:
        """The strip at ``y``; blank below the last line."""
        return self.paint(self._lines[y] if y < len(self._lines) else [], self.content_size.width)
