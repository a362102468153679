"""The line in which a regular expression for metrics is typed: every key narrows, escape takes it back."""

from __future__ import annotations

from dataclasses import dataclass

from textual import events, on
from textual.app import ComposeResult
from textual.binding import Binding
from textual.containers import Horizontal
from textual.message import Message
from textual.widgets import Input, Static


class PatternInput(Horizontal):
    """One line that says what it is for, what is typed, and when a person is done."""

    DEFAULT_CSS = """
    PatternInput { height: 1; background: $background; color: $foreground; }
    PatternInput > Static { width: 8; color: $accent; padding: 0 0 0 1; }
    PatternInput > Input { width: 1fr; background: $background; color: $foreground; }
    """
    BINDINGS = [
        Binding("enter", "done", "keep", id="charts.filter_keep", tooltip="Keep the charts that match", priority=True),
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
            """The line."""
            return self.sender

    def __init__(self) -> None:
        super().__init__()
        self._input = Input(placeholder="those whose metric matches a regular expression", compact=True)
        self._before = ""

    def compose(self) -> ComposeResult:
        yield Static("charts", markup=False)
        yield self._input

    def open(self, pattern: str) -> None:
        """Begin to type, with what is in force now."""
        self._before = pattern
        self.display = True
        with self.prevent(Input.Changed):
            self._input.value = pattern
        self._input.cursor_position = len(pattern)
        # At once, not with the next message: what is typed right after the key that led here belongs into the line.
        self.screen.set_focus(self._input)

    @on(Input.Changed)
    def _changed(self, event: Input.Changed) -> None:
        event.stop()
        self.post_message(self.Typed(self, event.value))

    def on_descendant_blur(self, _event: events.DescendantBlur) -> None:
        """Keep what was typed when the focus goes elsewhere; go on where it is the terminal's that goes and comes."""
        self.display = self.screen.focused is self._input or not self.app.app_focus

    def action_done(self) -> None:
        """Keep what was typed."""
        self._close(self._input.value)

    def action_cancel(self) -> None:
        """Take back what was typed."""
        self._close(self._before)

    def _close(self, pattern: str) -> None:
        self.display = False
        self.post_message(self.Typed(self, pattern, done=True))
