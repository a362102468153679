"""A growing file of lines, read from where the last read ended.

A ``Tail`` opens the file for each read and closes it again, so that watching costs no descriptors; what it is (device,
inode) and the last bytes before its offset are checked each time, so that a file that was replaced, cut or written anew
is noticed. Never follows a symbolic link, never waits on a pipe, never reads what is no regular file, and never
holds a line longer than ``longest``.
"""

from __future__ import annotations

import os
import stat
from pathlib import Path
from typing import NamedTuple

from logstore.reading.rows import parse_line

CHUNK = 1 << 18
"""Bytes read at a time: with more the rows no longer fit the caches, with less the price of each piece shows."""
LONGEST_LINE = 8 << 20
"""Bytes of a line beyond which it is skipped and counted as one bad line, without ever being held."""

_MARK = 64
_FLAGS = os.O_RDONLY | os.O_NONBLOCK | os.O_NOFOLLOW | os.O_CLOEXEC | os.O_NOCTTY


class NotAFileError(OSError):
    """The path is a link, a directory, a pipe, a socket, a device, or somebody else's where it must be ours."""


class Look(NamedTuple):
    """What one stat of a file says."""

    device: int
    inode: int
    size: int
    modified_ns: int

    @property
    def identity(self) -> tuple[int, int]:
        """Which file it is, whatever it is called."""
        return self.device, self.inode


def look(path: str | Path) -> Look | None:
    """What ``path`` is now, None when there is nothing.

    Raises:
        NotAFileError: It is no regular file.
        OSError: It cannot be looked at.
    """
    try:
        found = os.lstat(path)
    except FileNotFoundError:
        return None
    return _look(found, path)


def open_file(path: str | Path, *, own: bool = False) -> tuple[int, Look]:
    """An open descriptor of the regular file ``path``, and what it is.

    Args:
        path: Where it is.
        own: Whether it must belong to this user.

    Raises:
        NotAFileError: It is no regular file, or somebody else's.
        OSError: It cannot be opened.
    """
    try:
        descriptor = os.open(path, _FLAGS)
    except FileNotFoundError:
        raise
    except OSError as error:
        look(path)
        raise error from None
    try:
        found = os.fstat(descriptor)
        if own and found.st_uid != os.geteuid():
            raise NotAFileError(f"{Path(path).name} belongs to somebody else")
        return descriptor, _look(found, path)
    except OSError:
        os.close(descriptor)
        raise


def _look(found: os.stat_result, path: str | Path) -> Look:
    if not stat.S_ISREG(found.st_mode):
        kind = "a symbolic link" if stat.S_ISLNK(found.st_mode) else "no regular file"
        raise NotAFileError(f"{Path(path).name} is {kind}")
    return Look(found.st_dev, found.st_ino, found.st_size, found.st_mtime_ns)


