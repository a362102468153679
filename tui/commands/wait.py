"""``tui wait``: waits until runs have ended, and says how: for scripts that start trainings."""

from __future__ import annotations

import os
import time
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING

import click

from logstore.errors import RunNotFoundError
from tui.commands.chosen import choose, filter_option, names_argument
from tui.commands.options import Span, dir_option, json_option
from tui.commands.stores import Reading, open_for
from tui.plain import output
from tui.plain.paths import StoreNotFoundError
from tui.show.text import clean

if TYPE_CHECKING:
    from logstore.model.runs import Run
    from logstore.model.state import State

EVERY = 0.5
"""Seconds between two looks."""
TIMED_OUT = 124
"""The exit code where the time was over first, as that of timeout(1)."""

_WELL = frozenset({"finished", "unknown"})
"""How a run may have ended; of somebody else's log nobody can say more than that it fell silent."""


@click.command()
@names_argument
@filter_option
@click.option("-t", "--timeout", type=Span(), help="Give up after this time, as 90s, 30m or 2h.")
@click.option("--appear", type=Span(), default="0s", help="How long to wait for runs that are not there yet.")
@click.option("--any", "one", is_flag=True, help="Return when the first of them has ended.")
@dir_option
@json_option
def wait(
    *,
    names: tuple[str, ...],
    query: str,
    timeout: float | None,
    appear: float,
    one: bool,
    directory: Path | None,
    as_json: bool,
) -> None:
    """Wait until runs have ended, and say how.

    Without names or a filter all runs that are live now. Ends with 0 when all of them finished, with 1 when one failed,
    crashed or was killed, and with 124 when the time was over first.
    """
    if names and query:
        raise click.UsageError("name runs, or choose them with --filter")
    began = time.monotonic()
    reading = _appeared(directory, names, began + min(appear, appear if timeout is None else timeout))
    waiting = Waiting(_live(reading) if not names and not query else reading.find(names or _passing(directory, query)))
    in_time = waiting.until_over(one=one, deadline=None if timeout is None else began + timeout, tell=not as_json)
    if as_json:
        output.echo_json(_json(waiting, time.monotonic() - began, in_time=in_time))
    elif not in_time:
        left = ", ".join(run.name for run in waiting.left)
        click.echo(f"tui: the time is over; not ended: {clean(left)}", err=True)
    well = all(state.name in _WELL for state in waiting.ended.values())
    raise click.exceptions.Exit(TIMED_OUT if not in_time else 0 if well else 1)


@dataclass
class Waiting:
    """Runs that are waited for, and how those ended that have."""

    runs: Sequence[Run]
    ended: dict[str, State] = field(default_factory=dict)
    """By the run's key."""

    @property
    def left(self) -> list[Run]:
        """Those that have not ended yet."""
        return [run for run in self.runs if run.key not in self.ended]

    def until_over(self, *, one: bool, deadline: float | None, tell: bool) -> bool:
        """Wait for all runs, or for ``one``; whether they ended before ``deadline`` (of the monotonic clock)."""
        while True:
            self._look(tell=tell)
            if not self.left or (one and self.ended):
                return True
            pause = EVERY if deadline is None else min(EVERY, deadline - time.monotonic())
            if pause <= 0:
                return False
            time.sleep(pause)

    def _look(self, *, tell: bool) -> None:
        from logstore.model.state import State
        from tui.plain.standing import OVER, standing

        for run in self.left:
            now = time.time()
            there = os.path.lexists(run.path)
            state = standing(run.path, now) if there else State("crashed", "it is not there any more", now)
            if state.name in OVER:
                self.ended[run.key] = state
                if tell:
                    _tell(run, state)


def _appeared(directory: Path | None, names: Sequence[str], deadline: float) -> Reading:
    """The store with the runs that are waited for, as soon as they are there; what is wrong, where the time is over."""
    while True:
        try:
            reading = open_for(directory, names)
            reading.find(names)
        except (RunNotFoundError, StoreNotFoundError):
            if time.monotonic() >= deadline:
                raise
            time.sleep(EVERY)
        else:
            return reading


def _passing(directory: Path | None, query: str) -> list[str]:
    return [run.key for run in choose(directory, (), query).runs]


def _live(reading: Reading) -> list[Run]:
    from tui.plain.standing import OVER

    now = time.time()
    live = [run for run in reading.oldest_first() if run.state(now).name not in OVER]
    if not live:
        click.echo(f"tui: no run in {clean(reading.path)} is live", err=True)
    return live


def _tell(run: Run, state: State) -> None:
    from tui.table.rows import SHAPES

    shape = SHAPES.get(state.name, "")
    why = "" if state.reason == state.name else state.reason
    output.echo_cells(output.Cell(run.name, "bold"), output.state_cell(state.name, f"{shape} {state.name}"), why)


def _json(waiting: Waiting, seconds: float, *, in_time: bool) -> dict[str, object]:
    from tui.plain.run_json import head, state

    runs = []
    for run in waiting.runs:
        now = _as_it_is(run)
        known = head(now, time.time())
        if run.key in waiting.ended:
            known["state"] = state(waiting.ended[run.key], "ok")
        runs.append({**known, "key": run.key, "summary": dict(now.summary)})
    return {"timed_out": not in_time, "seconds": round(seconds, 1), "runs": runs}


def _as_it_is(run: Run) -> Run:
    """``run`` read again; as it was, where it is not there any more."""
    from logstore.store import Store

    if not os.path.lexists(run.path):
        return run
    return next(iter(Reading(Store(run.path)).runs.values()), run)
