"""What a person did to a table as plain data, to be there again next time. Pure.

What is read back comes from a file that anybody may have edited: nothing in it is believed to make sense.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from tui.table.column_set import known_columns, known_widths
from tui.table.groups import Grouping
from tui.table.sorting import Order, Sort
from tui.table.view import TableView


def saved(view: TableView) -> dict[str, Any]:
    """All that a person set in ``view``, as plain data."""
    return {
        "columns": list(view.columns.ids),
        "widths": dict(view.columns.set_widths),
        "sort": [[order.column, "descending" if order.descending else "ascending"] for order in view.order.sort],
        "marks": sorted(view.marked),
        "pins": sorted(view.order.pins),
        "coloured": sorted(view.colouring.columns),
        "cursor": view.cursor,
        "column": view.columns.cursor,
        "group": None if view.order.grouping is None else view.order.grouping.column.id,
        "only_mine": view.order.only_mine,
        "folded": [] if view.order.grouping is None else sorted(view.order.grouping.folded),
    }


def restore(view: TableView, state: Mapping[str, Any]) -> None:
    """Set ``view`` as one was that ``state`` was ``saved`` from; anything in it that makes no sense is left out."""
    columns = known_columns(_list(state, "columns"))
    if columns:
        view.columns.choose(columns)
    widths = state.get("widths")
    view.columns.set_widths = known_widths(widths) if isinstance(widths, Mapping) else {}
    view.marked = set(_texts(state, "marks"))
    view.order.pins = set(_texts(state, "pins"))
    view.colouring.columns = set(known_columns(_list(state, "coloured")))
    cursor = state.get("cursor")
    view.await_cursor(cursor if isinstance(cursor, str) else None)
    view.columns.cursor = next(iter(known_columns([state.get("column")])), view.columns.cursor)
    group = next(iter(known_columns([state.get("group")])), None)
    view.order.grouping = None if group is None else Grouping(group, _texts(state, "folded"))
    view.order.only_mine = view.columns.only_mine = state.get("only_mine") is True
    view.columns.choose(view.columns.ids)
    view.sort(_sort(_list(state, "sort")))


def _list(state: Mapping[str, Any], name: str) -> list[Any]:
    found = state.get(name)
    return found if isinstance(found, list) else []


def _texts(state: Mapping[str, Any], name: str) -> list[str]:
    return [item for item in _list(state, name) if isinstance(item, str)]


def _sort(saved: Iterable[Any]) -> Sort:
    pairs = [pair for pair in saved if isinstance(pair, list) and len(pair) == 2 and known_columns(pair[:1])]
    return tuple(Order(column, direction == "descending") for column, direction in pairs)
