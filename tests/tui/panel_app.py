"""A small app around one widget, and what one sees of it as text."""

from __future__ import annotations

from collections.abc import Callable
from typing import Generic, TypeVar

from textual.app import ComposeResult
from textual.message import Message
from textual.widget import Widget

from tui.frame_text import frame, plain
from tui.themed_app import ThemedApp
from tui.widgets.line_view import LineView
from tui.widgets.side_by_side import SideBySide

W = TypeVar("W", bound=Widget)


class PanelApp(ThemedApp, Generic[W]):
    """Shows ``widget`` alone, fills it once it is mounted, and keeps the messages it sends."""

    def __init__(self, widget: W, fill: Callable[[W], None] = lambda _: None) -> None:
        super().__init__()
        self.widget = widget
        self._fill = fill
        self.told: list[Message] = []

    def compose(self) -> ComposeResult:
        yield self.widget

    def on_mount(self) -> None:
        self.widget.focus()
        self._fill(self.widget)

    def on_line_view_opened(self, message: LineView.Opened) -> None:
        self.told.append(message)

    def on_side_by_side_baseline_chosen(self, message: SideBySide.BaselineChosen) -> None:
        self.told.append(message)

    def seen(self) -> list[str]:
        """The screen as lines of text, without blanks at their ends."""
        return plain(frame(self.screen, self.size)).splitlines()
