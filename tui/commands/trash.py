"""``tui trash``: what was removed from a store, and the end of it."""

from __future__ import annotations

import time
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

import click

from tui.commands.chosen import yes_option
from tui.commands.options import dir_option, json_option
from tui.commands.stores import open_store
from tui.plain import output

if TYPE_CHECKING:
    from logstore.trash import Trashed


@click.command()
@click.option("--empty", "emptying", is_flag=True, help="Delete for good what is in the trash.")
@click.option("--older", "age", metavar="SPAN", help="Only what was removed longer ago, as 7d or 12h.")
@yes_option
@dir_option
@json_option
def trash(*, emptying: bool, age: str | None, yes: bool, directory: Path | None, as_json: bool) -> None:
    """List what 'tui rm' removed, or delete it for good.

    'tui rm --restore RUN' brings a run back. More than one run are deleted only with --yes.
    """
    from logstore.trash import empty, trashed

    root = open_store(directory).path
    now = time.time()
    least = _seconds(age)
    found = [each for each in trashed(root) if now - each.time >= least]
    dry = not emptying or (len(found) > 1 and not yes)
    deleted = 0 if dry else empty(root, found)
    if as_json:
        output.echo_json({"deleted": deleted, "trash": [_json(each) for each in found]})
    elif dry:
        _list(found, now)
    else:
        output.echo(f"deleted {deleted} {_runs(deleted)} for good")
    if emptying and dry:
        click.echo(f"tui: nothing was deleted; --yes deletes these {len(found)} runs for good", err=True)


def _seconds(age: str | None) -> float:
    from tui.table.matching import operand

    seconds = 0.0 if age is None else operand(age).seconds
    if seconds is None:
        raise click.BadParameter(f"{age!r} is no span of time such as 7d or 12h", param_hint="--older")
    return seconds


def _list(found: Sequence[Trashed], now: float) -> None:
    from tui.show import units
    from tui.show.moments import moment

    headings = [
        output.Heading("run"),
        output.Heading("name", elastic=True),
        output.Heading("removed"),
        output.Heading("size", "right"),
    ]
    rows = [[each.key, each.name, moment(each.time, now), units.size(_size(each))] for each in found]
    if rows:
        output.echo_table(headings, rows)
    else:
        click.echo("the trash is empty", err=True)


def _json(each: Trashed) -> dict[str, object]:
    return {
        "key": each.key,
        "name": each.name,
        "removed": each.time,
        "from": each.origin,
        "path": str(each.content),
        "bytes": _size(each),
    }


def _size(each: Trashed) -> int:
    from tui.plain.run_json import files

    return sum(size for _, size in files(each.content))


def _runs(count: int) -> str:
    return "run" if count == 1 else "runs"
