"""The trash of a store: what was removed, until it is restored or the trash is emptied.

    <store>/.trash/<time>-<name>-<4 letters>/origin.json    {"key", "from", "name", "time"}
    <store>/.trash/<time>-<name>-<4 letters>/<name>         the run's directory, or its one file

To remove a run is one rename in the same file system: nothing is copied, and whatever happens in between leaves the run
in one of the two places. Readers pass over names that begin with a dot. Nothing here follows a symbolic link: a store
that was made to mislead can neither have anything outside it removed, nor put anything there.
"""

from __future__ import annotations

import json
import os
import shutil
import time
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

from logstore.editing import carry, confined
from logstore.errors import StorageError
from logstore.model.records import number, text
from logstore.model.runs import Run
from logstore.names import random_id
from logstore.writing.folder import storage_error

TRASH = ".trash"
ORIGIN = "origin.json"
_LONGEST_ORIGIN = 1 << 16


@dataclass(frozen=True, slots=True)
class Trashed:
    """Something in the trash."""

    path: Path
    """Its place in the trash."""
    content: Path
    """The run's directory or file."""
    origin: str
    """Where it was, relative to the store."""
    key: str
    name: str
    time: float
    """When it was removed, seconds since the epoch."""


def discard(root: Path, run: Run, now: float) -> Trashed:
    """Moves ``run`` of the store ``root`` into its trash.

    Raises:
        StorageError: The run does not lie in the store, or cannot be moved.
    """
    path = confined(root, run.path)
    origin = str(path.relative_to(os.path.realpath(root)))
    trash = _directory(root, make=True)
    stamp = time.strftime("%Y%m%d-%H%M%S", time.localtime(now))
    entry = trash / f"{stamp}-{path.name[:100]}-{random_id()[:4]}"
    fields = {"key": run.key, "from": origin, "name": run.name, "time": now}
    try:
        entry.mkdir()
        (entry / ORIGIN).write_text(json.dumps(fields, indent=2) + "\n")  # ASCII: also names that are no UTF-8
        carry(path, entry / path.name)
    except StorageError:
        _drop(entry)
        raise
    except OSError as error:
        _drop(entry)
        raise storage_error("move to the trash:", path, error) from error
    return Trashed(entry, entry / path.name, origin, run.key, run.name, now)


def _drop(entry: Path) -> None:
    """Takes back a place in the trash that nothing was moved to."""
    try:
        (entry / ORIGIN).unlink(missing_ok=True)
        entry.rmdir()
    except OSError:
        return


def trashed(root: Path) -> list[Trashed]:
    """What is in the trash of ``root``, the latest first.

    Raises:
        StorageError: The trash is no directory of the store's own, or cannot be read.
    """
    trash = _directory(root)
    if not trash.is_dir():
        return []
    try:
        with os.scandir(trash) as entries:
            places = [Path(entry.path) for entry in entries if entry.is_dir(follow_symlinks=False)]
    except OSError as error:
        raise storage_error("read the trash", trash, error) from error
    found = [each for place in places if (each := _look(place)) is not None]
    return sorted(found, key=lambda each: (each.time, each.path.name), reverse=True)


def _look(place: Path) -> Trashed | None:
    """What lies in one place of the trash; None where nothing does, or something that was not put there by us."""
    try:
        descriptor = os.open(place / ORIGIN, os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK | os.O_CLOEXEC)
        with os.fdopen(descriptor, "rb") as file:
            raw = json.loads(file.read(_LONGEST_ORIGIN))
    except (OSError, ValueError, RecursionError):
        return None
    origin = text(raw.get("from")) if isinstance(raw, dict) else None
    if not origin or not os.path.lexists(place / Path(origin).name):
        return None
    name = Path(origin).name
    return Trashed(
        place,
        place / name,
        origin,
        text(raw.get("key")) or origin,
        text(raw.get("name")) or name,
        number(raw.get("time")) or 0.0,
    )


def restore(root: Path, found: Trashed) -> Path:
    """Puts something back to where it was; its path.

    Raises:
        StorageError: Something is there now, or that is not in the store.
    """
    parts = Path(found.origin).parts
    if Path(found.origin).is_absolute() or ".." in parts:
        raise StorageError(f"{found.path.name} was not removed from this store: {found.origin}")
    target = Path(os.path.realpath(root), *parts)
    _make_parents(Path(os.path.realpath(root)), parts[:-1])
    try:
        carry(found.content, confined(root, target))
    except StorageError:
        raise
    except OSError as error:
        raise storage_error("restore", target, error) from error
    _drop(found.path)
    return target


def _make_parents(root: Path, parts: tuple[str, ...]) -> None:
    """Makes the directories above a run, one at a time, so that none is made behind a symbolic link."""
    where = root
    for part in parts:
        where = where / part
        if where.is_symlink():
            raise StorageError(f"{where} is a symbolic link: nothing was changed")
        try:
            where.mkdir(exist_ok=True)
        except OSError as error:
            raise storage_error("make", where, error) from error


def empty(root: Path, found: Iterable[Trashed]) -> int:
    """Removes for good what ``trashed`` found; how many runs went.

    Raises:
        StorageError: One of them cannot be removed.
    """
    trash = _directory(root)
    count = 0
    for each in found:
        if each.path.parent != trash:
            raise StorageError(f"{each.path} does not lie in {trash}")
        try:
            shutil.rmtree(each.path)  # follows no symbolic link
        except OSError as error:
            raise storage_error("remove", each.path, error) from error
        count += 1
    return count


def _directory(root: Path, *, make: bool = False) -> Path:
    """The trash of ``root``.

    Raises:
        StorageError: It is a symbolic link, or cannot be made.
    """
    trash = Path(os.path.realpath(root), TRASH)
    if trash.is_symlink():
        raise StorageError(f"{trash} is a symbolic link: nothing was changed")
    if make:
        try:
            trash.mkdir(exist_ok=True)
        except OSError as error:
            raise storage_error("make the trash", trash, error) from error
    return trash
