"""The keys of the screen one came from, made from the bindings themselves."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from textual.app import ComposeResult
from textual.binding import Binding

from tui.details.key_lines import Entry
from tui.widgets.key_list import KeyList
from tui.widgets.sheet import Sheet

_THIS = "this screen"
TITLES = {
    "app": "everywhere",
    **dict.fromkeys(("watch", "run", "compare", "system"), _THIS),
    "table": "runs",
    "charts": "charts",
    "chart": "one chart",
    "filter": "filter",
    "columns": "columns",
    "lines": "lists",
    "diff": "config",
    "config": "config",
    "summary": "summary",
    "summary_list": "summary",
    "console": "console",
    "events": "events",
    "value": "value",
    "post_mortem": "post-mortem",
}
"""Headings for the areas of binding ids (``area.verb``); an area that is not here is its own heading."""


def entries(bindings: Iterable[tuple[Binding, str]]) -> list[Entry]:
    """One entry for each action, those of the screen first: it is what a person who asks for help does not know yet.

    ``bindings`` come with the key as it is displayed; several keys are joined.
    """
    by_action: dict[tuple[str, str], Entry] = {}
    for binding, key in bindings:
        area, _, verb = (binding.id or "").partition(".")
        if not verb:
            continue
        had = by_action.get((area, binding.action))
        text = binding.tooltip or binding.description
        by_action[area, binding.action] = Entry(area, f"{had.key} {key}" if had else key, text)
    return sorted(by_action.values(), key=lambda entry: TITLES.get(entry.area) != _THIS)


class HelpScreen(Sheet[None]):
    """A sheet over the screen; any of its keys closes it."""

    DEFAULT_CSS = """
    HelpScreen > #frame { max-height: 92%; padding: 1 1 0 1; }
    HelpScreen.-broad > #frame { width: 152; }
    HelpScreen KeyList { height: auto; max-height: 100%; margin: 0 0 1 0; background: $surface; }
    """
    HORIZONTAL_BREAKPOINTS = [(0, "-slim"), (160, "-broad")]
    HINTS = ("lines.search", "help.close")
    BINDINGS = [
        Binding("escape,question_mark,q,enter", "dismiss", "Close", id="help.close", tooltip="Back to the screen")
    ]

    def __init__(self, rows: Sequence[Entry]) -> None:
        super().__init__()
        self._rows = rows

    def compose_frame(self) -> ComposeResult:
        yield KeyList(self._rows, TITLES)

    def name_of_sheet(self) -> str:
        return "keys"

    def on_mount(self) -> None:
        self.query_one(KeyList).focus()
