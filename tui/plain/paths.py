"""Which directory of runs a command means.

The path that was given; else ``$LOGSTORE_DIR``; else ``./runs``; else the current directory when it holds logs. The
environment and the current directory are parameters, so the rule is a pure question to the file system.
"""

from __future__ import annotations

import os
from collections import deque
from collections.abc import Mapping
from pathlib import Path

STORE_VARIABLE = "LOGSTORE_DIR"
DEFAULT_DIRECTORY = "runs"

_LOG_SUFFIX = ".jsonl"
_DEEPEST = 3
_MOST_DIRECTORIES = 200


class StoreNotFoundError(FileNotFoundError):
    """There is no directory of runs where one was looked for; the message says what to do next."""


def choose(explicit: Path | None, environ: Mapping[str, str], cwd: Path) -> Path:
    """The directory that is meant, whether it is there yet or not."""
    if explicit is not None:
        return explicit.expanduser()
    named = environ.get(STORE_VARIABLE)
    if named:
        return Path(named).expanduser()
    runs = cwd / DEFAULT_DIRECTORY
    is_whole_disk = cwd == cwd.parent
    return cwd if not is_whole_disk and not runs.is_dir() and holds_logs(cwd) else runs


def existing(explicit: Path | None, environ: Mapping[str, str], cwd: Path) -> Path:
    """The directory that is meant, which must be there.

    Raises:
        StoreNotFoundError: nothing is there; the message names the place and what to do next.
    """
    path = choose(explicit, environ, cwd)
    if path.exists():
        return path
    if explicit is not None:
        raise StoreNotFoundError(f"{path}: no such directory")
    if environ.get(STORE_VARIABLE):
        raise StoreNotFoundError(f"{path}: no such directory; {STORE_VARIABLE} names it")
    raise StoreNotFoundError(f"no runs here: name a directory of runs, set {STORE_VARIABLE}, or try 'tui demo'")


def holds_logs(directory: Path) -> bool:
    """Whether some ``*.jsonl`` lies in ``directory`` or a little below it.

    Looks at most three levels down and into 200 directories, so that it answers at once in a home directory too.
    """
    queue = deque([(directory, 0)])
    for _ in range(_MOST_DIRECTORIES):
        if not queue:
            return False
        current, depth = queue.popleft()
        below, found = _look(current)
        if found:
            return True
        if depth < _DEEPEST:
            queue.extend((path, depth + 1) for path in below)
    return False


def _look(directory: Path) -> tuple[list[Path], bool]:
    below = []
    try:
        with os.scandir(directory) as entries:
            for entry in entries:
                if entry.name.startswith("."):
                    continue
                if entry.name.endswith(_LOG_SUFFIX) and entry.is_file():
                    return [], True
                if entry.is_dir(follow_symlinks=False):
                    below.append(Path(entry.path))
    except OSError:
        return [], False
    return below, False
