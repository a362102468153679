"""From runs of dots to braille cells: vectorised over lines and columns.

A cell of braille is two dots wide and four high (Unicode 2800 to 28FF). A line is given as one run of dots, ``top`` to
``bottom``, in each dot column; an empty run has ``top`` > ``bottom``.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

F64 = NDArray[np.float64]
I16 = NDArray[np.int16]
U8 = NDArray[np.uint8]

BRAILLE = 0x2800
_DOTS = ((0x01, 0x08), (0x02, 0x10), (0x04, 0x20), (0x40, 0x80))
EMPTY_TOP, EMPTY_BOTTOM = 9999, -9999


def _table(side: int) -> U8:
    """The bits of dots ``a`` to ``b`` - 1 of one half of a cell, at index 5 * a + b."""
    bits = [sum(_DOTS[row][side] for row in range(a, b)) for a in range(5) for b in range(5)]
    return np.array(bits, np.uint8)


_LEFT, _RIGHT = _table(0), _table(1)
DOT_COUNT: U8 = np.array([bits.bit_count() for bits in range(256)], np.uint8)


def runs(high: F64, low: F64) -> tuple[I16, I16]:
    """Runs of dots from the dot rows of the upper and the lower end; NaN gives an empty run."""
    missing = np.isnan(high) | np.isnan(low)
    top = np.where(missing, EMPTY_TOP, high).astype(np.int16)
    bottom = np.where(missing, EMPTY_BOTTOM, low).astype(np.int16)
    return top, bottom


def joined(top: I16, bottom: I16) -> tuple[I16, I16]:
    """The same runs, made longer so that neighbours touch: each goes half way to meet the next."""
    top0, bottom0, top1, bottom1 = top[..., :-1], bottom[..., :-1], top[..., 1:], bottom[..., 1:]
    both = (top0 <= bottom0) & (top1 <= bottom1)
    falls = both & (top1 > bottom0 + 1)
    rises = both & (bottom1 < top0 - 1)
    down, up = (bottom0 + top1) // 2, (top0 + bottom1) // 2
    top, bottom = top.copy(), bottom.copy()
    np.maximum(bottom[..., :-1], down, out=bottom[..., :-1], where=falls)
    np.minimum(top[..., 1:], down + 1, out=top[..., 1:], where=falls)
    np.minimum(top[..., :-1], up + 1, out=top[..., :-1], where=rises)
    np.maximum(bottom[..., 1:], up, out=bottom[..., 1:], where=rises)
    return top, bottom


def cells(top: I16, bottom: I16, rows: int) -> U8:
    """Bits of each cell: runs of shape (..., 2 * columns) give (..., rows, columns)."""
    base = np.arange(0, 4 * rows, 4, dtype=np.int16)[:, None]
    first = np.clip(top[..., None, :] - base, 0, 4).astype(np.uint8)
    after = np.clip(bottom[..., None, :] + np.int16(1) - base, 0, 4).astype(np.uint8)
    first *= 5
    first += after
    bits: U8 = _LEFT[first[..., 0::2]] | _RIGHT[first[..., 1::2]]
    return bits


def strongest(bits: U8) -> tuple[U8, NDArray[np.intp]]:
    """All lines laid over each other: the bits of each cell, and the line with most dots in it (the last of equals)."""
    together = np.bitwise_or.reduce(bits, axis=0)
    count = len(bits)
    if count == 1:
        return together, np.zeros(together.shape, np.intp)
    owner = count - 1 - np.argmax(DOT_COUNT[bits[::-1]], axis=0)
    return together, owner
