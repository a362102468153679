"""The files of one run that grow, each read from where the last read ended, and what their lines become."""

from __future__ import annotations

from typing import Protocol

from logstore.blocks import BlockParser, SystemParser
from logstore.draft import Draft
from logstore.events import parse_events
from logstore.tail import CHUNK, Look, Tail

SETTLED = 2.0
"""Seconds of silence after which a complete last row counts though it has no newline: nobody is still writing it."""


class Lines(Protocol):
    """What becomes of the lines of a file."""

    def take(self, lines: bytes, draft: Draft) -> None:
        """Add what ``lines`` hold to ``draft``."""

    def restart(self) -> None:
        """The file is another one: forget what was learnt from it."""


class MetricLines:
    """Rows of one rank."""

    __slots__ = ("_parser", "rank")

    def __init__(self, rank: int) -> None:
        self.rank = rank
        self._parser: BlockParser | None = None

    def take(self, lines: bytes, draft: Draft) -> None:
        """Add the rows in ``lines`` to ``draft``."""
        parser = self._parser = self._parser or BlockParser()
        bad, refused = parser.bad_lines, parser.refused
        block = parser.parse(lines)
        if block is not None:
            draft.blocks.setdefault(self.rank, []).append(block)
        draft.bad_lines += parser.bad_lines - bad
        draft.refused += parser.refused - refused

    def restart(self) -> None:
        """Forget the steps and names seen."""
        self._parser = None


class SystemLines:
    """Telemetry of one host."""

    def __init__(self, host: str) -> None:
        self.host = host
        self.parser = SystemParser()

    def take(self, lines: bytes, draft: Draft) -> None:
        """Add the samples in ``lines`` to ``draft``."""
        bad = self.parser.bad_lines
        block = self.parser.parse(lines)
        if block is not None:
            draft.system.setdefault(self.host, []).append(block)
        draft.bad_lines += self.parser.bad_lines - bad

    def restart(self) -> None:
        """Forget the names seen."""
        self.parser = SystemParser()


class EventLines:
    """Alerts, notes, resumes."""

    def take(self, lines: bytes, draft: Draft) -> None:
        """Add the events in ``lines`` to ``draft``."""
        events, bad = parse_events(lines)
        draft.events.extend(events)
        draft.bad_lines += bad

    def restart(self) -> None:
        """There is nothing to forget."""


class Source:
    """One growing file and what becomes of its lines."""

    __slots__ = ("_settled", "lines", "tail")

    def __init__(self, path: str, lines: Lines) -> None:
        self.tail = Tail(path)
        self.lines = lines
        self._settled: Look | None = None

    def wants(self, now: float) -> bool:
        """Whether there is something to read, as far as the last look tells."""
        if self.tail.left:
            return True
        return self.tail.torn > 0 and self._settled != self.tail.seen and self._is_settled(now)

    def read(self, draft: Draft, now: float, most: int = CHUNK) -> bool:
        """Read about ``most`` bytes into ``draft``; False when the file is not the one that was read before.

        Raises:
            OSError: It cannot be read.
        """
        offset, bad = self.tail.offset, self.tail.bad_lines
        ended = self._is_settled(now)
        lines = self.tail.read(most, ended=ended)
        if lines is None:
            return False
        if ended:
            self._settled = self.tail.seen
        if lines:
            self.lines.take(lines, draft)
        draft.bytes_read += self.tail.offset - offset
        draft.bad_lines += self.tail.bad_lines - bad
        return True

    def restart(self) -> None:
        """Read the file from its beginning."""
        self.tail.restart()
        self.lines.restart()
        self._settled = None

    def _is_settled(self, now: float) -> bool:
        return self.tail.seen is not None and now - self.tail.seen.modified_ns / 1e9 > SETTLED
