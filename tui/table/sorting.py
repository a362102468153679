"""Order of rows by several columns: stable, natural for text, with absent values last whatever the direction.

A value's rank is its class and then its place in that class: numbers, then text, then NaN, then absent. The direction
turns numbers and text around, never the classes: a run that has no value for a column is never the first.
"""

from __future__ import annotations

import math
import re
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import chain
from typing import Any, TypeVar

import numpy as np

from tui.table.rows import Value

T = TypeVar("T")
Rank = tuple[int, Any]
"""Class (0 numbers, 1 text, 2 NaN, 3 absent) and what compares inside that class."""

NUMBER, TEXT, NAN, ABSENT = range(4)
_NAN: Rank = (NAN, None)
_ABSENT: Rank = (ABSENT, None)
_DIGITS = re.compile(r"([0-9]+)")


@dataclass(frozen=True, slots=True)
class Order:
    """Sort by one column; several of them, most significant first, make a sort."""

    column: str
    descending: bool = False


Sort = tuple[Order, ...]
UP, DOWN = "▲", "▼"


def rank(value: Value) -> Rank:
    """Where ``value`` stands among the values of its column."""
    if type(value) is float:
        return (NUMBER, value) if value == value else _NAN  # noqa: PLR0124  (only NaN differs from itself)
    if isinstance(value, np.ndarray):
        return rank(float(value[-1])) if value.size else _ABSENT
    if isinstance(value, int | float):
        return _NAN if math.isnan(value) else (NUMBER, value)
    if not value:
        return _ABSENT
    return TEXT, natural(value if isinstance(value, str) else " ".join(value))


def natural(text: str) -> tuple[Any, ...]:
    """A key that sorts ``run-2`` before ``run-10`` and pays no heed to case."""
    folded = text.casefold()
    parts: list[Any] = _DIGITS.split(folded)
    for i in range(1, len(parts), 2):
        digits = parts[i].lstrip("0")
        parts[i] = (len(digits), digits)
    return tuple(parts), text


def arrange(items: Sequence[T], keys: Sequence[tuple[Sequence[Rank], bool]]) -> list[T]:
    """``items`` in order of ``keys``, most significant first.

    Args:
        items: what to arrange; equal items keep their order.
        keys: for each sort column the rank of every item, and whether it is descending.
    """
    places = list(range(len(items)))
    for ranks, descending in reversed(keys):
        places = _by_one(places, ranks, descending=descending)
    return [items[i] for i in places]


def _by_one(places: list[int], ranks: Sequence[Rank], *, descending: bool) -> list[int]:
    within = [rank[1] for rank in ranks]
    if all(rank[0] == NUMBER for rank in ranks):
        return sorted(places, key=within.__getitem__, reverse=descending)
    classes: tuple[list[int], ...] = ([], [], [], [])
    for i in places:
        classes[ranks[i][0]].append(i)
    classes[NUMBER].sort(key=within.__getitem__, reverse=descending)
    classes[TEXT].sort(key=within.__getitem__, reverse=descending)
    return list(chain.from_iterable(classes))


def toggled(sort: Sort, column: str, *, first_descending: bool, add: bool = False) -> Sort:
    """The sort after a person asked for ``column``.

    The first time a column is asked for it sorts best first, the second time the other way round, the third time no
    more. With ``add`` the other columns stay and ``column`` joins them as the last key.
    """
    here = next((order for order in sort if order.column == column), None)
    asked = _next_order(here, column, first_descending=first_descending)
    if not add:
        return () if asked is None else (asked,)
    if here is None:
        return (*sort, Order(column, first_descending))
    return tuple(asked if order is here else order for order in sort if order is not here or asked is not None)  # type: ignore[misc]


def _next_order(here: Order | None, column: str, *, first_descending: bool) -> Order | None:
    if here is None:
        return Order(column, first_descending)
    return Order(column, not first_descending) if here.descending == first_descending else None


def reversed_sort(sort: Sort) -> Sort:
    """The same sort with its most significant key turned around."""
    return (Order(sort[0].column, not sort[0].descending), *sort[1:]) if sort else sort


def sort_mark(column: str, sort: Sort) -> str:
    """What stands at the title of ``column``: its direction, with its place where there are several sort columns."""
    for place, order in enumerate(sort, 1):
        if order.column == column:
            return (DOWN if order.descending else UP) + (str(place) if len(sort) > 1 else "")
    return ""
