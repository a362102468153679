"""The top row: what is watched, how its runs are doing, how far the reading is, and the time of day."""

from __future__ import annotations

from rich.text import Text
from textual.reactive import reactive
from textual.widget import Widget

from tui.show.header import Counts, Told, header_line


class HeaderBar(Widget):
    """One line: name and path at the left, counts of states, and the clock at the right."""

    DEFAULT_CSS = """
    HeaderBar { height: 1; width: 1fr; color: $foreground; }
    HeaderBar .header--dim { color: $dim; }
    HeaderBar .header--brand { color: $accent; text-style: bold; }
    """
    COMPONENT_CLASSES = {"header--dim", "header--brand"}

    path: reactive[str] = reactive("")
    counts: reactive[Counts] = reactive(Counts())
    clock: reactive[str] = reactive("")
    share: reactive[float | None] = reactive(None)
    note: reactive[str] = reactive("")

    def render(self) -> Text:
        told = Told(self.path, self.counts, self.clock, self.share, self.note)
        line = Text(no_wrap=True, end="")
        for text, role in header_line(told, self.size.width):
            line.append(text, self.get_component_rich_style(f"header--{role}", partial=True) if role else "")
        return line
