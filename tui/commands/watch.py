"""``tui watch``: the dashboard, live in a terminal, as one frame of text, or headless: its alerts alone.

``run_app`` and ``once`` are what other commands call; Textual is imported inside them, after the settings that it reads
from the environment are there.
"""

from __future__ import annotations

import os
import sys
import time
from collections.abc import Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from shutil import get_terminal_size
from typing import TYPE_CHECKING

import click

from tui import settings as settings_file
from tui import startup
from tui.plain import paths as where
from tui.settings import Settings

if TYPE_CHECKING:
    from tui.app import RunwatchApp
    from tui.notify.destinations import Destinations

FALLBACK_SIZE = (160, 45)
"""Columns and rows of a frame where there is no terminal."""

LAYOUT_ROUNDS = 4
"""Times that a headless app is let work off its messages: new charts are laid out, sized, then drawn."""

LOW_BANDWIDTH_FPS = 2


@click.command()
@click.argument("paths", nargs=-1, type=click.Path(path_type=Path))
@click.option("--once", "one_frame", is_flag=True, help="Print one frame as text and exit; so does a pipe.")
@click.option("--size", metavar="COLSxROWS", help="Size of the frame of --once (default: the terminal's, else 160x45).")
@click.option("--theme", help="runwatch-dark, runwatch-light, runwatch-safe, or any theme of Textual's.")
@click.option("--fresh", is_flag=True, help="Forget what was set on the screen last time.")
@click.option("--low-bandwidth", is_flag=True, help="2 frames a second and no band of dots, for slow links.")
@click.option("--gpu/--no-gpu", default=None, help="Sample the GPUs and the host of this machine (default: yes).")
@click.option("--interval", type=click.FloatRange(0.2, 60), help="Seconds between such samples (default: 1).")
@click.option("--headless", is_flag=True, help="Draw nothing; print and send alerts, as 'tui guard' does.")
@click.option("--until-done", is_flag=True, help="With --headless: exit when no run is live any more.")
@click.option("--record", is_flag=True, help="With --headless: also write the alerts into events.jsonl of their runs.")
@click.option("--json", "as_json", is_flag=True, help="With --headless: print one JSON object for each alert.")
def watch(
    paths: tuple[Path, ...],
    one_frame: bool,
    size: str | None,
    theme: str | None,
    fresh: bool,
    low_bandwidth: bool,
    gpu: bool | None,
    interval: float | None,
    headless: bool,
    until_done: bool,
    record: bool,
    as_json: bool,
) -> None:
    """Watch the runs under PATH… (default: $LOGSTORE_DIR, else ./runs, else here when logs are here)."""
    drawn = {"once": one_frame, "size": size, "theme": theme, "fresh": fresh, "low-bandwidth": low_bandwidth}
    told = {"until-done": until_done, "record": record, "json": as_json}
    _check_together(headless, drawn, told)
    if headless:
        from tui.commands.guard import stand

        stand(paths, until_done=until_done, record=record, gpu=gpu, interval=interval, as_json=as_json)
        return
    given = {"theme": theme, "low_bandwidth": low_bandwidth or None, "gpu": gpu, "interval": interval}
    settings = load_settings({key: value for key, value in given.items() if value is not None})
    stores = list(paths) or [where.choose(None, os.environ, Path.cwd())]
    if one_frame or not sys.stdout.isatty():
        columns, rows = parse_size(size) if size else get_terminal_size(FALLBACK_SIZE)
        colours = sys.stdout.isatty() and not os.environ.get("NO_COLOR")
        click.echo(once(stores, (columns, rows), settings=settings, colours=colours), nl=False)
    else:
        sys.exit(run_app(stores, settings=settings, fresh=fresh))


def _check_together(headless: bool, drawn: Mapping[str, object], told: Mapping[str, object]) -> None:
    """Refuse options that mean nothing beside, or without, ``--headless``.

    Raises:
        click.UsageError: one of ``drawn`` is given with it, or one of ``told`` without.
    """
    for name, value in (drawn if headless else told).items():
        if value:
            why = "draws a screen, and --headless draws none" if headless else "is for --headless"
            raise click.UsageError(f"--{name} {why}")


def load_settings(given: dict[str, object]) -> Settings:
    """``config.toml``, with what was ``given`` on the command line in place of what it says."""
    path = settings_file.default_path()
    settings = settings_file.load(path)
    return replace(settings, **given)  # type: ignore[arg-type]


