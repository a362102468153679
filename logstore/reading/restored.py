"""Rows that the cache had, handed over piece by piece: however many there are, no piece is more work than a moment."""

from __future__ import annotations

from logstore.caches.packed import Packed
from logstore.model.delta import Block, slice_block

PIECE = 8 << 20
"""Bytes of columns that are handed over at a time."""


class Restored:
    """What is left of the rows of one file."""

    def __init__(self, packed: Packed, covered: int, piece: int = PIECE) -> None:
        """What ``packed`` has of the first ``covered`` bytes of a file, in pieces of so many bytes of columns."""
        self._packed = packed
        self._covered = covered
        self._rows = len(packed.block)
        self._at = 0
        size = 8 * (2 * self._rows + sum(len(column.values) for column in packed.block.columns.values()))
        self._each = self._rows if size <= 2 * piece else max(1, self._rows * piece // size)

    @property
    def left(self) -> int:
        """Bytes of the file whose rows were not handed over yet."""
        return self._covered - self._share(self._at)

    def next(self) -> tuple[Block, int]:
        """The next piece, and how many bytes of the file it stands for."""
        begin, self._at = self._at, min(self._rows, self._at + self._each)
        self._packed.release()
        return slice_block(self._packed.block, begin, self._at), self._share(self._at) - self._share(begin)

    def _share(self, rows: int) -> int:
        return self._covered * rows // self._rows if self._rows else self._covered
