"""A value in full, of every run that has it: a sheet over the screen."""

from __future__ import annotations

from collections.abc import Sequence

from textual.app import ComposeResult
from textual.binding import Binding

from tui.widgets.sheet import Sheet
from tui.widgets.text_view import Passage, TextView


class ValueScreen(Sheet[None]):
    """Shows passages under a title.

    Args:
        title: What the values are of, for example a config key.
        passages: One for each run.
        copied: What ``y`` copies.
    """

    DEFAULT_CSS = """
    ValueScreen > #frame { width: 80%; max-width: 120; max-height: 85%; padding: 1 1 0 0; }
    ValueScreen TextView { height: auto; max-height: 100%; background: $surface; }
    """
    HINTS = ("value.copy", "value.close")
    BINDINGS = [
        Binding("escape,q,enter", "dismiss", "Close", id="value.close", tooltip="Back to the screen"),
        Binding("y", "copy", "Copy", id="value.copy", tooltip="Copy the value"),
    ]

    def __init__(self, title: str, passages: Sequence[Passage], copied: str = "") -> None:
        super().__init__()
        self._title = title
        self._passages = passages
        self._copied = copied

    def compose_frame(self) -> ComposeResult:
        yield TextView(self._passages)

    def name_of_sheet(self) -> str:
        return self._title

    def on_mount(self) -> None:
        self.query_one(TextView).focus()

    def action_copy(self) -> None:
        """Copy the value."""
        self.app.copy_to_clipboard(self._copied)
        self.notify("Copied the value", timeout=2)
