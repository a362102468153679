"""A value in full, of every run that has it: a sheet over the screen."""

from __future__ import annotations

from collections.abc import Sequence

from rich.text import Text
from textual.app import ComposeResult
from textual.binding import Binding
from textual.containers import Container
from textual.screen import ModalScreen

from tui.show.text import clean
from tui.widgets.key_hints import key_hints
from tui.widgets.text_view import Passage, TextView


class ValueScreen(ModalScreen[None]):
    """Shows passages under a title.

    Args:
        title: What the values are of, for example a config key.
        passages: One for each run.
        copied: What ``y`` copies.
    """

    DEFAULT_CSS = """
    ValueScreen { align: center middle; background: $background 60%; }
    ValueScreen Container {
        width: 80%; max-width: 120; height: auto; max-height: 85%; padding: 1 1 0 0;
        background: $surface; border: round $faint; border-title-color: $accent; border-title-align: left;
        border-subtitle-color: $dim; border-subtitle-align: left;
    }
    ValueScreen TextView { height: auto; max-height: 100%; background: $surface; }
    """
    BINDINGS = [
        Binding("escape,q,enter", "dismiss", "Close", id="value.close", tooltip="Back to the screen"),
        Binding("y", "copy", "Copy", id="value.copy", tooltip="Copy the value"),
    ]

    def __init__(self, title: str, passages: Sequence[Passage], copied: str = "") -> None:
        super().__init__()
        self._title = title
        self._passages = passages
        self._copied = copied

    def compose(self) -> ComposeResult:
        with Container() as sheet:
            yield TextView(self._passages)
        sheet.border_title = Text(clean(self._title))  # a Text is no markup

    def on_mount(self) -> None:
        self.query_one(TextView).focus()
        self.query_one(Container).border_subtitle = key_hints(self, "value.copy", "value.close")

    def action_copy(self) -> None:
        """Copy the value."""
        self.app.copy_to_clipboard(self._copied)
        self.notify("Copied the value", timeout=2)
