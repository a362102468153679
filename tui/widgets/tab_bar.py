"""A row of pages: their numbers and names, the one that is open bright and underlined."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from rich.text import Text
from textual import events
from textual.app import RenderResult
from textual.message import Message
from textual.reactive import reactive

from tui.widgets.entry_row import EntryRow, entry_at

GAP = 3
"""Cells between two names where there is room for all of them; where there is not, fewer."""


class TabBar(EntryRow):
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
        hovered = self.get_component_rich_style("entry--hovered", partial=True)
        line = Text(no_wrap=True, end="")
        space = " " * self._gap()
        for place, name in enumerate(self.names):
            look = open_page if name == self.current else hovered if place == self.hovered else ""
            line.append(f"{place + 1} ", number).append(name, look).append(space)
        return line

    def _widths(self) -> list[int]:
        return [len(str(place)) + 1 + len(name) for place, name in enumerate(self.names, 1)]

    def _gap(self) -> int:
        return max(1, min(GAP, (self.size.width - sum(self._widths())) // max(1, len(self.names) - 1)))

    def entry_at(self, x: int) -> int | None:
        return entry_at(x - 1, self._widths(), self._gap())

    def on_click(self, event: events.Click) -> None:
        place = self.entry_at(event.x)
        if place is not None:
            self.post_message(self.Chosen(self.names[place]))
