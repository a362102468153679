"""``tui mv``: gives a run another name, or moves runs to another project."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

import click

from tui.commands.chosen import Done, carry_out, choose, filter_option, force_option, yes_option
from tui.commands.options import dir_option, json_option

if TYPE_CHECKING:
    from logstore.model.runs import Run


@click.command()
@click.argument("names", nargs=-1, metavar="[RUN…]")
@click.argument("target", metavar="NAME|PROJECT/[NAME]")
@filter_option
@yes_option
@force_option
@dir_option
@json_option
def mv(
    *,
    names: tuple[str, ...],
    target: str,
    query: str,
    yes: bool,
    force: bool,
    directory: Path | None,
    as_json: bool,
) -> None:
    """Give a run another name, or move runs to another project.

    A target with a slash names a project: 'mv otter best' renames, 'mv otter lynx done/' moves both, 'mv otter
    done/best' does both. Ids never change. More than one run are only listed until --yes is given; a run that is
    being written is not moved.
    """
    project, name = _target(target)
    chosen = choose(directory, names, query)
    if name is not None and len(chosen.runs) > 1:
        raise click.UsageError(f"{len(chosen.runs)} runs cannot all be called {name!r}; a project ends with a slash")
    chosen.leave_bare()
    if project is not None and not force:
        chosen.leave_busy()
    from logstore.editing import move, relabel

    def change(run: Run) -> Done:
        path = run.path if project is None else move(chosen.root_of(run), run, project)
        if name is not None:
            relabel(path, lambda labels: replace(labels, name=name))
        where = f" in {path}" if project is not None else ""
        return Done(f"{run.key} is {name or run.name}{where}", {"path": str(path), "new_name": name or run.name})

    carry_out(chosen, change, what="moves", yes=yes, as_json=as_json)


def _target(text: str) -> tuple[str | None, str | None]:
    """Project and name that ``text`` stands for; None for what stays."""
    project, slash, name = text.rpartition("/")
    if not (project if slash else name.strip()):
        raise click.UsageError(f"{text!r} is neither a name, nor PROJECT/, nor PROJECT/NAME")
    return (project if slash else None), name.strip() or None
