"""One frame of the app as text: what ``--once`` prints.

The frame is put together from what each visible widget draws (``Widget.render_lines``), in the order in which
Textual stacks them, so it is what a person would see in a terminal of that size.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from rich.segment import Segment
from textual.geometry import Region, Size
from textual.screen import Screen
from textual.strip import Strip
from textual.widget import Widget


def frame(screen: Screen[Any], size: Size) -> list[Strip]:
    """The rows of ``screen``, each exactly ``size.width`` cells wide."""
    rows = [Strip.blank(size.width) for _ in range(size.height)]
    bounds = size.region
    for widget in _painted(screen):
        seen = widget.region.intersection(bounds)
        for parent in widget.ancestors:
            if isinstance(parent, Widget) and not isinstance(parent, Screen):
                seen = seen.intersection(parent.region.shrink(parent.styles.gutter))
        if seen:
            _paste(rows, widget, seen)
    return rows


def plain(rows: list[Strip]) -> str:
    """The frame without colours, without blanks at the ends of its rows."""
    return "\n".join(row.text.rstrip() for row in rows) + "\n"


def coloured(rows: list[Strip]) -> str:
    """The frame with the escape sequences of its colours."""
    return "\n".join(_ansi(row) for row in rows) + "\n"


def _painted(screen: Screen[Any]) -> Iterator[Widget]:
    for widget in screen.walk_children(Widget, with_self=True, method="depth"):
        if (
            widget.display
            and widget.visible
            and all(parent.display for parent in widget.ancestors_with_self if isinstance(parent, Widget))
        ):
            yield widget


def _paste(rows: list[Strip], widget: Widget, seen: Region) -> None:
    crop = seen.translate((-widget.region.x, -widget.region.y))
    for y, strip in enumerate(widget.render_lines(crop), seen.y):
        row = rows[y]
        rows[y] = Strip.join([row.crop(0, seen.x), strip.adjust_cell_length(seen.width), row.crop(seen.right)])


def _ansi(row: Strip) -> str:
    return "".join(_segment(segment) for segment in row)


def _segment(segment: Segment) -> str:
    return segment.style.render(segment.text) if segment.style else segment.text
