"""Rows that all hold the same keys, as a training loop writes them: to columns without a dictionary for every row.

The keys are the same bytes in each row. They are found by their quotes, compared with those of the first row together
with what stands before them, and blanked out; what is left is one array of values for the parser, which takes half of
the time. What ends the last row goes before the first, so that every row begins alike.

                          }
    {"_step":1,"loss":0.5}    [         1,       0.5
    {"_step":2,"loss":0.4     ,         2,       0.4 ]

It is exact. There are as many pairs of quotes as keys, and each pair is a key and its colon. Before each key but the
first of a row stands a comma, before that one a line end, and nowhere else ends a line; the parser takes no comma
without a value before it: so each key has a value at least, and as there are as many values as keys, each has one.
Whatever does not fit is left to others: a text (it has quotes), null, lists, an escaped key, other keys or another
order of them, a line that is no row.
"""

from __future__ import annotations

from functools import lru_cache
from typing import NamedTuple

import numpy as np
import numpy.typing as npt
import orjson

from logstore.model.delta import F64, I64
from logstore.reading.columns import plain_numbers

SMALLEST = 1 << 13
"""Bytes of lines from which this is faster."""
MOST_KEYS = 1000
"""Keys of a row beyond which it is not: there are few rows then, and finding out how to compare them takes longer."""

_QUOTE, _OPEN = b'"['
_BETWEEN = b"}\n{"
"""What stands before the first key of a row. It becomes a comma, as stands before the others."""
_WINDOW = 16
"""Bytes that are compared and blanked at a time: a key of up to twelve letters and what stands before it."""

Words = npt.NDArray[np.uint64]


class Uniform(NamedTuple):
    """Rows that all hold the same keys, and numbers alone."""

    keys: tuple[str, ...]
    numbers: F64
    """Rows by keys."""
    last: list[object]
    """The values of the last row, as they are."""


class _Template(NamedTuple):
    """The keys of a row with their quotes, colons and what stands before them, in windows; of each its two words."""

    key: I64
    """Which key each window belongs to."""
    offset: I64
    """Where each begins, from the quote that opens its key."""
    mask: Words
    """Which bits of the words are compared."""
    words: Words
    """What these bits are."""
    blank: Words
    """What they are to be."""


def parse_uniform(lines: bytes) -> Uniform | None:
    """The numbers in ``lines``, which end with a newline; None when the rows are not plainly uniform."""
    first = lines[: lines.index(b"\n")]
    keys = _keys(first)
    if not 0 < len(keys) <= MOST_KEYS:
        return None
    array = bytearray(lines[-2:])
    array += lines
    array[-2:] = b"]" + bytes(len(first) + _WINDOW)  # windows may reach beyond the end
    opening = np.flatnonzero(np.frombuffer(array, np.uint8) == _QUOTE)[::2]
    if len(opening) % len(keys) or not _blank(array, opening.reshape(-1, len(keys)), _template(keys, b', "' in first)):
        return None
    array[0] = _OPEN
    try:
        values = orjson.loads(memoryview(array)[: len(lines) + 1])
    except ValueError:
        return None
    numbers = plain_numbers(values) if len(values) == len(opening) else None
    return None if numbers is None else Uniform(keys, numbers.reshape(-1, len(keys)), values[-len(keys) :])


def _keys(line: bytes) -> tuple[str, ...]:
    """The keys of the row in ``line``; none when it is no row."""
    try:
        row = orjson.loads(line)
    except ValueError:
        return ()
    return tuple(row) if isinstance(row, dict) else ()


@lru_cache(maxsize=64)
def _template(keys: tuple[str, ...], is_spaced: bool) -> _Template:
    """What rows with these ``keys`` have in common; ``is_spaced``: there is a space after each comma."""
    places: list[tuple[int, int]] = []
    told, masks, blanks = b"", b"", b""
    for number, key in enumerate(keys):
        before = (b", " if is_spaced else b",") if number else _BETWEEN
        text = before + f'"{key}":'.encode()
        blank = b",".ljust(len(text))
        last = max(0, len(text) - _WINDOW)
        for offset in sorted({*range(0, last, _WINDOW), last}):
            window = slice(offset, offset + _WINDOW)
            places.append((number, offset - len(before)))
            told += text[window].ljust(_WINDOW, b"\0")
            blanks += blank[window].ljust(_WINDOW, b"\0")
            masks += (b"\xff" * len(text[window])).ljust(_WINDOW, b"\0")
    key_of, offsets = np.array(places).T
    return _Template(key_of, offsets, *(np.frombuffer(each, "<u8") for each in (masks, told, blanks)))


def _blank(array: bytearray, opening: I64, template: _Template) -> bool:
    """Blank out the keys in each row; False when they are not those of ``template``, or a line ends between them."""
    kind = f"V{_WINDOW}"
    windows = np.ndarray(len(array) - _WINDOW + 1, kind, array, strides=(1,))
    places = opening.take(template.key, axis=1)
    places += template.offset
    places = places.ravel()
    found = windows[places].view("<u8").reshape(len(opening), -1)
    found ^= template.words  # nothing is left of the keys
    if (found & template.mask).any():
        return False
    found |= template.blank
    # A short key's window reaches into what follows. It writes there what was there; what is a key there comes later.
    windows[places] = found.view(kind).ravel()
    return b"\n" not in array
