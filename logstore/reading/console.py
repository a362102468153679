"""console.log for people: its last lines, then the new ones as they come, whatever its size.

A line is what a terminal would have shown of it: of a progress bar that returns to the beginning of its line again and
again the last state, without colours and other escape sequences; bytes that are no UTF-8 become replacement marks.
"""

from __future__ import annotations

import os
import re
from pathlib import Path

from logstore.reading.tail import open_file

LINES = 1000
WINDOW = 1 << 20
"""Bytes read at most in one go; what was written before them is passed over."""
LONGEST = 1 << 13
"""Characters kept of one line."""

_ESCAPES = re.compile(r"\x1b(?:\[[0-?]*[ -/]*[@-~]|\][^\x07\x1b]*(?:\x07|\x1b\\)?|[PX^_][^\x1b]*(?:\x1b\\)?|[@-Z\\-_])")


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
        try:
            descriptor, seen = open_file(self.path)
        except FileNotFoundError:
            return []
        try:
            if seen.identity != self._identity or seen.size < self._offset:
                self._identity, self._offset, self._rest = seen.identity, 0, b""
            passed_over = seen.size - self._offset > self._window
            if passed_over:
                self._offset, self._rest, self.skipped = seen.size - self._window, b"", True
            text = os.pread(descriptor, self._window, self._offset)
        finally:
            os.close(descriptor)
        self._offset += len(text)
        return self._lines(text, passed_over=passed_over)

    def _lines(self, text: bytes, *, passed_over: bool) -> list[str]:
        *lines, rest = (self._rest + text).split(b"\n")
        self._rest = _visible(rest)[-4 * LONGEST :]
        if passed_over:
            lines = lines[1:]
        if len(lines) > self._most:
            self.skipped = True
        return [terminal_line(line) for line in lines[-self._most :]]


def read_last_lines(path: str | Path, most: int = LINES) -> list[str]:
    """The last ``most`` lines of a text file, one without a newline included; empty when there is no such file.

    Raises:
        OSError: The file cannot be read, or is no regular file.
    """
    tail = ConsoleTail(path, most)
    lines = tail.read()
    return [*lines, tail.pending][-most:] if tail.pending else lines


def terminal_line(line: bytes) -> str:
    """What a terminal would show of ``line``, at most ``LONGEST`` characters of it."""
    text = _visible(line)[: 4 * LONGEST].decode("utf-8", "replace").rstrip("\r")
    return _ESCAPES.sub("", text)[:LONGEST]


def _visible(line: bytes) -> bytes:
    """The part of ``line`` after the last return to its beginning."""
    end = len(line.rstrip(b"\r"))
    return line[line.rfind(b"\r", 0, end) + 1 :]
