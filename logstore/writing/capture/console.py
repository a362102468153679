"""stdout and stderr of a program, copied into ``console.log`` line by line, with the times of it beside it.

The copy is taken where Python writes: ``write`` of the stream objects is wrapped, and the original is always called
first, so nothing is lost, delayed or reordered for the user; ``isatty``, ``fileno`` and whoever holds the stream stay
as they were. What does not go through ``sys.stdout`` or ``sys.stderr`` (C libraries, child processes) is not seen.

A line is written when it ends. A carriage return begins the line anew, so a progress bar leaves its last state; while
it runs, one state every ``PROGRESS_SECONDS`` is written as a line of its own.
"""

from __future__ import annotations

import sys
import time
from _thread import RLock
from collections.abc import Callable
from typing import Any, TextIO

from logstore.writing.appender import Appender
from logstore.writing.capture.times import PrintTimes

PROGRESS_SECONDS = 10.0
_LONGEST_LINE = 1 << 16
Append = Callable[[str, float], None]
"""Takes lines, and the monotonic time at which they were printed."""


class Console:
    """Copies what the program prints, until ``stop``."""

    def __init__(self, appender: Appender, times: PrintTimes | None = None) -> None:
        self._appender = appender
        self._times = times
        lock = RLock()  # of both streams: they share the file
        streams = [sys.stdout] if sys.stdout is sys.stderr else [sys.stdout, sys.stderr]
        copies = (_copy(stream, self._append, lock) for stream in streams)
        self._copies = [copy for copy in copies if copy is not None]

    def stop(self) -> None:
        """Writes unfinished lines, and gives the streams back as they were."""
        for copy in self._copies:
            copy.stop()
        self.flush()
        self._appender.close()
        if self._times is not None:
            self._times.close()

    def flush(self) -> None:
        """Writes unfinished lines as lines."""
        for copy in self._copies:
            copy.flush()

    def forked(self) -> None:
        """In a child process: forgets the parent's unfinished lines; what the child prints is appended too."""
        self._appender.forked()
        if self._times is not None:
            self._times.forked()
        lock = RLock()
        for copy in self._copies:
            copy.forget(lock)

    def _append(self, lines: str, clock: float) -> None:
        if self._times is not None:
            self._times.note(clock)
        self._appender.write(lines.encode("utf-8", "backslashreplace"))


def _copy(stream: TextIO | None, append: Append, lock: RLock) -> _Copy | None:
    """Wraps ``stream.write``; None where there is no stream, or one that does not let itself be wrapped."""
    if stream is None:
        return None
    copy = _Copy(stream, append, lock)
    try:
        stream.write = copy.write  # type: ignore[method-assign]
    except (AttributeError, TypeError):
        return None
    return copy


class _Copy:
    """One wrapped stream, and the line that is not finished yet."""

    def __init__(self, stream: Any, append: Append, lock: RLock) -> None:
        self._stream = stream
        self._original = stream.write
        self._append: Append | None = append
        self._heard: list[str] = []
        self._taking = False
        self._line = ""
        self._shown = time.monotonic()
        self._lock = lock

    def write(self, text: str) -> Any:
        """What ``stream.write`` is now."""
        written = self._original(text)
        if self._append is not None and isinstance(text, str):
            with self._lock:
                self._heard.append(text)
                self._take_all()
        return written

    def stop(self) -> None:
        """Gives the stream back, unless somebody wrapped it again; then this becomes a mere passage."""
        self.flush()
        self._append = None
        if vars(self._stream).get("write") == self.write:
            del self._stream.write

    def flush(self) -> None:
        """Writes the unfinished line."""
        with self._lock:
            self._take_all()
            if self._line:
                line, self._line = self._line, ""
                self._emit(f"{_overwritten(line)}\n")

    def forget(self, lock: RLock) -> None:
        """Drops the unfinished line, and a lock that another thread may have held."""
        self._heard, self._taking, self._line = [], False, ""
        self._lock = lock

    def _take_all(self) -> None:
        """Takes what was printed; what a signal handler prints meanwhile is left to whom it interrupted."""
        while self._heard and not self._taking:
            self._taking = True
            try:
                self._take(self._heard.pop(0))
            finally:
                self._taking = False

    def _take(self, text: str) -> None:
        head, newline, tail = (self._line + text).rpartition("\n")
        self._line = _overwritten(tail)[-_LONGEST_LINE:]
        if newline:
            self._emit(_overwritten_all(head) if "\r" in head else f"{head}\n")
        elif "\r" in text and time.monotonic() - self._shown > PROGRESS_SECONDS:
            self._emit(f"{_overwritten(self._line)}\n")

    def _emit(self, lines: str) -> None:
        self._shown = clock = time.monotonic()
        if self._append is not None:
            self._append(lines, clock)


def _overwritten_all(lines: str) -> str:
    return "".join(f"{_overwritten(line)}\n" for line in lines.split("\n"))


def _overwritten(line: str) -> str:
    """What is left of a line after its carriage returns: the last piece that has text."""
    if "\r" not in line:
        return line
    return next((piece for piece in reversed(line.split("\r")) if piece), "")
