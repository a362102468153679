"""One file of a run that grows, read from where the last read ended, and what becomes of its lines."""

from __future__ import annotations

import math
from collections.abc import Mapping
from typing import Any

from logstore.caches.columns import LARGEST, SMALLEST, ColumnCache
from logstore.caches.keeper import Keeper
from logstore.format import host_of, rank_of
from logstore.model.delta import Block
from logstore.reading.blocks import BlockParser, SystemParser
from logstore.reading.draft import Draft
from logstore.reading.events import parse_events
from logstore.reading.restored import Restored
from logstore.reading.tail import CHUNK, Look, Tail

SETTLED = 2.0
"""Seconds of silence after which a complete last row counts though it has no newline: nobody is still writing it."""


MOST_EVENTS = 100_000
"""Events of one file that are kept: a guard against a program that writes one with every step."""
MOST_EVENT_BYTES = 32 << 20
"""Bytes of one file whose events are kept."""


class RowLines:
    """Rows of one rank, or telemetry of one host."""

    __slots__ = ("_parser", "host", "rank")

    def __init__(self, rank: int = 0, host: str | None = None) -> None:
        self.rank = rank
        self.host = host
        self._parser: BlockParser | None = None

    def take(self, lines: bytes, draft: Draft) -> Block | None:
        """Add the rows in ``lines`` to ``draft``."""
        parser = self._own_parser()
        bad, refused = parser.bad_lines, parser.refused
        block = parser.parse(lines)
        draft.bad_lines += parser.bad_lines - bad
        draft.refused += parser.refused - refused
        if block is not None:
            self.put(block, draft)
        return block

    def put(self, block: Block, draft: Draft) -> None:
        """Add rows to ``draft``."""
        if self.host is None:
            draft.blocks.setdefault(self.rank, []).append(block)
        else:
            draft.system.setdefault(self.host, []).append(block)

    def restart(self) -> None:
        """Forget the steps and names seen."""
        self._parser = None

    def memory(self) -> dict[str, Any]:
        """What was learnt from the lines so far, as plain data."""
        return self._own_parser().memory()

    def recall(self, memory: Mapping[str, Any], draft: Draft) -> None:
        """Go on from ``memory``; the lines it counts as bad are news to ``draft``."""
        parser = self._own_parser()
        parser.recall(memory)
        draft.bad_lines += parser.bad_lines
        draft.refused += parser.refused

    def _own_parser(self) -> BlockParser:
        if self._parser is None:
            self._parser = BlockParser() if self.host is None else SystemParser()
        return self._parser


class EventLines:
    """Alerts, notes, resumes: so many of them as no person ever reads are kept, later ones counted."""

    __slots__ = ("_bytes", "_room")

    def __init__(self) -> None:
        self.restart()

    def take(self, lines: bytes, draft: Draft) -> Block | None:
        """Add the events in ``lines`` to ``draft``."""
        events, bad = parse_events(lines)
        kept = events[: self._room] if self._bytes > 0 else ()
        self._room -= len(kept)
        self._bytes -= len(lines)
        draft.events.extend(kept)
        draft.unheard += len(events) - len(kept)
        draft.bad_lines += bad
        return None

    def restart(self) -> None:
        """Forget how many there were."""
        self._room, self._bytes = MOST_EVENTS, MOST_EVENT_BYTES


def lines_of(name: str) -> RowLines | EventLines | None:
    """What the lines of the file ``name`` of a run are; None when it holds nothing that is read here."""
    host = host_of(name)
    if host is not None:
        return RowLines(host=host)
    rank = rank_of(name)
    if rank is None or not name.endswith(".jsonl"):
        return None
    return EventLines() if is_events(name) else RowLines(rank)


def is_events(name: str) -> bool:
    """Whether the file ``name`` of a run holds events of some rank."""
    return name.startswith("events.") and rank_of(name) is not None