class Tail:
    """The lines of one file, in the order in which they were written."""

    __slots__ = ("_identity", "_longest", "_mark", "_reach", "_seen", "_skipping", "bad_lines", "offset", "path")

    def __init__(self, path: str | Path, longest: int = LONGEST_LINE) -> None:
        self.path = str(path)
        self.offset = 0
        """Bytes that were read, whole lines only."""
        self.bad_lines = 0
        """Lines that were skipped because they are too long."""
        self._longest = longest
        self._identity: tuple[int, int] | None = None
        self._seen: Look | None = None
        self._mark = b""
        self._reach = 0
        self._skipping = False

    @property
    def seen(self) -> Look | None:
        """What the file was when it was looked at last; None when there was none."""
        return self._seen

    @property
    def left(self) -> int:
        """Bytes known to be unread, a torn last line not counted."""
        return 0 if self._seen is None else max(0, self._seen.size - max(self.offset, self._reach))

    @property
    def torn(self) -> int:
        """Bytes of a last line that has no newline yet."""
        return max(0, self._reach - self.offset)

    @property
    def is_untouched(self) -> bool:
        """Whether the file is as it was when it was looked at last: one stat, for those who look often."""
        seen = self._seen
        if seen is None:
            return False
        try:
            found = os.lstat(self.path)
        except OSError:
            return False
        return (
            found.st_size == seen.size
            and found.st_mtime_ns == seen.modified_ns
            and found.st_ino == seen.inode
            and found.st_dev == seen.device
        )

    def look(self) -> bool:
        """Look at the file; whether it is still the one that was read, as far as a stat can tell.

        Raises:
            OSError: It cannot be looked at, or is no regular file.
        """
        before, self._seen = self._seen, look(self.path)
        if self._seen is None:
            return self._identity is None
        if self._identity not in {None, self._seen.identity} or self._seen.size < self.offset:
            return False
        rewritten = before is not None and self._seen.size == before.size and self._seen != before
        return not (rewritten and self.offset) or self.is_same_text()

    @property
    def mark(self) -> bytes:
        """The last bytes before the offset, by which the file is known again."""
        return self._mark

    def recall(self, seen: Look) -> None:
        """The file is as ``seen`` says, and nothing of it has been read."""
        self._seen = seen

    def resume(self, identity: tuple[int, int], offset: int, mark: bytes, bad_lines: int = 0) -> None:
        """Go on from where another reader of the same file was."""
        self._identity, self._mark, self.bad_lines = identity, mark, bad_lines
        self.offset = self._reach = offset

    def restart(self) -> None:
        """Forget what was read: the file is another one now."""
        self.offset = self._reach = self.bad_lines = 0
        self._identity, self._mark, self._skipping = None, b"", False

    def give_up(self) -> None:
        """The file cannot be read as it is: there is nothing to read until it grows, or ``try_again``."""
        if self._seen is not None:
            self._reach = self._seen.size

    def try_again(self) -> None:
        """Perhaps the file can be read now."""
        self._reach = self.offset

    def read(self, most: int = CHUNK, *, ended: bool = False) -> bytes | None:
        """The next whole lines, about ``most`` bytes of them; empty when there is nothing to read yet.

        Args:
            most: Bytes to read at a time; a longer line is read in full, up to the longest allowed.
            ended: Nobody writes any more: a last row without a newline counts when it is complete.

        Returns:
            Lines that end with a newline, or None when the file is not the one that was read: ``restart()``.

        Raises:
            OSError: It cannot be read, or is no regular file.
        """
        descriptor, self._seen = open_file(self.path)
        try:
            if self._identity not in {None, self._seen.identity} or self._seen.size < self.offset:
                return None
            self._identity = self._seen.identity
            return self._read(descriptor, most, ended=ended)
        finally:
            os.close(descriptor)

    def _read(self, descriptor: int, most: int, *, ended: bool) -> bytes | None:
        while True:
            found = os.pread(descriptor, most + len(self._mark), self.offset - len(self._mark))
            if not found.startswith(self._mark):
                return None
            data = found[len(self._mark) :]
            at_end = len(data) < most
            if self._skipping:
                return self._skip(data)
            end = data.rfind(b"\n") + 1
            if end:
                return self._advance(data[:end])
            if at_end:
                return self._torn(data, ended=ended)
            if most >= self._longest:
                self._skipping = True
                return self._skip(data)
            most = min(2 * most, self._longest)

    def _advance(self, lines: bytes) -> bytes:
        self.offset += len(lines)
        self._reach = self.offset
        self._mark = (self._mark + lines[-_MARK:])[-_MARK:]
        return lines

    def _torn(self, data: bytes, *, ended: bool) -> bytes:
        if ended and data and parse_line(data) is not None:
            return self._advance(data) + b"\n"
        self._reach = self.offset + len(data)
        return b""

    def _skip(self, data: bytes) -> bytes:
        """Pass over a line that is too long, of which ``data`` is the next part."""
        end = data.find(b"\n") + 1
        if end:
            self._skipping = False
            self.bad_lines += 1
        self._advance(data[:end] if end else data)
        return b""

    def is_same_text(self) -> bool:
        """Whether the bytes before the offset are those that were read, as far as their end tells.

        Raises:
            OSError: The file cannot be read, or is no regular file.
        """
        try:
            descriptor, _ = open_file(self.path)
        except FileNotFoundError:
            return False
        try:
            return os.pread(descriptor, len(self._mark), self.offset - len(self._mark)) == self._mark
        finally:
            os.close(descriptor)
