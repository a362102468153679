"""What a log line looks like on the screen: without colours and rewritten parts, with its level and its time. Pure.

Programs write for a terminal: colour sequences, progress bars that return to the start of the line and write over it.
``printed`` leaves the text that would stand there in the end.
"""

from __future__ import annotations

import re
from array import array
from bisect import bisect_left
from collections.abc import Sequence

from logstore.reading.console_times import Printed
from tui.show import units
from tui.show.moments import moment
from tui.show.text import clean, fit

# Control sequences, operating system commands and the two-byte escapes (ECMA-48): never shown, never obeyed.
_ESCAPES = re.compile(r"\x1b(?:\[[0-?]*[ -/]*[@-~]|[\]PX^_][^\x07\x1b]*(?:\x07|\x1b\\)?|[ -/]*[0-~])")
_BAD = re.compile(r"(error|exception|\b(traceback|critical|fatal|nan|killed|out of memory))\b", re.IGNORECASE)
_WARN = re.compile(r"(warning|\b(warn|deprecated))\b", re.IGNORECASE)
TAB = 8
SINCE_CELLS = 7
"""Cells of a span of time beside a line."""
UNKNOWN = -1
"""Where a line begins of which nobody said so."""


class LogLines:
    """Lines of a log in their order, as they were read, and where each begins in the file."""

    def __init__(self) -> None:
        self.texts: list[str] = []
        self.starts = array("q")

    def __len__(self) -> int:
        return len(self.texts)

    def extend(self, texts: Sequence[str], starts: Sequence[int]) -> None:
        """Add lines at the end; ``starts`` may be empty. What does not follow the lines before makes theirs unknown."""
        known = starts or [UNKNOWN] * len(texts)
        if known and self.starts and known[0] <= self.starts[-1]:
            self.starts = array("q", [UNKNOWN]) * len(self.texts)
        self.texts.extend(texts)
        self.starts.extend(known)

    def forget(self, count: int) -> None:
        """Drop the first ``count`` lines."""
        del self.texts[:count]
        del self.starts[:count]

    def row_of(self, offset: int) -> int | None:
        """The first line that begins at ``offset`` or behind it, else the last; None of what is before all lines."""
        row = bisect_left(self.starts, offset)
        if row < len(self) and self.starts[row] == offset:
            return row
        before = self.starts[row - 1] if row else UNKNOWN
        return min(row, len(self) - 1) if before > UNKNOWN else None


def printed(line: str) -> str:
    """``line`` as a terminal would show it in the end, with nothing a terminal would act on."""
    if line.isascii() and line.isprintable():
        return line
    text = _ESCAPES.sub("", line.rstrip("\r\n"))
    if "\r" in text:
        text = _overwritten(text)
    return clean(text.expandtabs(TAB))


def _overwritten(text: str) -> str:
    """What is left when each part between returns is written over the one before."""
    shown = ""
    for part in text.split("\r"):
        shown = part + shown[len(part) :]
    return shown


def level(line: str) -> str:
    """The role of a line: ``bad`` for errors, ``warn`` for warnings, else none."""
    head = line[:400]
    return "bad" if _BAD.search(head) else "warn" if _WARN.search(head) else ""


def when(told: Printed, now: float) -> str:
    """When a line was printed, as seen at ``now``: ``14:02:31 · step 1,234``."""
    return moment(told.time, now) + (f" · step {told.step:,}" if told.step is not None else "")


def since(told: Printed | None, start: float) -> str:
    """How long after ``start`` a line was printed, in ``SINCE_CELLS`` cells."""
    return fit(units.duration(told.time - start) if told is not None else "", SINCE_CELLS, "right")
