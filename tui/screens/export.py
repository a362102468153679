"""Where to write the chart, the table or the screen: a prompt at the foot of the screen."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from pathlib import Path

from rich.text import Text
from textual import on
from textual.app import ComposeResult
from textual.binding import Binding
from textual.containers import Container
from textual.screen import ModalScreen
from textual.widgets import Input, Static

from tui.exporting import ExportError, Thing, target, write
from tui.screens.prompt import PROMPT_CSS, asked, told_keys
from tui.show.text import clean


class ExportScreen(ModalScreen[str | None]):
    """Asks for the name of a file and writes it; it is left with what was written, in words, or with None.

    Args:
        things: What there is to write, the most likely first.
        directory: What relative names are relative to.
    """

    DEFAULT_CSS = PROMPT_CSS.format(name="ExportScreen") + "ExportScreen .prompt--wrong { color: $warning; }"
    COMPONENT_CLASSES = {"prompt--said", "prompt--key", "prompt--wrong"}
    BINDINGS = [
        Binding("escape", "dismiss", "Leave", id="export.leave", tooltip="Back, without writing anything"),
        Binding("tab", "next", "Something else", id="export.next", priority=True, tooltip="Write something else"),
    ]

    def __init__(self, things: Sequence[Thing], directory: Path) -> None:
        super().__init__()
        self._things, self._directory = things, directory
        self._place = 0
        self._replacing: Path | None = None

    @property
    def thing(self) -> Thing:
        """What is to be written."""
        return self._things[self._place]

    def compose(self) -> ComposeResult:
        with Container():
            yield Static(id="asked", markup=False)
            yield Input(self.thing.name, compact=True, select_on_focus=False)
            yield Static(id="said", markup=False)

    def on_mount(self) -> None:
        self._ask()

    def _ask(self) -> None:
        field = self.query_one(Input)
        field.value = self.thing.name
        field.cursor_position = len(field.value) - len(Path(field.value).suffix)
        field.focus()
        self._say()

    def _say(self, wrong: str = "") -> None:
        hint = f"{'  '.join(self.thing.makers)}   in {self._directory}"
        self.query_one("#asked", Static).update(asked(self, f"Write {self.thing.title}", hint))
        other = [("tab", "something else")] if len(self._things) > 1 else []
        line = told_keys(self, ("⏎", "writes it"), *other, ("esc", "leaves"))
        warning = self.get_component_rich_style("prompt--wrong", partial=True)
        self.query_one("#said", Static).update(Text(clean(wrong), warning) if wrong else line)

    def action_next(self) -> None:
        """Offer the next thing."""
        self._place = (self._place + 1) % len(self._things)
        self._ask()

    @on(Input.Changed)
    def _typed(self) -> None:
        if self._replacing is not None:
            self._replacing = None
            self._say()

    @on(Input.Submitted)
    async def _write(self, event: Input.Submitted) -> None:
        """Write it; where there is such a file, only when it was asked for a second time."""
        try:
            path = target(event.value, self.thing, self._directory)
            replace = path == self._replacing
            self.dismiss(await asyncio.to_thread(write, self.thing, path, replace=replace))
        except FileExistsError as error:
            self._replacing = path
            self._say(f"{error}: press ⏎ again to replace it")
        except ExportError as error:
            self._say(str(error))
