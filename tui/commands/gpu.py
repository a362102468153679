"""``tui gpu``: the GPUs, the host and who uses them, live or as one answer."""

from __future__ import annotations

import os
import sys
import time
from pathlib import Path
from types import MappingProxyType
from typing import TYPE_CHECKING

import click

from tui.commands.options import dir_option, json_option
from tui.plain import output, paths
from tui.show.text import clean

if TYPE_CHECKING:
    from collections.abc import Mapping

    from logstore.model.run import Run
    from tui.machine.telemetry import Telemetry


@click.command()
@click.option("--once", is_flag=True, help="Print one table and exit; so does a pipe.")
@click.option(
    "--interval",
    type=click.FloatRange(0.2, 60),
    default=1.0,
    show_default=True,
    help="Seconds that rates are taken over.",
)
@click.option(
    "--sort",
    "by",
    type=click.Choice(["gpu", "memory", "sm", "cpu", "ram", "time"]),
    default="gpu",
    show_default=True,
    metavar="BY",
    help="Order of the processes: gpu, memory, sm, cpu, ram or time.",
)
@dir_option
@json_option
def gpu(*, once: bool, interval: float, by: str, directory: Path | None, as_json: bool) -> None:
    """Show the GPUs, the host and who uses them.

    Without options in a terminal this is the System screen of 'tui watch': enter shows a process whole, K sends it a
    signal, o sorts. What a device does not tell is a dash in the table and absent in the JSON, never 0.
    """
    if not (once or as_json) and sys.stdout.isatty():
        _live(directory)
    from tui.machine.machine_report import as_json as plain
    from tui.machine.sampled import command, sample

    runs = _runs(paths.choose(directory, os.environ, Path.cwd()))
    pids = sorted({pid for run in runs.values() for pid in run.live_pids})
    telemetry = sample(command(interval, pids), time.time())
    if as_json:
        output.echo_json(plain(telemetry, by, runs))
        return
    _print(telemetry, by, runs)


def _runs(path: Path) -> Mapping[str, Run]:
    """The runs that may be on the devices; none where there is no directory of runs."""
    from logstore.store import Store

    return Store(path).runs(points=False) if path.exists() else {}


def _live(directory: Path | None) -> None:
    from tui.commands.watch import run_app

    sys.exit(run_app(paths.choose(directory, os.environ, Path.cwd()), screen="system"))


def _print(telemetry: Telemetry, by: str, runs: Mapping[str, Run] = MappingProxyType({})) -> None:
    from tui.machine.machine_report import gpu_table, host_line, process_table

    by_pid = telemetry.runs_by_pid(runs)
    if telemetry.gpus:
        output.echo_table(*gpu_table(telemetry.gpus, telemetry.owners(runs, by_pid)))
    else:
        output.echo(f"no GPU: {clean(telemetry.why)}")
    headings, rows = process_table(telemetry.gpus, telemetry.time, by, by_pid)
    if rows:
        output.echo()
        output.echo_table(headings, rows)
    host = host_line(telemetry)
    if host:
        output.echo()
        output.echo(clean(host))
