"""The line above the keys: the latest thing that went wrong, or nothing.

What is only worth knowing stands there while nothing is wrong.
"""

from __future__ import annotations

import time
from dataclasses import dataclass

from rich.style import Style
from rich.text import Text
from textual.app import RenderResult
from textual.message import Message
from textual.reactive import reactive
from textual.widget import Widget

from tui.show.text import clean, fit, fit_clause, width

_SIGNS = {"INFO": "·", "WARN": "⚠", "ERROR": "✖"}
_KEY = "app.alerts"
"""The id of the key that lists all of them."""


@dataclass(frozen=True, slots=True)
class Notice:
    """One alert as it is shown: who, what, when, and how bad."""

    level: str
    run: str
    text: str
    time: float
    run_key: str = ""

    @property
    def words(self) -> str:
        """Sign, run and what is wrong, in one line."""
        sign = _SIGNS.get(self.level, _SIGNS["INFO"])
        return f"{sign} {clean(self.run)}: {clean(self.text)}" if self.run else f"{sign} {clean(self.text)}"


class AlertLine(Widget):
    """One row: the newest notice of what is wrong, its time, and how many there are; empty when all is well."""

    DEFAULT_CSS = """
    AlertLine { height: 1; width: 1fr; padding: 0 1; }
    AlertLine .alert--ERROR { color: $error; }
    AlertLine .alert--WARN { color: $warning; }
    AlertLine .alert--INFO { color: $dim; }
    AlertLine .alert--dim { color: $dim; }
    AlertLine .alert--key { color: $accent; }
    """
    COMPONENT_CLASSES = {"alert--ERROR", "alert--WARN", "alert--INFO", "alert--dim", "alert--key"}

    notices: reactive[tuple[Notice, ...]] = reactive(())
    """Oldest first."""

    @dataclass
    class Clicked(Message):
        """The line was clicked: open the run it speaks of."""

        run_key: str

    @property
    def told(self) -> Notice:
        """The notice that is shown, where there is one."""
        wrong = [notice for notice in self.notices if notice.level != "INFO"]
        return (wrong or self.notices)[-1]

    def render(self) -> RenderResult:
        if not self.notices:
            return ""
        notice = self.told
        right = self._right(notice)
        room = max(0, self.size.width - right.cell_len - 2)
        whole = fit_clause(notice.words, room)
        text = whole if width(whole) > width(notice.run) + 4 else fit(notice.words, room)
        level = notice.level if notice.level in _SIGNS else "INFO"
        line = Text(no_wrap=True, end="").append(text, self._style(level))
        return line.append(" " * (room + 2 - width(text))).append_text(right)

    def _right(self, notice: Notice) -> Text:
        """When it began, and how many there are behind which key."""
        count = len(self.notices)
        line = Text(no_wrap=True, end="")
        line.append(time.strftime("%H:%M:%S  ", time.localtime(notice.time)), self._style("dim"))
        for active in self.screen.active_bindings.values():
            if active.binding.id == _KEY:
                line.append(f"{self.app.get_key_display(active.binding)} ", self._style("key"))
        return line.append(f"{count} alert{'s' * (count != 1)}", self._style("dim"))

    def _style(self, name: str) -> Style:
        return self.get_component_rich_style(f"alert--{name}", partial=True)

    def on_click(self) -> None:
        if self.notices:
            self.post_message(self.Clicked(self.told.run_key))
