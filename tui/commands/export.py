"""``tui export``: all points of some runs as one table for DuckDB, polars, pandas or a spreadsheet."""

from __future__ import annotations

import sys
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

import click

from tui.commands.chosen import filter_option, names_argument
from tui.commands.options import dir_option, json_option
from tui.show.text import clean

if TYPE_CHECKING:
    from logstore.model.runs import Run
    from logstore.reading.points import Portion

KINDS = ("parquet", "csv", "jsonl")
STDOUT = Path("-")
"""What stands for stdout where a file is asked for."""


@click.command()
@names_argument
@filter_option
@click.option("--format", "kind", type=click.Choice(KINDS), help="Default: by the ending of PATH.")
@click.option(
    "-o",
    "--output",
    "target",
    type=click.Path(path_type=Path),
    metavar="PATH",
    required=True,
    help="File to write; - is stdout.",
)
@dir_option
@json_option
def export(
    *, names: tuple[str, ...], query: str, kind: str | None, target: Path, directory: Path | None, as_json: bool
) -> None:
    """Write every logged number of the named runs, else of all, as one table.

    Columns: _run, _rank, _step, _timestamp, then one for each metric; what was not logged is null. Rows stand in the
    order of the files, those that a resumed attempt logged again included. Parquet needs the extra runwatch[parquet].
    """
    if target == STDOUT and as_json:
        raise click.UsageError("--json answers on stdout, and so does -o -: take one of them")
    kind = kind or _kind_of(target)
    if not target.parent.is_dir():
        raise click.BadParameter(f"there is no directory {target.parent}", param_hint="--output")
    runs = _chosen(directory, names, query)
    from logstore.reading.points import metrics_of
    from tui.export.tables import write_rows, write_table

    metrics = [] if kind == "jsonl" else sorted({name for run in runs for name in metrics_of(run)})
    skipped = Skipped()
    if target == STDOUT:
        write_rows(kind, sys.stdout.buffer, metrics, skipped.counted(runs))
        sys.stdout.flush()
    else:
        count = write_table(kind, target, metrics, skipped.counted(runs))
        _tell(target, kind, len(runs), count, skipped.lines, as_json=as_json)


class Skipped:
    """Counts the lines of the files that are no rows."""

    def __init__(self) -> None:
        self.lines = 0

    def counted(self, runs: Sequence[Run]) -> Iterator[Portion]:
        """All rows of ``runs``."""
        from logstore.reading.points import portions

        for run in runs:
            for portion in portions(run):
                self.lines += portion.bad_lines
                yield portion


def _kind_of(target: Path) -> str:
    kind = target.suffix.lower().removeprefix(".")
    if kind not in KINDS:
        endings = ", ".join(f".{each}" for each in KINDS)
        raise click.BadParameter(f"{target.name!r} ends in none of {endings}; say --format", param_hint="--output")
    return kind


def _chosen(directory: Path | None, names: Sequence[str], query: str) -> list[Run]:
    """The runs of these names, or those that pass the filter, or all; the oldest first."""
    from tui.commands.chosen import choose
    from tui.commands.stores import Reading, open_store

    if names or query.strip():
        return choose(directory, names, query).runs
    reading = Reading(open_store(directory))
    if not reading.runs:
        raise click.ClickException(f"no runs in {reading.path}")
    return reading.oldest_first()


def _tell(target: Path, kind: str, runs: int, rows: int, skipped: int, *, as_json: bool) -> None:
    from tui.plain import output

    if as_json:
        output.echo_json({"path": str(target), "format": kind, "runs": runs, "rows": rows, "skipped_lines": skipped})
        return
    if skipped:
        click.echo(f"tui: {skipped} lines were skipped: they are no rows", err=True)
    what = f"{rows:,} rows of {runs} {'run' if runs == 1 else 'runs'}"
    click.echo(f"tui: wrote {clean(target)}: {what}", err=True)
