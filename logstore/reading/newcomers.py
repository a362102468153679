"""Runs that were found and not told of yet: the newest comes first, unless another is asked for."""

from __future__ import annotations

from collections import deque
from collections.abc import Iterable
from operator import attrgetter

from logstore.reading.discovery import Found


class Newcomers:
    """A queue of them."""

    def __init__(self) -> None:
        self._found: dict[str, Found] = {}
        self._order: deque[str] = deque()

    def __len__(self) -> int:
        return len(self._found)

    def add(self, found: Iterable[Found]) -> None:
        """More were found."""
        fresh = {each.key: each for each in found}
        if fresh:
            self._found.update(fresh)
            newest = sorted(self._found.values(), key=attrgetter("touched"), reverse=True)
            self._order = deque([each.key for each in newest])

    def discard(self, key: str) -> None:
        """The run ``key`` is gone."""
        self._found.pop(key, None)

    def pop(self, first: Iterable[str]) -> Found | None:
        """The next one, those whose keys are in ``first`` before the others; None when there is none."""
        for key in first:
            if key in self._found:
                return self._found.pop(key)
        while self._order:
            found = self._found.pop(self._order.popleft(), None)
            if found is not None:
                return found
        return None
