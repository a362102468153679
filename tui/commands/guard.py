"""``tui guard``: watch without a screen, print and send alerts; for tmux, systemd and batch jobs.

``stand`` is what ``tui watch --headless`` calls too.
"""

from __future__ import annotations

import asyncio
import os
import signal
import sys
import time
from collections.abc import Sequence
from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING

import click

from tui.commands.options import json_option
from tui.plain import output, paths
from tui.show.text import clean

if TYPE_CHECKING:
    from tui.follow import Source
    from tui.health.alert import Change
    from tui.health.guard import Guard, Orders
    from tui.notify.destinations import Destinations
    from tui.notify.message import Message

_COLOURS = {"WARN": "yellow", "ERROR": "red"}


@click.command()
@click.argument("stores", metavar="[PATH]...", nargs=-1, type=click.Path(path_type=Path))
@click.option("--until-done", is_flag=True, help="Exit when no run is live any more.")
@click.option("--record", is_flag=True, help="Also write the alerts into events.jsonl of their runs.")
@click.option("--gpu/--no-gpu", default=None, help="Sample the GPUs and the host of this machine (default: yes).")
@click.option("--interval", type=click.FloatRange(0.2, 60), help="Seconds between such samples (default: 1).")
@json_option
def guard(
    *,
    stores: tuple[Path, ...],
    until_done: bool,
    record: bool,
    gpu: bool | None,
    interval: float | None,
    as_json: bool,
) -> None:
    """Watch the runs under PATH… without a screen; print and send alerts.

    One line for each alert that is raised, becomes worse or is cleared. Where alerts are sent is said in config.toml,
    table [notify]; nothing is sent unless it is. Ends with Ctrl-C or SIGTERM.
    """
    stand(list(stores), until_done=until_done, record=record, gpu=gpu, interval=interval, as_json=as_json)


def stand(
    stores: Sequence[Path],
    *,
    until_done: bool = False,
    record: bool = False,
    gpu: bool | None = None,
    interval: float | None = None,
    as_json: bool = False,
) -> None:
    """Guard ``stores`` until SIGTERM, SIGINT or SIGHUP, or until nothing is left where that was asked for.

    Args:
        stores: directories of runs; where none is given, the one that all commands would take. They must be there.
        until_done: end when no run is live any more.
        record: write alerts into the events of their runs.
        gpu: sample this machine; None: as ``config.toml`` says.
        interval: seconds between samples; None: as ``config.toml`` says.
        as_json: print one JSON object for each change.
    """
    from tui import settings as settings_file
    from tui.health.guard import Orders
    from tui.notify.configured import load

    settings, destinations = load(settings_file.default_path())
    sampling = settings.gpu if gpu is None else gpu
    orders = Orders(
        settings.alerts,
        destinations,
        (interval or settings.interval) if sampling else None,
        until_done=until_done,
        record=record,
    )
    named: Sequence[Path | None] = stores or [None]
    chosen = [paths.existing(path, os.environ, Path.cwd()) for path in named]
    asyncio.run(_stand(chosen, orders, as_json=as_json))


async def _stand(stores: Sequence[Path], orders: Orders, *, as_json: bool) -> None:
    made = _guard(stores, orders, as_json=as_json)
    task = asyncio.ensure_future(made.run())
    loop = asyncio.get_running_loop()
    for number in (signal.SIGTERM, signal.SIGINT, signal.SIGHUP):
        loop.add_signal_handler(number, task.cancel)
    _say(f"guarding {', '.join(map(str, stores))}; {_destinations(orders.destinations)}")
    with suppress(asyncio.CancelledError):
        await task


def _guard(stores: Sequence[Path], orders: Orders, *, as_json: bool) -> Guard:
    from tui.health.guard import Guard

    def tell(change: Change, message: Message) -> None:
        if as_json:
            output.echo_json({"time": round(change.time, 3), **message.fields, "text": message.line}, indent=None)
        else:
            output.echo(line(change, message))
        _call(change, message, orders.destinations)

    return Guard(_source(stores), stores[0], orders, tell, _say, time.time)


def _source(stores: Sequence[Path]) -> Source:
    """The stores as one; finished runs are not read beyond what a table shows."""
    from logstore.store import Store
    from tui.sources import Together, labels

    readers = [Store(path).reader(background=0) for path in stores]
    return readers[0] if len(readers) == 1 else Together(dict(zip(labels(stores), readers, strict=True)))


def line(change: Change, message: Message) -> str:
    """One line for people and journals: when, how bad, which rule, what."""
    from tui.show.moments import full_moment

    level = click.style(f"{change.alert.level:5}", fg=_COLOURS.get(change.alert.level))
    return f"{full_moment(change.time)}  {level}  {change.alert.rule:13}  {message.line}"


def _call(change: Change, message: Message, destinations: Destinations) -> None:
    """Ring and notify through the terminal, where there is one and it was asked for."""
    from tui.notify.terminal import call

    if sys.stderr.isatty() and destinations.wants(change):
        sent = call(message, bell=destinations.bell, style=destinations.terminal, environ=os.environ)
        sys.stderr.buffer.write(sent)
        sys.stderr.buffer.flush()


def _destinations(destinations: Destinations) -> str:
    names = [sink.name for sink in destinations.sinks()]
    return f"sending to {' and '.join(names)}" if names else "sending nowhere"


def _say(text: str) -> None:
    """One line on standard error, under the name of the command that was called."""
    context = click.get_current_context(silent=True)
    click.echo(f"{context.command_path if context else 'tui guard'}: {clean(text)}", err=True)
