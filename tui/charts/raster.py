"""From runs of dots to braille cells: vectorised over lines and columns.

A cell of braille is two dots wide and four high (Unicode 2800 to 28FF). A line is given as one run of dots, ``top`` to
``bottom``, in each dot column; an empty run has ``top`` > ``bottom``.
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import lru_cache

import numpy as np
from numpy.typing import NDArray

F64 = NDArray[np.float64]
I16 = NDArray[np.int16]
I64 = NDArray[np.intp]
U32 = NDArray[np.uint32]
U8 = NDArray[np.uint8]

BRAILLE = 0x2800
_DOTS = ((0x01, 0x08), (0x02, 0x10), (0x04, 0x20), (0x40, 0x80))
EMPTY_TOP, EMPTY_BOTTOM = 9999, -9999

_DOT_COUNT = np.array([bits.bit_count() for bits in range(256)], np.uint32)
_LEVEL = 16
"""More than a cell has dots."""
_NOTHING = np.uint8(0)


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
    """The same runs, made longer so that neighbours touch: each goes half way to meet the next.

    Half way between two runs that touch already lies in both: nothing has to be asked but whether both are there.
    """
    top0, bottom0, top1, bottom1 = top[..., :-1], bottom[..., :-1], top[..., 1:], bottom[..., 1:]
    there = top <= bottom
    both = there[..., :-1] & there[..., 1:]
    down, up = (bottom0 + top1) // 2, (top0 + bottom1) // 2
    top, bottom = top.copy(), bottom.copy()
    np.maximum(bottom[..., :-1], down, out=bottom[..., :-1], where=both)
    np.minimum(top[..., 1:], down + 1, out=top[..., 1:], where=both)
    np.minimum(top[..., :-1], up + 1, out=top[..., :-1], where=both)
    np.maximum(bottom[..., 1:], up, out=bottom[..., 1:], where=both)
    return top, bottom


def cells(top: I16, bottom: I16, rows: int) -> U8:
    """Bits of each cell: runs of shape (lines, 2 * columns) give (lines, columns, rows)."""
    most = np.int16(4 * rows)
    first = np.minimum(np.maximum(top, 0), most)
    after = np.minimum(np.maximum(bottom + np.int16(1), first), most)
    left, right = _below(rows, 0), _below(rows, 1)
    bits = left.take(first[:, 0::2], axis=0)
    bits ^= left.take(after[:, 0::2], axis=0)
    bits ^= right.take(first[:, 1::2], axis=0)
    bits ^= right.take(after[:, 1::2], axis=0)
    return bits


def strongest(bits: U8, levels: Sequence[int]) -> tuple[U8, U32]:
    """Lines laid over each other: the bits of each cell, and the line with most dots in it (the last of equals).

    Args:
        bits: Those of each line.
        levels: Of each line; where one has a dot, those of lower levels are not seen.
    """
    count, offsets, ranks = len(bits), *_ranks(tuple(levels))
    ranked = ranks.take(bits + offsets)
    best = ranked.max(axis=0)
    seen = ranked >= best - best % (_LEVEL * count)
    return np.bitwise_or.reduce(np.where(seen, bits, _NOTHING)), best % count


@lru_cache(maxsize=64)
def _ranks(levels: tuple[int, ...]) -> tuple[I64, U32]:
    """What ranks cells: their level, then their dots, then the place of the line; where those of each line begin.

    There is one for each line and each of the 256 ways to fill a cell.
    """
    ranks = _LEVEL * np.array(levels, np.uint32)[:, None] + _DOT_COUNT
    ranks *= np.uint32(len(levels))
    ranks += np.arange(len(levels), dtype=np.uint32)[:, None]
    ranks[:, 0] = 0  # no dots: seen through
    return np.arange(0, ranks.size, 256)[:, None, None], ranks.ravel()
