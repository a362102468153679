"""A growing array of numbers.

Arrays that were handed out never change: they are views of the past, and stay true to it.
"""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from logstore.model.delta import F64

_SMALLEST = 32
_SHORT = 4096
"""Values of a part of another array that is rather copied than kept: the other takes more than the copy. Views of
what is no array are kept, for those come from a cache or a parser, of which every column is wanted."""
_PIECE = 1 << 16
"""Values that are compressed at a time: as many as the caches hold."""
_NOTHING: F64 = np.empty(0)
_NOTHING.flags.writeable = False


class Buffer:
    """A growing array: amortised O(1) appends, and views of what it holds."""

    __slots__ = ("_data", "_owned", "_size")

    def __init__(self) -> None:
        self._data: F64 = _NOTHING
        self._size = 0
        self._owned = False

    def __len__(self) -> int:
        return self._size

    @property
    def view(self) -> F64:
        """What the buffer holds now, read-only, without copying."""
        view = self._data[: self._size]
        view.flags.writeable = False
        return view

    def append(self, values: F64) -> None:
        """Add ``values`` at the end.

        A long first array is taken over as it is. When more follows it is copied, but for the next part of the same
        array: so a curve that a cache has is never copied, though it comes piece by piece.
        """
        if not self._size:
            is_part = len(values) <= _SHORT and isinstance(values.base, np.ndarray)
            self.replace(values.copy() if is_part else values)
            return
        if not self._owned and (joined := _joined(self._data, values)) is not None:
            self.replace(joined)
            return
        size = self._size + len(values)
        if size > len(self._data) or not self._owned:
            self._grow(max(2 * self._size, size, _SMALLEST))
        self._data[self._size : size] = values
        self._size = size

    def replace(self, values: F64) -> None:
        """Hold ``values`` instead; views handed out before keep what they show."""
        self._data, self._size, self._owned = values, len(values), False

    def compress(self, low: int, count: int, often: int, halve: Callable[[F64], F64]) -> None:
        """Put ``halve(part)``, applied ``often`` times, in the place of the ``count`` values from ``low`` on.

        ``halve`` takes whole groups of four, and ``count`` is a multiple of ``2 << often``.
        """
        old, kept = self.view, count >> often
        new = np.empty(len(old) - count + kept)
        new[:low], new[low + kept :] = old[:low], old[low + count :]
        for begin in range(0, count, piece := max(_PIECE, 4 << often)):
            part = old[low + begin : low + min(count, begin + piece)]
            for _ in range(often):
                part = halve(part)
            new[low + (begin >> often) :][: len(part)] = part
        self.replace(new)

    def copy(self) -> Buffer:
        """A buffer with the same content; both may grow on their own."""
        twin = Buffer()
        twin.replace(self.view)
        return twin

    def _grow(self, capacity: int) -> None:
        data = np.empty(capacity)
        data[: self._size] = self._data[: self._size]
        self._data, self._owned = data, True


def viewed(buffer: Buffer | None) -> F64:
    """What ``buffer`` holds; nothing where there is none."""
    return _NOTHING if buffer is None else buffer.view


def added(buffer: Buffer | None, values: F64) -> Buffer:
    """``buffer``, or a new one, with ``values`` at the end."""
    buffer = Buffer() if buffer is None else buffer
    buffer.append(values)
    return buffer


def _joined(first: F64, second: F64) -> F64 | None:
    """Both as one view, when ``second`` is what follows ``first`` in the array that both are parts of."""
    whole = first.base
    if not isinstance(whole, np.ndarray) or whole is not second.base or whole.strides != (8,):
        return None
    begin, middle = _address(first) - _address(whole), _address(second) - _address(whole)
    if middle != begin + first.nbytes:
        return None
    joined: F64 = whole[begin // 8 : (middle + second.nbytes) // 8]
    return joined


def _address(array: F64) -> int:
    address: int = array.__array_interface__["data"][0]
    return address
