"""``tui ls``: the runs of a store as a table or as JSON, filtered, sorted and cut as the run table does it."""

from __future__ import annotations

import sys
import time
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

import click

from tui.commands.options import dir_option, json_option
from tui.commands.stores import open_store, tell_problems
from tui.plain import output
from tui.table.guide import EXAMPLES

if TYPE_CHECKING:
    from logstore.model.runs import Runs
    from logstore.store import Store
    from tui.plain.listing import Ranking
    from tui.table.columns import Column
    from tui.table.run_rows import RunRow

_FILTER_HELP = "Only runs that pass, as 'state=running lr<1e-3'."
_SORT_HELP = "Sort by columns; '-' before one: largest first."
_BEST_HELP = "Only runs that have METRIC, the best first; 'tui ls --best val/loss -n 1' is the best."
_COLUMNS_HELP = "Columns, named as in a filter: 'name,state,val/loss.min,lr'."


class _Guided(click.Command):
    """A command whose help has filters by example at its end."""

    def format_epilog(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:  # noqa: ARG002
        with formatter.section("Filters"):
            formatter.write_dl(EXAMPLES)


@click.command(cls=_Guided)
@click.argument("path", required=False, type=click.Path(path_type=Path))
@click.option("-f", "--filter", "query", default="", metavar="QUERY", help=_FILTER_HELP)
@click.option("-s", "--sort", metavar="COL,…", help=_SORT_HELP)
@click.option("-b", "--best", "metric", metavar="METRIC", help=_BEST_HELP)
@click.option("-c", "--columns", metavar="COL,…", help=_COLUMNS_HELP)
@click.option("-n", "--limit", type=click.IntRange(min=1), help="At most so many runs.")
@dir_option
@json_option
def ls(
    *,
    path: Path | None,
    query: str,
    sort: str | None,
    metric: str | None,
    columns: str | None,
    limit: int | None,
    directory: Path | None,
    as_json: bool,
) -> None:
    """List the runs of a store.

    The store is PATH or --dir, else $LOGSTORE_DIR, else ./runs, else the current directory when it holds logs.
    """
    if sort and metric:
        raise click.UsageError("--best is an order of its own: leave --sort out")
    if path and directory:
        raise click.UsageError("PATH and --dir are the same: give one of them")
    store = open_store(path or directory)
    runs = _read(store, complete=bool(query or sort or metric or columns or as_json))
    tell_problems(runs.problems)
    from tui import settings
    from tui.plain import listing

    now = time.time()
    price = settings.load(settings.default_path()).price_per_gpu_hour or None
    rows = listing.rows_of(runs, now, price)
    try:
        shown = listing.arranged(rows, query, sort)
        best = listing.ranked(rows, metric, shown) if metric and rows else None
        chosen = listing.columns_of(columns, rows) if columns or best is None else _with_best(rows, best)
    except ValueError as error:
        raise click.UsageError(str(error)) from None
    shown = shown if best is None else best.rows
    if not shown and rows:
        tell_problems(listing.unknown(query, rows))
    if as_json:
        output.echo_json(_json(shown[:limit], chosen if columns else None, best, len(rows), store.path, now))
    elif rows:
        asked = list(chosen.values())
        _print(shown[:limit], asked if columns else _telling(asked, rows), len(shown), len(rows))
    else:
        click.echo(f"no runs in {store.path} yet: they appear as soon as something is logged there", err=True)


def _with_best(rows: Sequence[RunRow], best: Ranking) -> dict[str, Column]:
    """The usual columns, and before the first metric the best value of what was asked for."""
    from tui.plain import listing
    from tui.table.column_set import with_main_metric
    from tui.table.columns import column_for

    usual = {name: column for name, column in listing.columns_of(None, rows).items() if ":" not in name}
    asked = (f"metric:{best.metric}:{best.better}", f"metric:{best.metric}", f"trend:{best.metric}")
    names = [*list(usual)[:3], *asked, *list(usual)[3:]]
    return dict(zip(names, with_main_metric(tuple(map(column_for, names))), strict=True))


def _read(store: Store, *, complete: bool) -> Runs:
    """All runs; where not every value is asked for, of very large stores without the points of old runs."""
    from logstore.model.runs import Runs
    from logstore.store import read_all

    if complete:
        return store.runs()
    runs = Runs()
    read_all(store.reader(), runs)
    return runs


def _json(
    rows: Sequence[RunRow],
    columns: Mapping[str, Column] | None,
    best: Ranking | None,
    total: int,
    path: Path,
    now: float,
) -> dict[str, object]:
    from tui.plain.listing import plain
    from tui.plain.run_json import head

    runs = []
    for row in rows:
        if columns is None:
            more: dict[str, object] = {"config": dict(row.run.config), "summary": dict(row.run.summary)}
        else:
            more = {"values": {name: plain(row.value(column.id)) for name, column in columns.items()}}
        if best is not None:
            more["best"] = dict(zip(("value", "step"), best.best(row), strict=True))
        runs.append({**head(row.run, now), **more})
    order = {} if best is None else {"best": {"metric": best.metric, "better": best.better}}
    return {"store": str(path), "total": total, **order, "runs": runs}


def _print(rows: Sequence[RunRow], columns: Sequence[Column], passed: int, total: int) -> None:
    from tui.plain.listing import counted
    from tui.table.rows import state_word

    headings = [_heading(column) for column in columns]
    cells = [_cells(rows, column) for column in columns]
    output.echo_table(headings, zip(*cells, strict=True))
    if sys.stdout.isatty():
        part = "" if len(rows) == total else f"{len(rows)} of {total} runs · "
        output.echo(f"\n{part}{counted(rows, state_word)}" if rows else f"none of {total} runs passes")
    elif passed > len(rows):
        click.echo(f"tui: {len(rows)} of {passed} runs shown", err=True)
    elif not rows:
        click.echo(f"tui: none of {total} runs passes", err=True)


def _telling(columns: Sequence[Column], rows: Sequence[RunRow]) -> list[Column]:
    """On a terminal, only those of ``columns`` that say something; a script always gets the same ones."""
    lively = not sys.stdout.isatty() or any(row.is_restless for row in rows)
    return [column for column in columns if lively or not column.of_live]


def _heading(column: Column) -> output.Heading:
    is_text = column.align == "left" or column.is_setting
    is_name = column.tone == "name"
    return output.Heading(column.title, column.align, is_text, both_ends=is_name, title_yields=not is_text)


_STYLES = {"strong": "bold", "dim": "bright_black"}


def _cells(rows: Sequence[RunRow], column: Column) -> list[output.Cell]:
    from tui.table.rows import state_shape, state_word

    if column.id != "state":
        return [output.Cell(text, _STYLES.get(column.tone)) for text in column.texts(rows)]
    words = map(state_word, rows)
    return [output.state_cell(word, f"{state_shape(word)} {word}") for word in words]
