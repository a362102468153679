"""The beginning of a run: from settings to a ``RunWriter`` whose files stand and whose recorders run."""

from __future__ import annotations

import os
import sys
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

from logstore.format import (
    CONFIG_FILE,
    EVENTS_FILE,
    FORMAT_VERSION,
    RUN_FILE,
    SUMMARY_FILE,
    rank_name,
)
from logstore.names import command_line, is_child, program, random_id, readable
from logstore.processes import describe_process
from logstore.writing.alerts import Alerts
from logstore.writing.capture.secrets import mask_command
from logstore.writing.clock import now
from logstore.writing.document import Document
from logstore.writing.notices import Notices
from logstore.writing.opening import Opened, open_run
from logstore.writing.ranks import Place, find_job, find_launcher, find_place
from logstore.writing.recorders import Recorders, start_recorders
from logstore.writing.settings import Capture, Settings
from logstore.writing.writer import Files, RunWriter, Start

_END = ("ended", "state", "exit_code", "error", "signal", "rows_lost")
"""Fields of the exit record, which move into the attempt they belong to when the run is continued."""


def begin(
    settings: Settings, environ: Mapping[str, str], nth: int, on_finish: Callable[[RunWriter], None]
) -> RunWriter:
    """Begins a run, or continues one.

    Args:
        settings: What ``init()`` was asked for.
        environ: The environment.
        nth: How many runs this process began before.
        on_finish: Called when the run is finished.

    Raises:
        LogstoreError: It cannot begin; nothing is left behind.
    """
    notices = Notices(settings.silent)
    place = find_place(environ, settings.rank)
    if settings.disabled:
        return begin_disabled(settings, place, notices, on_finish)
    command = mask_command(command_line())
    opened = open_run(settings, place, nth, command, notices)
    try:
        shares = nth > 0 or (place.job is None and is_child())
        started_by = {"command": command, "launcher": _launcher(environ), "job": find_job(environ)}
        record = _describe(settings, place, opened, {**started_by, "shares_command": shares or None})
        files = _create_files(settings, place, opened, record, notices)
    except BaseException:
        opened.abandon()
        raise
    run = RunWriter(opened.folder.path, place, files, _start(settings, opened), notices)
    if opened.resumed:
        attempt = len(record["attempts"])
        files.events.add("resume", f"Continued at step {opened.step}", f"attempt {attempt}", step=opened.step)
    if place.leads:
        notices.say(_greeting(run, settings.root))
    recorders = start_recorders(settings.capture, place, opened.folder, environ, notices, lambda: run.last_step)
    run.attach(recorders, on_finish)
    return run


def begin_disabled(
    settings: Settings, place: Place, notices: Notices, on_finish: Callable[[RunWriter], None]
) -> RunWriter:
    """A run that holds config and summary in memory and writes nothing."""
    run_id = settings.id or random_id()
    record = {"name": settings.name or f"dummy-{run_id}", "created": now(), "tags": list(settings.tags or ())}
    record |= {"notes": settings.notes, "group": settings.group, "job_type": settings.job_type}
    files = Files(
        Document(None, RUN_FILE, record, notices, sparse=True),
        Document(None, CONFIG_FILE, dict(settings.config), notices),
        Document(None, SUMMARY_FILE, {}, notices),
        Alerts(None, EVENTS_FILE, notices),
    )
    path = Path("/tmp", settings.project, run_id)  # noqa: S108  never made
    run = RunWriter(path, place, files, Start(free_config=settings.free_config), notices)
    run.attach(Recorders(), on_finish)
    return run


def _describe(settings: Settings, place: Place, opened: Opened, started_by: Mapping[str, object]) -> dict[str, Any]:
    """The fields of run.json: what was there, what is so now, and what was asked for."""
    started = now()
    process = describe_process(os.getpid())
    attempts = _earlier_attempts(opened.earlier)
    created = opened.earlier.get("created", started)
    path = opened.folder.path
    record: dict[str, Any] = {
        "format": FORMAT_VERSION,
        "id": opened.id,
        "name": readable(opened.id, _count_runs(path.parent)) if place.leads else None,
        "project": settings.project,
        "created": created,
        **{key: value for key, value in opened.earlier.items() if key not in _END},
        **_asked(settings),
        **process,
        **started_by,
        "cwd": str(Path.cwd()),
        "python": sys.version.split(maxsplit=1)[0],
        "rank": place.rank,
        "world_size": place.world_size,
        "attempts": [*attempts, {"started": started if attempts else created, "step": opened.step, **process}],
    }
    return record | _surroundings(settings.capture)


def _launcher(environ: Mapping[str, str]) -> list[str] | None:
    words = find_launcher(environ)
    return None if words is None else mask_command(words)


def _asked(settings: Settings) -> dict[str, Any]:
    """What the user said about the run now, which beats what was said before."""
    said = {
        "name": settings.name,
        "group": settings.group,
        "job_type": settings.job_type,
        "tags": None if settings.tags is None else list(settings.tags),
        "notes": settings.notes,
        "total_steps": settings.total_steps,
    }
    return {key: value for key, value in said.items() if value is not None}


def _earlier_attempts(earlier: dict[str, Any]) -> list[dict[str, Any]]:
    """The attempts before this one, the last of them with the end it came to."""
    attempts = [dict(each) for each in earlier.get("attempts") or [] if isinstance(each, dict)]
    if attempts:
        attempts[-1] |= {key: earlier[key] for key in _END if key in earlier}
    return attempts


def _surroundings(capture: Capture) -> dict[str, Any]:
    found: dict[str, Any] = {}
    if capture.git:
        from logstore.writing.capture.git import find_repository, read_head

        repository = find_repository(Path.cwd(), program())
        if repository is not None:
            found["git"] = read_head(repository)
    if capture.hardware:
        from logstore.writing.capture.hardware import describe_hardware

        found["hardware"] = describe_hardware()
    return found


def _count_runs(project: Path) -> int:
    """How many runs ``project`` has."""
    with os.scandir(project) as entries:
        return sum(not entry.name.startswith(".") for entry in entries)


def _create_files(settings: Settings, place: Place, opened: Opened, record: dict[str, Any], notices: Notices) -> Files:
    """Writes run.json and config.json; of the documents other ranks have only their own run.json."""
    own = opened.folder if place.leads else None
    files = Files(
        Document(opened.folder, rank_name(RUN_FILE, place.rank), record, notices, sparse=True),
        Document(own, CONFIG_FILE, {**opened.config, **settings.config}, notices),
        Document(own, SUMMARY_FILE, opened.summary, notices),
        Alerts(opened.folder, rank_name(EVENTS_FILE, place.rank), notices),
        opened.rows,
        opened.folder,
    )
    files.config.create()
    files.record.create()
    return files


def _start(settings: Settings, opened: Opened) -> Start:
    return Start(opened.step, opened.runtime, settings.strict_steps, settings.free_config, opened.resumed)


def _greeting(run: RunWriter, root: Path) -> str:
    """The line that says where the run is logged and how to watch it."""
    import shlex

    where, store = _near(run.path), _near(root)
    what = f"continues at step {run.step} in" if run.resumed else "is logged in"
    return f"{run.name} {what} {where}; watch it with: tui watch {shlex.quote(store)}"


def _near(path: Path) -> str:
    """``path`` as one would type it here."""
    cwd = Path.cwd()
    return str(path.relative_to(cwd)) if path.is_relative_to(cwd) else str(path)
