"""Rows to columns of numbers: absent is absent, text is kept aside, nothing is guessed.

    number, true, false                  a number (1.0, 0.0)
    "NaN", "Infinity", "-Infinity"       the float of that name
    null                                 absent
    any other text, list, object         no number: the last one of each key is kept as it is

An integer above 2**53 becomes the nearest float; where it is the last value of its key it is kept in full beside it.
"""

from __future__ import annotations

import struct
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from typing import Any, NamedTuple

import numpy as np

from logstore.format import NONFINITE
from logstore.model.delta import F64, I64, Column
from logstore.reading.rows import GLUE, Row

EXACT = 2**53

Convert = Callable[[str], "float | None"]
"""Reads a number from a text (a date, say), or None."""


class NotJoinableError(Exception):
    """Rows that were parsed as one array hold something that has to be checked line by line."""


class Cells(NamedTuple):
    """The values of one key, as they were in the rows that have it."""

    key: str
    rows: I64 | None
    """Which rows; None for all of them. Keys that always come together share the array."""
    values: list[object]


@dataclass(slots=True)
class Columns:
    """Columns of some rows, and the latest value of each key that is no number."""

    numbers: dict[str, Column] = field(default_factory=dict)
    texts: dict[str, object] = field(default_factory=dict)
    refused: int = 0
    """Values that were left out because there are too many keys."""
    _shared: dict[bytes, I64] = field(default_factory=dict)

    def add(self, cells: Cells, convert: Convert | None = None, *, joined: bool = False) -> None:
        """Take in one key.

        Args:
            cells: Its values.
            convert: Reads numbers from its texts.
            joined: The rows were parsed as one array.

        Raises:
            NotJoinableError: ``joined`` and there is a value in which two lines could have been glued together.
        """
        values = plain_numbers(cells.values)
        if joined and (GLUE in cells.key or (values is None and any(map(_may_be_glued, cells.values)))):
            raise NotJoinableError
        if values is None:
            self._add_mixed(cells, convert)
            return
        self.put(cells.key, Column(cells.rows, values), cells.values[-1])

    def put(self, key: str, column: Column, last: object) -> None:
        """Take in the numbers of one key, of which ``last`` is the latest as it was."""
        self.numbers[key] = column
        if _is_rounded(last):
            self.texts[key] = last

    def _add_mixed(self, cells: Cells, convert: Convert | None) -> None:
        kept: list[int] = []
        numbers: list[float] = []
        last: object = None
        for index, value in enumerate(cells.values):
            if value is None:
                continue
            number = _number(value, convert)
            last = value if number is None or _is_rounded(value) else None
            if number is not None:
                kept.append(index)
                numbers.append(number)
        if last is not None:
            self.texts[cells.key] = last
        if numbers:
            self.numbers[cells.key] = Column(self._rows(cells, kept), np.array(numbers))

    def _rows(self, cells: Cells, kept: list[int]) -> I64 | None:
        """The rows of ``kept`` cells, as the very array that other keys with the same rows have."""
        if len(kept) == len(cells.values):
            return cells.rows
        rows = np.array(kept, np.int64) if cells.rows is None else cells.rows[kept]
        return self._shared.setdefault(rows.tobytes(), rows)


def one_row(row: Row) -> Columns | None:
    """The columns of a single row of plain numbers, as a live run appends it; None when it holds anything else."""
    cells = list(row.values())
    values = plain_numbers(cells)
    if values is None:
        return None
    numbers = {key: Column(None, values[place : place + 1]) for place, key in enumerate(row)}
    return Columns(numbers, {key: value for key, value in row.items() if _is_rounded(value)})


def cells_by_key(rows: list[Row]) -> Iterable[Cells]:
    """The cells of each key in ``rows``, in the order in which the keys appear."""
    return (_dense(rows) or _sparse(rows)) if rows else ()


def _dense(rows: list[Row]) -> list[Cells] | None:
    """Cells of rows that all have the same keys, else None."""
    keys = rows[0]
    if set(map(len, rows)) != {len(keys)}:
        return None
    try:
        return [Cells(key, None, [row[key] for row in rows]) for key in keys]
    except KeyError:
        return None


def _sparse(rows: list[Row]) -> Iterator[Cells]:
    groups: dict[tuple[str, ...], list[int]] = {}
    for index, row in enumerate(rows):
        groups.setdefault(tuple(row), []).append(index)
    members = list(groups.values())
    having: dict[str, list[int]] = {}
    for number, keys in enumerate(groups):
        for key in keys:
            having.setdefault(key, []).append(number)
    indices: dict[tuple[int, ...], I64] = {}
    for key, numbers in having.items():
        if len(numbers) == len(members):
            yield Cells(key, None, [row[key] for row in rows])
            continue
        pattern = tuple(numbers)
        if pattern not in indices:
            indices[pattern] = np.array(sorted(index for number in numbers for index in members[number]), np.int64)
        found = indices[pattern]
        yield Cells(key, found, [rows[index][key] for index in found.tolist()])


def plain_numbers(values: list[Any]) -> F64 | None:
    """``values`` as floats when each is a number or a boolean, else None. Strings that look like numbers are not."""
    try:
        # Twice as fast as the array module, and as strict.
        return np.frombuffer(struct.pack(f"{len(values)}d", *values))
    except (struct.error, OverflowError):
        return None


def _number(value: object, convert: Convert | None) -> float | None:
    if isinstance(value, (int, float)):
        try:
            return float(value)
        except OverflowError:
            return None
    if not isinstance(value, str):
        return None
    number = NONFINITE.get(value)
    return convert(value) if number is None and convert is not None else number


def _is_rounded(value: object) -> bool:
    return type(value) is int and abs(value) > EXACT


def _may_be_glued(value: object) -> bool:
    return isinstance(value, (list, dict)) or (isinstance(value, str) and GLUE in value)
