"""One append-only file of one process: every line is one ``write()``, so a kill loses nothing that was written.

A disk that is full, or fails, must not end a training: lines that cannot be written wait in memory, as far as
``BACKLOG`` reaches, and every later write tries again; what does not fit is counted as lost. A line of which the
disk took a part is completed before the next one begins. What an earlier process left without a newline gets one.
"""

from __future__ import annotations

import errno
import fcntl
import os
import time
from pathlib import Path

from logstore.errors import RunBusyError
from logstore.writing.folder import NO_LOCKS, Folder, storage_error
from logstore.writing.notices import Notices

BACKLOG = 64 * 1024
"""Bytes kept in memory while the disk refuses them."""

_PATIENCE = 1.0
_PAUSE = 0.02


class Appender:
    """Appends lines to one file.

    Attributes:
        name: The file's name in its folder.
        lost: Lines that were given up.
    """

    def __init__(self, folder: Folder, name: str, notices: Notices, *, exclusive: bool = False) -> None:
        """Opens the file ``name``, making it where it is missing.

        Args:
            folder: The run's directory.
            name: The file in it.
            notices: Where to say that lines cannot be written.
            exclusive: Refuse a file that another live process writes.

        Raises:
            StorageError: The file cannot be opened.
            RunBusyError: Another live process has it.
        """
        self.name = name
        self.lost = 0
        self._folder = folder
        self._notices = notices
        self._closed = False
        try:
            self._fd = folder.open_append(name)
        except OSError as error:
            raise storage_error("write", folder.path / name, error) from error
        if exclusive:
            self._lock()
        self._rest = b"" if self._ends_in_newline() else b"\n"

    def write(self, line: bytes) -> None:
        """Appends ``line``, which ends in a newline and holds no other. Never raises OSError."""
        if self._rest:
            self._write_late(line)
            return
        try:
            taken = os.write(self._fd, line)
        except OSError as error:
            self._refused(line, error)
        else:
            if taken != len(line):
                self._rest = line[taken:]
                self._write_late(b"")

    @property
    def missing(self) -> int:
        """Lines that are not on disk: given up, or still waiting."""
        return self.lost + self._rest.count(b"\n")

    @property
    def deleted(self) -> bool:
        """Whether somebody removed the file, so that what is written goes nowhere."""
        try:
            return self._fd >= 0 and os.fstat(self._fd).st_nlink == 0
        except OSError:
            return False

    def tail(self, length: int) -> bytes:
        """The last ``length`` bytes of the file, or all of it."""
        size = os.fstat(self._fd).st_size
        return os.pread(self._fd, length, max(0, size - length))

    def forked(self) -> None:
        """In a child process: lets go of the descriptor, and of the lock with it; the next write opens its own."""
        if self._fd >= 0:
            os.close(self._fd)
        self._fd, self._rest, self.lost = -1, b"", 0

    def close(self) -> None:
        """Tries once more to write what is waiting, counts the rest as lost, and closes."""
        if self._closed:
            return
        if self._rest:
            self._write_late(b"")
            self.lost += self._rest.count(b"\n")
        self._closed = True
        if self._fd >= 0:
            os.close(self._fd)
        self._fd, self._rest = -1, b""

    def _write_late(self, line: bytes) -> None:
        """Writes what is waiting and then ``line``, with as few calls as the disk allows."""
        pending = self._rest + line
        try:
            while pending:
                pending = pending[os.write(self._fd, pending) :]
        except OSError as error:
            self._rest = b""
            self._refused(pending, error)
        else:
            self._rest = b""

    def _refused(self, pending: bytes, error: OSError) -> None:
        """Keeps of ``pending``, which the disk did not take, as many whole lines as fit."""
        if error.errno == errno.EBADF and not self._closed and self._reopen():  # forked, or closed by others
            self._rest = pending
            self._write_late(b"")
            return
        kept = pending
        if len(pending) > BACKLOG:
            end = pending.rfind(b"\n", 0, BACKLOG) + 1
            kept = pending[: end or pending.find(b"\n") + 1]
        self.lost += pending.count(b"\n", len(kept))
        self._rest = kept
        where = self._folder.path / self.name
        reason = error.strerror or str(error)
        self._notices.warn(f"write {self.name}", f"cannot write {where}: {reason}; the program goes on, trying again")

    def _reopen(self) -> bool:
        try:
            self._fd = self._folder.open_append(self.name)
        except OSError:
            return False
        return True

    def _ends_in_newline(self) -> bool:
        return self.tail(1) in {b"", b"\n"}

    def _lock(self) -> None:
        """Takes the file's lock; waits a moment for a process that is just ending."""
        deadline = time.monotonic() + _PATIENCE
        while True:
            try:
                fcntl.flock(self._fd, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except OSError as error:
                if error.errno in NO_LOCKS:  # a file system without locks
                    return
                if time.monotonic() >= deadline:
                    os.close(self._fd)
                    where = self._folder.path / self.name
                    raise RunBusyError(f"another process is writing {where}: end it, or choose another id") from None
            else:
                return
            time.sleep(_PAUSE)


def is_held(path: Path) -> bool:
    """Whether a live process writes the file at ``path``."""
    try:
        descriptor = os.open(path, os.O_RDWR | os.O_CLOEXEC | os.O_NOFOLLOW | os.O_NONBLOCK)
    except OSError:
        return False
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError as error:
        return error.errno not in NO_LOCKS
    else:
        return False
    finally:
        os.close(descriptor)
