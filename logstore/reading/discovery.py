"""Finding runs below a root, again and again, for the price of a few stats.

A directory with ``run.json`` is a run; in any other directory each ``*.jsonl`` file is a run that somebody else wrote.
Symbolic links are never followed, so that nothing outside the root is read and no loop is endless; what was refused is
said in ``problems``. A directory is listed again when its modification time moved, and once in a while in any case, for
file systems whose clock is coarse.
"""

from __future__ import annotations

import os
import time
from collections import deque
from collections.abc import Callable, Collection, Iterator
from dataclasses import dataclass, field
from pathlib import Path

from logstore.format import CONSOLE_TIMES_FILE, METRICS_FILE, RUN_FILE, host_of, rank_of
from logstore.model.fixed import fixed

SUFFIX = ".jsonl"
DEEPEST = 6
"""Levels of directories below the root that are looked into."""
MOST_DIRECTORIES = 20_000
"""Directories that are looked into for runs; those of runs do not count."""

_COARSE = 2.0
"""Seconds for which a modification time may hide a later change of the same directory."""
_RELIST = 30.0
"""Seconds after which a directory is listed again though it seems unchanged."""
_ROTATION = 1.0
"""Seconds within which each directory below the root has its turn to be looked at."""
_CONSOLE_TIMES = CONSOLE_TIMES_FILE.removesuffix(SUFFIX) + "."
_IGNORED = frozenset({"__pycache__", "node_modules", "site-packages", "venv"})


@fixed
class Found:
    """A run that was found."""

    key: str
    path: str
    """Its directory, or its one file."""
    is_file: bool = False
    touched: float = 0.0
    """When its record, or all it has, was last touched, seconds since the epoch: a guess at how new it is."""
    is_known: bool = field(default=False, compare=False)
    """Its directory was known to be one and was not looked at: see ``Discovery.confirm``."""

    @property
    def directory(self) -> str:
        """The directory that holds its files."""
        return os.path.dirname(self.path) if self.is_file else self.path  # noqa: PTH120


@dataclass(slots=True)
class Changes:
    """What a look at the root found."""

    added: list[Found] = field(default_factory=list)
    gone: list[str] = field(default_factory=list)


@dataclass(slots=True, eq=False, repr=False)
class _Directory:
    """A directory that may hold runs: the root, a project, a folder of somebody else's logs."""

    path: str
    parent: _Directory | None = None
    inside: str = ""
    """What the keys of runs in it begin with: its path below the root, with a slash at the end."""
    modified_ns: int = -1
    listed: float = -1.0
    runs: dict[str, str] = field(default_factory=dict)
    """Keys of its runs by entry name."""
    below: dict[str, _Directory] = field(default_factory=dict)
    """Directories in it, by entry name."""

    @property
    def depth(self) -> int:
        return 0 if self.parent is None else self.parent.depth + 1

    def walk(self) -> Iterator[_Directory]:
        """This directory and all below."""
        yield self
        for child in self.below.values():
            yield from child.walk()


