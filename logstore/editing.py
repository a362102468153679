"""Changing runs that exist: other labels, another project. Safe beside a live writer, and never outside the store.

Labels go to a file of their own (``logstore.labels``), so a run that is being written may be labelled at any time. To
move a directory under a live writer works too, since it holds the directory open, but is nothing to do by mistake:
``why_busy`` tells whether somebody writes.
"""

from __future__ import annotations

import errno
import os
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import orjson

from logstore.errors import StorageError, UsageError
from logstore.format import METRICS_FILE, encode_document, rank_of
from logstore.labels import LABELS_FILE, Labels
from logstore.model.runs import Run
from logstore.names import check
from logstore.writing.appender import is_held
from logstore.writing.folder import Folder, storage_error
from logstore.writing.values import plain_config


def relabel(directory: Path, change: Callable[[Labels], Labels]) -> Labels:
    """Changes the labels of the run in ``directory``, beside a writer and beside others who do the same.

    Args:
        directory: The run's directory.
        change: Makes the new labels of the old ones.

    Raises:
        StorageError: There is no such directory, or its labels cannot be read or written.
    """
    folder = Folder(directory, make=False)
    try:
        folder.lock()
        raw = _read(folder)
        labels = change(Labels.from_json(raw))
        fields = {key: value for key, value in {**raw, **labels.to_json()}.items() if value is not None}
        folder.replace(LABELS_FILE, encode_document(plain_config(fields)))
    except StorageError:
        raise
    except OSError as error:
        raise storage_error("write", directory / LABELS_FILE, error) from error
    finally:
        folder.close()
    return labels


def _read(folder: Folder) -> dict[str, Any]:
    where = folder.path / LABELS_FILE
    try:
        content = folder.read(LABELS_FILE)
        found = {} if content is None else orjson.loads(content)
    except (OSError, orjson.JSONDecodeError) as error:
        raise StorageError(f"{where} cannot be read, and is not overwritten: {error}") from error
    if not isinstance(found, dict):
        raise StorageError(f"{where} holds no JSON object, and is not overwritten")
    return found


def move(root: Path, run: Run, project: str) -> Path:
    """Moves the directory of ``run`` into another project beside its own; its new path.

    Raises:
        BadNameError: ``project`` cannot be a directory.
        UsageError: The run is a log that has no directory of its own.
        StorageError: Something is there already, or it cannot be moved.
    """
    own_directory(run)
    path = confined(root, run.path)
    target = confined(root, path.parent.parent / check("project", project) / path.name)
    try:
        target.parent.mkdir(exist_ok=True)
        carry(path, target)
    except StorageError:
        raise
    except OSError as error:
        raise storage_error("move the run to", target, error) from error
    relabel(target, lambda labels: _in_project(labels, project))
    return target


def _in_project(labels: Labels, project: str) -> Labels:
    return replace(labels, project=project)


def carry(path: Path, target: Path) -> None:
    """Renames ``path`` to ``target``, which must not be there.

    Raises:
        StorageError: Something is there, or that is another file system.
        OSError: It cannot be renamed.
    """
    if os.path.lexists(target):
        raise StorageError(f"{target} is there already")
    try:
        path.rename(target)
    except OSError as error:
        if error.errno == errno.EXDEV:
            raise StorageError(f"{path} and {target.parent} are on different file systems: move it by hand") from None
        raise


def own_directory(run: Run) -> None:
    """Raises ``UsageError`` for a log that somebody else wrote as one file: it has no directory to hold labels."""
    if not run.path.is_dir():
        raise UsageError(
            f"{run.key} is a log without a directory of its own: it has no name, tags or project to change"
        )


def confined(root: Path, path: Path) -> Path:
    """``path``, when it lies below ``root`` and no symbolic link leads out of it on the way.

    Raises:
        StorageError: It does not.
    """
    home = Path(os.path.realpath(root))
    place = Path(os.path.realpath(path.parent), path.name)
    if path.name in {"", ".", ".."} or home not in place.parents:
        raise StorageError(f"{path} does not lie in {root}: nothing was changed")
    return place


def why_busy(run: Run, now: float) -> str | None:
    """Why nobody should move or remove ``run`` now; None when nobody writes it."""
    state = run.state(now)
    if state.name in {"running", "pending"}:
        return f"it is {state.name}: {state.reason}"
    if run.path.is_dir() and any(is_held(path) for path in _row_files(run.path)):
        return "a live process is writing it"
    return None


def _row_files(directory: Path) -> list[Path]:
    stem = Path(METRICS_FILE).stem
    return [path for path in directory.glob(f"{stem}*.jsonl") if rank_of(path.name) is not None]
