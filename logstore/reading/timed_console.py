"""console.log with the times of its lines: its end, followed, or the part of it where something was printed."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from logstore.reading.console import ConsoleTail, Lines, read_lines_about
from logstore.reading.console_times import ConsoleIndex, ConsoleTimes, index_of

KEPT = 10_000
"""Lines against which an index is checked."""


@dataclass(frozen=True, slots=True)
class Timed:
    """Lines of a log, and what is known of when they were printed.

    Attributes:
        lines: Those that are new.
        times: Of them and of those before; the same object as long as nothing is new.
    """

    lines: Lines
    times: ConsoleTimes


class TimedConsole:
    """One console.log and the index beside it.

    Args:
        path: The log.
        most: Lines that are read of its end.
    """

    def __init__(self, path: Path, most: int) -> None:
        self.path = path
        self._tail = ConsoleTail(path, most)
        self._index = ConsoleIndex(index_of(path))
        self._starts: list[int] = []
        self._end = self._size = 0
        self._said = self._times = ConsoleTimes()

    def read(self) -> Timed:
        """The lines that were written since the last call, at first the last ones.

        Raises:
            OSError: The log cannot be read, or is no regular file.
        """
        said = self._index.read()  # before the log: what it speaks of is then there, or will be next time
        lines = self._tail.take()
        if not lines and said is self._said:
            return Timed(lines, self._times)
        if lines:
            follows = bool(self._starts) and lines.starts[0] == self._end
            self._starts = [*(self._starts[-KEPT:] if follows else ()), *lines.starts]
            self._end, self._size = lines.end, lines.size
        self._said, self._times = said, said.fitted(self._starts, self._end, self._size)
        return Timed(lines, self._times)

    def read_about(self, offset: int) -> Timed:
        """The part of the log about ``offset``; ``read`` goes on as before.

        Raises:
            OSError: The log cannot be read, or is no regular file.
        """
        times = self._index.read()
        lines = read_lines_about(self.path, offset)
        return Timed(lines, times.fitted(lines.starts, lines.end, lines.size))
