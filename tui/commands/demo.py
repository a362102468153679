"""``tui demo``: real trainings of small networks, logged by the real writer and watched by the real app."""

from __future__ import annotations

import os
import signal
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from shutil import get_terminal_size
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING, NoReturn

import click

from tui.commands.options import json_option
from tui.plain import output

if TYPE_CHECKING:
    from tui.demo.launcher import Trainings

SECONDS, SECONDS_ONCE, SECONDS_FAST = 150.0, 8.0, 20.0
"""How long the story takes: to watch, with ``--once``, with ``--fast``."""
STARTING = 30.0
"""Seconds that a slow machine gets to start the first training."""
FALLBACK_SIZE = (160, 45)


@click.command()
@click.option("--once", is_flag=True, help="Without a terminal: train, print the last frame, end. So does a pipe.")
@click.option("--seconds", type=click.FloatRange(1, 3600), help="How long the trainings take (150; with --once 8).")
@click.option("--fast", is_flag=True, help="The same in 20 seconds.")
@click.option(
    "--dir", "directory", type=click.Path(path_type=Path), help="Log here and keep it (default: a new place)."
)
@json_option
def demo(*, once: bool, seconds: float | None, fast: bool, directory: Path | None, as_json: bool) -> None:
    """Train a few small networks and watch them.

    They are real: six processes train networks in numpy on generated data. One diverges to NaN because its learning
    rate grows too high, one overfits its few samples, one is killed part-way.
    """
    once = once or as_json or not sys.stdout.isatty()
    length = seconds or (SECONDS_ONCE if once else SECONDS_FAST if fast else SECONDS)
    with _place(directory) as root, _ended_by_signals(), _trainings(root, length) as trainings:
        if once:
            _wait(root, trainings, length)
            _answer(root, trainings, as_json=as_json)
        else:
            from tui.commands.watch import run_app

            run_app(root)


@contextmanager
def _place(directory: Path | None) -> Iterator[Path]:
    if directory is not None:
        directory.mkdir(parents=True, exist_ok=True)
        yield directory
        return
    with TemporaryDirectory(prefix="runwatch-demo-") as temporary:
        yield Path(temporary)


def _trainings(root: Path, length: float) -> Trainings:
    from tui.demo.launcher import Trainings
    from tui.demo.plan import plan

    return Trainings(plan(length, str(root), os.getpid()))


@contextmanager
def _ended_by_signals() -> Iterator[None]:
    """Let SIGTERM and SIGHUP end the demo as leaving it does, with nothing left behind."""

    def end(number: int, _frame: object) -> NoReturn:
        sys.exit(128 + number)

    before = {number: signal.signal(number, end) for number in (signal.SIGTERM, signal.SIGHUP)}
    try:
        yield
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)


def _wait(root: Path, trainings: Trainings, length: float) -> None:
    """Let them train that long; on a slow machine until one of them has logged something."""
    time.sleep(length)
    deadline = time.monotonic() + STARTING
    while trainings.running and time.monotonic() < deadline and not _logged(root):
        time.sleep(0.2)


def _logged(root: Path) -> bool:
    return any(path.stat().st_size for path in root.glob("*/*/metrics.jsonl"))


def _answer(root: Path, trainings: Trainings, *, as_json: bool) -> None:
    from logstore.store import Store
    from tui.plain.run_json import head

    now = time.time()
    runs = Store(root).runs()
    if not runs:
        why = "; ".join(dict.fromkeys(trainings.complaints())) or "they did not get that far: try more --seconds"
        raise click.ClickException(f"no training has logged anything: {why}")
    if as_json:
        heads = [{**head(run, now), "summary": dict(run.summary)} for run in runs.values()]
        output.echo_json({"dir": str(root), "seconds": round(now - trainings.started, 1), "runs": heads})
        return
    from tui.commands.watch import once

    columns, rows = get_terminal_size(FALLBACK_SIZE)
    click.echo(once(root, (columns, rows), colours=output.colours(sys.stdout)), nl=False)
