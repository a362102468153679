"""The common ground of our text panels: ``Line``s of roles become strips in the colours of the theme."""

from __future__ import annotations

from collections.abc import Iterable
from itertools import zip_longest

from rich.segment import Segment
from rich.style import Style
from textual.geometry import Region
from textual.strip import Strip
from textual.widget import Widget

from tui.palette import SLOTS
from tui.spans import Line, Span

STATES = ("running", "finished", "failed", "crashed", "killed", "pending", "unknown", "stalled")
ROLES = (
    *("dim", "faint", "strong", "title", "accent", "good", "warn", "bad", "match", "found", "cursor", "cell"),
    *(f"state-{name}" for name in STATES),
    *(f"series-{slot}" for slot in range(1, SLOTS + 1)),
    *(f"heat-{step}" for step in range(1, 6)),
)


def _css() -> str:
    plain = {"dim": "$dim", "faint": "$faint", "accent": "$accent", "good": "$success", "warn": "$warning"}
    plain |= {"bad": "$error", "title": "$dim"}
    plain |= {role: f"${role}" for role in ROLES if role.startswith(("state-", "series-", "heat-"))}
    rules = [f"Painted .painted--{role} {{ color: {colour}; }}" for role, colour in plain.items()]
    return "\n".join(
        [
            *rules,
            "Painted { color: $foreground; }",
            "Painted .painted--strong { text-style: bold; }",
            "Painted .painted--cursor { background: $panel; }",
            "Painted .painted--cell { background: $accent-muted; }",
            "Painted .painted--match { background: $warning-muted; }",
            "Painted .painted--found { background: $warning; color: $background; }",
        ]
    )


class Painted(Widget):
    """A widget whose lines are spans with the roles of ``ROLES``."""

    COMPONENT_CLASSES = {f"painted--{role}" for role in ROLES}
    DEFAULT_CSS = _css()

    def role_style(self, role: str) -> Style:
        """The style of one or several roles (separated by blanks), without what lies below them."""
        if not role:
            return Style.null()
        return self.get_component_rich_style(*(f"painted--{name}" for name in role.split()), partial=True)

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
