"""The title of the terminal's window or tab: which run, and how it is doing. OSC 2, and XTerm's stack of titles.

``ESC ] 2 ; text BEL`` sets it; ``CSI 22 ; 2 t`` puts the one that was there on a stack, ``CSI 23 ; 2 t`` takes it back
(https://invisible-island.net/xterm/ctlseqs/ctlseqs.html). tmux and screen take OSC 2 as the title of the pane. A
terminal that does not know a sequence ignores it.
"""

from __future__ import annotations

from collections.abc import Callable

from logstore.model.runs import Run
from tui.show import units
from tui.show.text import clean
from tui.table.columns import main_metric

PUSH, POP = "\x1b[22;2t", "\x1b[23;2t"
LONGEST = 80
"""Characters of a title."""
SPACING = 5.0
"""Seconds between two titles: it is looked at in passing, and each costs bytes."""


def sequence(text: str) -> str:
    """What sets the title ``text``; without control characters, which would end it early."""
    return f"\x1b]2;{clean(text)[:LONGEST]}\a"


def describe(run: Run) -> str:
    """A run and the last value of its main metric."""
    metric = main_metric([name for name in run.metrics if not name.startswith("_")])
    last = run.last(metric) if metric is not None else None
    return f"{run.name}  {metric} {units.value(last)}" if last is not None else run.name


class TerminalTitle:
    """Keeps the title up to date without writing it more often than it is read.

    Args:
        write: Writes to the terminal; None: the title is left alone.
    """

    def __init__(self, write: Callable[[str], None] | None) -> None:
        self._write = write
        self._text = ""
        self._at = float("-inf")

    def show(self, text: str, now: float) -> None:
        """Have the title say ``text``, at once or, so soon after another one, next time."""
        if self._write is None or text == self._text or 0 <= now - self._at < SPACING:
            return
        self._write((PUSH if not self._text else "") + sequence(text))
        self._text, self._at = text, now

    def give_back(self) -> None:
        """Put back the title that was there before."""
        if self._write is not None and self._text:
            self._write(POP)
            self._text = ""
