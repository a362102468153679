"""What the commands ask of a store: open it, find runs in it, read as much of it as the answer needs."""

from __future__ import annotations

import os
import shlex
from collections.abc import Iterator, Sequence
from operator import attrgetter
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

import click

from logstore.errors import AmbiguousRunError, RunNotFoundError
from tui.plain import paths
from tui.plain.run_paths import complaint, home_of, is_path, run_at
from tui.show.text import clean

if TYPE_CHECKING:
    from logstore.model.runs import Run, Runs
    from logstore.reading.follow import StoreReader
    from logstore.store import Store

_NAMED = 5
"""Runs that an error names."""


def open_store(directory: Path | None) -> Store:
    """The store that is meant; see ``tui.plain.paths``.

    Raises:
        StoreNotFoundError: there is none.
    """
    from logstore.store import Store

    return Store(paths.existing(directory, os.environ, Path.cwd()))


def open_for(directory: Path | None, names: Sequence[str]) -> Reading:
    """The store in which runs of these names are looked for; none where each is a path that leads elsewhere.

    Raises:
        StoreNotFoundError: there is none, and some name is no path.
        RunNotFoundError: a name is a path, and no run is there.
    """
    for name in names:
        if is_path(name) and run_at(name) is None:
            raise RunNotFoundError(complaint(name))
    if names and directory is None and all(map(_leads_away, names)):
        return Reading(None)
    return Reading(open_store(directory))


def _leads_away(name: str) -> bool:
    """Whether ``name`` is the path of a run that is read alone: outside of the store that would be taken.

    The current directory is taken for a store where it only holds logs; a path in it is all that is asked for then.
    """
    root, place = paths.choose(None, os.environ, Path.cwd()), run_at(name)
    if place is None or (root.exists() and not is_path(name)):
        return False
    return root == Path.cwd() or Path(os.path.realpath(root)) not in (place, *place.parents)


class _Read(NamedTuple):
    """A store that was read."""

    path: Path
    runs: Runs
    reader: StoreReader


class Reading:
    """Runs as a table shows them: those of a store, and those that are found by their paths.

    Points of finished runs are read when asked for.

    Args:
        store: The store; None: runs are found by their paths alone.
    """

    def __init__(self, store: Store | None) -> None:
        self._parts = [] if store is None else [_read(store)]
        self._has_store = store is not None

    @property
    def path(self) -> Path:
        """Where the store is; without one, where the run is that was found first."""
        return self._parts[0].path

    @property
    def runs(self) -> Runs:
        """The runs of the store; without one, the run that was found first."""
        return self._parts[0].runs

    def find(self, names: Sequence[str]) -> list[Run]:
        """The runs of those names, ids, keys or paths, each once, in that order.

        Raises:
            RunNotFoundError: a name fits no run.
            AmbiguousRunError: a name fits several.
        """
        found = {run.path: run for run in map(self._find, names)}
        return list(found.values())

    def root_of(self, run: Run) -> Path:
        """The store that ``run`` belongs to."""
        return self.path if self._has_store and self.runs.get(run.key) is run else home_of(run.path)

    def complete(self, runs: Sequence[Run]) -> None:
        """Read all points of ``runs``."""
        from logstore.store import read_all

        for part in self._parts:
            keys = tuple(run.key for run in runs if part.runs.get(run.key) is run)
            if keys:
                read_all(part.reader, part.runs, keys)

    def newest_first(self) -> list[Run]:
        """All runs, the youngest first."""
        return sorted(self._all(), key=attrgetter("seniority"), reverse=True)

    def oldest_first(self) -> list[Run]:
        """All runs, the oldest first: the order in which they get their colours."""
        return sorted(self._all(), key=attrgetter("seniority"))

    def _all(self) -> Iterator[Run]:
        for part in self._parts:
            yield from part.runs.values()

    def _find(self, name: str) -> Run:
        from logstore.model.select import find_run

        place = run_at(name)
        if place is not None and (is_path(name) or not self._has_store):
            return self._at(place)
        try:
            return find_run(self.runs, name, self.path)
        except RunNotFoundError:
            if place is None:
                raise
            return self._at(place)
        except AmbiguousRunError:
            namesakes = [run.key for run in self.newest_first() if run.name == name]
            if len(namesakes) < 2:
                raise
            raise AmbiguousRunError(_several(name, namesakes)) from None

    def _at(self, place: Path) -> Run:
        """The run that lies at ``place``: one that is known, or else read alone."""
        for run in self._all():
            if run.path == place:
                return run
        from logstore.store import Store

        part = _read(Store(place))
        for run in part.runs.values():
            self._parts.append(part)
            return run
        raise RunNotFoundError(complaint(str(place)))


def _several(name: str, keys: Sequence[str]) -> str:
    """What is said of a name that several runs have, since somebody trained again; ``keys`` from the newest on."""
    more = f" and {len(keys) - _NAMED} more" if len(keys) > _NAMED else ""
    return f"{name!r} is the name of {len(keys)} runs, the newest first: {', '.join(keys[:_NAMED])}{more}"


def _read(store: Store) -> _Read:
    from logstore.model.runs import Runs
    from logstore.store import read_all

    read = _Read(store.path, Runs(), store.reader(background=0))
    read_all(read.reader, read.runs)
    return read


def dir_of(root: Path) -> str:
    """What has to follow a command so that it takes the store ``root``: nothing where it does so by itself."""
    taken = os.path.realpath(paths.choose(None, os.environ, Path.cwd()))
    return "" if taken == os.path.realpath(root) else f" --dir {shlex.quote(str(root))}"


def tell_problems(problems: Sequence[str]) -> None:
    """Say on stderr what could not be read: the answer is still an answer."""
    for problem in problems:
        click.echo(f"tui: {clean(problem)}", err=True)
