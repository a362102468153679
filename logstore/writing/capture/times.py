"""``console.times.jsonl``: when, and at which step of the run, what stands in ``console.log`` was printed.

A line of it says how long the log was at a moment: what stands from there on was printed then or later. It is written
before what it speaks of, so a kill in between leaves a line that is true. The log itself stays what was printed.

There is one line for what is printed after a pause, else at most one in ``PAUSE`` seconds, and as the process goes on
at most one in the ``MOST``-th part of its time, so that a day of printing without end takes 2 MB.
"""

from __future__ import annotations

import time
from collections.abc import Callable

from logstore.format import OFFSET, STEP, TIMESTAMP, encode_row
from logstore.writing.appender import Appender
from logstore.writing.clock import now

PAUSE = 0.1
"""Seconds between two lines at least."""
MOST = 5_000
"""Into how many parts the time of a process is divided at most."""


class PrintTimes:
    """Notes when the lines of a log are printed."""

    def __init__(self, index: Appender, log: Appender, step: Callable[[], int | None]) -> None:
        """An index that begins now.

        Args:
            index: Takes the lines of the index.
            log: The log that it speaks of.
            step: The step of the row that was logged last; None where there is none.
        """
        self._index = index
        self._log = log
        self._step: Callable[[], int | None] | None = step
        self._began = time.monotonic()
        self._due = self._began

    def note(self, clock: float) -> None:
        """Says when the line that comes next is printed, where that is not known well enough.

        Args:
            clock: What ``time.monotonic()`` is now.
        """
        if clock >= self._due and self._write():
            # Last: an exception before it would leave the next lines with the time of those long before them.
            self._due = clock + max(PAUSE, (clock - self._began) / MOST)

    def forked(self) -> None:
        """In a child process: what it prints has a time, but the parent's steps are none of its own."""
        self._index.forked()
        self._step = None

    def close(self) -> None:
        """Lets go of the index."""
        self._index.close()

    def _write(self) -> bool:
        """Writes a line of the index; whether the log could be asked how long it is."""
        moment = now()  # before the length: other processes may print in between
        offset = self._log.end
        if offset is None:
            return False
        step = None if self._step is None else self._step()
        self._index.write(encode_row({**({} if step is None else {STEP: step}), TIMESTAMP: moment, OFFSET: offset}))
        return True
