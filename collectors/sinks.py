"""Where the sampler's lines go: to standard output as they are, or into a file as flat rows.

The file is one of a run's: one row is one ``write`` on an O_APPEND descriptor, one sampler writes it (the file is
locked while one does), and a disk that is full or read-only never stops or spins anything: the sampler says so once
on standard error, waits ever longer between two tries and leaves out what came meanwhile.
"""

from __future__ import annotations

import contextlib
import errno
import fcntl
import os
import stat
from collections.abc import Callable
from pathlib import Path
from typing import Protocol

import orjson

from collectors.backend import GpuInfo
from collectors.protocol import encode
from collectors.rates import tidy
from collectors.rows import flat
from collectors.samples import Hello, Line, Sample, StateLine

FIRST_PAUSE, LONGEST_PAUSE = 1.0, 60.0
"""Seconds between two tries to write after one failed."""

STDERR = 2


class Busy(Exception):  # noqa: N818 - no error: the work is being done already
    """Another sampler writes this file."""


class Sink(Protocol):
    """Takes the lines of a sampler."""

    def put(self, line: Line, now: float) -> None:
        """Take one line; ``now`` is monotonic. Raises BrokenPipeError when nobody reads any more."""

    def close(self) -> None:
        """Give back what was taken."""


class LineSink:
    """Lines of JSON on a descriptor, as ``collectors.protocol`` has them."""

    def __init__(self, fd: int = 1) -> None:
        self._fd = fd

    def put(self, line: Line, now: float) -> None:  # noqa: ARG002 - the protocol's face
        """Write one line whole; waits for a reader that is slow."""
        text = encode(line)
        while text:
            text = text[os.write(self._fd, text) :]

    def close(self) -> None:
        """Nothing is held."""


class RowSink:
    """Flat rows appended to a file; ``hello`` and ``state`` rows carry a ``kind``, which readers of series skip.

    Of what could not be written the newest row of each kind waits for the next try.
    """

    def __init__(self, path: Path, complain: Callable[[str], None] | None = None) -> None:
        """Open and lock the file; raises Busy where another sampler has it, OSError where it cannot be opened."""
        self._path = path
        self._fd = os.open(path, os.O_RDWR | os.O_APPEND | os.O_CREAT | os.O_CLOEXEC, 0o666)
        self._complain = complain or _to_stderr
        self._torn = False
        self._said = False
        self._pause = FIRST_PAUSE
        self._retry_at = 0.0
        self._unwritten: dict[type, bytes] = {}
        try:
            _lock(self._fd)
            self._torn = _ends_torn(self._fd)
        except BaseException:
            os.close(self._fd)
            raise

    def put(self, line: Line, now: float) -> None:
        """Append one row. Raises BrokenPipeError when the file was deleted: nobody will read it."""
        if self._deleted():
            raise BrokenPipeError(f"{self._path} was deleted")
        self._unwritten[type(line)] = encode_row(line)
        if now < self._retry_at:
            return
        try:
            for kind in [kind for kind in (Hello, StateLine, Sample) if kind in self._unwritten]:
                self._append(self._unwritten[kind])
                del self._unwritten[kind]
        except OSError as error:
            self._failed(error, now)
        else:
            self._pause = FIRST_PAUSE

    def _deleted(self) -> bool:
        try:
            return os.fstat(self._fd).st_nlink == 0
        except OSError as error:
            return error.errno == errno.ESTALE

    def _append(self, row: bytes) -> None:
        text = b"\n" + row if self._torn else row
        written = os.write(self._fd, text)
        self._torn = text[written - 1 : written] != b"\n" if written else self._torn
        if written < len(text):
            raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

    def _failed(self, error: OSError, now: float) -> None:
        self._retry_at = now + self._pause
        self._pause = min(self._pause * 2, LONGEST_PAUSE)
        if not self._said:
            self._said = True
            self._complain(f"telemetry of this run has gaps: {self._path}: {error.strerror}")

    def close(self) -> None:
        """Unlock and close."""
        os.close(self._fd)


def _lock(fd: int) -> None:
    """Take the file for us; a file system without locks lets everybody in."""
    try:
        fcntl.flock(fd, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        raise Busy("another sampler writes this file") from None
    except OSError:
        pass


def _ends_torn(fd: int) -> bool:
    """Whether the last line has no end: the sampler before us was stopped while it wrote."""
    facts = os.fstat(fd)
    if not stat.S_ISREG(facts.st_mode) or facts.st_size == 0:
        return False
    return os.pread(fd, 1, facts.st_size - 1) != b"\n"


def _to_stderr(text: str) -> None:
    with contextlib.suppress(OSError):
        os.write(STDERR, f"collectors: {text}\n".encode())


def encode_row(line: Line) -> bytes:
    """The row of a line, with its newline."""
    match line:
        case Sample():
            row: dict[str, object] = {key: tidy(value) for key, value in flat(line).items()}
            row["_timestamp"] = round(line.time, 3)
        case Hello():
            gpus = [_device(info) for info in line.gpus]
            row = {"_timestamp": round(line.time, 3), "kind": "hello", "host": line.host, "pid": line.pid, "gpus": gpus}
        case StateLine():
            row = {"_timestamp": round(line.time, 3), "kind": "state", "gpu": line.gpu, "why": line.why}
    return orjson.dumps(row) + b"\n"


def _device(info: GpuInfo) -> dict[str, object]:
    """What a reader needs to name the devices of the rows."""
    facts = {
        "label": info.label,
        "uuid": info.uuid,
        "name": info.name,
        "vendor": info.vendor,
        "memory_total": info.memory_total,
        "power_limit": info.power_limit,
        "parent_uuid": info.parent_uuid,
        "driver": info.driver,
        "cuda": info.cuda,
    }
    return {key: value for key, value in facts.items() if value is not None}
