"""Choosing columns: a list that narrows while one types, chosen ones first and in their order.

``push_screen(ColumnChooser(offered, chosen), callback)``: the callback gets the ids of the columns, or None when
nothing was changed.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import ClassVar

from rich.text import Text
from textual import on
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.widgets import Input, OptionList
from textual.widgets.option_list import Option

from tui.show.text import clean, fit, fit_middle
from tui.table.choices import Choice, Choices
from tui.widgets.sheet import Sheet

_NAME_CELLS = 30


def _key(keys: str, action: str, description: str, about: str, verb: str) -> Binding:
    return Binding(keys, action, description, tooltip=about, id=f"chooser.{verb}", priority=True)


class ColumnChooser(Sheet[tuple[str, ...] | None]):
    """Which columns a table shows, and in which order."""

    DEFAULT_CSS = """
    ColumnChooser > #frame { height: 80%; max-height: 34; min-height: 6; }
    ColumnChooser Input { background: $surface; margin: 0 0 1 0; padding: 0 1; }
    ColumnChooser OptionList {
        text-wrap: nowrap; text-overflow: ellipsis;
        background: $surface; height: 1fr; border: none; padding: 0; scrollbar-size-vertical: 1;
    }
    ColumnChooser OptionList > .option-list--option-highlighted {
        background: $panel; color: $foreground; text-style: none;
    }
    """
    HINTS = ("chooser.toggle", "chooser.earlier", "chooser.later", "chooser.done")
    BINDINGS: ClassVar[list[BindingType]] = [
        _key("escape", "done", "done", "Show these columns", "done"),
        _key("enter", "choose", "show/hide", "Show the column, or show it no more", "toggle"),
        _key("up", "move(-1)", "up", "Go up the list", "up"),
        _key("down", "move(1)", "down", "Go down the list", "down"),
        _key("ctrl+up,shift+up", "shift(-1)", "earlier", "Move the column to the left", "earlier"),
        _key("ctrl+down,shift+down", "shift(1)", "later", "Move the column to the right", "later"),
    ]

    def __init__(self, offered: Iterable[str], chosen: Sequence[str]) -> None:
        super().__init__()
        self._choices = Choices(offered, chosen)
        self._before = tuple(chosen)
        self._input = Input(compact=True, placeholder="type to search, or a column's id")
        self._list = OptionList(markup=False)
        self._list.can_focus = False

    def compose_frame(self) -> ComposeResult:
        yield self._input
        yield self._list

    def name_of_sheet(self) -> str:
        return "columns"

    def on_mount(self) -> None:
        self._fill()
        self._input.focus()

    @on(Input.Changed)
    def _searched(self) -> None:
        self._fill()

    @on(OptionList.OptionSelected)
    def _clicked(self, event: OptionList.OptionSelected) -> None:
        event.stop()
        self.action_choose()

    def leave(self) -> None:
        self.action_done()

    def action_done(self) -> None:
        """Close, with what is chosen now."""
        chosen = tuple(self._choices.chosen)
        self.dismiss(None if chosen == self._before else chosen)

    def action_choose(self) -> None:
        """Show the highlighted column, or show it no more; with none found, the one whose id was typed."""
        column_id = self._highlighted()
        if column_id is not None:
            self._choices.toggle(column_id)
            self._fill(column_id)

    def action_move(self, by: int) -> None:
        """Go ``by`` lines down the list."""
        if self._list.option_count:
            place = (self._list.highlighted or 0) + by
            self._list.highlighted = max(0, min(self._list.option_count - 1, place))

    def action_shift(self, by: int) -> None:
        """Move the highlighted column ``by`` places to the right."""
        column_id = self._highlighted()
        if column_id is not None:
            self._choices.move(column_id, by)
            self._fill(column_id)

    def _highlighted(self) -> str | None:
        if self._list.highlighted is None:
            return None
        return self._list.get_option_at_index(self._list.highlighted).id

    def _fill(self, highlight: str | None = None) -> None:
        found = self._choices.found(self._input.value) or self._typed()
        self._list.set_options([Option(self._line(choice), id=choice.column.id) for choice in found])
        ids = [choice.column.id for choice in found]
        if ids:
            self._list.highlighted = ids.index(highlight) if highlight in ids else 0

    def _typed(self) -> list[Choice]:
        """The column whose name was typed, when nothing else was found and there is one."""
        choice = self._choices.named(self._input.value.strip())
        return [] if choice is None else [choice]

    def _line(self, choice: Choice) -> Text:
        column_id = choice.column.id
        place = f"✓{self._choices.chosen.index(column_id):>2} " if column_id in self._choices.chosen else "    "
        line = Text(place, no_wrap=True, end="")
        line.append(fit(fit_middle(choice.column.title, _NAME_CELLS), _NAME_CELLS), "bold" if choice.chosen else "")
        return line.append("  " + clean(choice.column.about), "dim")