class Discovery:
    """The runs below ``root``: a store, a project, one run, somebody else's logs, or one file."""

    def __init__(self, root: Path, known: Callable[[str], int | None] | None = None) -> None:
        """Nothing is found yet.

        Args:
            root: Where to look.
            known: The modification time that the directory of the run with some key had when it was known to be one,
                in nanoseconds; None where nothing is known. Such a directory is taken for a run without a look, which
                is most of the price of finding ten thousand; who opens it has to look, and to ``confirm`` it.
        """
        self.root = root
        self._known = known
        self.problems: dict[str, str] = {}
        """What was refused, by path: one line each."""
        self._top = _Directory(str(root))
        self._project = f"{root.name}/"
        self._below: list[_Directory] = []
        self._unlisted: deque[_Directory] = deque()
        self._turn = 0
        self._looked = 0.0
        self._changes = Changes()

    def look(self, now: float, seconds: float = 0.05) -> Changes:
        """What appeared and disappeared since the last look.

        Args:
            now: Seconds since the epoch.
            seconds: How long to look at most; what is left is looked at next time.
        """
        self._changes = Changes()
        if (single := _single_run(self.root)) is not None or "" in self._top.runs:
            self._keep_single(single)
            return self._changes
        deadline = time.monotonic() + seconds
        for directory in self._due(now):
            self._look_at(directory, now)
        while self._unlisted:
            self._list(self._unlisted.popleft(), now)
            if time.monotonic() > deadline:
                break
        return self._changes

    def confirm(self, found: Found) -> bool:
        """Whether a run that was taken for one without a look is one; a directory that is none is looked into."""
        if not found.is_known or _touched(found.path) is not None:
            return True
        parent, _, name = found.path.rpartition("/")
        for directory in (self._top, *self._below):
            if directory.path == parent and directory.runs.pop(name, None) is not None:
                self._descend(directory, name)
        return False

    @property
    def is_complete(self) -> bool:
        """Whether every directory has been listed."""
        return not self._unlisted

    def directories(self) -> list[Path]:
        """Directories in which new runs would appear."""
        if "" in self._top.runs:
            return []
        return [Path(each.path) for each in (self._top, *self._below)]

    def _keep_single(self, found: Found | None) -> None:
        known = self._top.runs.get("")
        if known is not None and (found is None or found.key != known):
            self._changes.gone.append(self._top.runs.pop(""))
        if found is not None and "" not in self._top.runs:
            self._forget(self._top)
            self._top.runs[""] = found.key
            self._changes.added.append(found)

    def _due(self, now: float) -> list[_Directory]:
        """The root, and so many of the others that each has its turn within ``_ROTATION`` seconds."""
        passed, self._looked = max(0.0, now - self._looked), now
        count = min(len(self._below), int(len(self._below) * passed / _ROTATION) + 1)
        due = [self._below[(self._turn + index) % len(self._below)] for index in range(count)]
        due = [directory for directory in due if directory.listed >= 0]
        self._turn = (self._turn + count) % max(1, len(self._below))
        return [self._top, *due]

    def _look_at(self, directory: _Directory, now: float) -> None:
        try:
            modified_ns = os.lstat(directory.path).st_mtime_ns
        except OSError:
            self._forget(directory)
            return
        age = now - directory.listed
        coarse = abs(directory.listed - modified_ns / 1e9) < _COARSE
        if modified_ns != directory.modified_ns or age > _RELIST or (coarse and age > _COARSE / 4):
            self._list(directory, now)

    def _list(self, directory: _Directory, now: float) -> None:
        try:
            directory.modified_ns = os.lstat(directory.path).st_mtime_ns
            with os.scandir(directory.path) as found:
                entries = {entry.name: entry for entry in found}
        except OSError as error:
            self._forget(directory)
            if not isinstance(error, FileNotFoundError):
                self._refuse(directory.path, error.strerror or str(error))
            return
        directory.listed = now
        for name in [name for name in entries if name[0] == "." or name in _IGNORED]:
            del entries[name]
        if directory.parent is not None and _has_record(entries):
            self._become_run(directory, directory.parent)
            return
        self._drop_missing(directory, entries)
        runs, below, has_metrics = directory.runs, directory.below, METRICS_FILE in entries
        for name, entry in entries.items():
            if name not in runs and name not in below:
                try:
                    self._take(directory, entry, has_metrics)
                except FileNotFoundError:
                    continue  # it is gone again
                except OSError as error:
                    self._refuse(entry.path, error.strerror or str(error))

    def _drop_missing(self, directory: _Directory, entries: dict[str, os.DirEntry[str]]) -> None:
        for name in directory.runs.keys() - entries.keys():
            self._changes.gone.append(directory.runs.pop(name))
        for name in directory.below.keys() - entries.keys():
            self._forget(directory.below[name])
        for path in [path for path in self.problems if os.path.dirname(path) == directory.path]:  # noqa: PTH120
            del self.problems[path]

    def _take(self, directory: _Directory, entry: os.DirEntry[str], has_metrics: bool) -> None:
        """Make something of an entry that was not known."""
        if entry.is_dir(follow_symlinks=False):
            self._take_directory(directory, entry)
            return
        is_log = entry.name.endswith(SUFFIX)
        if entry.is_symlink():
            if is_log or entry.is_dir():
                self._refuse(entry.path, "symbolic links are not followed")
        elif is_log and not entry.is_file(follow_symlinks=False):
            self._refuse(entry.path, "no regular file")
        elif is_log and not (has_metrics and _is_companion(entry.name)):
            key, touched = (
                directory.inside + entry.name.removesuffix(SUFFIX),
                entry.stat(follow_symlinks=False).st_mtime,
            )
            self._add(directory, entry.name, Found(key, entry.path, is_file=True, touched=touched))

    def _take_directory(self, directory: _Directory, entry: os.DirEntry[str]) -> None:
        key = self._key(directory, entry.name)
        listed_ns = None if self._known is None else self._known(key)
        touched = _touched(entry.path) if listed_ns is None else listed_ns / 1e9
        if touched is None:
            self._descend(directory, entry.name)
        else:
            self._add(directory, entry.name, Found(key, entry.path, touched=touched, is_known=listed_ns is not None))

    def _add(self, directory: _Directory, name: str, found: Found) -> None:
        directory.runs[name] = found.key
        self._changes.added.append(found)

    def _key(self, directory: _Directory, name: str) -> str:
        """The key of the run that is the directory ``name`` in ``directory``."""
        return f"{directory.inside or self._project}{name}"

    def _descend(self, directory: _Directory, name: str) -> None:
        if directory.depth >= DEEPEST:
            return
        if len(self._below) >= MOST_DIRECTORIES:
            self._refuse(self._top.path, f"more than {MOST_DIRECTORIES} directories: the rest is not looked into")
            return
        path = f"{directory.path.rstrip('/')}/{name}"
        child = directory.below[name] = _Directory(path, directory, f"{directory.inside}{name}/")
        self._below.append(child)
        self._unlisted.append(child)

    def _become_run(self, directory: _Directory, parent: _Directory) -> None:
        self._forget(directory)
        name = os.path.basename(directory.path)  # noqa: PTH119
        touched = _touched(directory.path) or 0.0
        self._add(parent, name, Found(self._key(parent, name), directory.path, touched=touched))

    def _forget(self, directory: _Directory) -> None:
        """Everything at and below ``directory`` is gone."""
        leaving = {id(each): each for each in directory.walk()}
        for each in leaving.values():
            self._changes.gone.extend(each.runs.values())
        self._below = [each for each in self._below if id(each) not in leaving]
        self._unlisted = deque(each for each in self._unlisted if id(each) not in leaving)
        directory.runs.clear()
        directory.below.clear()
        directory.modified_ns = -1
        if directory.parent is not None:
            directory.parent.below.pop(os.path.basename(directory.path), None)  # noqa: PTH119

    def _refuse(self, path: str, why: str) -> None:
        self.problems[path] = f"{os.path.relpath(path, self._top.path)}: {why}"


