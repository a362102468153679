"""``tui diff``: the configs and the summaries of runs side by side."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

import click

from tui.commands.options import dir_option, json_option
from tui.commands.stores import Reading, open_store
from tui.plain import output
from tui.plain.output import Cell, Heading

if TYPE_CHECKING:
    from logstore.model.runs import Run
    from tui.details.diff import Cell as DiffCell
    from tui.details.diff import ConfigDiff, SummaryDiff

BEST = "★"


@click.command()
@click.argument("runs", nargs=-1, required=True, metavar="RUN RUN…")
@click.option("-a", "--all", "identical", is_flag=True, help="Show what is the same in all runs too.")
@dir_option
@json_option
def diff(*, runs: tuple[str, ...], identical: bool, directory: Path | None, as_json: bool) -> None:
    """Put the configs and summaries of runs side by side.

    The first RUN is what the others are compared with. A missing value, false, 0, "" and 1 against 1.0 are told apart;
    the best value of a metric has a star.
    """
    reading = Reading(open_store(directory))
    found = reading.find(runs)
    if len(found) < 2:
        raise click.UsageError("name two runs or more to compare")
    reading.complete(found)
    configs, summaries = _compare(found)
    if as_json:
        output.echo_json(_json(found, configs, summaries, identical=identical))
        return
    _print_config(found, configs, identical=identical)
    output.echo()
    _print_summary(found, summaries, identical=identical)


def _compare(runs: Sequence[Run]) -> tuple[ConfigDiff, SummaryDiff]:
    from logstore.model.summarise import summary_modes
    from tui.details.diff import ConfigDiff, SummaryDiff
    from tui.details.run_facts import origin, summary_values

    rules = [rule for run in runs for rule in run.record.metrics]
    configs = ConfigDiff.of([run.config for run in runs], [origin(run) for run in runs])
    return configs, SummaryDiff.of([summary_values(run) for run in runs], lambda name: summary_modes(name, rules))


def _print_config(runs: Sequence[Run], configs: ConfigDiff, *, identical: bool) -> None:
    rows = configs.select(identical=identical)
    hint = "" if identical else " · --all shows all"
    output.echo_cells(Cell("config", "bold"), f"{configs.differing} of {len(configs.rows)} differ{hint}")
    headings = [Heading("key", elastic=True), *(Heading(run.name, elastic=True) for run in runs)]
    lines = [[Cell(_key(row.section, row.key)), *(_cell(cell) for cell in row.cells)] for row in rows]
    output.echo_table(headings, lines, "  ")


def _key(section: str, key: str) -> str:
    return key if section == "config" else f"({key})"


def _cell(cell: DiffCell) -> Cell:
    text = f"{cell.text} {cell.word}" if cell.word else cell.text
    return Cell(text, "bright_black" if cell.missing else "yellow" if cell.changed else None)


def _print_summary(runs: Sequence[Run], summaries: SummaryDiff, *, identical: bool) -> None:
    rows = summaries.select(identical=identical)
    output.echo_cells(Cell("summary", "bold"))
    headings = [Heading("metric", elastic=True), *(Heading(run.name, "right", elastic=True) for run in runs)]
    lines = []
    for row in rows:
        best = row.best
        texts = [Cell(f"{BEST} {row.text(i)}", "green") if i in best else Cell(row.text(i)) for i in range(len(runs))]
        lines.append([Cell(row.label), *texts])
    output.echo_table(headings, lines, "  ")


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
