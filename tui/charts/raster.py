"""From runs of dots to braille cells: vectorised over lines and columns.

A cell of braille is two dots wide and four high (Unicode 2800 to 28FF). A line is given as one run of dots, ``top`` to
``bottom``, in each dot column; an empty run has ``top`` > ``bottom``.
"""

from __future__ import annotations

from functools import lru_cache

import numpy as np
from numpy.typing import NDArray

F64 = NDArray[np.float64]
I16 = NDArray[np.int16]
U8 = NDArray[np.uint8]

BRAILLE = 0x2800
_DOTS = ((0x01, 0x08), (0x02, 0x10), (0x04, 0x20), (0x40, 0x80))
EMPTY_TOP, EMPTY_BOTTOM = 9999, -9999


DOT_COUNT: U8 = np.array([bits.bit_count() for bits in range(256)], np.uint8)


@lru_cache(maxsize=256)
def _below(rows: int, side: int) -> U8:
    """For each dot row (0 to 4 * rows): the bits of one half of every cell of a column, from that dot row on down."""
    table = np.zeros((4 * rows + 1, rows), np.uint8)
    for dot in range(4 * rows):
        table[: dot + 1, dot // 4] |= _DOTS[dot % 4][side]
    return table


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
    """Bits of each cell: runs of shape (lines, 2 * columns) give (lines, columns, rows)."""
    most = np.int16(4 * rows)
    first = np.minimum(np.maximum(top, 0), most)
    after = np.minimum(np.maximum(bottom + np.int16(1), first), most)
    left, right = _below(rows, 0), _below(rows, 1)
    bits = left.take(first[:, 0::2], axis=0)
    bits &= ~left.take(after[:, 0::2], axis=0)
    other = right.take(first[:, 1::2], axis=0)
    other &= ~right.take(after[:, 1::2], axis=0)
    bits |= other
    return bits


def strongest(bits: U8) -> tuple[U8, NDArray[np.intp]]:
    """All lines laid over each other: the bits of each cell, and the line with most dots in it (the last of equals)."""
    count = len(bits)
    if count == 1:
        return bits[0], np.zeros(bits.shape[1:], np.intp)
    together = np.bitwise_or.reduce(bits, axis=0)
    scores = DOT_COUNT.take(bits).astype(np.uint32)
    scores *= np.uint32(count)
    scores += np.arange(count, dtype=np.uint32)[:, None, None]
    owner: NDArray[np.intp] = scores.max(axis=0).astype(np.intp) % count
    return together, owner
