"""The line above the keys: the latest thing that went wrong, or nothing."""

from __future__ import annotations

import time
from dataclasses import dataclass

from rich.text import Text
from textual.app import RenderResult
from textual.message import Message
from textual.reactive import reactive
from textual.widget import Widget

from tui.show.text import clean, fit

_SIGNS = {"INFO": "·", "WARN": "⚠", "ERROR": "✖"}


@dataclass(frozen=True, slots=True)
class Notice:
    """One alert as it is shown: who, what, when, and how bad."""

    level: str
    run: str
    text: str
    time: float
    run_key: str = ""


class AlertLine(Widget):
    """One row: the newest notice, its time, and how many there are; empty when all is well."""

    DEFAULT_CSS = """
    AlertLine { height: 1; width: 1fr; padding: 0 1; }
    AlertLine .alert--ERROR { color: $error; }
    AlertLine .alert--WARN { color: $warning; }
    AlertLine .alert--INFO { color: $dim; }
    AlertLine .alert--dim { color: $dim; }
    """
    COMPONENT_CLASSES = {"alert--ERROR", "alert--WARN", "alert--INFO", "alert--dim"}

    notices: reactive[tuple[Notice, ...]] = reactive(())
    """Oldest first."""

    @dataclass
    class Clicked(Message):
        """The line was clicked: open the run it speaks of."""

        run_key: str

    def render(self) -> RenderResult:
        if not self.notices:
            return ""
        notice = self.notices[-1]
        dim = self.get_component_rich_style("alert--dim", partial=True)
        level = notice.level if notice.level in _SIGNS else "INFO"
        right = time.strftime("%H:%M:%S", time.localtime(notice.time)) + f"  {len(self.notices)} alert"
        right += "s" if len(self.notices) != 1 else ""
        left = (
            f"{_SIGNS[level]} {clean(notice.run)}: {clean(notice.text)}"
            if notice.run
            else f"{_SIGNS[level]} {notice.text}"
        )
        line = Text(no_wrap=True, end="")
        room = self.size.width - len(right) - 2
        line.append(fit(left, max(0, room)), self.get_component_rich_style(f"alert--{level}", partial=True))
        return line.append("  " + right, dim)

    def on_click(self) -> None:
        if self.notices:
            self.post_message(self.Clicked(self.notices[-1].run_key))
