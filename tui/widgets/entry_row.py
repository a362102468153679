"""A line of entries that are clicked; the one under the mouse stands out, so that it is seen that it can be."""

from __future__ import annotations

from textual import events
from textual.reactive import reactive
from textual.widget import Widget


class EntryRow(Widget):
    """The base of such lines; a subclass says where its entries are, and draws the one at ``hovered`` brighter."""

    DEFAULT_CSS = "EntryRow .entry--hovered { color: $foreground; }"
    COMPONENT_CLASSES = {"entry--hovered"}

    hovered: reactive[int | None] = reactive(None)
    """The place of the entry under the mouse."""

    def entry_at(self, x: int) -> int | None:
        """The place of the entry that is at this cell of the widget."""
        raise NotImplementedError

    def on_mouse_move(self, event: events.MouseMove) -> None:
        """Find the entry under the mouse."""
        self.hovered = self.entry_at(event.x)

    def on_leave(self) -> None:
        """Forget it."""
        self.hovered = None


def entry_at(x: int, widths: list[int], gap: int) -> int | None:
    """The place of the entry at cell ``x`` of entries that are so wide, with ``gap`` cells between two."""
    for place, cells in enumerate(widths):
        if 0 <= x < cells:
            return place
        x -= cells + gap
    return None
