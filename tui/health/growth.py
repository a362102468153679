"""Whether the directory or the log of a quiet run still grows: a checkpoint, or an evaluation that writes elsewhere.

File access, so meant for a thread; bounded in entries, and asked only about runs that are quiet (``Watchdog.quiet``).
"""

from __future__ import annotations

import os
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path

from logstore.model.runs import Run

MOST_ENTRIES = 2000
DEEPEST = 3
"""Directory entries looked at per run, and levels below its directory."""
ROWS = ".jsonl"
"""Files of the run's directory that do not count: rows are seen anyway, telemetry grows whatever the training does."""
AGAIN = 10.0
"""Seconds between two looks at one directory."""


def places(runs: Mapping[str, Run], keys: Iterable[str]) -> dict[str, Path]:
    """Where to look for each run: its directory; for a foreign run the directory that its log lies in."""
    known = ((key, runs[key]) for key in keys if key in runs)
    return {key: run.path.parent if run.foreign and run.path.suffix else run.path for key, run in known}


class Growth:
    """Remembers how large each directory was; ``look`` says when each was seen to grow last."""

    def __init__(self) -> None:
        self._sizes: dict[str, tuple[int, int]] = {}
        self._grew: dict[str, float] = {}
        self._due: dict[str, float] = {}

    def is_due(self, places: Mapping[str, Path], now: float) -> bool:
        """Whether the next ``look`` reads any directory; where it does not, it needs no thread."""
        return any(now >= self._due.get(key, now) for key in places)

    def look(self, places: Mapping[str, Path], now: float) -> dict[str, float]:
        """Look once; when each of ``places`` was seen to grow last, by its key. Keys left out are forgotten."""
        for key, path in places.items():
            if now >= self._due.get(key, now):
                self._due[key] = now + AGAIN
                self._look_at(key, path, now)
        for gone in self._sizes.keys() - places.keys():
            del self._sizes[gone], self._due[gone]
            self._grew.pop(gone, None)
        return dict(self._grew)

    def _look_at(self, key: str, path: Path, now: float) -> None:
        size = _size(path)
        before = self._sizes.get(key)
        if before is not None and size > before:
            self._grew[key] = now
        self._sizes[key] = size


def _size(path: Path) -> tuple[int, int]:
    """Bytes, and entries, of what does not count as rows or telemetry."""
    sizes = list(_files(path))
    return sum(sizes), len(sizes)


def _files(top: Path) -> Iterator[int]:
    left = MOST_ENTRIES
    waiting = [(str(top), 0)]
    while waiting and left > 0:
        directory, depth = waiting.pop(0)
        try:
            with os.scandir(directory) as entries:
                for entry in entries:
                    left -= 1
                    if left <= 0:
                        break
                    if entry.is_dir(follow_symlinks=False):
                        if depth < DEEPEST:
                            waiting.append((entry.path, depth + 1))
                    elif depth or not entry.name.endswith(ROWS):
                        yield entry.stat(follow_symlinks=False).st_size
        except OSError:
            continue
