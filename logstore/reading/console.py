"""console.log for people: its last lines, then the new ones as they come, whatever its size; or a part of it.

A line is what a terminal would have shown of it: of a progress bar that returns to the beginning of its line again and
again the last state, without colours and other escape sequences; bytes that are no UTF-8 become replacement marks.
"""

from __future__ import annotations

import os
import re
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import accumulate
from pathlib import Path

from logstore.reading.tail import open_file

LINES = 1000
WINDOW = 1 << 20
"""Bytes read at most in one go; what was written before them is passed over."""
LONGEST = 1 << 13
"""Characters kept of one line."""

_ESCAPES = re.compile(r"\x1b(?:\[[0-?]*[ -/]*[@-~]|\][^\x07\x1b]*(?:\x07|\x1b\\)?|[PX^_][^\x1b]*(?:\x1b\\)?|[@-Z\\-_])")


@dataclass(frozen=True, slots=True)
class Lines:
    """Lines that follow each other in a log.

    Attributes:
        texts: What a terminal would show of each.
        starts: The byte of the log at which each begins.
        end: The byte behind the last one.
        size: Bytes that the log has.
    """

    texts: Sequence[str] = ()
    starts: Sequence[int] = ()
    end: int = 0
    size: int = 0

    def __bool__(self) -> bool:
        return bool(self.texts)


class ConsoleTail:
    """The end of one text file, followed."""

    def __init__(self, path: str | Path, most: int = LINES, window: int = WINDOW) -> None:
        self.path = Path(path)
        self.skipped = False
        """Whether earlier lines were passed over."""
        self._most = most
        self._window = window
        self._identity: tuple[int, int] | None = None
        self._offset = 0
        self._begin = 0
        self._rest = b""

    @property
    def pending(self) -> str:
        """The last line as far as it is written: a progress bar, a prompt."""
        return terminal_line(self._rest)

    def read(self) -> list[str]:
        """The lines that were written since the last call, at first the last ones; empty when there are none.

        Raises:
            OSError: The file cannot be read, or is no regular file.
        """
        return list(self.take().texts)

    def take(self) -> Lines:
        """The same lines, and where they stand in the file.

        Raises:
            OSError: The file cannot be read, or is no regular file.
        """
        try:
            descriptor, seen = open_file(self.path)
        except FileNotFoundError:
            return Lines()
        try:
            if seen.identity != self._identity or seen.size < self._offset:
                self._identity = seen.identity
                self._go_to(0)
            passed_over = seen.size - self._offset > self._window
            if passed_over:
                self._go_to(seen.size - self._window)
                self.skipped = True
            text = os.pread(descriptor, self._window, self._offset)
        finally:
            os.close(descriptor)
        self._offset += len(text)
        return self._lines(text, seen.size, passed_over=passed_over)

    def _go_to(self, offset: int) -> None:
        self._offset = self._begin = offset
        self._rest = b""

    def _lines(self, text: bytes, size: int, *, passed_over: bool) -> Lines:
        head, newline, tail = text.rpartition(b"\n")
        if not newline:
            self._rest = _visible(self._rest + tail)[-4 * LONGEST :]
            return Lines()
        rows = head.split(b"\n")
        second = self._offset - len(text) + len(rows[0]) + 1
        starts = [self._begin, *bounds(rows[1:], second)]
        rows[0] = self._rest + rows[0]
        self._begin, self._rest = starts.pop(), _visible(tail)[-4 * LONGEST :]
        first = max(1 if passed_over else 0, len(rows) - self._most)
        self.skipped = self.skipped or len(rows) > self._most
        return Lines([terminal_line(row) for row in rows[first:]], starts[first:], self._begin, size)


def read_last_lines(path: str | Path, most: int = LINES) -> list[str]:
    """The last ``most`` lines of a text file, one without a newline included; empty when there is no such file.

    Raises:
        OSError: The file cannot be read, or is no regular file.
    """
    tail = ConsoleTail(path, most)
    lines = tail.read()
    return [*lines, tail.pending][-most:] if tail.pending else lines


def bounds(rows: Sequence[bytes], begin: int) -> list[int]:
    """Where each of ``rows``, lines without their newlines, begins in a file from ``begin`` on; then where they end."""
    return list(accumulate((len(row) + 1 for row in rows), initial=begin))


def read_lines_about(path: str | Path, offset: int, window: int = WINDOW) -> Lines:
    """The whole lines in ``window`` bytes of a text file about ``offset``; none when there is no such file.

    Raises:
        OSError: The file cannot be read, or is no regular file.
    """
    try:
        descriptor, seen = open_file(path)
    except FileNotFoundError:
        return Lines()
    try:
        begin = max(0, min(offset - window // 2, seen.size - window))
        text = os.pread(descriptor, window, begin)
    finally:
        os.close(descriptor)
    first = text.find(b"\n") + 1 if begin else 0
    rows = text[first:].split(b"\n")[:-1]
    *starts, end = bounds(rows, begin + first)
    return Lines([terminal_line(row) for row in rows], starts, end, seen.size)


def terminal_line(line: bytes) -> str:
    """What a terminal would show of ``line``, at most ``LONGEST`` characters of it."""
    text = _visible(line)[: 4 * LONGEST].decode("utf-8", "replace").rstrip("\r")
    return _ESCAPES.sub("", text)[:LONGEST]


def _visible(line: bytes) -> bytes:
    """The part of ``line`` after the last return to its beginning."""
    end = len(line.rstrip(b"\r"))
    return line[line.rfind(b"\r", 0, end) + 1 :]
