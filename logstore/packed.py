"""Columns as they lie in memory, in one file: what was once parsed from lines is mapped in again, without parsing.

    0    magic, 8 bytes
    8    header offset, header length, CRC-32 of the header: three unsigned 64-bit integers, little-endian
    64   arrays: float64 or int64, little-endian, one after the other
         header: JSON, at the end of the file

The header says which arrays make which column, what the source was, and a digest over the sums of all 64-bit words in
each 64 KiB: summing runs at the speed of memory, and finds every flipped bit, zeroed page and misplaced piece.
A file is written under another name and renamed; one that is cut, damaged or of another version raises ``PackedError``.
"""

from __future__ import annotations

import hashlib
import mmap
import os
import struct
import zlib
from collections.abc import Generator, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt
import orjson

from logstore.delta import F64, I64, Block, Column
from logstore.format import encode
from logstore.tail import open_file

MAGIC = b"RWPACK\x01\n"
"""Its seventh byte is the version: files of another one are not read."""

_PREFIX = struct.Struct("<8sQQQ")
_DATA = 64
_WORDS = 8192
"""64-bit words of one sum: 64 KiB."""
_PIECE = 64 * 8 * _WORDS
_MAPPED = 1 << 20
"""Bytes from which a file is mapped; smaller ones are cheaper to read."""
_LONGEST_HEADER = 64 << 20

Array = F64 | I64


class PackedError(ValueError):
    """A packed file that must not be believed."""


@dataclass(frozen=True, slots=True)
class Packed:
    """What a packed file holds."""

    block: Block
    memory: Mapping[str, Any]
    """What was known about the source besides its rows."""


def read_packed(path: str) -> Packed:
    """The content of ``path``; arrays of a large one are mapped, and stay valid when the file is removed.

    Raises:
        PackedError: It is cut, damaged, of another version, or somebody else's.
        OSError: It cannot be read.
    """
    descriptor, seen = open_file(path)
    try:
        if os.fstat(descriptor).st_uid != os.geteuid():
            raise PackedError("belongs to somebody else")
        if seen.size < _DATA:
            raise PackedError("is cut")
        if seen.size < _MAPPED:
            return _parse(os.pread(descriptor, seen.size, 0))
        return _parse(mmap.mmap(descriptor, 0, access=mmap.ACCESS_READ))
    finally:
        os.close(descriptor)


def write_packed(descriptor: int, blocks: Sequence[Block], memory: Mapping[str, Any]) -> Iterator[None]:
    """Write ``blocks``, consecutive rows of one file, as one; each step of the iterator is a bounded piece of work.

    Raises:
        TypeError: ``memory`` or a text cannot be written as JSON.
        OSError: The disk is full, or the like.
    """
    os.lseek(descriptor, _DATA, os.SEEK_SET)
    layout = _Layout(blocks)
    for array in layout.arrays():
        _write(descriptor, array)
        yield
    end = os.lseek(descriptor, 0, os.SEEK_CUR)
    digest = yield from _file_digest(descriptor, end)
    header = orjson.dumps({**layout.header(), "memory": encode(memory), "digest": digest})
    _write(descriptor, header)
    os.pwrite(descriptor, _PREFIX.pack(MAGIC, end, len(header), zlib.crc32(header)), 0)


