"""The index of a store: one file in the cache directory that makes the table of ten thousand runs one read.

    {"runwatch index":1,"keys":[...],"lengths":[...],"checks":[...]}        one line of JSON
    the entries, one after the other, each as long as its length and with the CRC-32 in its check

Entries are parsed when they are asked for, and believed only when their check is right; whether they are still true is
for the reader to find out. The file is replaced whole, and may be deleted at any time.
"""

from __future__ import annotations

import hashlib
import mmap
import os
import tempfile
import zlib
from collections.abc import Container
from itertools import accumulate
from pathlib import Path

import orjson

from logstore.caches.entry import Entry
from logstore.reading.tail import open_file

VERSION = 1
_NAME = "runwatch index"


class StoreIndex:
    """What is remembered of the runs below ``root``."""

    def __init__(self, directory: Path, root: Path) -> None:
        digest = hashlib.blake2b(os.fsencode(root), digest_size=16).hexdigest()
        self.path = directory / f"{digest}.index"
        self.is_changed = False
        """Whether there is something to save."""
        self._spans: dict[str, tuple[int, int, int]] = {}
        """Where each entry lies in the file, and its check."""
        self._text: bytes | mmap.mmap = b""
        self._fresh: dict[str, bytes] = {}
        try:
            self._load()
        except (OSError, ValueError, TypeError, KeyError, AttributeError):
            self._spans, self._text = {}, b""

    def __len__(self) -> int:
        return len(self._spans.keys() | self._fresh.keys())

    def get(self, key: str) -> Entry | None:
        """What is remembered of the run ``key``; None when nothing is that can be believed."""
        try:
            line = self._line(key)
            return None if line is None else Entry.from_json(line)
        except (ValueError, TypeError, IndexError):
            self._spans.pop(key, None)
            return None

    def listed_ns(self, key: str) -> int | None:
        """The modification time of the run's directory that is remembered, not checked: a hint, for next to nothing."""
        span = self._spans.get(key)
        if span is None:
            return None
        digits, comma, _ = self._text[span[0] + 1 : span[0] + 24].partition(b",")
        return int(digits) if comma and digits.isdigit() else None

    def put(self, key: str, entry: Entry) -> None:
        """Remember ``entry`` for the run ``key``; one that cannot be written is left out."""
        try:
            key.encode()
            line = entry.to_json()
        except (TypeError, ValueError, RecursionError):
            return
        if self._line(key) != line:
            self._fresh[key] = line
            self.is_changed = True

    def save(self, keep: Container[str]) -> None:
        """Write the file anew, with the runs in ``keep`` alone.

        Raises:
            OSError: It cannot be written.
        """
        lines = {key: line for key in self._spans if key in keep and (line := self._line(key)) is not None}
        lines |= {key: line for key, line in self._fresh.items() if key in keep}
        header = {
            _NAME: VERSION,
            "keys": list(lines),
            "lengths": [len(line) for line in lines.values()],
            "checks": [zlib.crc32(line) for line in lines.values()],
        }
        self.path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        descriptor, name = tempfile.mkstemp(dir=self.path.parent, prefix=f".{self.path.name}.")
        temporary = Path(name)
        try:
            with open(descriptor, "wb") as file:  # noqa: PTH123
                file.write(orjson.dumps(header) + b"\n")
                file.writelines(lines.values())
            temporary.rename(self.path)
        except OSError:
            temporary.unlink(missing_ok=True)
            raise
        self._fresh.clear()
        self._load()
        self.is_changed = False

    def _load(self) -> None:
        descriptor, seen = open_file(self.path, own=True)
        try:
            if not seen.size:
                raise ValueError("is empty")
            text = mmap.mmap(descriptor, 0, access=mmap.ACCESS_READ)
        finally:
            os.close(descriptor)
        begin = text.find(b"\n") + 1
        header = orjson.loads(text[:begin])
        keys, lengths, checks = header["keys"], header["lengths"], header["checks"]
        ends = list(accumulate(lengths, initial=begin))
        if header[_NAME] != VERSION or not len(keys) == len(lengths) == len(checks) or ends[-1] != len(text):
            raise ValueError("is cut, or of another version")
        self._spans = dict(zip(keys, zip(ends, ends[1:], checks, strict=False), strict=True))
        self._text = text

    def _line(self, key: str) -> bytes | None:
        """The entry of ``key`` as it lies in the file or waits to be written."""
        if key in self._fresh:
            return self._fresh[key]
        if key not in self._spans:
            return None
        begin, end, check = self._spans[key]
        line = self._text[begin:end]
        return line if zlib.crc32(line) == check else None
