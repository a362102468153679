"""The bottom row: the keys that work here, as many whole entries as fit, help always among them.

One widget and one line, where Textual's Footer is a widget for each key: it costs nothing when the focus moves.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from rich.text import Text
from textual import events
from textual.app import RenderResult
from textual.binding import Binding
from textual.dom import DOMNode
from textual.screen import Screen

from tui.show.text import width
from tui.widgets.entry_row import EntryRow, entry_at

GAP = 2


@dataclass(frozen=True, slots=True)
class Key:
    """One entry: the key as it is shown, what it does in a word or two, and the action behind it."""

    key: str
    label: str
    action: str
    keep: bool = False
    """Shown however narrow the row is."""

    @property
    def cells(self) -> int:
        return width(self.key) + 1 + width(self.label)


def fitting(keys: Sequence[Key], cells: int) -> list[Key]:
    """The entries that fit whole into ``cells`` cells, in their order; those to ``keep`` before any other."""
    room = cells - sum(key.cells + GAP for key in keys if key.keep)
    shown: list[Key] = []
    full = False
    for key in keys:
        if key.keep:
            shown.append(key)
            continue
        full = full or key.cells + GAP > room
        if not full:
            room -= key.cells + GAP
            shown.append(key)
    return shown


class KeyBar(EntryRow):
    """The footer. A click on an entry does what its key does."""

    DEFAULT_CSS = """
    KeyBar { height: 1; width: 1fr; dock: bottom; color: $dim; padding: 0 1; }
    KeyBar .key-bar--key { color: $accent; }
    """
    COMPONENT_CLASSES = {"key-bar--key"}

    def __init__(self) -> None:
        super().__init__()
        self._shown: list[Key] = []
        self._owners: dict[str, DOMNode] = {}

    def on_mount(self) -> None:
        self.screen.bindings_updated_signal.subscribe(self, self._changed)

    def _changed(self, _screen: Screen[object]) -> None:
        self.refresh()

    def render(self) -> RenderResult:
        accent = self.get_component_rich_style("key-bar--key", partial=True)
        hovered = self.get_component_rich_style("entry--hovered", partial=True)
        self._shown = fitting(self._keys(), self.size.width)
        line = Text(no_wrap=True, end="")
        for place, key in enumerate(self._shown):
            line.append(key.key, accent).append(f" {key.label}", hovered if place == self.hovered else "")
            line.append(" " * GAP)
        return line

    def _keys(self) -> list[Key]:
        keys: dict[str, Key] = {}
        for active in self.screen.active_bindings.values():
            binding = active.binding
            if binding.show and active.enabled and binding.action not in keys and not self._typed(binding):
                keys[binding.action] = self._key(binding)
                self._owners[binding.action] = active.node
        return sorted(keys.values(), key=lambda key: key.keep)

    def _typed(self, binding: Binding) -> bool:
        """Whether the key goes into a line that is typed: Textual leaves out those whose names are Unicode's alone."""
        focused, shown = self.screen.focused, self.app.get_key_display(binding)
        is_character = len(shown) == 1 and shown.isascii()
        return focused is not None and is_character and focused.check_consume_key(binding.key, shown)

    def _key(self, binding: Binding) -> Key:
        shown = self.app.get_key_display(binding)
        return Key(shown, binding.description.lower(), binding.action, keep=binding.id == "app.help")

    def entry_at(self, x: int) -> int | None:
        return entry_at(x - 1, [key.cells for key in self._shown], GAP)

    async def on_click(self, event: events.Click) -> None:
        place = self.entry_at(event.x)
        if place is not None:
            action = self._shown[place].action
            await self.app.run_action(action, self._owners[action])
