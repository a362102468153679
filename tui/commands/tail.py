"""``tui tail``: the last rows of a run or of its console, and the next ones as they come."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import click

from tui.commands.options import dir_option, json_option
from tui.commands.stores import open_for
from tui.plain import output
from tui.show.text import clean

if TYPE_CHECKING:
    from logstore.model.runs import Run
    from tui.plain.last_rows import LastLines

EVERY = 0.25
"""Seconds between two looks at the file."""
_NAMED = 8
"""Metrics that are named, where none was logged of those that were asked for."""


@click.command()
@click.argument("run")
@click.option("-n", "--lines", "count", type=click.IntRange(min=0), default=10, help="How many (default: 10).")
@click.option("-f", "--follow", is_flag=True, help="Go on with what is added, until the run ends.")
@click.option("-m", "--metric", "metrics", multiple=True, help="Only these metrics; a name or a pattern like 'val/*'.")
@click.option("--console", is_flag=True, help="The lines of its stdout and stderr instead.")
@click.option("--rank", type=click.IntRange(min=0), help="Those of this rank (default: the lowest there is).")
@click.option("--times", is_flag=True, help="With --console: when, and at which step, each line was printed.")
@dir_option
@json_option
def tail(
    *,
    run: str,
    count: int,
    follow: bool,
    metrics: tuple[str, ...],
    console: bool,
    rank: int | None,
    times: bool,
    directory: Path | None,
    as_json: bool,
) -> None:
    """Print the last rows of a run, and the next ones as they come.

    RUN is a name, an id, project/id or a path, or the beginning of a name where it fits no other run.
    """
    if times and not console:
        raise click.UsageError("--times goes with --console: rows have their time")
    (found,) = open_for(directory, [run]).find([run])
    from tui.plain.last_rows import LastLines

    emit: Callable[[bytes, int | None], None]
    source = LastLines(_source(found, rank, console=console))
    if console:
        emit = _console_emitter(source, times=times, as_json=as_json)
        enough = lambda lines: lines.count(b"\n") >= count  # noqa: E731
    else:
        emit = lambda lines, most: _emit_rows(lines, most, metrics, as_json=as_json)  # noqa: E731
        enough = lambda lines: _holds(lines, count, metrics)  # noqa: E731
    lines = source.last(enough)
    emit(lines, count)
    if metrics and count and not console:
        _check(lines, metrics, found)
    if follow:
        for lines in _following(source.new, found):
            emit(lines, None)


def _holds(lines: bytes, count: int, metrics: tuple[str, ...]) -> bool:
    from tui.plain.last_rows import rows_in

    return len(rows_in(lines, metrics)) >= count


def _check(lines: bytes, metrics: tuple[str, ...], run: Run) -> None:
    """Say which metrics there are, where no row has one of ``metrics``: most likely they are misspelt."""
    from tui.plain.last_rows import metrics_in, rows_in

    if not rows_in(lines, metrics):
        there = ", ".join(metrics_in(lines)[:_NAMED])
        what = f"no row has {' or '.join(metrics)}"
        click.echo(clean(f"tui: {what}; run {run.key} has {there or 'no rows'}"), err=True)


def _following(new: Callable[[], bytes], run: Run) -> Iterator[bytes]:
    """What is added, until the run has ended and everything was read; of somebody else's log without end."""
    from tui.plain.standing import OVER, standing

    while True:
        ended = not run.foreign and standing(run.path, time.time()).name in OVER
        lines = new()
        if lines:
            yield lines
        elif ended:
            return
        else:
            time.sleep(EVERY)


def _source(run: Run, rank: int | None, *, console: bool) -> Path:
    """The file whose lines are asked for; without a ``rank`` that of the lowest which has one."""
    from logstore.format import CONSOLE_FILE, METRICS_FILE

    single = run.path.is_file()
    if single and not console:
        return run.path
    name = CONSOLE_FILE if console else METRICS_FILE
    ranks = [] if single else _ranks(run.path)
    if rank is not None and rank not in ranks:
        there = ", ".join(map(str, ranks))
        raise click.ClickException(f"run {run.key} has no rank {rank}; it has {there or 'none'}")
    asked = ranks if rank is None else [rank]
    paths = [path for each in asked if (path := run.file(name, each)).exists()]
    if console and not paths:
        raise click.ClickException(f"run {run.key} has no captured console")
    return paths[0] if paths else run.file(name, rank)


def _ranks(directory: Path) -> list[int]:
    """The ranks that have written anything there."""
    from logstore.format import rank_of

    return sorted({rank for file in directory.iterdir() if (rank := rank_of(file.name)) is not None})


def _emit_rows(lines: bytes, most: int | None, metrics: tuple[str, ...], *, as_json: bool) -> None:
    from tui.plain.last_rows import rows_in, words

    rows = rows_in(lines, metrics)
    for row in rows[len(rows) - most :] if most is not None and most < len(rows) else rows:
        if as_json:
            output.echo_json(row, indent=None)
            continue
        output.echo_pairs(words(row, time.time()))


def _console_emitter(source: LastLines, *, times: bool, as_json: bool) -> Callable[[bytes, int | None], None]:
    """What prints the lines that ``source`` gave last, at most so many of them."""
    from tui.plain.console_rows import ConsoleRows

    log = ConsoleRows(source.path)

    def emit(lines: bytes, most: int | None) -> None:
        for row in log.rows(lines, source.end, most):
            if as_json:
                output.echo_json(row.to_json(), indent=None)
            else:
                output.echo(row.to_text(time.time()) if times else row.text)

    return emit
