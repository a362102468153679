"""What keys of a sheet do, as a line for its lower border: from the bindings, so that other keys are told as such."""

from __future__ import annotations

from typing import Any

from rich.text import Text
from textual.screen import Screen

from tui.show.text import clean

_APART = 3


def key_hints(screen: Screen[Any], *ids: str) -> Text:
    """The key of each of the bindings with these ids and what it does; those that cannot be used now are left out."""
    known: dict[str, str] = {}
    for active in screen.active_bindings.values():
        binding = active.binding
        if binding.id in ids:
            known.setdefault(binding.id or "", f"{screen.app.get_key_display(binding)} {binding.description.lower()}")
    return Text(clean((" " * _APART).join(known[each] for each in ids if each in known)))
