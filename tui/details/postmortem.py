"""The post-mortem card of a run that did not finish: why, with the evidence, and what is left of it. Pure.

Nothing is guessed: of a run that is only gone the card says that it is gone without a word.
"""

from __future__ import annotations

import shlex
from collections.abc import Sequence
from dataclasses import dataclass

from logstore.model.ranks import forerunner
from logstore.model.runs import Run
from logstore.model.typed import texts
from tui.details.causes import SHOWN, Evidence, findings
from tui.details.run_facts import metric_direction
from tui.table.columns import main_metric

ENDED_BADLY = frozenset({"failed", "crashed", "killed"})


@dataclass(frozen=True, slots=True)
class Checkpoint:
    """A file or directory in the run that looks like a checkpoint."""

    name: str
    """Its path in the run's directory."""
    size: int
    """Bytes; 0 for a directory."""
    time: float
    """When it was last written, seconds since the epoch."""


@dataclass(frozen=True, slots=True)
class Best:
    """The best value of the metric that tells most."""

    metric: str
    value: float
    step: float | None


@dataclass(frozen=True, slots=True)
class PostMortem:
    """The card of a run that did not finish; what is not known is None or empty."""

    cause: str
    evidence: tuple[Evidence, ...]
    ended: float | None
    """When, seconds since the epoch."""
    step: int | None
    last_row: float | None
    """Time of the last row, seconds since the epoch."""
    best: Best | None
    checkpoint: Checkpoint | None
    console: tuple[str, ...]
    """Its last lines, not yet cleaned; of the rank that ended first."""
    command: str | None
    """What starts it again, as another attempt of the same run."""
    masked: bool = False
    """Whether the command lacks secrets, which are ``***`` in it."""
    console_rank: int | None = None
    """Whose console that is, where another rank ended before the run's own."""


def post_mortem(run: Run, console: Sequence[str], checkpoint: Checkpoint | None, now: float) -> PostMortem | None:
    """The card of ``run``; None where it goes on, has finished, or nobody can say.

    Args:
        run: The run.
        console: The last lines of its console.
        checkpoint: The last checkpoint that was seen in its directory.
        now: The present.
    """
    state = run.state(now)
    if state.name not in ENDED_BADLY:
        return None
    found = findings(run, console, now)
    command, masked = start_again(run)
    return PostMortem(
        cause=found[0].cause if found else state.reason,
        evidence=tuple(dict.fromkeys(finding.evidence for finding in found)),
        ended=state.since,
        step=run.step,
        last_row=run.last_row,
        best=_best(run),
        checkpoint=checkpoint,
        console=tuple(console[-SHOWN:]),
        command=command,
        masked=masked,
        console_rank=forerunner(run.record, run.processes),
    )


def _best(run: Run) -> Best | None:
    name = main_metric(run.metrics)
    better = None if name is None else metric_direction(run, name)
    if name is None or better is None:
        return None
    series = run.metrics[name]
    value, step = (series.minimum, series.minimum_step) if better == "min" else (series.maximum, series.maximum_step)
    return None if value is None else Best(name, value, step)


def start_again(run: Run) -> tuple[str | None, bool]:
    """The command line that continues the run as another attempt, and whether it lacks masked secrets.

    Of one of several runs of a program, the command alone: what continues that one nobody knows.
    """
    record = run.record
    command = texts(record.extra.get("launcher")) or record.command
    if not command:
        return None, False
    place = [f"cd {shlex.quote(record.cwd)} &&"] if record.cwd else []
    shared = record.extra.get("shares_command")  # by other runs, which it would log into this one, too
    variables = [] if shared else [f"LOGSTORE_RUN_ID={shlex.quote(run.id)}", "LOGSTORE_RESUME=allow"]
    line = " ".join([*place, *variables, shlex.join(command)])
    return line, any("***" in word for word in command)
