"""By what to group the runs: a sheet with what some of them share."""

from __future__ import annotations

from collections.abc import Sequence

from rich.text import Text
from textual import on
from textual.app import ComposeResult
from textual.binding import Binding
from textual.widgets import OptionList, Static
from textual.widgets.option_list import Option

from tui.show.text import clean, fit, fit_middle, width
from tui.table.ways import Way
from tui.widgets.sheet import Sheet

_TITLE_CELLS = 30
"""Cells of the name of a column at most."""


class GroupScreen(Sheet[str | None]):
    """Offers ``ways``; it is left with the id of a column, or with None."""

    DEFAULT_CSS = """
    GroupScreen OptionList {
        text-wrap: nowrap; text-overflow: ellipsis; background: $surface; height: auto; max-height: 100%;
        border: none; padding: 0; scrollbar-size-vertical: 1;
    }
    GroupScreen OptionList:focus { border: none; background-tint: transparent; }
    GroupScreen OptionList > .option-list--option-highlighted,
    GroupScreen OptionList:focus > .option-list--option-highlighted {
        background: $panel; color: $foreground; text-style: none;
    }
    GroupScreen Static { color: $dim; padding: 0 1; }
    """
    HINTS = ("group.choose", "group.leave")
    BINDINGS = [
        Binding("enter", "choose", "Group", id="group.choose", tooltip="Put the runs together by this", priority=True),
        Binding("escape,q,z", "dismiss", "Leave", id="group.leave", tooltip="Back, with the runs as they are"),
        Binding("j", "down", "Down", id="group.down", show=False, tooltip="One row down"),
        Binding("k", "up", "Up", id="group.up", show=False, tooltip="One row up"),
    ]

    def __init__(self, ways: Sequence[Way]) -> None:
        super().__init__()
        self._ways = ways
        self._cells = min(_TITLE_CELLS, max((width(clean(way.title)) for way in ways), default=0))

    def compose_frame(self) -> ComposeResult:
        if self._ways:
            yield OptionList(*(Option(self._line(way), id=way.column) for way in self._ways), markup=False)
        else:
            yield Static("the runs share nothing to group them by: each is alone, or all are alike", markup=False)

    def name_of_sheet(self) -> str:
        return "group runs by"

    def action_choose(self) -> None:
        """Group by what is highlighted."""
        for options in self.query(OptionList):
            options.action_select()

    def _line(self, way: Way) -> Text:
        line = Text(" ", no_wrap=True, end="").append(fit(fit_middle(way.title, self._cells), self._cells))
        return line.append(f"{len(way.groups):>4} groups  ").append(clean(way.examples), "dim")

    @on(OptionList.OptionSelected)
    def _chosen(self, event: OptionList.OptionSelected) -> None:
        event.stop()
        self.dismiss(event.option.id)

    def action_down(self) -> None:
        """One row down."""
        for options in self.query(OptionList):
            options.action_cursor_down()

    def action_up(self) -> None:
        """One row up."""
        for options in self.query(OptionList):
            options.action_cursor_up()
