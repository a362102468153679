"""A row of pages: their numbers and names, the one that is open bright and underlined."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from rich.text import Text
from textual import events
from textual.app import RenderResult
from textual.message import Message
from textual.reactive import reactive
from textual.widget import Widget

GAP = 3
"""Cells between two names where there is room for all of them; where there is not, fewer."""


class TabBar(Widget):
    """The names of pages; a click chooses one. Whoever owns the pages sets ``names`` and ``current``."""

    DEFAULT_CSS = """
    TabBar { height: 1; width: 1fr; padding: 0 1; color: $dim; }
    TabBar .tab--current { color: $foreground; text-style: bold underline; }
    TabBar .tab--number { color: $accent; }
    """
    COMPONENT_CLASSES = {"tab--current", "tab--number"}

    names: reactive[tuple[str, ...]] = reactive(())
    current: reactive[str] = reactive("")

    @dataclass
    class Chosen(Message):
        """A page was clicked."""

        name: str

    def __init__(self, names: Sequence[str], current: str) -> None:
        super().__init__()
        self.set_reactive(TabBar.names, tuple(names))
        self.set_reactive(TabBar.current, current)

    def render(self) -> RenderResult:
        number = self.get_component_rich_style("tab--number", partial=True)
        open_page = self.get_component_rich_style("tab--current", partial=True)
        line = Text(no_wrap=True, end="")
        space = " " * self._gap()
        for place, name in enumerate(self.names, 1):
            line.append(f"{place} ", number).append(name, open_page if name == self.current else "").append(space)
        return line

    def _gap(self) -> int:
        taken = sum(map(_cells, range(1, len(self.names) + 1), self.names))
        return max(1, min(GAP, (self.size.width - taken) // max(1, len(self.names) - 1)))

    def on_click(self, event: events.Click) -> None:
        x = 1
        for place, name in enumerate(self.names, 1):
            cells = _cells(place, name)
            if x <= event.x < x + cells:
                self.post_message(self.Chosen(name))
            x += cells + self._gap()


def _cells(place: int, name: str) -> int:
    return len(str(place)) + 1 + len(name)
