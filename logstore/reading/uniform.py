"""Rows that all hold the same keys, as a training loop writes them: to columns without a dictionary for every row.

The keys are the same bytes in each row. They are found by their quotes, compared with those of the first row, and
blanked out; what is left is one array of values for the parser, which takes two thirds of the time.

    {"_step":1,"loss":0.5}          [         1,       0.5
    {"_step":2,"loss":0.4}    ->    ,         2,       0.4 ]

It is exact. There are as many pairs of quotes in each row as keys, and each pair is a key and its colon; before each
key but the first of a row stands a comma, and the parser takes no comma without a value before it: so each key has a
value at least, and as there are as many values as keys, each has one. Whatever does not fit is left to others: a text
(it has quotes), null, lists, an escaped key, other keys or another order of them, a line that is no row.
"""

from __future__ import annotations

from functools import lru_cache
from typing import NamedTuple

import numpy as np
import numpy.typing as npt
import orjson

from logstore.model.delta import F64, I64
from logstore.reading.columns import plain_numbers
from logstore.reading.rows import CLOSE, COMMA, NEWLINE, OPEN

SMALLEST = 1 << 13
"""Bytes of lines from which this is faster."""
MOST_KEYS = 1000
"""Keys of a row beyond which it is not: there are few rows then, and finding out how to compare them takes longer."""

_QUOTE, _SPACE = b'" '
_WINDOW = 16
"""Bytes that are compared and blanked at a time: a key of up to thirteen letters."""

Bytes = npt.NDArray[np.uint8]
Words = npt.NDArray[np.uint64]


class Uniform(NamedTuple):
    """Rows that all hold the same keys, and numbers alone."""

    keys: tuple[str, ...]
    numbers: F64
    """Rows by keys."""
    last: list[object]
    """The values of the last row, as they are."""


class _Template(NamedTuple):
    """The keys of a row with their quotes and colons, in windows; of each window its two words."""

    key: I64
    """Which key each window belongs to."""
    offset: I64
    """Where each begins, from the quote that opens its key."""
    mask: Words
    """Which bits of the words belong to the key."""
    words: Words
    """What these bits are."""
    blank: Words
    """What they are to be."""


def parse_uniform(lines: bytes) -> Uniform | None:
    """The numbers in ``lines``, which end with a newline; None when the rows are not plainly uniform."""
    keys = _keys(lines)
    if not 0 < len(keys) <= MOST_KEYS:
        return None
    array = bytearray(lines)
    array += bytes(_WINDOW)  # the last window may reach beyond the end
    text = np.frombuffer(array, np.uint8)
    opening = _opening_quotes(text, len(lines), len(keys))
    if opening is None or not _blank(text, opening, _template(keys)):
        return None
    first, later = opening[:, 0], opening[1:, 0]
    text[first - 1] = text[later - 3] = text[len(lines) - 2] = _SPACE
    text[later - 2] = COMMA
    text[0], text[len(lines) - 1] = b"[]"
    try:
        values = orjson.loads(memoryview(array)[: len(lines)])
    except ValueError:
        return None
    numbers = plain_numbers(values) if len(values) == opening.size else None
    return None if numbers is None else Uniform(keys, numbers.reshape(opening.shape), values[-len(keys) :])


def _keys(lines: bytes) -> tuple[str, ...]:
    """The keys of the first row; none when it is no row."""
    try:
        row = orjson.loads(lines[: lines.index(b"\n")])
    except ValueError:
        return ()
    return tuple(row) if isinstance(row, dict) else ()


def _opening_quotes(text: Bytes, size: int, keys: int) -> I64 | None:
    """Where each key begins, in each row, as far as the signs around the keys are those of a row; else None."""
    rows = int(np.count_nonzero(text == NEWLINE))
    quotes = np.flatnonzero(text == _QUOTE)
    if len(quotes) != 2 * keys * rows:
        return None
    opening = quotes.reshape(rows, 2 * keys)[:, ::2]
    later = opening[1:, 0]
    if opening[0, 0] != 1 or (text[opening[:, 0] - 1] != OPEN).any() or text[size - 2] != CLOSE:
        return None
    if (text[later - 2] != NEWLINE).any() or (text[later - 3] != CLOSE).any():
        return None
    before = opening[:, 1:] - 1
    is_separated = (text[before] == COMMA).all() or ((text[before] == _SPACE) & (text[before - 1] == COMMA)).all()
    return opening if is_separated else None


@lru_cache(maxsize=64)
def _template(keys: tuple[str, ...]) -> _Template:
    places: list[tuple[int, int]] = []
    told, masks = b"", b""
    for number, key in enumerate(keys):
        text = f'"{key}":'.encode()
        last = max(0, len(text) - _WINDOW)
        for offset in sorted({*range(0, last, _WINDOW), last}):
            window = text[offset : offset + _WINDOW]
            places.append((number, offset))
            told += window.ljust(_WINDOW, b"\0")
            masks += (b"\xff" * len(window)).ljust(_WINDOW, b"\0")
    key_of, offsets = np.array(places).T
    mask, words = np.frombuffer(masks, "<u8"), np.frombuffer(told, "<u8")
    return _Template(key_of, offsets, mask, words, mask & np.frombuffer(b" " * len(masks), "<u8"))


def _blank(text: Bytes, opening: I64, template: _Template) -> bool:
    """Blank out the keys in each row; False when they are not those of ``template``."""
    kind = f"V{_WINDOW}"
    windows = np.lib.stride_tricks.as_strided(text[:_WINDOW].view(kind), (len(text) - _WINDOW + 1,), (1,))
    places = opening[:, template.key]
    places += template.offset
    places = places.ravel()
    found = windows[places].view("<u8").reshape(len(opening), -1)
    found ^= template.words  # nothing is left of the keys
    if (found & template.mask).any():
        return False
    found |= template.blank
    # A short key's window reaches into what follows. It writes there what was there; what is a key there comes later.
    windows[places] = found.view(kind).ravel()
    return True
