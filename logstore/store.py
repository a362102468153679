"""A store: a directory of runs, read as a whole (``runs``), by name (``find``), or followed (``reader``).

The path may be a store root, one project, one run, a directory of anybody's ``*.jsonl`` logs, or one such file.
"""

from __future__ import annotations

import os
from collections.abc import Callable
from pathlib import Path

from logstore.caches.columns import default_directory
from logstore.errors import StoreError
from logstore.model.liveness import Machine
from logstore.model.runs import Run, Runs
from logstore.model.select import find_run
from logstore.reading.collection import paused
from logstore.reading.follow import BACKGROUND, Budget, StoreReader

__all__ = ["Budget", "Store", "StoreReader"]

_LARGE = Budget(bytes=16 << 20, seconds=1.0)


class Store:
    """The runs below one path."""

    def __init__(self, path: str | os.PathLike[str], cache: str | os.PathLike[str] | None = None) -> None:
        """A store.

        Args:
            path: A store root, a project, a run, a directory of logs, or one log.
            cache: Where columns and summaries that were read once are kept for the next time. None: what ``tui watch``
                kept in its usual place is used as far as it is true, and nothing is written.
        """
        self.path = Path(os.path.realpath(Path(path).expanduser()))
        self.cache = None if cache is None else Path(cache)
        self._usual = default_directory(os.environ, Path(os.path.expanduser("~")))  # noqa: PTH111  never raises

    def __repr__(self) -> str:
        return f"Store({str(self.path)!r})"

    def reader(self, *, background: int = BACKGROUND, machine: Machine | None = None) -> StoreReader:
        """A reader that follows the store; a path that does not exist yet is waited for.

        Args:
            background: Bytes of finished runs that are read without being asked for; the others give what a table
                shows, and their points when their key is in ``first``.
            machine: Where this runs, to tell which processes live; this machine unless a test says otherwise.
        """
        return StoreReader(
            self.path,
            background=background,
            machine=machine,
            cache=self._usual if self.cache is None else self.cache,
            keeps=self.cache is not None,
        )

    def runs(self, *, points: bool = True) -> Runs:
        """All runs, read to the end.

        Args:
            points: Read every row; otherwise what a table shows (records, configs, latest values).

        Raises:
            StoreError: There is nothing at this path.
        """
        self._check()
        runs = Runs()
        read_all(self.reader(background=(1 << 62) if points else 0), runs)
        return runs

    def find(self, text: str) -> Run:
        """The run called ``text``, read to the end: by key, id, name, path, or a unique beginning of one of these.

        Raises:
            StoreError: There is nothing at this path.
            RunNotFoundError: No run is called that.
            AmbiguousRunError: Several are.
        """
        self._check()
        runs = Runs()
        reader = self.reader(background=0)
        read_all(reader, runs)
        run = find_run(runs, text, self.path)
        read_all(reader, runs, (run.key,))
        return run

    def _check(self) -> None:
        if not self.path.exists():
            raise StoreError(f"there is no directory or file {self.path}")


def read_all(
    reader: StoreReader, runs: Runs, first: tuple[str, ...] = (), progress: Callable[[Runs], None] | None = None
) -> None:
    """Read until ``reader`` has nothing more to say at the moment, into ``runs``."""
    more = True
    with paused():  # as a whole: between two reads the collector would only look at what is there to stay
        while more:
            delta = reader.read(_LARGE, first)
            runs.apply(delta)
            if progress is not None:
                progress(runs)
            more = bool(delta.bytes_left or delta.runs_left)
