"""What the commands that change runs share: which runs are meant, which are left alone, and what is said of it.

One run is changed at once. More than one are only listed, until ``--yes`` says that these are meant.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

import click

from tui.commands.stores import open_for, open_store
from tui.plain import output
from tui.show.text import clean

if TYPE_CHECKING:
    from logstore.model.runs import Run

names_argument = click.argument("names", nargs=-1, metavar="[RUN…]")
filter_option = click.option(
    *("-f", "--filter", "query"), default="", metavar="QUERY", help="The runs that pass, as 'state=crashed age>7d'."
)
yes_option = click.option("-y", "--yes", is_flag=True, help="Do it, also to more than one run.")
force_option = click.option("--force", is_flag=True, help="Also a run that is being written.")


class Done(NamedTuple):
    """What was done to one run: a line for people, and fields for ``--json``."""

    line: str
    fields: dict[str, object]


@dataclass
class Chosen:
    """The runs that a command was called for."""

    runs: list[Run]
    now: float
    root_of: Callable[[Run], Path]
    """The store that a run belongs to."""
    refused: dict[str, str] = field(default_factory=dict)
    """Why a run is left alone, by its key."""

    def leave_busy(self) -> None:
        """Leave alone every run that somebody writes."""
        from logstore.editing import why_busy

        found = {run.key: why_busy(run, self.now) for run in self.runs}
        self.refused |= {key: f"{why}; --force takes it too" for key, why in found.items() if why is not None}

    def leave_bare(self) -> None:
        """Leave alone every log that has no directory of its own, and so no place for labels."""
        bare = [run.key for run in self.runs if not run.path.is_dir()]
        self.refused |= dict.fromkeys(bare, "it is a log without a directory of its own")

    @property
    def meant(self) -> list[Run]:
        """The runs that are not left alone."""
        return [run for run in self.runs if run.key not in self.refused]


def choose(directory: Path | None, names: Sequence[str], query: str) -> Chosen:
    """The runs of these names, or those that pass the filter.

    Raises:
        click.UsageError: neither or both are given, or the filter cannot be understood.
        click.ClickException: no run passes the filter.
    """
    if bool(names) == bool(query.strip()):
        raise click.UsageError("name runs, or choose them with --filter")
    now = time.time()
    if names:
        reading = open_for(directory, names)
        return Chosen(reading.find(names), now, reading.root_of)
    from tui.plain import listing

    store = open_store(directory)
    rows = listing.rows_of(store.runs(), now)
    try:
        passing = listing.arranged(rows, query)
    except ValueError as error:
        raise click.UsageError(str(error)) from None
    if not passing:
        why = "".join(f"; {line}" for line in listing.unknown(query, rows))
        raise click.ClickException(f"no run in {store.path} passes {query!r}{why}")
    return Chosen([row.run for row in passing], now, lambda _run: store.path)


def carry_out(chosen: Chosen, act: Callable[[Run], Done], *, what: str, yes: bool, as_json: bool) -> None:
    """Do ``act`` to every run that is meant, or list them where there are too many to do it without ``--yes``.

    Args:
        chosen: the runs.
        act: does it to one of them.
        what: what ``--yes`` would do, as ``removes``.
        yes: whether more than one run may be changed.
        as_json: print one JSON answer.

    Raises:
        click.exceptions.Exit: with 1, where a run was left alone.
    """
    dry = len(chosen.runs) > 1 and not yes
    if dry and not as_json:
        _list(chosen)
    fields: list[dict[str, object]] = []
    for run in chosen.meant:
        done = Done("", {}) if dry else act(run)
        fields.append({"key": run.key, "name": run.name, **done.fields})
        if done.line and not as_json:
            output.echo(clean(done.line))
    if as_json:
        refused = [{"key": key, "why": why} for key, why in chosen.refused.items()]
        output.echo_json({"dry_run": dry, "runs": fields, "refused": refused})
    _complain(chosen, what if dry else "")
    if chosen.refused:
        raise click.exceptions.Exit(1)


def _list(chosen: Chosen) -> None:
    from tui.details.run_facts import state_line
    from tui.show.moments import moment
    from tui.table.rows import state_shape

    rows: list[list[str | output.Cell]] = []
    for run in chosen.meant:
        word, _ = state_line(run, chosen.now)
        began = moment(run.created, chosen.now) if run.created is not None else ""
        rows.append([run.key, run.name, output.state_cell(word, f"{state_shape(word)} {word}"), began])
    if rows:
        headings = [output.Heading(title, elastic=title == "name") for title in ("run", "name", "state", "created")]
        output.echo_table(headings, rows)


def _complain(chosen: Chosen, what: str) -> None:
    """Say on stderr what was left alone, and that nothing was done."""
    for key, why in chosen.refused.items():
        click.echo(f"tui: {clean(key)} was left alone: {clean(why)}", err=True)
    if what:
        count = len(chosen.meant)
        click.echo(
            f"tui: nothing was done; --yes {what} {'this run' if count == 1 else f'these {count} runs'}", err=True
        )