def _single_run(root: Path) -> Found | None:
    """The run that the root itself is: a directory with run.json, or one file of rows."""
    if root.is_file():
        touched = root.stat().st_mtime
        if root.name == METRICS_FILE and (root.parent / RUN_FILE).is_file():
            return Found(f"{root.parent.parent.name}/{root.parent.name}", str(root.parent), touched=touched)
        return Found(root.name.removesuffix(SUFFIX), str(root), is_file=True, touched=touched)
    touched_at = _touched(str(root))
    return None if touched_at is None else Found(f"{root.parent.name}/{root.name}", str(root), touched=touched_at)


def _touched(directory: str) -> float | None:
    """When the run.json in ``directory`` was last touched; None when there is none."""
    try:
        return os.lstat(f"{directory}/{RUN_FILE}").st_mtime
    except OSError:
        return None


def _has_record(names: Collection[str]) -> bool:
    """Whether one of the files ``names`` is the record of some rank."""
    if RUN_FILE in names:
        return True
    near = [name for name in names if name.startswith("run.") and name.endswith(".json")]
    return any(rank_of(name) is not None for name in near)


def _is_companion(name: str) -> bool:
    """Whether ``name``, beside metrics.jsonl, belongs to the same run."""
    if name.startswith(_CONSOLE_TIMES):
        return True
    return name != METRICS_FILE and (rank_of(name) is not None or host_of(name) is not None)
