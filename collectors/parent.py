"""Whether the process that we work for still lives.

A process is its number and its start time: numbers are used again. Where the kernel has pidfds, the end wakes us at
once; everywhere its identity is compared at each look.
"""

from __future__ import annotations

import os
from pathlib import Path

from collectors.procfs import read_stat

ROOT = Path("/")
ENDED = frozenset("ZX")


class Parent:
    """The process ``pid``; ``start`` is its start time in clock ticks, None: that of whoever has the number now."""

    def __init__(self, pid: int, start: int | None = None, root: Path = ROOT) -> None:
        self._pid = pid
        self._root = root
        stat = read_stat(pid, root)
        self._start = start if start is not None else stat.start if stat else None
        self.fd = _pidfd(pid)
        """Becomes readable when the process ends; None where the kernel has no pidfds or it is gone."""

    def ended(self) -> bool:
        """Whether it has ended. A process whose first thread ended before the others lives on, for a pidfd."""
        stat = read_stat(self._pid, self._root)
        if stat is None or stat.start != self._start:
            return True
        return self.fd is None and stat.state in ENDED

    def close(self) -> None:
        """Give the descriptor back."""
        if self.fd is not None:
            os.close(self.fd)
            self.fd = None


def _pidfd(pid: int) -> int | None:
    try:
        return os.pidfd_open(pid)
    except (AttributeError, OSError):
        return None
