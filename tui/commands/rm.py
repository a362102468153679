"""``tui rm``: moves runs into the trash of their store, and back."""

from __future__ import annotations

import os
import time
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

import click

from tui.commands.chosen import Done, carry_out, choose, filter_option, force_option, names_argument, yes_option
from tui.commands.options import dir_option, json_option
from tui.commands.stores import dir_of, open_store
from tui.plain import output
from tui.plain.run_paths import is_path
from tui.show.text import clean

if TYPE_CHECKING:
    from logstore.model.runs import Run
    from logstore.trash import Trashed


@click.command()
@names_argument
@filter_option
@click.option(
    "--restore", is_flag=True, help="Bring back what was removed: RUN as 'tui trash' lists it, or its old path."
)
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
        root = chosen.root_of(run)
        put = discard(root, run, time.time())
        back = f"tui rm --restore {run.key}{dir_of(root)}"
        return Done(f"{run.key} is in the trash; '{back}' brings it back", {"trash": str(put.path)})

    carry_out(chosen, remove, what="removes", yes=yes, as_json=as_json)


def _restore(directory: Path | None, names: Sequence[str], *, as_json: bool) -> None:
    from logstore import trash

    if not names:
        raise click.UsageError("name what to bring back, as 'tui trash' lists it")
    wanted = [_find(name, directory) for name in names]
    back = []
    for root, each in wanted:
        path = trash.restore(root, each)
        back.append({"key": each.key, "name": each.name, "path": str(path)})
        if not as_json:
            output.echo(f"{clean(each.key)} is back in {clean(path)}")
    if as_json:
        output.echo_json({"runs": back})


def _find(name: str, directory: Path | None) -> tuple[Path, Trashed]:
    """The store, and the one that was removed last of those called ``name`` there.

    ``name`` is a key, a name, an id, a place in the trash, or the path that the run had.
    """
    from logstore.trash import trashed

    place = Path(os.path.realpath(Path(name).parent), Path(name).name) if is_path(name) else None
    root = _store_above(place) if place is not None and directory is None else open_store(directory).path
    for each in trashed(root):
        if name in {each.key, each.name, each.content.name, each.path.name} or place == root / each.origin:
            return root, each
    raise click.ClickException(f"nothing called {name!r} is in the trash of {root}")


def _store_above(place: Path) -> Path:
    """The directory above ``place`` that has a trash.

    Raises:
        click.ClickException: there is none.
    """
    from logstore.trash import TRASH

    for directory in place.parents:
        if (directory / TRASH).is_dir():
            return directory
    raise click.ClickException(f"no directory above {place} has a trash")
