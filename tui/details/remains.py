"""Reads what is left of a run that ended badly, for its post-mortem card: its console's end and its last checkpoint.

For a thread or a command: it reads files of the run's directory.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from logstore.format import CONSOLE_FILE
from logstore.model.ranks import forerunner
from logstore.model.runs import Run
from logstore.reading.console import read_last_lines
from tui.details.causes import SCANNED
from tui.details.checkpoints import last_checkpoint
from tui.details.postmortem import ENDED_BADLY, Checkpoint, PostMortem, post_mortem


@dataclass(frozen=True, slots=True)
class Remains:
    """What is left in the directory of a run."""

    console: Sequence[str] = ()
    checkpoint: Checkpoint | None = None


def read_remains(run: Run) -> Remains:
    """What is left of ``run``; nothing of a log without a directory of its own."""
    if not run.path.is_dir():
        return Remains()
    try:
        console = read_last_lines(run.file(CONSOLE_FILE, forerunner(run.record, run.processes)), SCANNED)
    except OSError:
        console = []
    return Remains(console, last_checkpoint(run.path))


def examine(run: Run, now: float) -> PostMortem | None:
    """The card of ``run`` at ``now``, with what is left of it; None where it did not end badly."""
    if run.state(now).name not in ENDED_BADLY:
        return None
    remains = read_remains(run)
    return post_mortem(run, remains.console, remains.checkpoint, now)