class Source:
    """One growing file."""

    __slots__ = ("_noticed", "_restored", "_settled", "keeper", "lines", "packed", "summarised", "tail")

    def __init__(self, path: str, lines: RowLines | EventLines) -> None:
        self.tail = Tail(path)
        self.lines = lines
        self.keeper: Keeper | None = None
        """Keeps all rows since the beginning of the file, while somebody wants to pack them."""
        self.packed = 0
        """Bytes from the beginning whose rows the cache has."""
        self.summarised = 0
        """Bytes from the beginning whose rows the run's summary knows."""
        self._restored: Restored | None = None
        """What the cache had of it, as long as there is something to hand over."""
        self._settled: Look | None = None
        self._noticed: tuple[Look | None, float] = (None, math.inf)

    @property
    def touched(self) -> float | None:
        """When the file was touched last, by its own clock; by ours where that one is ahead. None without a file."""
        seen, noticed = self.tail.seen, self._noticed
        if seen is None:
            return None
        return min(seen.modified_ns / 1e9, noticed[1]) if noticed[0] == seen else seen.modified_ns / 1e9

    def notice(self, now: float) -> None:
        """The file was looked at."""
        if self.tail.seen != self._noticed[0]:
            self._noticed = self.tail.seen, now

    @property
    def is_summarised(self) -> bool:
        """Whether the run's summary knows all rows that were read."""
        return self.tail.offset <= max(self.summarised, self.packed)

    @property
    def is_worth_packing(self) -> bool:
        """Whether its rows are of a kind and number that pays."""
        seen = self.tail.seen
        return isinstance(self.lines, RowLines) and seen is not None and SMALLEST <= seen.size <= LARGEST

    @property
    def left(self) -> int:
        """Bytes known to be unread, those whose rows are still to come from the cache among them."""
        return self.tail.left + (0 if self._restored is None else self._restored.left)

    def wants(self, now: float) -> bool:
        """Whether there is something to read, as far as the last look tells."""
        if self.tail.left or self._restored is not None:
            return True
        return self.tail.torn > 0 and self._settled != self.tail.seen and self._is_settled(now)

    def read(self, draft: Draft, now: float, most: int = CHUNK) -> bool:
        """Read about ``most`` bytes into ``draft``; False when the file is not the one that was read before.

        Raises:
            OSError: It cannot be read.
        """
        if self._restored is not None:
            self._hand_over(self._restored, draft)
            return True
        offset, bad = self.tail.offset, self.tail.bad_lines
        ended = self._is_settled(now)
        lines = self.tail.read(most, ended=ended)
        self.notice(now)
        if lines is None:
            return False
        if ended:
            self._settled = self.tail.seen
        if lines:
            self._keep(self.lines.take(lines, draft))
        draft.bytes_read += self.tail.offset - offset
        draft.bad_lines += self.tail.bad_lines - bad
        return True

    def restore(self, cache: ColumnCache, draft: Draft) -> None:
        """Find the rows that ``cache`` has of this file, when nothing was read of it yet; ``read`` hands them over."""
        seen = self.tail.seen
        if self.tail.offset or seen is None or not self.is_worth_packing or not isinstance(self.lines, RowLines):
            return
        packed = cache.load(self.tail.path, seen)
        if packed is None:
            return
        memory = packed.memory
        self.tail.resume(seen.identity, memory["covered"], bytes.fromhex(memory["mark"]), memory["bad_lines"])
        self.lines.recall(memory["lines"], draft)
        self._restored = Restored(packed, self.tail.offset)
        self.packed = self.tail.offset
        draft.bad_lines += self.tail.bad_lines
        if self.keeper is not None:
            self.keeper.add_view(packed.block)

    def memory(self) -> dict[str, Any]:
        """What ``restore`` needs besides the rows, as plain data."""
        assert isinstance(self.lines, RowLines)
        return {"mark": self.tail.mark.hex(), "bad_lines": self.tail.bad_lines, "lines": self.lines.memory()}

    def restart(self) -> None:
        """Read the file from its beginning."""
        self.tail.restart()
        self.lines.restart()
        self._settled = self._restored = None
        self.keeper = None
        self.packed = self.summarised = 0

    def _hand_over(self, restored: Restored, draft: Draft) -> None:
        assert isinstance(self.lines, RowLines)
        block, size = restored.next()
        self.lines.put(block, draft)
        draft.bytes_read += size
        draft.bytes_restored += size
        if not restored.left:
            self._restored = None

    def _keep(self, block: Block | None) -> None:
        if block is None or self.keeper is None:
            return
        try:
            self.keeper.add(block)
        except OSError:
            self.keeper = None

    def _is_settled(self, now: float) -> bool:
        return self.touched is not None and now - self.touched > SETTLED
