"""Lines of JSON to rows: whole blocks at once where that is exact, line by line where it is not.

Joining the lines of a block by commas and parsing them as one array is two to three times as fast as a call per line.
It is exact as long as no bad line can hide: each line begins with ``{`` and ends with ``}``, there are as many rows as
lines, and no row holds a list, an object or a text in which two torn lines could have been glued together.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterable
from dataclasses import dataclass, field

import numpy as np
import orjson

from logstore.errors import RowError
from logstore.format import TYPE_KEY, flatten

Row = dict[str, object]

GLUE = "},{"
"""What a line end between two objects looks like after joining; in a key or a text it gives a false join away."""

# Python's json writes bare NaN, which no strict parser takes. Quoted inside a string the result is no JSON either, so a
# false hit can only lead to the slow path.
_BARE_NONFINITE = re.compile(rb"(?<=[:\[,\s])(NaN|-?Infinity)(?=\s*[,}\]])")
OPEN, CLOSE, NEWLINE, COMMA = b"{}\n,"
_HAS_BARE = (b"NaN", b"Infinity")


@dataclass(slots=True)
class Rows:
    """The rows of some lines."""

    rows: list[Row] = field(default_factory=list)
    bad: int = 0
    """Lines that are no JSON object; empty lines do not count."""
    joined: bool = False
    """The lines were parsed as one array: exact for plain numbers and short of lists, see the module."""


def parse_rows(lines: bytes) -> Rows:
    """The rows of ``lines``, which end with a newline, parsed the fastest way that can be right."""
    if lines.find(b"\n") == len(lines) - 1:
        return parse_by_line(lines)
    rows = _join(lines)
    if rows is None and b"\r\n" in lines:
        lines = lines.replace(b"\r\n", b"\n")
        rows = _join(lines)
    if rows is None and any(word in lines for word in _HAS_BARE):
        rows = _join(_BARE_NONFINITE.sub(rb'"\1"', lines))
    return parse_by_line(lines) if rows is None else Rows(rows, joined=True)


def parse_by_line(lines: bytes) -> Rows:
    """The rows of ``lines``, each line on its own, with nested objects flattened."""
    found = Rows()
    for line in lines.split(b"\n"):
        if not line or line.isspace():
            continue
        row = parse_line(line)
        if row is None:
            found.bad += 1
        else:
            found.rows.append(row)
    return found


def parse_line(line: bytes) -> Row | None:
    """The row in ``line``, flattened; None when it holds no JSON object."""
    try:
        row = orjson.loads(line)
    except ValueError:
        row = _loads_leniently(line)
    if not isinstance(row, dict):
        return None
    if not _is_nested(row.values()):
        return row
    try:
        return flatten(row)
    except (RowError, RecursionError):
        return None


def _join(lines: bytes) -> list[Row] | None:
    """All rows at once, or None when the lines are not plainly one object each."""
    array = bytearray(b"[")
    array += lines
    text = np.frombuffer(array, np.uint8)
    ends = np.flatnonzero(text == NEWLINE)
    first = text[1] if len(text) > 1 else 0
    if first != OPEN or (text[ends - 1] != CLOSE).any() or (text[ends[:-1] + 1] != OPEN).any():
        return None
    text[ends] = COMMA
    text[-1] = ord("]")
    try:
        rows: list[Row] = orjson.loads(array)
    except ValueError:
        return None
    return rows if len(rows) == len(ends) else None


def _loads_leniently(line: bytes) -> object:
    """``line`` as Python's json reads it (bare NaN, 1e400, integers of any length); None when it cannot either."""
    try:
        if any(word in line for word in _HAS_BARE):
            return orjson.loads(_BARE_NONFINITE.sub(rb'"\1"', line))
    except ValueError:
        pass
    try:
        return json.loads(line.decode("utf-8-sig"))
    except (ValueError, RecursionError):
        return None


def _is_nested(values: Iterable[object]) -> bool:
    return any(type(value) is dict and TYPE_KEY not in value for value in values)
