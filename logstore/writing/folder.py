"""The directory of one run, held open by the process that writes it.

Files are reached through the open directory, so a run that is moved (to a trash, to another project) stays the same run
for its writer. Whole files are replaced by a rename in the same directory: a reader sees the old one or the new one,
never half of it. (On a full disk the room that the old one has is written over, so that the end of a run is recorded.)
There is no fsync: a crash of the process loses nothing, a crash of the machine may lose the last seconds, and training
never waits for a disk.
"""

from __future__ import annotations

import errno
import fcntl
import itertools
import os
import stat
from pathlib import Path

from logstore.errors import StorageError

LARGEST = 64 << 20
"""Bytes of a document that are read; W&B's advice for a config is below 10 MB."""
NO_LOCKS = frozenset({errno.ENOSYS, errno.ENOLCK, errno.EOPNOTSUPP, errno.EINVAL})
"""What a file system without locks answers to who asks for one."""

_FULL = frozenset({errno.ENOSPC, errno.EDQUOT})
_SECTOR = 512  # the unit of st_blocks, whatever the file system


class Folder:
    """An open directory.

    Attributes:
        path: Where it was when it was opened.
    """

    def __init__(self, path: Path, *, make: bool = True) -> None:
        """Opens ``path``, making it and its parents where they are missing, if ``make``.

        Raises:
            StorageError: That is not possible.
        """
        self.path = path
        self._temporary = itertools.count()
        try:
            if make:
                path.mkdir(parents=True, exist_ok=True)
            self._fd = os.open(path, os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC)
        except OSError as error:
            what = "make the run's directory" if make else "open the run's directory"
            raise storage_error(what, path, error) from error

    def lock(self) -> None:
        """Waits until no other process has locked this directory, and locks it until it is closed.

        For those who change a document that is nobody's own; the run's writer does not take it. Where the file system
        has no locks there is none.
        """
        try:
            fcntl.flock(self._fd, fcntl.LOCK_EX)
        except OSError as error:
            if error.errno not in NO_LOCKS | {errno.EBADF}:  # over NFS only what is open for writing can be locked
                raise

    def open_append(self, name: str) -> int:
        """A descriptor that appends to the file ``name``, made where it is missing. May raise OSError.

        A symbolic link is refused, so that rows do not leave the run's directory, and so is what is no file.
        """
        flags = os.O_RDWR | os.O_APPEND | os.O_CREAT | os.O_CLOEXEC | os.O_NOFOLLOW | os.O_NONBLOCK
        return _regular(os.open(name, flags, 0o666, dir_fd=self._fd))

    def replace(self, name: str, content: bytes) -> None:
        """Puts ``content`` in place of the file ``name``, whole. May raise OSError, and then leaves the old one.

        A folder that is closed is looked for where it was.
        """
        if self._fd >= 0:
            self._replace(self._fd, name, content)
            return
        directory = os.open(self.path, os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC)
        try:
            self._replace(directory, name, content)
        finally:
            os.close(directory)

    def read(self, name: str) -> bytes | None:
        """The whole of the file ``name``, or None when there is none. May raise OSError."""
        try:
            return read_file(name, self._fd)
        except FileNotFoundError:
            return None

    def close(self) -> None:
        """Lets go of the directory."""
        os.close(self._fd)
        self._fd = -1

    def _replace(self, directory: int, name: str, content: bytes) -> None:
        try:
            self._rename_into_place(directory, name, content)
        except OSError as error:
            if error.errno not in _FULL or not _overwrite(directory, name, content):
                raise

    def _rename_into_place(self, directory: int, name: str, content: bytes) -> None:
        # A number of its own for each: a signal handler may replace the same file in the middle of this.
        temporary = f".{name}.{os.getpid()}.{next(self._temporary)}.tmp"
        flags = os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_CLOEXEC
        descriptor = os.open(temporary, flags, 0o666, dir_fd=directory)
        try:
            try:
                _write_all(descriptor, content)
            finally:
                os.close(descriptor)
            os.rename(temporary, name, src_dir_fd=directory, dst_dir_fd=directory)
        except BaseException:
            _unlink(temporary, directory)
            raise


def read_file(path: str | Path, directory: int | None = None) -> bytes:
    """The whole of a document. A link, a pipe, a device and a file beyond ``LARGEST`` are none: OSError."""
    descriptor = os.open(path, os.O_RDONLY | os.O_CLOEXEC | os.O_NOFOLLOW | os.O_NONBLOCK, dir_fd=directory)
    with os.fdopen(_regular(descriptor), "rb") as stream:
        content = stream.read(LARGEST + 1)
    if len(content) > LARGEST:
        raise OSError(errno.EFBIG, os.strerror(errno.EFBIG))
    return content


def _regular(descriptor: int) -> int:
    """``descriptor``, when it is that of a regular file."""
    if not stat.S_ISREG(os.fstat(descriptor).st_mode):
        os.close(descriptor)
        raise OSError(errno.EINVAL, "no regular file")
    return descriptor


def storage_error(what: str, path: Path, error: OSError) -> StorageError:
    """``error`` in words that name the culprit: ``cannot make the run's directory /data/runs: Permission denied``."""
    told = StorageError(f"cannot {what} {path}: {error.strerror or error}")
    told.errno = error.errno
    return told


def _write_all(descriptor: int, content: bytes) -> None:
    rest = memoryview(content)
    while rest:
        rest = rest[os.write(descriptor, rest) :]


def _overwrite(directory: int, name: str, content: bytes) -> bool:
    """Writes ``content`` over the file ``name`` when its blocks have room for it; whether they had.

    One ``pwrite``, padded with white space to the old length, so that nothing has to be cut off afterwards.
    """
    try:
        descriptor = os.open(name, os.O_WRONLY | os.O_NOFOLLOW | os.O_CLOEXEC, dir_fd=directory)
    except OSError:
        return False
    try:
        found = os.fstat(descriptor)
        if len(content) > found.st_blocks * _SECTOR or found.st_size > found.st_blocks * _SECTOR:
            return False
        return os.pwrite(descriptor, content.ljust(found.st_size), 0) >= len(content)
    except OSError:
        return False
    finally:
        os.close(descriptor)


def _unlink(name: str, directory: int) -> None:
    try:
        os.unlink(name, dir_fd=directory)
    except OSError:
        return
