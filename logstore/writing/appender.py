"""One append-only file of one process: every line is one ``write()``, so a kill loses nothing that was written.

A disk that is full, or fails, must not end a training: lines that cannot be written wait in memory, as far as
``BACKLOG`` reaches, and every later write tries again; what does not fit is counted as lost. A line of which the
disk took a part is completed before the next one begins. What an earlier process left without a newline gets one.

**Interruptions.** Threads take turns, by a lock of the caller's. But a signal handler (or a finalizer) of the same
thread may write at any moment, also between ``write()`` and the line that looks at what it returned; and any moment
may raise, as ^C does. So what is under way is noted before it is begun, and whoever comes upon a line that is under
way asks the file how much of it is there, completes it, and goes on. Where the disk has refused something before, a
handler's line waits instead for whoever it interrupted. The steps that must not be torn apart hold no call: Python
handles signals only after calls and where loops go back.
"""

from __future__ import annotations

import errno
import fcntl
import os
import time
from pathlib import Path

from logstore.errors import RunBusyError
from logstore.writing.backlog import Backlog, overlap
from logstore.writing.folder import NO_LOCKS, Folder, storage_error
from logstore.writing.notices import Notices

_PATIENCE = 1.0
_PAUSE = 0.02
_WAITS = b"what is in the way of a line when others wait before it"


class Appender:
    """Appends lines to one file.

    Attributes:
        name: The file's name in its folder.
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
        self._folder = folder
        self._notices = notices
        self._closed = False
        try:
            self._fd = folder.open_append(name)
        except OSError as error:
            raise storage_error("write", folder.path / name, error) from error
        if exclusive:
            self._lock()
        torn = b"" if self._ends_in_newline() else b"\n"
        self._waiting = Backlog(torn)
        self._now = _WAITS if torn else b""  # what is in the way: a line that is under way, or _WAITS
        self._settled = b""  # a line that was under way, and that somebody else has seen to
        self._busy = False  # whether _drain is at work further down the stack
        self._unsure = False  # whether it is not known how much of the backlog the disk took last

    def write(self, line: bytes) -> None:
        """Appends ``line``, which ends in a newline and holds no other. Never raises OSError."""
        if self._now:
            self._waiting.append(line)
            self._catch_up()
            return
        self._now, number = line, 0
        try:
            taken = os.write(self._fd, line)
            if taken == len(line):
                if self._now is line:
                    self._now = b""
                return
        except OSError as error:
            taken, number = 0, error.errno or errno.EIO
        if self._now is line:
            self._waiting.front, self._waiting.begun, self._now = line, taken, _WAITS
        else:
            if self._settled is not line:
                self._waiting.append(line[taken:])
            self._now = self._now or _WAITS
        self._catch_up(number)

    @property
    def lost(self) -> int:
        """Lines that were given up."""
        return self._waiting.lost

    @property
    def missing(self) -> int:
        """Lines that are not on disk: given up, or still waiting."""
        return self._waiting.lost + len(self._waiting)

    @property
    def end(self) -> int | None:
        """Where the next line will begin, behind what waits; None while the file cannot be asked."""
        try:
            return os.fstat(self._fd).st_size + self._waiting.size
        except OSError:
            return None

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
        self._fd, self._waiting = -1, Backlog()
        self._settled, self._now, self._busy, self._unsure = self._now, b"", False, False

    def close(self) -> None:
        """Tries once more to write what is waiting, counts the rest as lost, and closes."""
        if self._closed:
            return
        self._busy = False  # whoever is interrupted by this finds nothing left to do
        self._catch_up()
        self._closed = True
        waited, self._waiting = self._waiting, Backlog()
        self._waiting.lost = waited.lost + len(waited)
        if self._fd >= 0:
            os.close(self._fd)
        self._fd, self._now = -1, b""

    def _catch_up(self, number: int = 0) -> None:
        """Writes what waits, unless somebody is at it; ``number`` is the errno that the first try came to."""
        while not self._busy and (self._now or len(self._waiting)):
            self._busy = True
            try:
                number = number or self._drain()
                if number and not self._recovers(number):
                    self._refused(number)
                    return
            finally:
                self._busy = False
            number = 0

    def _drain(self) -> int:
        """Writes what waits, with as few calls as the disk allows; the errno with which it refused, or 0."""
        self._settle()
        try:
            while pending := self._waiting.gather():
                self._unsure = True
                taken = os.write(self._fd, pending)
                self._waiting.begun, self._unsure = self._waiting.begun + taken, False
        except OSError as error:
            self._unsure = False
            return error.errno or errno.EIO
        self._now = b""
        return 0

    def _settle(self) -> None:
        """Finds out how much is on disk of what was under way when somebody came in between."""
        line, waiting = self._now, self._waiting
        if line and line is not _WAITS:
            taken = self._on_disk(line)
            if 0 < taken < len(line):  # else it is all there, or whoever writes it has yet to begin, or failed
                waiting.front, waiting.begun, self._settled = line, taken, line
        self._now = _WAITS
        if self._unsure:
            taken = max(waiting.begun, self._on_disk(waiting.front))
            waiting.begun, self._unsure = taken, False

    def _on_disk(self, text: bytes) -> int:
        """How many of the first bytes of ``text`` the last write took, by what stands before this descriptor's place.

        write(2) leaves the place at the end of what it wrote.
        """
        try:
            end = os.lseek(self._fd, 0, os.SEEK_CUR)
            return overlap(os.pread(self._fd, min(len(text), end), max(0, end - len(text))), text)
        except OSError:
            return 0

    def _recovers(self, number: int) -> bool:
        """Whether the descriptor was gone (in a fork, or closed by others), and there is another one now."""
        return number == errno.EBADF and not self._closed and self._reopen()

    def _refused(self, number: int) -> None:
        """Keeps as many lines as fit, and says so."""
        if not self._closed:
            self._waiting.trim()
            where, reason = self._folder.path / self.name, os.strerror(number)
            text = f"cannot write {where}: {reason}; the program goes on, trying again"
            self._notices.warn(f"write {self.name}", text)

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
