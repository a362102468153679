"""All runs as screens and scripts read them: ``Runs``, changed by nothing but ``apply``.

Pure memory: no files, no clock. The thread that owns a ``Runs`` applies the deltas that a reader thread made.
"""

from __future__ import annotations

from collections.abc import ItemsView, Iterable, Iterator, KeysView, Mapping, ValuesView
from typing import NamedTuple

from logstore.model.delta import Delta
from logstore.model.room import Room
from logstore.model.run import Run
from logstore.reading.collection import paused

__all__ = ["Changes", "Run", "Runs"]


class Changes(NamedTuple):
    """What one delta did to the model, by run key."""

    touched: frozenset[str] = frozenset()
    """Runs that are new or changed."""
    added: frozenset[str] = frozenset()
    gone: frozenset[str] = frozenset()

    def __bool__(self) -> bool:
        """Whether anything changed."""
        return bool(self.touched or self.added or self.gone)

    def then(self, later: Changes) -> Changes:
        """What these changes and ``later`` ones did together; a run that went and came again is in both."""
        if not self:
            return later
        return Changes(
            (self.touched - later.gone) | later.touched,
            (self.added - later.gone) | later.added,
            self.gone | (later.gone - self.added),
        )


class Runs(Mapping[str, Run]):
    """Runs by key, in the order in which they were found."""

    def __init__(self, limit: int | None = None) -> None:
        """No runs yet.

        Args:
            limit: Bytes that all points may take; beyond them the longest curves are thinned out, see
                ``logstore.model.room``.
        """
        self._runs: dict[str, Run] = {}
        self._room = None if limit is None else Room(limit)
        self.version = 0
        """Grows with every change of any run."""
        self.bytes_left = 0
        """Bytes that further reads will bring."""
        self.problems: tuple[str, ...] = ()
        """What is wrong with the store as a whole, one line each."""

    def __getitem__(self, key: str) -> Run:
        return self._runs[key]

    def __iter__(self) -> Iterator[str]:
        return iter(self._runs)

    def __len__(self) -> int:
        return len(self._runs)

    def __contains__(self, key: object) -> bool:
        return key in self._runs

    # What Mapping gives would look up every key anew.

    def keys(self) -> KeysView[str]:
        """The keys of all runs."""
        return self._runs.keys()

    def values(self) -> ValuesView[Run]:
        """All runs."""
        return self._runs.values()

    def items(self) -> ItemsView[str, Run]:
        """All runs with their keys."""
        return self._runs.items()

    def apply(self, delta: Delta) -> Changes:
        """Take in what is new, and say which runs changed."""
        with paused():
            return self._apply(delta)

    def _apply(self, delta: Delta) -> Changes:
        gone = frozenset(key for key in delta.gone if self._runs.pop(key, None) is not None)
        added = {each.key for each in delta.runs if each.key not in self._runs}
        for each in delta.runs:
            run = self._runs.get(each.key)
            if run is None:
                run = self._runs[each.key] = Run(each.key, each.path, foreign=each.foreign)
            run.apply(each)
        self.version += 1
        self.bytes_left = delta.bytes_left
        self.problems = delta.problems
        touched = frozenset(each.key for each in delta.runs)
        thinned = () if self._room is None else self._keep_within(self._room, touched | gone)
        return Changes(touched.union(thinned), frozenset(added), gone)

    def _keep_within(self, room: Room, changed: Iterable[str]) -> Iterable[str]:
        """Make room where the points take too much; the keys of runs that have fewer of them now."""
        thinned = set()
        for key in changed:
            if key not in self._runs:
                room.forget(key)
            elif room.note(key, self._runs[key].curves()):
                thinned.add(key)
        if room.is_full():
            thinned |= room.make({key: run.curves() for key, run in self._runs.items()})
        for key in thinned:
            self._runs[key].version += 1
        return thinned
