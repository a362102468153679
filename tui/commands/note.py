"""``tui note``: sets the notes of runs, or prints them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

import click

from tui.commands.chosen import Done, carry_out, choose, filter_option, names_argument, yes_option
from tui.commands.options import dir_option, json_option
from tui.plain import output
from tui.show.text import clean

if TYPE_CHECKING:
    from logstore.model.runs import Run


@click.command()
@names_argument
@filter_option
@click.option("-m", "--message", metavar="TEXT", help="The new notes; empty to have none.")
@click.option("-a", "--append", is_flag=True, help="Add the text as a further line.")
@yes_option
@dir_option
@json_option
def note(
    *,
    names: tuple[str, ...],
    query: str,
    message: str | None,
    append: bool,
    yes: bool,
    directory: Path | None,
    as_json: bool,
) -> None:
    """Set the notes of runs; without a message, print them.

    The notes go to labels.json beside the run's own record, so a run that is being written may have them too.
    """
    chosen = choose(directory, names, query)
    if message is None:
        _tell(chosen.runs, as_json=as_json)
        return
    chosen.leave_bare()
    from logstore.editing import relabel

    def change(run: Run) -> Done:
        before = run.record.notes
        text = f"{before}\n{message}" if append and before else message
        relabel(run.path, lambda labels: replace(labels, notes=text))
        return Done(f"{run.key}: {text or 'no notes'}", {"notes": text})

    carry_out(chosen, change, what="changes the notes of", yes=yes, as_json=as_json)


def _tell(runs: Sequence[Run], *, as_json: bool) -> None:
    if as_json:
        output.echo_json({"runs": [{"key": run.key, "name": run.name, "notes": run.record.notes} for run in runs]})
        return
    for run in runs:
        lines = (run.record.notes or "no notes").split("\n")
        for line in lines:
            output.echo(f"{clean(run.key)}: {clean(line)}")