class _Layout:
    """Which arrays make up the columns of some blocks taken together."""

    def __init__(self, blocks: Sequence[Block]) -> None:
        self._blocks = blocks
        self._begins = np.cumsum([0, *map(len, blocks)])
        names = dict.fromkeys(name for block in blocks for name in block.columns)
        self._rows: dict[tuple[int, ...], int] = {}
        """Index of the array of row numbers, by the identities of its pieces."""
        self._columns = {name: self._pattern(name) for name in names}
        for pattern in self._columns.values():
            if pattern is not None:
                self._rows.setdefault(pattern, len(self._rows))

    def _pattern(self, name: str) -> tuple[int, ...] | None:
        """What tells the rows of a column from those of others; None when it has a value in every row."""
        if all(name in block.columns and block.columns[name].rows is None for block in self._blocks):
            return None
        found = (block.columns.get(name) for block in self._blocks)
        return tuple(0 if column is None else id(column.rows) for column in found)

    def arrays(self) -> Iterator[Array]:
        """All arrays in the order in which they are written, each in pieces of one block."""
        for block in self._blocks:
            yield block.steps
        for block in self._blocks:
            yield block.times
        for pattern in self._rows:
            yield from self._row_numbers(next(name for name, each in self._columns.items() if each == pattern))
        for name in self._columns:
            yield from (block.columns[name].values for block in self._blocks if name in block.columns)

    def _row_numbers(self, name: str) -> Iterator[I64]:
        for begin, block in zip(self._begins.tolist(), self._blocks, strict=False):
            column = block.columns.get(name)
            if column is not None:
                rows = np.arange(len(block)) if column.rows is None else column.rows
                yield rows + begin

    def header(self) -> dict[str, object]:
        """What a reader needs to find the arrays."""
        texts: dict[str, object] = {}
        for block in self._blocks:
            for name in texts.keys() & block.columns.keys():
                del texts[name]
            texts.update(block.texts)
        runtimes = [block.runtime for block in self._blocks if block.runtime is not None]
        return {
            "rows": int(self._begins[-1]),
            "patterns": [self._count(pattern) for pattern in self._rows],
            "columns": [
                [name, self._length(name), -1 if pattern is None else self._rows[pattern]]
                for name, pattern in self._columns.items()
            ],
            "texts": encode(texts),
            "runtime": runtimes[-1] if runtimes else None,
        }

    def _count(self, pattern: tuple[int, ...]) -> int:
        return self._length(next(name for name, each in self._columns.items() if each == pattern))

    def _length(self, name: str) -> int:
        return sum(len(block.columns[name].values) for block in self._blocks if name in block.columns)


def _parse(text: bytes | mmap.mmap) -> Packed:
    magic, end, length, check = _PREFIX.unpack_from(text)
    if magic != MAGIC:
        raise PackedError("is of another kind or version")
    if end < _DATA or end % 8 or length > _LONGEST_HEADER or end + length != len(text):
        raise PackedError("is cut")
    raw = text[end : end + length]
    if zlib.crc32(raw) != check:
        raise PackedError("has a damaged header")
    header = orjson.loads(raw)
    words = np.frombuffer(text, np.uint64, (end - _DATA) // 8, _DATA)
    if _digest(words) != header["digest"]:
        raise PackedError("has damaged columns")
    return _Arrays(text, end).packed(header)


class _Arrays:
    """Hands out the arrays of a file one after the other."""

    def __init__(self, text: bytes | mmap.mmap, end: int) -> None:
        self._text = text
        self._at = _DATA
        self._end = end

    def packed(self, header: Mapping[str, Any]) -> Packed:
        rows = header["rows"]
        steps, times = self._floats(rows), self._floats(rows)
        patterns = [self._next(np.int64, count) for count in header["patterns"]]
        columns = {
            name: Column(None if pattern < 0 else patterns[pattern], self._floats(count))
            for name, count, pattern in header["columns"]
        }
        block = Block(steps, times, columns, header["texts"], header["runtime"])
        return Packed(block, header["memory"])

    def _floats(self, count: int) -> F64:
        return self._next(np.float64, count)

    def _next(self, kind: type[np.float64 | np.int64], count: int) -> npt.NDArray[Any]:
        if self._at + 8 * count > self._end:
            raise PackedError("is cut")
        array = np.frombuffer(self._text, kind, count, self._at)
        self._at += 8 * count
        return array


def _digest(words: npt.NDArray[np.uint64]) -> str:
    return hashlib.blake2b(_sums(words), digest_size=16).hexdigest()


def _sums(words: npt.NDArray[np.uint64]) -> bytes:
    whole = len(words) - len(words) % _WORDS
    sums = words[:whole].reshape(-1, _WORDS).sum(axis=1, dtype=np.uint64).tobytes()
    return bytes(sums + words[whole:].sum(dtype=np.uint64).tobytes() if whole < len(words) else sums)


def _file_digest(descriptor: int, end: int) -> Generator[None, None, str]:
    """``_digest`` of the words of a file, without holding more than a piece of it."""
    digest = hashlib.blake2b(digest_size=16)
    for begin in range(_DATA, end, _PIECE):
        digest.update(_sums(np.frombuffer(os.pread(descriptor, min(_PIECE, end - begin), begin), np.uint64)))
        yield
    return digest.hexdigest()


def _write(descriptor: int, content: Array | bytes) -> None:
    rest = memoryview(content) if isinstance(content, bytes) else content.data.cast("B")
    while rest:
        rest = rest[os.write(descriptor, rest) :]
