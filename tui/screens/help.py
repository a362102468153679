"""The keys of the screen one came from, made from the bindings themselves."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from rich.text import Text
from textual.app import ComposeResult
from textual.binding import Binding
from textual.containers import VerticalScroll
from textual.screen import ModalScreen
from textual.widgets import Static

from tui.show.text import width

TITLES = {
    "app": "everywhere",
    "watch": "this screen",
    "run": "this screen",
    "compare": "this screen",
    "system": "this screen",
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
}
"""Headings for the areas of binding ids (``area.verb``); an area that is not here is its own heading."""


@dataclass(frozen=True, slots=True)
class Entry:
    """A key and what it does."""

    area: str
    key: str
    text: str


def entries(bindings: Iterable[tuple[Binding, str]]) -> list[Entry]:
    """One entry for each action; ``bindings`` come with the key as it is displayed, several keys are joined."""
    by_action: dict[tuple[str, str], Entry] = {}
    for binding, key in bindings:
        area, _, verb = (binding.id or "").partition(".")
        if not verb:
            continue
        had = by_action.get((area, binding.action))
        text = binding.tooltip or binding.description
        by_action[area, binding.action] = Entry(area, f"{had.key} {key}" if had else key, text)
    return list(by_action.values())


def page(rows: Sequence[Entry], key_style: str, title_style: str) -> Text:
    """All entries under the headings of their areas."""
    cells = max((width(row.key) for row in rows), default=0) + 3
    text = Text()
    titles = [TITLES.get(row.area, row.area) for row in rows]
    for title in dict.fromkeys(titles):
        text.append(f"\n  {title}\n", title_style)
        for row, its_title in zip(rows, titles, strict=True):
            if its_title == title:
                text.append(" " * (cells - width(row.key)) + row.key, key_style).append(f"  {row.text}\n")
    return text


class HelpScreen(ModalScreen[None]):
    """A sheet over the screen; any of its keys closes it."""

    DEFAULT_CSS = """
    HelpScreen { align: center middle; background: $background 60%; }
    HelpScreen VerticalScroll {
        width: 84; max-width: 96%; height: auto; max-height: 92%; padding: 0 2 1 1;
        background: $surface; border: round $faint; border-title-color: $accent; border-title-align: left;
        scrollbar-size-vertical: 1;
    }
    HelpScreen .help--key { color: $accent; }
    HelpScreen .help--title { color: $dim; text-style: bold; }
    """
    COMPONENT_CLASSES = {"help--key", "help--title"}
    BINDINGS = [
        Binding("escape,question_mark,q,enter", "dismiss", "Close", id="help.close", tooltip="Back to the screen")
    ]

    def __init__(self, rows: Sequence[Entry]) -> None:
        super().__init__()
        self._rows = rows

    def compose(self) -> ComposeResult:
        with VerticalScroll() as sheet:
            sheet.border_title = " keys "
            yield Static(markup=False)

    def on_mount(self) -> None:
        key = self.get_component_rich_style("help--key", partial=True)
        title = self.get_component_rich_style("help--title", partial=True)
        self.query_one(Static).update(page(self._rows, str(key), str(title)))
