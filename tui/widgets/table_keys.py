"""The keys of the run table: each with an id to remap it by, a word for the footer, and a sentence for the help."""

from __future__ import annotations

from typing import Final

from textual.binding import Binding, BindingType


def _key(keys: str, action: str, description: str, about: str, verb: str, *, show: bool = False) -> Binding:
    return Binding(keys, action, description, show=show, tooltip=about, id=f"table.{verb}")


KEYS: Final[list[BindingType]] = [
    _key("enter", "open", "open", "Open the run under the cursor; fold or unfold a group", "open", show=True),
    _key("space", "mark", "mark", "Mark the run, or take its mark away, and go on to the next", "mark", show=True),
    _key("s", "sort", "sort", "Sort by this column: best first, worst first, not at all", "sort", show=True),
    _key("up,k", "move(-1)", "up", "Go one row up", "up"),
    _key("down,j", "move(1)", "down", "Go one row down", "down"),
    _key("pageup,ctrl+b", "page(-1)", "page up", "Go one page up", "page_up"),
    _key("pagedown,ctrl+f", "page(1)", "page down", "Go one page down", "page_down"),
    _key("home,g", "end(-1)", "top", "Go to the first row", "top"),
    _key("end,G", "end(1)", "bottom", "Go to the last row", "bottom"),
    _key("left", "column(-1)", "column left", "Go one column to the left", "column_left"),
    _key("right", "column(1)", "column right", "Go one column to the right", "column_right"),
    _key("shift+up", "extend(-1)", "mark up", "Mark this run and the one above", "mark_up"),
    _key("shift+down", "extend(1)", "mark down", "Mark this run and the one below", "mark_down"),
    _key("a", "mark_all", "mark all", "Mark all runs that are shown", "mark_all"),
    _key("u", "unmark_all", "unmark all", "Take all marks away", "unmark_all"),
    _key("p", "pin", "pin", "Keep this run at the top, or let it go", "pin"),
    _key("S", "sort(True)", "sort also", "Sort by this column where the others are equal", "sort_also"),
    _key("r", "reverse", "reverse", "Turn the sort around", "reverse"),
    _key("b", "colour", "best", "Colour this column from its best to its worst value", "colour"),
    _key("z", "group", "group", "Put runs together that share a config value, group, tag …, or no more", "group"),
    _key("U", "mine", "mine", "Show only the runs that you started, or all", "mine"),
    _key("greater_than_sign", "widen(1)", "widen", "Make this column wider", "widen"),
    _key("less_than_sign", "widen(-1)", "narrow", "Make this column narrower", "narrow"),
    _key("y", "copy", "copy", "Copy the value under the cursors", "copy"),
    _key("Y", "copy_table", "copy table", "Copy the marked rows, or all, as tab-separated values", "copy_table"),
    _key("o", "choose", "columns", "Choose the columns and their order", "columns"),
]
