"""Columns as they lie in memory, in one file: what was once parsed from lines is there again without parsing.

    0    magic, 8 bytes
    8    header offset, header length, CRC-32 of the header: three unsigned 64-bit integers, little-endian
    64   arrays: float64 or int64, little-endian, one after the other (``logstore.caches.layout``)
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
from typing import Any

import numpy as np
import numpy.typing as npt
import orjson

from logstore.caches.layout import Arrays, Layout, LayoutError, Shape, write_all
from logstore.format import encode
from logstore.model.delta import Block
from logstore.model.fixed import unique
from logstore.reading.tail import open_file

MAGIC = b"RWPACK\x01\n"
"""Its seventh byte is the version: files of another one are not read."""
MAPPED = 4 << 20
"""Bytes from which a file is mapped where that is allowed: smaller ones are as quickly read."""

_PREFIX = struct.Struct("<8sQQQ")
_DATA = 64
_WORDS = 8192
"""64-bit words of one sum: 64 KiB."""
_PIECE = 64 * 8 * _WORDS
_STRETCH = 8 * 64 * _WORDS
"""64-bit words of a mapped file that are looked at before their memory is given back: 32 MiB."""
_LONGEST_HEADER = 64 << 20


class PackedError(ValueError):
    """A packed file that must not be believed."""


@unique
class Packed:
    """What a packed file holds."""

    block: Block
    memory: Mapping[str, Any]
    """What was known about the source besides its rows."""
    written: float = 0.0
    """When it was written, or its use was noted last, seconds since the epoch."""
    mapping: mmap.mmap | None = None
    """What the arrays are views of, when the file is mapped: it holds a descriptor as long as one of them lives."""

    def release(self) -> None:
        """Let the system take back the memory of what was looked at; it can be looked at again."""
        if self.mapping is not None:
            self.mapping.madvise(mmap.MADV_DONTNEED)


def read_packed(path: str, *, may_map: bool = True) -> Packed:
    """The content of ``path``; arrays of a large one may be mapped, and stay valid when the file is removed.

    Raises:
        PackedError: It is cut, damaged, or of another version.
        NotAFileError: It is no file, or somebody else's.
        OSError: It cannot be read.
    """
    descriptor, seen = open_file(path, own=True)
    try:
        if seen.size < _DATA:
            raise PackedError("is cut")
        if seen.size < MAPPED or not may_map:
            block, memory = _parse(os.pread(descriptor, seen.size, 0))
            return Packed(block, memory, seen.modified_ns / 1e9)
        mapping = mmap.mmap(descriptor, 0, access=mmap.ACCESS_READ)
        block, memory = _parse(mapping)
        return Packed(block, memory, seen.modified_ns / 1e9, mapping)
    finally:
        os.close(descriptor)


def write_packed(descriptor: int, blocks: Sequence[Block], memory: Mapping[str, Any]) -> Iterator[None]:
    """Write ``blocks``, consecutive rows of one file, as one; each step of the iterator is a bounded piece of work.

    Raises:
        TypeError: ``memory`` or a text cannot be written as JSON.
        OSError: The disk is full, or the like.
    """
    os.lseek(descriptor, _DATA, os.SEEK_SET)
    layout = Layout(blocks)
    for array in layout.arrays():
        write_all(descriptor, array.data.cast("B"))
        yield
    end = os.lseek(descriptor, 0, os.SEEK_CUR)
    digest = yield from _file_digest(descriptor, end)
    shape, texts = layout.shape, encode(layout.texts)
    told = {"rows": shape.rows, "patterns": shape.patterns, "columns": shape.columns, "texts": texts}
    header = orjson.dumps({**told, "runtime": layout.runtime, "memory": encode(memory), "digest": digest})
    write_all(descriptor, header)
    os.pwrite(descriptor, _PREFIX.pack(MAGIC, end, len(header), zlib.crc32(header)), 0)


def _parse(text: bytes | mmap.mmap) -> tuple[Block, Mapping[str, Any]]:
    magic, end, length, check = _PREFIX.unpack_from(text)
    if magic != MAGIC:
        raise PackedError("is of another kind or version")
    if end < _DATA or end % 8 or length > _LONGEST_HEADER or end + length != len(text):
        raise PackedError("is cut")
    raw = text[end : end + length]
    if zlib.crc32(raw) != check:
        raise PackedError("has a damaged header")
    header = orjson.loads(raw)
    if _digest(text, end) != header["digest"]:
        raise PackedError("has damaged columns")
    shape = Shape(header["rows"], header["patterns"], header["columns"])
    try:
        return Arrays(text, _DATA, end).block(shape, header["texts"], header["runtime"]), header["memory"]
    except LayoutError as error:
        raise PackedError(str(error)) from None


def _digest(text: bytes | mmap.mmap, end: int) -> str:
    """The digest of the words of a file in memory; of a mapped one no more than some pieces stay resident."""
    digest = hashlib.blake2b(digest_size=16)
    words = np.frombuffer(text, np.uint64, (end - _DATA) // 8, _DATA)
    for begin in range(0, len(words), _STRETCH):
        digest.update(_sums(words[begin : begin + _STRETCH]))
        if isinstance(text, mmap.mmap):
            text.madvise(mmap.MADV_DONTNEED)
    return digest.hexdigest()


def _sums(words: npt.NDArray[np.uint64]) -> bytes:
    whole = len(words) - len(words) % _WORDS
    sums = words[:whole].reshape(-1, _WORDS).sum(axis=1, dtype=np.uint64).tobytes() if whole else b""
    return bytes(sums + words[whole:].sum(dtype=np.uint64).tobytes() if whole < len(words) else sums)


def _file_digest(descriptor: int, end: int) -> Generator[None, None, str]:
    """The digest of the words of a file, without holding more than a piece of it."""
    digest = hashlib.blake2b(digest_size=16)
    for begin in range(_DATA, end, _PIECE):
        digest.update(_sums(np.frombuffer(os.pread(descriptor, min(_PIECE, end - begin), begin), np.uint64)))
        yield
    return digest.hexdigest()
