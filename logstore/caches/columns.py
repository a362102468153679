"""The columns of files that were read once, packed, in a directory that may be deleted at any time.

One packed file for each file of rows, named after its device and inode, so that a run that was moved keeps it. It is
believed as far as the file it was made from is the same: not touched since, or only grown, with the same bytes at the
beginning, the end and in between. Anything wrong is removed. The directory is bounded: what was used longest ago goes
first. Several viewers may share it. Where it cannot be written there is no cache, and nothing else changes.
"""

from __future__ import annotations

import hashlib
import mmap
import os
import tempfile
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import suppress
from pathlib import Path
from typing import Any, NamedTuple
from weakref import WeakSet

from logstore.caches.packed import Packed, PackedError, read_packed, write_packed
from logstore.model.delta import Block
from logstore.reading.tail import Look, NotAFileError, open_file

LIMIT = 2 << 30
"""Bytes of packed columns that are kept."""
SMALLEST = 1 << 16
"""Bytes of a file of rows from which packing pays."""
LARGEST = 3 << 30
"""Bytes of one beyond which its columns would take half of what is kept."""

MOST_MAPPINGS = 64
"""Files that are mapped at a time, since each mapping holds a descriptor; beyond them columns are copied in."""

_SUFFIX = ".columns"
_SAMPLE = 4096
_SAMPLES = 8
_USED_EVERY = 3600.0
"""Seconds after which another use of a packed file is noted in its modification time."""
_ABANDONED = 3600.0
"""Seconds after which a file that was never finished is removed."""


def default_directory(environ: Mapping[str, str], home: Path) -> Path:
    """``$XDG_CACHE_HOME/runwatch``, by default ``~/.cache/runwatch`` (XDG Base Directory Specification 0.8)."""
    base = environ.get("XDG_CACHE_HOME", "")
    return (Path(base) if base.startswith("/") else home / ".cache") / "runwatch"


class Origin(NamedTuple):
    """The file that columns were made from."""

    path: str
    look: Look
    covered: int
    """Bytes that the columns stand for, from its beginning."""
    is_same: Callable[[], bool]
    """Whether it still holds what was read."""


class ChangedError(Exception):
    """The file was changed while its columns were packed."""


class ColumnCache:
    """Packed columns below ``directory``."""

    def __init__(self, directory: Path, limit: int = LIMIT) -> None:
        self.directory = directory
        self._beginning = f"{directory}/"
        self._limit = limit
        self._mappings: WeakSet[mmap.mmap] = WeakSet()
        self._size: int | None = None

    def load(self, path: str, look: Look) -> Packed | None:
        """The columns of the file at ``path``, which is now as ``look`` says; None when none can be believed."""
        place = f"{self._beginning}{_name(look)}"  # no Path: this is asked for every file of a store
        try:
            packed = read_packed(place, may_map=len(self._mappings) < MOST_MAPPINGS)
        except (PackedError, NotAFileError):
            _remove(place)
            return None
        except OSError:
            return None
        if packed.mapping is not None:
            self._mappings.add(packed.mapping)
        if not _fits(packed.memory, path, look):
            _remove(place)
            return None
        _note_use(place, packed.written)
        return packed

    def store(self, origin: Origin, blocks: Sequence[Block], memory: Mapping[str, Any]) -> Iterator[None]:
        """Pack ``blocks``, all rows of ``origin``, in bounded steps; ``memory`` comes back with them.

        Raises:
            ChangedError: The origin is not what it was.
            OSError: It cannot be written.
            TypeError: ``memory`` or a text cannot be written as JSON.
        """
        self.directory.mkdir(parents=True, exist_ok=True, mode=0o700)
        place = self.directory / _name(origin.look)
        told = {**memory, **_identity(origin)}
        descriptor, name = tempfile.mkstemp(dir=self.directory, prefix=f".{place.name}.")
        temporary = Path(name)
        try:
            try:
                yield from write_packed(descriptor, blocks, told)
            finally:
                size = os.fstat(descriptor).st_size
                os.close(descriptor)
            _check(origin)
            temporary.rename(place)
        except BaseException:
            _remove(temporary)
            raise
        self._make_room(size)

    def _make_room(self, added: int) -> None:
        """Remove what was used longest ago when the directory has grown over its limit."""
        if self._size is not None:
            self._size += added
            if self._size <= self._limit:
                return
        files = sorted(self._files(), key=lambda file: file[1])
        self._size = sum(size for size, _, _ in files)
        for size, _, path in files:
            if self._size <= 0.9 * self._limit:
                break
            _remove(path)
            self._size -= size

    def _files(self) -> Iterator[tuple[int, float, Path]]:
        """Size, last use and path of each packed file; what was abandoned half-written is removed."""
        with os.scandir(self.directory) as entries:
            for entry in entries:
                try:
                    seen = entry.stat(follow_symlinks=False)
                except OSError:
                    continue
                path = Path(entry.path)
                if entry.name.endswith(_SUFFIX):
                    yield seen.st_size, seen.st_mtime, path
                elif entry.name.startswith(".") and _SUFFIX in entry.name and time.time() - seen.st_mtime > _ABANDONED:
                    _remove(path)


def fingerprint(path: str, covered: int) -> str:
    """A digest of pieces of the first ``covered`` bytes of ``path``: the beginning, the end, and between.

    Raises:
        OSError: It cannot be read.
    """
    digest = hashlib.blake2b(digest_size=16)
    descriptor, _ = open_file(path)
    try:
        last = max(0, covered - _SAMPLE)
        for number in range(_SAMPLES):
            begin = last * number // (_SAMPLES - 1)
            digest.update(os.pread(descriptor, min(_SAMPLE, covered - begin), begin))
    finally:
        os.close(descriptor)
    return digest.hexdigest()


def _check(origin: Origin) -> None:
    if not origin.is_same():
        raise ChangedError(origin.path)


def _identity(origin: Origin) -> dict[str, Any]:
    return {
        "covered": origin.covered,
        "size": origin.look.size,
        "modified_ns": origin.look.modified_ns,
        "fingerprint": fingerprint(origin.path, origin.covered),
    }


def _fits(memory: Mapping[str, Any], path: str, look: Look) -> bool:
    """Whether what was packed is the beginning of the file that is there now."""
    if (look.size, look.modified_ns) == (memory.get("size"), memory.get("modified_ns")):
        return True
    if look.size <= memory.get("size", 0):
        return False
    try:
        return bool(fingerprint(path, memory["covered"]) == memory["fingerprint"])
    except (OSError, KeyError):
        return False


def _name(look: Look) -> str:
    """What the columns of a file are called: it may be moved and keeps them."""
    return f"{look.device:x}-{look.inode:x}{_SUFFIX}"


def _note_use(place: str, noted: float) -> None:
    if time.time() - noted > _USED_EVERY:
        with suppress(OSError):
            os.utime(place)


def _remove(path: str | Path) -> None:
    try:
        os.unlink(path)  # noqa: PTH108
    except OSError:
        return
