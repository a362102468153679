"""The line in which a regular expression for metrics is typed: every key narrows, escape takes it back."""

from __future__ import annotations

from dataclasses import dataclass

from textual import events, on
from textual.binding import Binding
from textual.message import Message
from textual.widgets import Input


class PatternInput(Input):
    """An input of one line that says what is typed and when a person is done."""

    DEFAULT_CSS = """
    PatternInput { height: 1; background: $background; color: $foreground; }
    """
    BINDINGS = [
        Binding(
            "escape", "cancel", "cancel", id="charts.filter_cancel", tooltip="Show the charts that were shown before"
        ),
    ]

    @dataclass
    class Typed(Message):
        """The pattern is now ``pattern``; ``done`` when a person goes back to the charts."""

        sender: PatternInput
        pattern: str
        done: bool = False

        @property
        def control(self) -> PatternInput:
            """The input."""
            return self.sender

    def __init__(self) -> None:
        super().__init__(placeholder="charts whose metric matches a regular expression", compact=True)
        self._before = ""

    def open(self, pattern: str) -> None:
        """Begin to type, with what is in force now."""
        self._before = pattern
        self.display = True
        with self.prevent(Input.Changed):
            self.value = pattern
        self.cursor_position = len(pattern)
        self.focus()

    @on(Input.Changed)
    def _changed(self, event: Input.Changed) -> None:
        event.stop()
        self.post_message(self.Typed(self, event.value))

    @on(Input.Submitted)
    def _submitted(self, event: Input.Submitted) -> None:
        event.stop()
        self._close(event.value)

    def on_blur(self, _event: events.Blur) -> None:
        """Keep what was typed when the focus goes elsewhere; go on where it is the terminal's that goes and comes."""
        self.display = self.screen.focused is self or not self.app.app_focus

    def action_cancel(self) -> None:
        """Take back what was typed."""
        self._close(self._before)

    def _close(self, pattern: str) -> None:
        self.display = False
        self.post_message(self.Typed(self, pattern, done=True))
