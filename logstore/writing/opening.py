"""Finds or makes the directory of a run, and takes hold of it: ids, resuming, and one writer for each file.

``resume`` decides what an id that exists means: ``allow`` continues it or makes it, ``must`` continues it, ``never``
and nothing refuse it, for no run is ever overwritten. ``auto`` without an id continues the latest run of the project
that the same script began in the same directory, that has not finished, and that nobody is writing.

The ranks of one job meet in one directory because each derives the same id from what the launcher told them all. A job
that is started again, by torchrun after a failure or by Slurm after a preemption, so continues its run.
"""

from __future__ import annotations

import os
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

import orjson

from logstore.errors import ResumeError, StorageError
from logstore.format import CONFIG_FILE, METRICS_FILE, RUN_FILE, SUMMARY_FILE, decode, rank_name
from logstore.names import derived_id, random_id
from logstore.writing.appender import Appender, is_held
from logstore.writing.folder import Folder, read_file
from logstore.writing.notices import Notices
from logstore.writing.ranks import Place
from logstore.writing.rowlog import tail_of_rows
from logstore.writing.settings import Settings

_NEWEST = 200
"""How many of a project's runs ``resume="auto"`` looks through."""


@dataclass(slots=True)
class Opened:
    """A run's directory, held by this process.

    Attributes:
        id: The run's id.
        folder: Its directory.
        rows: The file that this process appends its rows to, locked.
        earlier: What this rank's run.json said before; empty for a run that is new.
        config: What config.json said before.
        summary: What summary.json said before.
        step: The first step.
        runtime: Seconds that earlier attempts ran.
    """

    id: str
    folder: Folder
    rows: Appender
    earlier: dict[str, Any] = field(default_factory=dict)
    config: dict[str, Any] = field(default_factory=dict)
    summary: dict[str, Any] = field(default_factory=dict)
    step: int = 0
    runtime: float = 0.0

    @property
    def resumed(self) -> bool:
        """Whether the run existed before."""
        return bool(self.earlier)

    def abandon(self) -> None:
        """Lets go of a run that could not begin, and leaves no empty directory behind."""
        self.rows.close()
        self.folder.close()
        path = self.folder.path
        try:
            if not self.resumed and (path / self.rows.name).stat().st_size == 0:
                (path / self.rows.name).unlink()
                path.rmdir()
        except OSError:
            return


def open_run(settings: Settings, place: Place, nth: int, command: list[str], notices: Notices) -> Opened:
    """Takes hold of the run that ``settings`` ask for.

    Args:
        settings: What was asked for.
        place: This process's place in its job.
        nth: How many runs this process began before: the second run of a job has another id than the first.
        command: The program and its arguments; ``resume="auto"`` looks for the same program.
        notices: Where to say what goes wrong.

    Raises:
        ResumeError: The run exists and should not, or the other way round.
        RunBusyError: Another live process writes it.
        StorageError: The directory cannot be made or written.
    """
    project = settings.root / settings.project
    run_id, settings = _choose_id(settings, place, nth, project, command)
    path = project / run_id
    _check_resume(settings, place, path)
    folder = Folder(path)
    try:
        rows = Appender(folder, rank_name(METRICS_FILE, place.rank), notices, exclusive=True)
    except BaseException:
        folder.close()
        raise
    opened = Opened(run_id, folder, rows)
    try:
        _check_resume(settings, place, path)  # again, now that nobody else can make it
        _read_earlier(opened, place)
    except BaseException:
        opened.abandon()
        raise
    return opened


def _choose_id(settings: Settings, place: Place, nth: int, project: Path, command: list[str]) -> tuple[str, Settings]:
    """The run's id, and the settings with the meaning of ``resume`` that follows from where the id came from."""
    if settings.id is not None:
        resume = "allow" if settings.resume == "auto" else settings.resume
        return settings.id, replace(settings, resume=resume)
    if place.job is not None:
        derived = derived_id(place.job, settings.project, str(nth))
        return derived, replace(settings, resume=settings.resume if settings.resume == "must" else "allow")
    if settings.resume == "must":
        raise ResumeError("resume='must' needs the id of the run to continue: init(id=...)")
    latest = _latest_unfinished(project, command) if settings.resume == "auto" else None
    if latest is not None:
        return latest, replace(settings, resume="allow")
    return random_id(), replace(settings, resume=None)


def _check_resume(settings: Settings, place: Place, path: Path) -> None:
    """Whether ``resume`` allows this run; ranks beside the first one join what there is."""
    if not place.leads:
        return
    exists = (path / RUN_FILE).exists()
    if exists and settings.resume in {None, "never"}:
        raise ResumeError(
            f"run {path.name!r} of project {path.parent.name!r} exists: "
            "continue it with resume='allow', or choose another id"
        )
    if not exists and settings.resume == "must":
        raise ResumeError(f"there is no run {path.name!r} in {path.parent}, and resume='must' asks to continue it")


def _read_earlier(opened: Opened, place: Place) -> None:
    opened.earlier = read_document(opened.folder, rank_name(RUN_FILE, place.rank))
    last = tail_of_rows(opened.rows)
    if last is not None:
        opened.step, opened.runtime = last[0] + 1, last[1]
    if place.leads and opened.earlier:
        opened.config = read_document(opened.folder, CONFIG_FILE)
        opened.summary = read_document(opened.folder, SUMMARY_FILE)


def read_document(folder: Folder, name: str) -> dict[str, Any]:
    """The JSON object in a file of the run; empty when there is none.

    Raises:
        StorageError: The file cannot be read, or holds something else. It is not overwritten then.
    """
    where = folder.path / name
    try:
        content = folder.read(name)
        found = {} if content is None else decode(orjson.loads(content))
    except (OSError, orjson.JSONDecodeError) as error:
        raise StorageError(f"cannot continue the run: {where} cannot be read: {error}") from error
    if not isinstance(found, dict):
        raise StorageError(f"cannot continue the run: {where} holds no JSON object")
    return found


def _latest_unfinished(project: Path, command: list[str]) -> str | None:
    """The id of the latest run of ``project`` that ``command`` would continue."""
    cwd = os.getcwd()  # noqa: PTH109  as run.json has it
    for path in _newest(project):
        try:
            record = orjson.loads(read_file(path / RUN_FILE))
        except (OSError, orjson.JSONDecodeError):
            continue
        if not isinstance(record, dict) or record.get("state") == "finished" or record.get("cwd") != cwd:
            continue
        if _script(record.get("command")) == _script(command) and not is_held(path / METRICS_FILE):
            return path.name
    return None


def _newest(project: Path) -> Iterator[Path]:
    """The runs of ``project`` whose run.json changed last, the newest first."""
    times: list[tuple[float, Path]] = []
    try:
        with os.scandir(project) as entries:
            names = [entry.name for entry in entries if not entry.name.startswith(".")]
    except OSError:
        return
    for name in names:
        try:
            times.append(((project / name / RUN_FILE).stat().st_mtime, project / name))
        except OSError:
            continue
    for _, path in sorted(times, reverse=True)[:_NEWEST]:
        yield path


def _script(command: object) -> str | None:
    """The program in a command line: the first argument that is no option of the interpreter."""
    if not isinstance(command, list):
        return None
    return next((each for each in command[1:] if isinstance(each, str) and not each.startswith("-")), None)
