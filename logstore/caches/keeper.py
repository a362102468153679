"""Blocks of one file kept until they are packed, without holding them in memory twice.

The model copies what it needs out of each block. To pack a file in one piece later, its blocks have to be kept; beyond
a few megabytes they go to a nameless file and come back as views of it.
"""

from __future__ import annotations

import mmap
import os
import tempfile
from collections.abc import Mapping
from pathlib import Path
from weakref import finalize

from logstore.caches.layout import Arrays, Layout, Shape, write_all
from logstore.model.delta import Block

SPILL = 8 << 20
"""Bytes of columns kept in memory."""


class Keeper:
    """The blocks of one file, in order."""

    def __init__(self, directory: Path, spill: int | None = None) -> None:
        self.loose = 0
        """Bytes of columns that are held in memory."""
        self._directory = directory
        self._spill = SPILL if spill is None else spill
        self._first: list[Block] = []
        self._away: list[tuple[Shape, Mapping[str, object], float | None]] = []
        self._last: list[Block] = []
        self._file: int | None = None
        """A descriptor, closed when the keeper is no longer used."""
        self._view: mmap.mmap | None = None

    @property
    def has_file(self) -> bool:
        """Whether a descriptor is held for it."""
        return self._file is not None

    def add(self, block: Block) -> None:
        """Keep ``block``.

        Raises:
            OSError: There is no room to keep it.
        """
        self._last.append(block)
        self.loose += sum(array.nbytes for array in Layout([block]).arrays())
        if self.loose > self._spill:
            self._put_away()

    def add_view(self, block: Block) -> None:
        """Keep the first block, whose columns are views of a file already."""
        self._first.append(block)

    def blocks(self) -> list[Block]:
        """All blocks, those that were put away as views of their file."""
        if self._file is None:
            return [*self._first, *self._last]
        self._view = mmap.mmap(self._file, 0, access=mmap.ACCESS_READ)
        arrays = Arrays(self._view, 0, len(self._view))
        return [*self._first, *(arrays.block(*each) for each in self._away), *self._last]

    def release(self) -> None:
        """Let the system take back the memory of views that were looked at; they can be looked at again."""
        if self._view is not None:
            self._view.madvise(mmap.MADV_DONTNEED)

    def _put_away(self) -> None:
        if self._file is None:
            self._directory.mkdir(parents=True, exist_ok=True, mode=0o700)
            self._file, path = tempfile.mkstemp(dir=self._directory, prefix=".kept-")
            finalize(self, os.close, self._file)
            Path(path).unlink()
        for block in self._last:
            layout = Layout([block])
            write_all(self._file, b"".join(array.data.cast("B") for array in layout.arrays()))
            self._away.append((layout.shape, block.texts, block.runtime))
        self._last.clear()
        self.loose = 0
