"""The top row: what is watched, how its runs are doing, how far the reading is, and the time of day."""

from __future__ import annotations

from dataclasses import dataclass

from rich.text import Text
from textual.reactive import reactive
from textual.widget import Widget

from tui.show.text import clean, fit_middle

BAR_CELLS = 12


@dataclass(frozen=True, slots=True)
class Counts:
    """How many runs are in which state; a state that no run is in is not in ``states``."""

    states: tuple[tuple[str, int], ...] = ()

    def __str__(self) -> str:
        return " · ".join(f"{count} {state}" for state, count in self.states)


def progress_bar(share: float, cells: int = BAR_CELLS) -> str:
    """A thin bar of ``cells`` cells, ``share`` (0 to 1) of it heavy."""
    done = round(max(0.0, min(1.0, share)) * cells)
    return "━" * done + "─" * (cells - done)


class HeaderBar(Widget):
    """One line: name and path at the left, counts of states in the middle, the clock at the right."""

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
        dim = self.get_component_rich_style("header--dim", partial=True)
        right = self._right()
        line = Text(no_wrap=True, end="")
        line.append(" runwatch", self.get_component_rich_style("header--brand", partial=True))
        room = self.size.width - line.cell_len - right.cell_len - 4
        if room > 4:
            line.append("  " + fit_middle(self.path, room), dim)
        line.append(" " * max(1, self.size.width - line.cell_len - right.cell_len - 1))
        return line.append_text(right)

    def _right(self) -> Text:
        dim = self.get_component_rich_style("header--dim", partial=True)
        right = Text(no_wrap=True, end="")
        if self.share is not None:
            right.append(f"reading {progress_bar(self.share)} {100 * self.share:3.0f} %", dim)
        elif self.note:
            right.append(clean(self.note), dim)
        parts = [str(self.counts), self.clock]
        for part in filter(None, parts):
            right.append(("   " if right else "") + part, dim if part == self.clock else "")
        return right
