"""Runs that have rows to read, and whose turn it is: fair, those on the screen first, the newest soon complete."""

from __future__ import annotations

from collections.abc import Container, Iterable, Iterator, Sequence
from itertools import islice

from logstore.reading.tail import CHUNK

ABREAST = 4
"""Runs read in turns: enough to be fair, few enough that the newest are soon complete."""


class Hungry:
    """Their keys in the order in which they became hungry, each with the bytes that it is known to have."""

    def __init__(self) -> None:
        self._left: dict[str, int] = {}
        self._turn = 0

    def __len__(self) -> int:
        return len(self._left)

    def __contains__(self, key: object) -> bool:
        return key in self._left

    @property
    def left(self) -> int:
        """Bytes that are known to be unread."""
        return sum(self._left.values())

    def note(self, key: str, left: int) -> None:
        """The run ``key`` has rows, so many bytes of them; its place in the order stays."""
        self._left[key] = left

    def discard(self, key: str) -> None:
        """The run ``key`` has none."""
        self._left.pop(key, None)

    def appended(self, live: Container[str]) -> list[str]:
        """Keys of ``live`` runs, of which hardly more than what they have just appended is unread."""
        self._turn += 1
        return self._rotated([key for key, left in self._left.items() if left <= CHUNK and key in live])

    def turns(self, first: Sequence[str], others: Iterable[str] | None = None) -> Iterator[str]:
        """Keys in the order in which each may read one chunk, once around.

        Args:
            first: Those that are asked for: they have most of the turns.
            others: Those that may come beside them; None for all.
        """
        self._turn += 1
        asked = self._rotated([key for key in first if key in self._left])
        yield from asked[: ABREAST - 1]
        beside = self._left if others is None else (key for key in others if key in self._left)
        rest = islice((key for key in beside if key not in asked), ABREAST)
        yield from self._rotated(list(rest))[: 1 if asked else ABREAST]

    def _rotated(self, keys: list[str]) -> list[str]:
        turn = self._turn % len(keys) if keys else 0
        return [*keys[turn:], *keys[:turn]]
