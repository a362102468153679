"""What the commands ask of a store: open it, find runs in it, read as much of it as the answer needs."""

from __future__ import annotations

import os
from collections.abc import Sequence
from operator import attrgetter
from pathlib import Path
from typing import TYPE_CHECKING

import click

from tui.plain import paths
from tui.show.text import clean

if TYPE_CHECKING:
    from logstore.model.runs import Run
    from logstore.store import Store


def open_store(directory: Path | None) -> Store:
    """The store that is meant; see ``tui.plain.paths``.

    Raises:
        StoreNotFoundError: there is none.
    """
    from logstore.store import Store

    return Store(paths.existing(directory, os.environ, Path.cwd()))


class Reading:
    """A store whose runs are known as a table shows them; points of finished runs are read when asked for."""

    def __init__(self, store: Store) -> None:
        from logstore.model.runs import Runs
        from logstore.store import read_all

        self.path = store.path
        self.runs = Runs()
        self._reader = store.reader(background=0)
        read_all(self._reader, self.runs)

    def find(self, names: Sequence[str]) -> list[Run]:
        """The runs of those names, ids or keys, each once, in that order.

        Raises:
            RunNotFoundError: a name fits no run.
            AmbiguousRunError: a name fits several.
        """
        from logstore.model.select import find_run

        found = {run.key: run for run in (find_run(self.runs, name, self.path) for name in names)}
        return list(found.values())

    def complete(self, runs: Sequence[Run]) -> None:
        """Read all points of ``runs``."""
        from logstore.store import read_all

        read_all(self._reader, self.runs, tuple(run.key for run in runs))

    def newest_first(self) -> list[Run]:
        """All runs, the youngest first."""
        return sorted(self.runs.values(), key=attrgetter("seniority"), reverse=True)

    def oldest_first(self) -> list[Run]:
        """All runs, the oldest first: the order in which they get their colours."""
        return sorted(self.runs.values(), key=attrgetter("seniority"))


def tell_problems(problems: Sequence[str]) -> None:
    """Say on stderr what could not be read: the answer is still an answer."""
    for problem in problems:
        click.echo(f"tui: {clean(problem)}", err=True)
