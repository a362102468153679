"""A float array that grows at its end at amortised cost."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

F64 = NDArray[np.float64]


class Buffer:
    """Values that are only ever appended; ``values`` is a view of what is there."""

    __slots__ = ("_length", "_room")

    def __init__(self) -> None:
        self._room: F64 = np.empty(16)
        self._length = 0

    def __len__(self) -> int:
        return self._length

    @property
    def values(self) -> F64:
        """What was appended so far; valid until the next ``extend``."""
        return self._room[: self._length]

    def extend(self, values: F64) -> None:
        """Append values."""
        end = self._length + len(values)
        if end > len(self._room):
            self._grow(max(end, 2 * len(self._room)))
        self._room[self._length : end] = values
        self._length = end

    def reserve(self, more: int) -> None:
        """Make room for so many values and some beyond them, at once: they are about to come."""
        end = self._length + more
        if end > len(self._room):
            self._grow(end + end // 4)

    def _grow(self, room: int) -> None:
        before, self._room = self.values, np.empty(room)
        self._room[: self._length] = before
