"""Ended runs that the index knows: told of without a reader, since nothing is to be expected of them.

The rows of the newest of them are read all the same, when there is nothing else to do: so a table is complete before
the first of its curves, and a store of ten thousand runs costs what a thousand cost.
"""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Iterator

from logstore.caches.entry import Entry, Mark
from logstore.model.delta import RunDelta
from logstore.reading.discovery import Found


class Sleepers:
    """The runs that have no reader yet."""

    def __init__(self) -> None:
        self._found: dict[str, Found] = {}
        self._marks: dict[str, Mark] = {}
        self._fresh: dict[str, Entry] = {}
        """Those that were not told of yet."""
        self._planned: OrderedDict[str, Entry] = OrderedDict()
        """Those whose rows are to be read, the newest first."""
        self._unread = 0

    def __contains__(self, key: object) -> bool:
        return key in self._found

    @property
    def planned(self) -> int:
        """How many have rows that are to be read."""
        return len(self._planned)

    @property
    def unread(self) -> int:
        """Bytes of those rows."""
        return self._unread

    def lay(self, found: Found, entry: Entry, *, plan: bool) -> None:
        """``found`` sleeps from now on; ``plan`` to read its rows."""
        self._found[found.key] = found
        self._marks[found.key] = entry.mark
        self._fresh[found.key] = entry
        if plan:
            self._planned[found.key] = entry
            self._unread += entry.unread

    def tell(self) -> Iterator[RunDelta]:
        """What a table shows of those that were not told of yet."""
        fresh, self._fresh = self._fresh, {}
        return (entry.to_delta(self._found[key]) for key, entry in fresh.items())

    def is_told(self, key: str) -> bool:
        """Whether the run ``key`` was told of."""
        return key not in self._fresh

    def is_same(self, key: str) -> bool:
        """Whether the run ``key`` sleeps and is what it was."""
        return key in self._marks and self._marks[key].is_true(self._found[key].path)

    def next(self) -> str:
        """The next one whose rows are to be read."""
        return next(iter(self._planned))

    def wake(self, key: str) -> tuple[Found, Entry | None] | None:
        """Let go of the run ``key``, and say what was known of one that was planned; None: it does not sleep."""
        found = self._found.pop(key, None)
        if found is None:
            return None
        del self._marks[key]
        self._fresh.pop(key, None)
        entry = self._planned.pop(key, None)
        self._unread -= 0 if entry is None else entry.unread
        return found, entry
