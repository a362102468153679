"""What all screens share: the header row, the key row, and how they are told of news."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from textual.app import ComposeResult
from textual.reactive import reactive
from textual.screen import Screen

from logstore.runs import Changes
from tui.model import Model
from tui.widgets.header_bar import Counts, HeaderBar
from tui.widgets.key_bar import KeyBar


class RunwatchScreen(Screen[None]):
    """A screen over the model. The app sets its attributes and calls ``show``; it sends messages upwards."""

    HORIZONTAL_BREAKPOINTS = [(0, "-narrow"), (110, "-wide")]
    VERTICAL_BREAKPOINTS = [(0, "-short"), (30, "-tall")]

    counts: reactive[Counts] = reactive(Counts())
    clock: reactive[str] = reactive("")
    share: reactive[float | None] = reactive(None)
    note: reactive[str] = reactive("")
    trail: reactive[str] = reactive("")
    """Where in the store one is: the path, and what is open below it."""

    def __init__(self, model: Model) -> None:
        super().__init__()
        self.model = model
        self.set_reactive(RunwatchScreen.trail, str(model.path))

    def compose(self) -> ComposeResult:
        yield HeaderBar().data_bind(
            path=RunwatchScreen.trail,
            counts=RunwatchScreen.counts,
            clock=RunwatchScreen.clock,
            share=RunwatchScreen.share,
            note=RunwatchScreen.note,
        )
        yield from self.compose_body()
        yield KeyBar()

    def compose_body(self) -> ComposeResult:
        """What stands between the header and the keys."""
        raise NotImplementedError

    def show(self, changes: Changes) -> None:
        """Bring what ``changes`` touched up to date; called on the UI thread, only while this screen is seen."""
        raise NotImplementedError

    def show_telemetry(self) -> None:
        """A sample of the machine has come in."""

    def view(self) -> dict[str, Any]:
        """What a person set here, as plain data."""
        return {}

    def restore(self, view: Mapping[str, Any]) -> None:
        """Take back what ``view`` gave another time; anything that does not fit is ignored."""
