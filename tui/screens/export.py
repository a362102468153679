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
from tui.show.text import clean


class ExportScreen(ModalScreen[str | None]):
    """Asks for the name of a file and writes it; it is left with what was written, in words, or with None.

    Args:
        things: What there is to write, the most likely first.
        directory: What relative names are relative to.
    """

    DEFAULT_CSS = """
    ExportScreen { align: center bottom; background: $background 40%; }
    ExportScreen Container { height: 5; width: 100%; padding: 0 1; background: $surface; border-top: hkey $faint; }
    ExportScreen Input { height: 1; background: $surface; padding: 0; }
    ExportScreen .export--said { color: $dim; }
    ExportScreen .export--wrong { color: $warning; }
    ExportScreen .export--key { color: $accent; }
    """
    COMPONENT_CLASSES = {"export--said", "export--wrong", "export--key"}
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
            yield Static(id="what", markup=False)
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
        said, key, warning = (
            self.get_component_rich_style(f"export--{name}", partial=True) for name in ("said", "key", "wrong")
        )
        what = Text("write ", said, no_wrap=True).append(clean(self.thing.title), "bold")
        if len(self._things) > 1:
            what.append("   tab", key).append(" something else", said)
        self.query_one("#what", Static).update(what.append("   esc", key).append(" leave", said))
        hint = f"{'  '.join(self.thing.makers)}   in {self._directory}"
        self.query_one("#said", Static).update(Text(clean(wrong or hint), warning if wrong else said, no_wrap=True))

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
            self._say(f"{error}: press enter again to replace it")
        except ExportError as error:
            self._say(str(error))
