"""Blocks as a row of arrays, one after the other, and the few numbers that say which array is what.

The order is: steps, times, the row numbers of each sparse pattern, the values of each column. All are 64 bits wide.
"""

from __future__ import annotations

import mmap
import os
from collections.abc import Iterator, Mapping, Sequence
from typing import Any, NamedTuple

import numpy as np
import numpy.typing as npt

from logstore.model.delta import F64, I64, Block, Column


class LayoutError(ValueError):
    """There are not as many bytes as a shape asks for."""


class Shape(NamedTuple):
    """What is needed to find the columns again."""

    rows: int
    patterns: Sequence[int]
    """Number of rows of each sparse pattern."""
    columns: Sequence[tuple[str, int, int]]
    """Name, number of values, and index of the pattern; -1 for a column with a value in every row."""


class Layout:
    """Some consecutive blocks of one file, taken together."""

    def __init__(self, blocks: Sequence[Block]) -> None:
        self._blocks = blocks
        self._begins = np.cumsum([0, *map(len, blocks)])
        names = dict.fromkeys(name for block in blocks for name in block.columns)
        self._columns = {name: self._pattern(name) for name in names}
        self._patterns: dict[tuple[int, ...], str] = {}
        """A column of each pattern."""
        for name, pattern in self._columns.items():
            if pattern is not None:
                self._patterns.setdefault(pattern, name)

    @property
    def texts(self) -> Mapping[str, object]:
        """The latest value of each key that is no number."""
        texts: dict[str, object] = {}
        for block in self._blocks:
            for name in texts.keys() & block.columns.keys():
                del texts[name]
            texts.update(block.texts)
        return texts

    @property
    def runtime(self) -> float | None:
        """The latest there is."""
        return next((block.runtime for block in reversed(self._blocks) if block.runtime is not None), None)

    @property
    def shape(self) -> Shape:
        """How the arrays lie."""
        places = {pattern: place for place, pattern in enumerate(self._patterns)}
        columns = [
            (name, self._length(name), -1 if pattern is None else places[pattern])
            for name, pattern in self._columns.items()
        ]
        return Shape(int(self._begins[-1]), [self._length(name) for name in self._patterns.values()], columns)

    def arrays(self) -> Iterator[F64 | I64]:
        """All arrays in their order, each in pieces of one block."""
        for block in self._blocks:
            yield block.steps
        for block in self._blocks:
            yield block.times
        for name in self._patterns.values():
            yield from self._row_numbers(name)
        for name in self._columns:
            yield from (block.columns[name].values for block in self._blocks if name in block.columns)

    def _pattern(self, name: str) -> tuple[int, ...] | None:
        """What tells the rows of a column from those of others; None when it has a value in every row."""
        if all(name in block.columns and block.columns[name].rows is None for block in self._blocks):
            return None
        found = (block.columns.get(name) for block in self._blocks)
        return tuple(0 if column is None else id(column.rows) for column in found)

    def _row_numbers(self, name: str) -> Iterator[I64]:
        for begin, block in zip(self._begins.tolist(), self._blocks, strict=False):
            column = block.columns.get(name)
            if column is not None:
                rows = np.arange(len(block)) if column.rows is None else column.rows
                yield rows + begin

    def _length(self, name: str) -> int:
        return sum(len(block.columns[name].values) for block in self._blocks if name in block.columns)


class Arrays:
    """Hands out the arrays in a text, one after the other, without copying."""

    def __init__(self, text: bytes | mmap.mmap, begin: int, end: int) -> None:
        self._text = text
        self._at = begin
        self._end = end

    def block(self, shape: Shape, texts: Mapping[str, object], runtime: float | None) -> Block:
        """The next block.

        Raises:
            LayoutError: It does not end within the text.
        """
        steps, times = self._next(np.float64, shape.rows), self._next(np.float64, shape.rows)
        patterns = [self._next(np.int64, count) for count in shape.patterns]
        columns = {
            name: Column(None if pattern < 0 else patterns[pattern], self._next(np.float64, count))
            for name, count, pattern in shape.columns
        }
        return Block(steps, times, columns, texts, runtime)

    def _next(self, kind: type[np.float64 | np.int64], count: int) -> npt.NDArray[Any]:
        if self._at + 8 * count > self._end:
            raise LayoutError("is cut")
        array = np.frombuffer(self._text, kind, count, self._at)
        self._at += 8 * count
        return array


def write_all(descriptor: int, content: bytes | memoryview) -> None:
    """Write all of ``content``.

    Raises:
        OSError: The disk is full, or the like.
    """
    rest = memoryview(content)
    while rest:
        rest = rest[os.write(descriptor, rest) :]
