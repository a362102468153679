"""``tui plot``: one metric of some runs, drawn in the terminal or written as SVG, PNG, CSV or text."""

from __future__ import annotations

import math
import shutil
import sys
import time
from collections.abc import Sequence
from difflib import get_close_matches
from pathlib import Path
from typing import TYPE_CHECKING

import click

from tui.commands.options import dir_option, json_option
from tui.commands.stores import Reading, open_for
from tui.plain import output
from tui.show.text import clean

if TYPE_CHECKING:
    from logstore.model.runs import Run
    from tui.charts.line import ChartSpec, Look, XAxis

MOST_RUNS = 12
"""Curves that are drawn when no run is named: as many as there are colours."""


@click.command()
@click.argument("metric")
@click.argument("runs", nargs=-1, metavar="[RUN…]")
@click.option(
    "-o", "--output", "target", type=click.Path(path_type=Path), help="A .svg, .png, .csv or .txt file to write."
)
@click.option("--log", is_flag=True, help="Logarithmic y axis.")
@click.option("--smooth", type=click.FloatRange(0, 0.999), default=0.0, help="Smoothing, 0 (none) to 0.999.")
@click.option("--x", "axis", default="step", metavar="AXIS", help="step, time, relative, or another metric.")
@click.option("--full", is_flag=True, help="Show far outliers too, rather than clip them.")
@click.option("--width", type=click.IntRange(20, 10_000), help="Cells, or pixels of a picture.")
@click.option("--height", type=click.IntRange(5, 10_000), help="Lines, or pixels of a picture.")
@click.option("--theme", default="runwatch-light", help="Colours of a picture (default: runwatch-light).")
@dir_option
@json_option
def plot(
    *,
    metric: str,
    runs: tuple[str, ...],
    target: Path | None,
    log: bool,
    smooth: float,
    axis: str,
    full: bool,
    width: int | None,
    height: int | None,
    theme: str,
    directory: Path | None,
    as_json: bool,
) -> None:
    """Draw METRIC of the named runs, else of the newest that have it.

    Every spike is drawn, whatever the number of points; NaN and infinity are marks on the axis. A .csv file gets every
    point as it was logged.
    """
    reading = open_for(directory, runs)
    chosen = _chosen(reading, metric, runs)
    from tui.charts.line import Look
    from tui.charts.smoothing import Smoothing

    spec = _spec(reading, metric, chosen)
    look = Look(xaxis=_axis(axis, chosen), smoothing=Smoothing(smooth), log=log, full_range=full)
    if as_json:
        output.echo_json(_json(spec))
    elif target is None:
        click.echo(_text(spec, look, width, height, colour=output.colours(sys.stdout)), nl=False)
    else:
        target.write_bytes(_file(target, spec, look, (width, height), theme))
        click.echo(f"tui: wrote {clean(target)}", err=True)


def _chosen(reading: Reading, metric: str, names: Sequence[str]) -> list[Run]:
    """The runs to draw, with their points: the named ones that have the metric, else the newest that have it."""
    named = reading.find(names)
    reading.complete(named)
    found = [run for run in named if metric in run.metrics] if names else _newest(reading, metric)
    if not found:
        raise click.ClickException(_no_metric(reading, metric, named))
    for run in named:
        if metric not in run.metrics:
            click.echo(f"tui: run {clean(run.key)} has no metric {clean(metric)!r}", err=True)
    return found


def _no_metric(reading: Reading, metric: str, named: Sequence[Run]) -> str:
    """What is said where no run has ``metric``: who was asked, and what is called nearly so."""
    known = {name for run in named or reading.runs.values() for name in run.metrics}
    near = get_close_matches(metric, known) or sorted(known)[:8]
    hint = f"; there are {', '.join(near)}" if near else ""
    who = f"run {named[0].key}" if len(named) == 1 else f"none of these {len(named)} runs" if named else "no run"
    verb = "has no metric" if len(named) == 1 else "has a metric"
    return f"{who} {verb} {metric!r}{hint}"


def _newest(reading: Reading, metric: str) -> list[Run]:
    """The newest runs that have the metric, read in portions until there are enough."""
    found: list[Run] = []
    queue = reading.newest_first()
    while queue and len(found) < MOST_RUNS:
        portion, queue = queue[:MOST_RUNS], queue[MOST_RUNS:]
        reading.complete(portion)
        found += [run for run in portion if metric in run.metrics]
    if queue and len(found) >= MOST_RUNS:
        click.echo(f"tui: the newest {MOST_RUNS} runs; name others to see them", err=True)
    return found[:MOST_RUNS]


def _axis(name: str, runs: Sequence[Run]) -> XAxis:
    from tui.charts.line import XAxis

    if name in {"step", "relative"}:
        return XAxis.parse(name)
    if name == "time":
        return XAxis("wall")
    if any(name in run.metrics for run in runs):
        return XAxis("metric", name)
    raise click.BadParameter(f"{name!r} is neither step, time, relative nor a metric of these runs", param_hint="--x")


def _spec(reading: Reading, metric: str, runs: Sequence[Run]) -> ChartSpec:
    """The chart, in which each run has the colour that it has in the app."""
    from tui.charts.line import ChartSpec
    from tui.curves import line
    from tui.show.palette import assign

    swatches = assign(run.key for run in reading.oldest_first())
    now = time.time()
    return ChartSpec(metric, [line(run, run.metrics[metric], swatches[run.key], now) for run in runs])


def _text(spec: ChartSpec, look: Look, width: int | None, height: int | None, *, colour: bool) -> str:
    from tui.export.figure import CELLS, text

    columns, rows = shutil.get_terminal_size(CELLS)
    return text(spec, look, width or columns, height or rows - 1, colour=colour)


def _file(target: Path, spec: ChartSpec, look: Look, size: tuple[int | None, int | None], theme: str) -> bytes:
    """What the file is to hold; its suffix says in which form."""
    from tui.export.figure import KINDS, figure

    kind = target.suffix.lower()
    if kind not in KINDS:
        raise click.BadParameter(f"{target.name!r} ends in none of {', '.join(KINDS)}", param_hint="--output")
    try:
        return figure(kind, spec, look, theme, *size)
    except KeyError:
        raise click.BadParameter(f"no theme {theme!r}", param_hint="--theme") from None


def _json(spec: ChartSpec) -> dict[str, object]:
    curves = [
        {
            "key": line.key,
            "name": line.name,
            "steps": line.x.tolist(),
            "times": None
            if line.times is None
            else [None if math.isnan(time) else time for time in line.times.tolist()],
            "values": line.y.tolist(),
        }
        for line in spec.lines
        if line.times is not None
    ]
    return {"metric": spec.metric, "runs": curves}
