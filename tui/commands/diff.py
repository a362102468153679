"""``tui diff``: the configs and the summaries of runs side by side."""

from __future__ import annotations

import sys
import time
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

import click

from tui.commands.chosen import choose, filter_option
from tui.commands.options import dir_option, json_option
from tui.commands.stores import open_for, open_store
from tui.plain import output
from tui.plain.output import Cell, Heading
from tui.show.text import Align, fit_middle, width

if TYPE_CHECKING:
    from logstore.model.runs import Run
    from tui.details.diff import Cell as DiffCell
    from tui.details.diff import ConfigDiff, SummaryDiff

BEST = "★"
_INDENT = "  "
_NARROWEST = 12
"""Cells that a run's column has at least, where runs are put below each other rather than squeezed."""
_LONGEST_HEAD = 28


@click.command()
@click.argument("runs", nargs=-1, metavar="RUN RUN…")
@click.option("-b", "--best", "metric", metavar="METRIC", help="Compare the best and the worst run by METRIC.")
@filter_option
@click.option("-a", "--all", "identical", is_flag=True, help="Show what is the same in all runs too.")
@dir_option
@json_option
def diff(
    *, runs: tuple[str, ...], metric: str | None, query: str, identical: bool, directory: Path | None, as_json: bool
) -> None:
    """Put the configs and summaries of runs side by side.

    The first RUN is what the others are compared with. A missing value, false, 0, "" and 1 against 1.0 are told apart;
    the best value of a metric has a star.
    """
    if metric and runs:
        raise click.UsageError("--best chooses the runs: leave their names out")
    found = _extremes(directory, metric, query) if metric else _named(directory, runs, query)
    if len(found) < 2:
        raise click.UsageError("name two runs or more to compare, or choose them with --filter or --best")
    configs, summaries = _compare(found)
    if as_json:
        output.echo_json(_json(found, configs, summaries, identical=identical))
        return
    _print_config(found, configs, identical=identical)
    output.echo()
    _print_summary(found, summaries, identical=identical)


def _named(directory: Path | None, names: Sequence[str], query: str) -> Sequence[Run]:
    """The runs of these names, or those that pass the filter, with their points."""
    if query.strip() or not names:
        return choose(directory, names, query).runs if query.strip() else ()
    reading = open_for(directory, names)
    found = reading.find(names)
    reading.complete(found)
    return found


def _extremes(directory: Path | None, metric: str, query: str) -> Sequence[Run]:
    """Of the runs that pass the filter the best and the worst by ``metric``."""
    from tui.plain import listing

    store = open_store(directory)
    rows = listing.rows_of(store.runs(), time.time())
    try:
        ranking = listing.ranked(rows, metric, listing.arranged(rows, query)).rows
    except ValueError as error:
        raise click.UsageError(str(error)) from None
    if len(ranking) < 2:
        raise click.ClickException(f"{len(ranking)} of {len(rows)} runs in {store.path} can be compared by {metric!r}")
    return [ranking[0].run, ranking[-1].run]


def _compare(runs: Sequence[Run]) -> tuple[ConfigDiff, SummaryDiff]:
    from logstore.model.summarise import summary_modes
    from tui.curves import by_relevance
    from tui.details.diff import ConfigDiff, SummaryDiff
    from tui.details.run_facts import origin, summary_values

    rules = [rule for run in runs for rule in run.record.metrics]
    configs = ConfigDiff.of([run.config for run in runs], [origin(run) for run in runs])
    summaries = [summary_values(run) for run in runs]
    return configs, SummaryDiff.of(summaries, lambda name: summary_modes(name, rules), by_relevance)


def _print_config(runs: Sequence[Run], configs: ConfigDiff, *, identical: bool) -> None:
    rows = configs.select(identical=identical)
    hint = "" if identical else " · --all shows all"
    output.echo_cells(Cell("config", "bold"), f"{configs.differing} of {len(configs.rows)} differ{hint}")
    keys = [_key(row.section, row.key) for row in rows]
    _print(runs, "key", keys, [[_cell(cell) for cell in row.cells] for row in rows])


def _key(section: str, key: str) -> str:
    return key if section == "config" else f"({key})"


def _cell(cell: DiffCell) -> Cell:
    text = f"{cell.text} {cell.word}" if cell.word else cell.text
    return Cell(text, "bright_black" if cell.missing else "yellow" if cell.changed else None)


def _print_summary(runs: Sequence[Run], summaries: SummaryDiff, *, identical: bool) -> None:
    rows = summaries.select(identical=identical)
    output.echo_cells(Cell("summary", "bold"))
    cells = []
    for row in rows:
        best, texts = row.best, [row.text(run) for run in range(len(runs))]
        cells.append([Cell(f"{BEST} {text}", "green") if i in best else Cell(text) for i, text in enumerate(texts)])
    _print(runs, "metric", [row.label for row in rows], cells, align="right")


def _print(
    runs: Sequence[Run], title: str, keys: Sequence[str], cells: Sequence[Sequence[Cell]], *, align: Align = "left"
) -> None:
    """Print a table with a column for each run; on a narrow terminal several, each with the first run in front."""
    names = [Heading(_head(run), align, elastic=True, both_ends=align == "left", title_yields=True) for run in runs]
    for number, block in enumerate(_blocks(len(runs), keys)):
        if number:
            output.echo()
        headings = [Heading(title), *(names[run] for run in block)]
        lines = [[Cell(key), *(row[run] for run in block)] for key, row in zip(keys, cells, strict=True)]
        output.echo_table(headings, lines, _INDENT)


def _head(run: Run) -> str:
    """The name of a run; on a terminal no more of it than tells it from the others."""
    return fit_middle(run.name, _LONGEST_HEAD) if sys.stdout.isatty() else run.name


def _blocks(count: int, keys: Sequence[str]) -> Sequence[Sequence[int]]:
    """Which of so many runs stand beside each other: all of them, or as many as a terminal has room for."""
    room = output.terminal_width(sys.stdout)
    if room is None:
        return [range(count)]
    taken = len(_INDENT) + max((width(key) for key in keys), default=0)
    fit = max(2, (room - taken) // (_NARROWEST + len(output.GAP)))
    if count <= fit:
        return [range(count)]
    return [[0, *range(first, min(count, first + fit - 1))] for first in range(1, count, fit - 1)]


def _json(runs: Sequence[Run], configs: ConfigDiff, summaries: SummaryDiff, *, identical: bool) -> dict[str, object]:
    return {
        "runs": [{"key": run.key, "name": run.name} for run in runs],
        "config": [
            {
                "section": row.section,
                "key": row.key,
                "kind": row.kind,
                "values": [{"missing": True} if cell.missing else {"value": cell.value} for cell in row.cells],
            }
            for row in configs.select(identical=identical)
        ],
        "summary": [
            {
                "metric": row.metric,
                "kind": row.kind,
                "better": row.direction,
                "values": list(row.values),
                "best": sorted(row.best),
            }
            for row in summaries.select(identical=identical)
        ],
    }