def parse_size(text: str) -> tuple[int, int]:
    """``160x45`` as columns and rows.

    Raises:
        click.BadParameter: it is not of that form, or no terminal is that small or large.
    """
    columns, _, rows = text.lower().partition("x")
    if not (columns.isdecimal() and rows.isdecimal() and 20 <= int(columns) <= 1000 and 6 <= int(rows) <= 500):
        raise click.BadParameter(f"{text!r} is not COLSxROWS, such as 160x45", param_hint="--size")
    return int(columns), int(rows)


def run_app(
    stores: Path | Sequence[Path], screen: str = "watch", settings: Settings | None = None, *, fresh: bool = False
) -> int:
    """Run the dashboard in this terminal until the person leaves; the exit code.

    Args:
        stores: the directories to watch.
        screen: the screen to begin with, ``watch`` or ``system``.
        settings: what is in force; the defaults of ``config.toml`` when None.
        fresh: do not take up what was set on the screen last time.
    """
    startup.begin()
    app = _app(stores, settings or load_settings({}), screen=screen, fresh=fresh)
    app.run()
    return app.return_code or 0


def once(
    stores: Path | Sequence[Path],
    size: tuple[int, int],
    *,
    screen: str = "watch",
    settings: Settings | None = None,
    colours: bool = False,
) -> str:
    """One frame of the dashboard as text, after everything was read.

    Args:
        stores: the directories to watch.
        size: columns and rows of the frame.
        screen: the screen to show, ``watch`` or ``system``.
        settings: what is in force; the defaults of ``config.toml`` when None.
        colours: with the escape sequences of the colours.
    """
    from textual.pilot import Pilot

    from tui.frame_text import coloured, frame, plain

    app = _app(stores, settings or load_settings({}), screen=screen, fresh=True)
    text = ""

    async def take(pilot: Pilot[object]) -> None:
        nonlocal text
        await app.settle()
        for _ in range(LAYOUT_ROUNDS):
            await pilot.pause()
        rows = frame(app.screen, app.size)
        text = coloured(rows) if colours else plain(rows)
        app.exit()

    app.run(headless=True, size=size, auto_pilot=take)
    if app.return_code:
        raise click.ClickException("the frame could not be drawn; the traceback is above")
    return text


def _app(stores: Path | Sequence[Path], settings: Settings, *, screen: str, fresh: bool) -> RunwatchApp:
    _tell_textual(settings)
    from logstore.caches.columns import default_directory
    from logstore.store import Store
    from tui.app import RunwatchApp
    from tui.follow import Source
    from tui.remembered import Memory, default_path
    from tui.sources import Together, labels

    paths = [stores] if isinstance(stores, Path) else list(stores)
    cache = default_directory(os.environ, Path.home())
    readers = [Store(path, cache).reader() for path in paths]
    source: Source = readers[0] if len(readers) == 1 else Together(dict(zip(labels(paths), readers, strict=True)))
    memory = Memory(paths[0], None if fresh else default_path(paths[0]))
    destinations = _destinations(settings)
    app = RunwatchApp(
        source, paths[0], settings, clock=time.time, first_screen=screen, memory=memory, destinations=destinations
    )
    if settings.theme not in app.available_themes:
        raise click.UsageError(f"no theme {settings.theme!r}; there are {', '.join(sorted(app.available_themes))}")
    return app


def _tell_textual(settings: Settings) -> None:
    """Set what Textual reads from the environment, before it is imported."""
    fps = LOW_BANDWIDTH_FPS if settings.low_bandwidth else settings.fps
    os.environ.setdefault("TEXTUAL_FPS", str(fps))
    if not os.environ.get("NO_COLOR"):
        os.environ.pop("NO_COLOR", None)  # an empty one asks for nothing (https://no-color.org); Textual obeys it too


def _destinations(settings: Settings) -> Destinations | None:
    """Where alerts are sent, where that was set at all: what it takes is not imported otherwise."""
    if not settings.notify:
        return None
    from tui.notify.destinations import Destinations

    destinations = Destinations.from_mapping(settings.notify, f"{settings_file.default_path()}: [notify]")
    destinations.sinks()  # an address that is not there is said before the screen begins
    return destinations
