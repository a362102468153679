"""A sheet over a screen: a frame with a title, what its keys do in its lower border, and a click beside it closes it.

Its keys are told from the bindings, so that other keys are told as such.
"""

from __future__ import annotations

from typing import ClassVar, TypeVar

from rich.text import Text
from textual import events
from textual.app import ComposeResult
from textual.containers import Vertical
from textual.screen import ModalScreen, Screen

from tui.show.text import clean

Result = TypeVar("Result")
_APART = 3


class Sheet(ModalScreen[Result]):
    """The base of sheets; one says what is in its frame (``compose_frame``) and which keys it tells (``HINTS``)."""

    DEFAULT_CSS = """
    Sheet { align: center middle; background: $background 60%; }
    Sheet > #frame {
        width: 84; max-width: 96%; height: auto; max-height: 80%; padding: 0 1; background: $surface;
        border: round $faint; border-title-color: $accent; border-title-align: left;
        border-subtitle-color: $dim; border-subtitle-align: left;
    }
    """
    HINTS: ClassVar[tuple[str, ...]] = ()
    """The ids of the bindings that are told."""

    def compose(self) -> ComposeResult:
        with Vertical(id="frame") as frame:
            yield from self.compose_frame()
        frame.border_title = Text(clean(self.name_of_sheet()))  # a Text is no markup

    def compose_frame(self) -> ComposeResult:
        """What stands in the frame."""
        raise NotImplementedError

    def name_of_sheet(self) -> str:
        """What stands in the upper border."""
        raise NotImplementedError

    def on_mount(self) -> None:
        self.call_after_refresh(self._tell_keys)
        self.bindings_updated_signal.subscribe(self, self._bindings_changed)

    def _bindings_changed(self, _screen: Screen[object]) -> None:
        self._tell_keys()

    def _tell_keys(self) -> None:
        """Each key and what it does; those that cannot be used now are left out."""
        known: dict[str, str] = {}
        for active in self.active_bindings.values():
            binding = active.binding
            if binding.id in self.HINTS:
                shown = self.app.get_key_display(binding)
                known.setdefault(binding.id or "", f"{shown} {binding.description.lower()}")
        told = (" " * _APART).join(known[each] for each in self.HINTS if each in known)
        self.query_one("#frame").border_subtitle = Text(clean(told))

    def leave(self) -> None:
        """Close without a choice."""
        self.dismiss(None)

    def on_click(self, event: events.Click) -> None:
        """A click beside the frame closes the sheet."""
        if event.widget is self:
            event.stop()
            self.leave()
