"""Lines that a disk has not taken yet: in order, as far as memory reaches, and what had to be given up."""

from __future__ import annotations

BACKLOG = 64 * 1024
"""Bytes kept in memory while the disk refuses them."""


class Backlog:
    """Lines that wait.

    Lines may be added at any moment, also by a signal handler in the middle of everything else, and an exception may
    come at any moment: a change is one step, or is made last.

    Attributes:
        lost: Lines that were given up.
        front: What comes next, from the beginning of a line.
        begun: Bytes of ``front`` that are on disk.
    """

    def __init__(self, front: bytes = b"") -> None:
        self.lost = 0
        self.front = front
        self.begun = 0
        self._later: list[bytes] = []

    def __len__(self) -> int:
        """Lines that wait; one of which the disk has a part counts."""
        return self.front.count(b"\n", self.begun) + sum(line.count(b"\n") for line in self._later)

    @property
    def size(self) -> int:
        """Bytes that wait."""
        return len(self.front) - self.begun + sum(map(len, self._later))

    def append(self, line: bytes) -> None:
        """Lets ``line`` wait, the last of all."""
        self._later.append(line)

    def gather(self) -> bytes:
        """All that the disk lacks, to be written at once."""
        count = len(self._later)
        text = b"".join(self._later[:count])
        if self.begun < len(self.front):
            self.front += text
        else:
            self.front, self.begun = text, 0
        del self._later[:count]
        return self.front[self.begun :]

    def trim(self) -> None:
        """Gives up lines that memory has no room for, the latest first; one is always kept."""
        if len(self.gather()) > BACKLOG:
            end = self.front.rfind(b"\n", self.begun, self.begun + BACKLOG)
            end = (end if end >= 0 else self.front.find(b"\n", self.begun)) + 1
            lost = self.lost + self.front.count(b"\n", end)
            self.front, self.lost = self.front[:end], lost


def overlap(end: bytes, start: bytes) -> int:
    """The length of the longest beginning of ``start`` that ``end`` ends with."""
    at = end.find(start[:1])
    while at >= 0 and not start.startswith(end[at:]):
        at = end.find(start[:1], at + 1)
    return len(end) - at if at >= 0 else 0
