"""Several stores watched as one: their readers take turns, and their runs' keys tell which store they are from."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from pathlib import Path

from logstore.model.delta import Delta
from logstore.store import Budget
from tui.follow import Source


class Together:
    """A source made of others. A run ``k`` of the source named ``n`` has the key ``n:k`` here."""

    def __init__(self, sources: Mapping[str, Source]) -> None:
        self._sources = dict(sources)
        self._turn = 0

    def read(self, budget: Budget, first: Sequence[str] = ()) -> Delta:
        """What is new in any of them; the budget is shared evenly and each is served first in its turn."""
        share = replace(budget, bytes=budget.bytes // len(self._sources), seconds=budget.seconds / len(self._sources))
        names = list(self._sources)
        self._turn = (self._turn + 1) % len(names)
        deltas = []
        for name in names[self._turn :] + names[: self._turn]:
            own = [key.removeprefix(f"{name}:") for key in first if key.startswith(f"{name}:")]
            deltas.append(_named(name, self._sources[name].read(share, own)))
        return Delta(
            runs=tuple(run for delta in deltas for run in delta.runs),
            gone=tuple(key for delta in deltas for key in delta.gone),
            bytes_read=sum(delta.bytes_read for delta in deltas),
            bytes_left=sum(delta.bytes_left for delta in deltas),
            runs_left=sum(delta.runs_left for delta in deltas),
            problems=tuple(problem for delta in deltas for problem in delta.problems),
        )

    def watch_paths(self) -> list[Path]:
        """The directories of all of them."""
        return [path for source in self._sources.values() for path in source.watch_paths()]


def _named(name: str, delta: Delta) -> Delta:
    runs = tuple(replace(run, key=f"{name}:{run.key}") for run in delta.runs)
    return replace(delta, runs=runs, gone=tuple(f"{name}:{key}" for key in delta.gone))


def labels(paths: Sequence[Path]) -> list[str]:
    """A short name for each path, unique among them: its last part, with as many more as are needed."""
    parts = [path.resolve().parts for path in paths]
    for count in range(1, max((len(part) for part in parts), default=1) + 1):
        names = ["/".join(part[-count:]) for part in parts]
        if len(set(names)) == len(names):
            return names
    return [f"{'/'.join(part)}#{i}" for i, part in enumerate(parts, 1)]
