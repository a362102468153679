"""Directories watched through Linux's inotify (inotify(7)): no thread, no timer, nothing runs while nothing happens.

A ``Notifier`` is one descriptor that becomes readable when something was written in one of its directories. What
happened is not told: whoever is woken looks for himself. Paths are bytes to the kernel, so any name will do.
"""

from __future__ import annotations

import ctypes
import errno
import os
import struct
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path

_MODIFY, _MOVED_FROM, _MOVED_TO, _CREATE, _DELETE = 0x2, 0x40, 0x80, 0x100, 0x200
_ONLYDIR, _IGNORED = 0x0100_0000, 0x8000
_MASK = _MODIFY | _MOVED_FROM | _MOVED_TO | _CREATE | _DELETE | _ONLYDIR
_EVENT = struct.Struct("iIII")
_MOST_BYTES = 1 << 16
_ABSENT = (errno.ENOENT, errno.ENOTDIR)


class Notifier:
    """Watches directories, each by itself: what lies deeper is not watched."""

    def __init__(self) -> None:
        """Open a descriptor.

        Raises:
            OSError: There is no inotify here, or its instances or the process's descriptors are used up.
        """
        self._libc = ctypes.CDLL(None, use_errno=True)
        if not hasattr(self._libc, "inotify_init1"):
            raise OSError(errno.ENOSYS, "there is no inotify on this system")
        self._descriptor: int = _checked(self._libc.inotify_init1(os.O_NONBLOCK | os.O_CLOEXEC))
        self._watches: dict[Path, int] = {}

    def fileno(self) -> int:
        """The descriptor, for whoever waits until it can be read."""
        return self._descriptor

    def watch(self, paths: frozenset[Path]) -> None:
        """Watch these directories and no others; those that are not there are left out until the next call.

        Raises:
            OSError: One cannot be watched; the others before it are.
        """
        for path in self._watches.keys() - paths:
            self._libc.inotify_rm_watch(self._descriptor, self._watches.pop(path))
        for path in sorted(paths - self._watches.keys()):
            try:
                added = self._libc.inotify_add_watch(self._descriptor, os.fsencode(path), _MASK)
                self._watches[path] = _checked(added)
            except OSError as error:
                if error.errno not in _ABSENT:
                    raise

    def drain(self) -> None:
        """Take note of what happened so far: the descriptor is readable again when more does."""
        ended = {number for number, mask in self._events() if mask & _IGNORED}
        if ended:
            self._watches = {path: number for path, number in self._watches.items() if number not in ended}

    def close(self) -> None:
        """Give the descriptor back."""
        os.close(self._descriptor)

    def _events(self) -> Iterator[tuple[int, int]]:
        """The watch and the mask of each event that waits to be read."""
        with suppress(BlockingIOError):
            while data := os.read(self._descriptor, _MOST_BYTES):
                at = 0
                while at < len(data):
                    number, mask, _, length = _EVENT.unpack_from(data, at)
                    yield number, mask
                    at += _EVENT.size + length


def _checked(result: int) -> int:
    if result < 0:
        number = ctypes.get_errno()
        raise OSError(number, os.strerror(number))
    return result
