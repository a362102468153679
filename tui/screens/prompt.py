"""A line at the foot of the screen: to type something, or to say yes to something."""

from __future__ import annotations

from typing import Any

from rich.text import Text
from textual import on
from textual.app import ComposeResult
from textual.binding import Binding
from textual.containers import Container
from textual.screen import ModalScreen
from textual.widgets import Input, Static

from tui.show.text import clean

PROMPT_CSS = """
    {name} {{ align: center bottom; background: $background 40%; }}
    {name} Container {{ height: auto; width: 100%; padding: 0 1; background: $surface; border-top: hkey $faint; }}
    {name} Input {{ height: 1; background: $surface; padding: 0; }}
    {name} Static {{ text-wrap: nowrap; text-overflow: ellipsis; }}
    {name} .prompt--said {{ color: $dim; }}
    {name} .prompt--key {{ color: $accent; }}
"""


def told_keys(screen: ModalScreen[Any], *keys: tuple[str, str]) -> Text:
    """What the keys do, as the last line of a prompt."""
    said, key = (screen.get_component_rich_style(f"prompt--{name}", partial=True) for name in ("said", "key"))
    line = Text()
    for name, does in keys:
        line.append(name, key).append(f" {does}   ", said)
    return line


def asked(screen: ModalScreen[Any], title: str, hint: str) -> Text:
    """What it is about and what can be typed, as the first line of a prompt."""
    said = screen.get_component_rich_style("prompt--said", partial=True)
    return Text(clean(title), "bold").append(f"   {clean(hint)}" if hint else "", said)


class PromptScreen(ModalScreen[str | None]):
    """Asks for a line of text; it is left with the text, or with None.

    Args:
        title: What it is about.
        value: The text to begin with.
        hint: What can be typed.
    """

    DEFAULT_CSS = PROMPT_CSS.format(name="PromptScreen")
    COMPONENT_CLASSES = {"prompt--said", "prompt--key"}
    BINDINGS = [Binding("escape", "dismiss", "Leave", id="prompt.leave", tooltip="Back, without changing anything")]

    def __init__(self, title: str, value: str = "", hint: str = "") -> None:
        super().__init__()
        self._title, self._value, self._hint = title, value, hint

    def compose(self) -> ComposeResult:
        with Container():
            yield Static(id="asked", markup=False)
            yield Input(clean(self._value), compact=True, select_on_focus=False)
            yield Static(id="said", markup=False)

    def on_mount(self) -> None:
        self.query_one("#asked", Static).update(asked(self, self._title, self._hint))
        self.query_one("#said", Static).update(told_keys(self, ("⏎", "does it"), ("esc", "leaves")))
        self.query_one(Input).focus()

    @on(Input.Submitted)
    def _typed(self, event: Input.Submitted) -> None:
        self.dismiss(event.value)


class ConfirmScreen(ModalScreen[bool]):
    """Asks whether something is meant; it is left with the answer.

    Args:
        question: One line.
        details: What it is about, a line each.
    """

    DEFAULT_CSS = PROMPT_CSS.format(name="ConfirmScreen")
    COMPONENT_CLASSES = {"prompt--said", "prompt--key"}
    MOST = 12
    """Details that are listed."""
    BINDINGS = [
        Binding("y", "answer(True)", "Yes", id="confirm.yes", tooltip="Do it"),
        Binding("n,escape,q", "answer(False)", "No", id="confirm.no", tooltip="Back, without changing anything"),
    ]

    def __init__(self, question: str, details: tuple[str, ...] = ()) -> None:
        super().__init__()
        self._question, self._details = question, details

    def compose(self) -> ComposeResult:
        more = len(self._details) - self.MOST
        listed = [*self._details[: self.MOST], *([f"and {more} more"] if more > 0 else [])]
        with Container():
            yield Static(Text(clean(self._question), "bold"), markup=False)
            yield Static(Text("\n".join(f"  {clean(line)}" for line in listed), no_wrap=True), markup=False)
            yield Static(id="said", markup=False)

    def on_mount(self) -> None:
        self.query_one("#said", Static).update(told_keys(self, ("y", "does it"), ("n", "leaves")))

    def action_answer(self, answer: bool) -> None:
        """Leave with the answer."""
        self.dismiss(answer)
