"""``tui tag``: adds tags to runs, takes tags from them, or says which they have."""

from __future__ import annotations

from collections.abc import Sequence
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
@click.option("-a", "--add", multiple=True, metavar="TAG", help="Add a tag; more than once for more tags.")
@click.option("-r", "--remove", multiple=True, metavar="TAG", help="Take a tag away.")
@yes_option
@dir_option
@json_option
def tag(
    *,
    names: tuple[str, ...],
    query: str,
    add: tuple[str, ...],
    remove: tuple[str, ...],
    yes: bool,
    directory: Path | None,
    as_json: bool,
) -> None:
    """Add tags to runs, or take tags from them; without either, say which they have.

    The tags go to labels.json beside the run's own record, so a run that is being written may be tagged too.
    """
    chosen = choose(directory, names, query)
    if not (add or remove):
        _tell(chosen.runs, as_json=as_json)
        return
    if any(not word.strip() for word in (*add, *remove)):
        raise click.UsageError("a tag is a word, not nothing")
    if set(add) & set(remove):
        raise click.UsageError("a tag cannot be added and removed at once")
    chosen.leave_bare()
    from logstore.editing import relabel

    def change(run: Run) -> Done:
        labels = relabel(run.path, lambda labels: labels.tagged(add, remove))
        tags = list(labels.over(run.record).tags)
        return Done(f"{run.key}: {', '.join(tags) or 'no tags'}", {"tags": tags})

    carry_out(chosen, change, what="tags", yes=yes, as_json=as_json)


def _tell(runs: Sequence[Run], *, as_json: bool) -> None:
    if as_json:
        output.echo_json({"runs": [{"key": run.key, "name": run.name, "tags": list(run.record.tags)} for run in runs]})
        return
    for run in runs:
        output.echo(f"{clean(run.key)}: {clean(', '.join(run.record.tags) or 'no tags')}")
