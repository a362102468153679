"""``tui rm``: moves runs into the trash of their store, and back."""

from __future__ import annotations

import time
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

import click

from tui.commands.chosen import Done, carry_out, choose, filter_option, force_option, names_argument, yes_option
from tui.commands.options import dir_option, json_option
from tui.commands.stores import open_store
from tui.plain import output
from tui.show.text import clean

if TYPE_CHECKING:
    from logstore.model.runs import Run
    from logstore.trash import Trashed


@click.command()
@names_argument
@filter_option
@click.option("--restore", is_flag=True, help="Bring back what was removed: RUN as 'tui trash' lists it.")
@yes_option
@force_option
@dir_option
@json_option
def rm(
    *,
    names: tuple[str, ...],
    query: str,
    restore: bool,
    yes: bool,
    force: bool,
    directory: Path | None,
    as_json: bool,
) -> None:
    """Move runs into the trash of their store.

    Nothing is deleted: 'tui rm --restore' brings a run back, 'tui trash --empty' deletes for good. More than one run
    are only listed until --yes is given; a run that is being written is left alone.
    """
    if restore:
        _restore(directory, names, as_json=as_json)
        return
    from logstore.trash import discard

    chosen = choose(directory, names, query)
    if not force:
        chosen.leave_busy()

    def remove(run: Run) -> Done:
        put = discard(chosen.root, run, time.time())
        return Done(f"{run.key} is in the trash; 'tui rm --restore {run.key}' brings it back", {"trash": str(put.path)})

    carry_out(chosen, remove, what="removes", yes=yes, as_json=as_json)


def _restore(directory: Path | None, names: Sequence[str], *, as_json: bool) -> None:
    from logstore import trash

    if not names:
        raise click.UsageError("name what to bring back, as 'tui trash' lists it")
    root = open_store(directory).path
    there = trash.trashed(root)
    back = []
    for each in [_find(there, name, root) for name in names]:
        path = trash.restore(root, each)
        back.append({"key": each.key, "name": each.name, "path": str(path)})
        if not as_json:
            output.echo(f"{clean(each.key)} is back in {clean(path)}")
    if as_json:
        output.echo_json({"runs": back})


def _find(there: Sequence[Trashed], name: str, root: Path) -> Trashed:
    """The one that was removed last of those called ``name``: a key, a name, an id, or a place in the trash."""
    for each in there:
        if name in {each.key, each.name, each.content.name, each.path.name}:
            return each
    raise click.ClickException(f"nothing called {name!r} is in the trash of {root}")
