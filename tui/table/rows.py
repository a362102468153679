"""What the table asks of a row. Anything with these attributes can be shown, sorted, filtered and marked.

``value`` answers a column id with a plain value; what is not there is None. A row says what is true at one moment:
whoever owns the rows moves that moment on and tells the table which rows to look at again.
"""

from __future__ import annotations

from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from tui.show.palette import Swatch

F64 = NDArray[np.float64]
Value = float | int | bool | str | tuple[str, ...] | F64 | None

SHAPES = {
    "running": "●",
    "stalled": "◐",
    "pending": "○",
    "finished": "■",
    "failed": "✖",
    "crashed": "✖",
    "killed": "◆",
    "unknown": "◌",
}
"""The shape of each state, in the order in which states sort: what is alive first."""

ALARMS = {"": "", "WARN": "⚠", "ERROR": "✖"}
"""The sign of each level of what is wrong, the worst last."""

LIVE = frozenset({"running", "stalled", "pending"})


class TableRow(Protocol):
    """One run, as the table sees it."""

    @property
    def key(self) -> str:
        """The run's key, the same for as long as it exists."""

    @property
    def name(self) -> str:
        """The run's name, as its files have it: not yet cleaned for a terminal."""

    @property
    def state(self) -> str:
        """The state's name, for example ``running`` or ``crashed``."""

    @property
    def health(self) -> str:
        """``stalled`` for a live run that makes no steps, else ``ok``."""

    @property
    def alarm(self) -> str:
        """The level of the worst that is wrong with the run now, ``WARN`` or ``ERROR``; empty when all is well."""

    @property
    def swatch(self) -> Swatch:
        """The colour and marker that the run has on every screen."""

    def value(self, column_id: str, /) -> Value:
        """The value that the column with this id shows, or None.

        Filters ask for more than columns show: ``at:created``, ``at:ended`` and ``at:updated`` in seconds since the
        epoch; ``any:state``, every state word that is true of the run; ``is:mine``, whether the person who looks
        started it; ``keys:config`` and ``keys:metric``, the names of all its config keys and metrics.
        """


def state_word(row: TableRow) -> str:
    """The one word for state and health: a running run that makes no steps is ``stalled``."""
    return "stalled" if row.state == "running" and row.health == "stalled" else row.state


def state_shape(word: str) -> str:
    """The shape that stands for a state word."""
    return SHAPES.get(word, SHAPES["unknown"])
