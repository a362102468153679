"""Runs that are named by where they are: a run's directory, a file in it, or a log that somebody else wrote.

Only looks: nothing is read, and a directory of many runs is none of them.
"""

from __future__ import annotations

import os
from pathlib import Path

from logstore.format import METRICS_FILE, RUN_FILE
from logstore.reading.discovery import SUFFIX

_BEGINNINGS = ("/", "./", "../")


def is_path(text: str) -> bool:
    """Whether ``text`` can be nothing but a path; ``project/id`` may be a path too, and a run's key."""
    return text in {".", ".."} or text.startswith(_BEGINNINGS)


def run_at(text: str) -> Path | None:
    """The directory or the log of the run that lies at the path ``text``; None where none does."""
    try:
        path = Path(os.path.realpath(text))
        return _of_directory(path) if path.is_dir() else _of_file(path)
    except (OSError, ValueError):  # no access; no name of a file
        return None


def complaint(text: str) -> str:
    """Why ``run_at`` found no run at ``text``: one line."""
    try:
        if not os.path.lexists(text):
            return f"no run {text}: there is no such file or directory"
        if Path(text).is_dir():
            return f"{text} is a directory, and no run: it has no {RUN_FILE}; name one of its runs, or say --dir {text}"
    except (OSError, ValueError) as error:
        return f"no run {text}: {error}"
    return f"{text} is no run: neither a directory with {RUN_FILE} nor a log (*{SUFFIX})"


def home_of(path: Path) -> Path:
    """The store of a run that lies at ``path``: two levels up, as docs/format.md has it; of a log its directory."""
    return path.parent.parent if path.is_dir() else path.parent


def _of_directory(path: Path) -> Path | None:
    """``path`` where it is a run, or the one log in it."""
    if (path / RUN_FILE).is_file():
        return path
    if (path / METRICS_FILE).is_file():
        return path / METRICS_FILE
    logs = [each for each in path.glob(f"*{SUFFIX}") if each.is_file() and not each.is_symlink()]
    return logs[0] if len(logs) == 1 else None


def _of_file(path: Path) -> Path | None:
    """The run whose file ``path`` is, or which it is."""
    if not path.is_file():
        return None
    if (path.parent / RUN_FILE).is_file():
        return path.parent
    return path if path.suffix == SUFFIX else None
