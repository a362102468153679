"""Blocks of one file kept until they are packed, without holding them in memory twice.

The model copies what it needs out of each block. To pack a file in one piece later, its blocks have to be kept; beyond
a few megabytes they are put into nameless files and come back as views of them.
"""

from __future__ import annotations

import mmap
import tempfile
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

from logstore.delta import Block, Column

SPILL = 8 << 20
"""Bytes of columns kept in memory."""


class Keeper:
    """The blocks of one file, in order."""

    def __init__(self, directory: Path, spill: int = SPILL) -> None:
        self.blocks: list[Block] = []
        self._directory = directory
        self._views: list[mmap.mmap] = []
        self._spill = spill
        self._loose = 0
        """Bytes of the blocks at the end that are still in memory."""
        self._mapped = 0
        """Blocks that are not."""

    def add(self, block: Block, *, mapped: bool = False) -> None:
        """Keep ``block``; ``mapped`` says that its arrays are views of a file already.

        Raises:
            OSError: There is no room to keep it.
        """
        self.blocks.append(block)
        if mapped:
            self._mapped = len(self.blocks)
            return
        self._loose += sum(array.nbytes for array in _arrays(block))
        if self._loose > self._spill:
            self._put_away()

    def release(self) -> None:
        """Let the system take back the memory of views that were looked at; they can be looked at again."""
        for view in self._views:
            view.madvise(mmap.MADV_DONTNEED)

    def _put_away(self) -> None:
        loose = self.blocks[self._mapped :]
        self._directory.mkdir(parents=True, exist_ok=True, mode=0o700)
        with tempfile.TemporaryFile(dir=self._directory) as file:
            file.writelines(array.data.cast("B") for block in loose for array in _arrays(block))
            file.flush()
            view = mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ)
        self._views.append(view)
        self.blocks[self._mapped :] = _views(loose, view)
        self._mapped, self._loose = len(self.blocks), 0


def _arrays(block: Block) -> list[npt.NDArray[Any]]:
    """All arrays of a block; row numbers that columns share come once."""
    rows = {id(column.rows): column.rows for column in block.columns.values() if column.rows is not None}
    return [block.steps, block.times, *rows.values(), *(column.values for column in block.columns.values())]


def _views(blocks: list[Block], view: mmap.mmap) -> Iterator[Block]:
    """``blocks`` with arrays in ``view``, in which theirs lie one after the other."""
    at = 0
    for block in blocks:
        moved: dict[int, npt.NDArray[Any]] = {}
        for array in _arrays(block):
            moved[id(array)] = np.frombuffer(view, array.dtype, len(array), at)
            at += array.nbytes
        columns = {
            name: Column(moved.get(id(column.rows)), moved[id(column.values)]) for name, column in block.columns.items()
        }
        yield replace(block, steps=moved[id(block.steps)], times=moved[id(block.times)], columns=columns)
