"""The growing files of one run: which there are, which have something to read, and what is wrong with them."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator, Mapping

from logstore.format import METRICS_FILE
from logstore.reading.discovery import SUFFIX, Found
from logstore.reading.draft import Draft
from logstore.reading.headline import read_headline
from logstore.reading.sources import RowLines, Source, lines_of
from logstore.reading.tail import CHUNK, Look
from logstore.reading.watched import reason


class RunFiles:
    """The growing files of one run."""

    __slots__ = (
        "_directory",
        "_has_companions",
        "_sources",
        "_unreadable",
        "grown",
        "is_listed",
        "listed_ns",
        "main",
        "problems",
    )

    def __init__(self, found: Found) -> None:
        self.main = os.path.basename(found.path) if found.is_file else METRICS_FILE  # noqa: PTH119
        """The name of the file that grows with every step."""
        self.problems: dict[str, str] = {}
        """What is wrong with a file, by its name."""
        self.grown: float | None = None
        """When a file of rows was last seen to have grown, by our clock."""
        self.listed_ns = -1
        """Modification time of the directory when its files were looked for."""
        self.is_listed = False
        self._directory = found.directory
        self._has_companions = self.main == METRICS_FILE
        self._sources: dict[str, Source] = {}
        self._unreadable: set[str] = set()
        """Files that were there and could not be read."""
        self._sources[self.main] = Source(f"{self._directory}/{self.main}", RowLines())

    def __iter__(self) -> Iterator[Source]:
        return iter(self._sources.values())

    @property
    def left(self) -> int:
        """Bytes known to be unread."""
        return sum(source.left for source in self._sources.values())

    @property
    def touched(self) -> float | None:
        """When one of the files of rows was last touched, seconds since the epoch: by its own clock or by ours.

        Events do not count: a watcher may write one about a run that is dead.
        """
        times = [source.touched for source in self._sources.values() if isinstance(source.lines, RowLines)]
        return max([time for time in (*times, self.grown) if time is not None], default=None)

    @property
    def logged(self) -> float | None:
        """When a file of metrics was last touched, as ``touched`` says it."""
        rows = (each for each in self if isinstance(each.lines, RowLines) and each.lines.host is None)
        return max((time for each in rows if (time := each.touched) is not None), default=None)

    def wants(self, now: float) -> bool:
        """Whether there is something to read."""
        return any(source.wants(now) for source in self._sources.values())

    def source(self, name: str) -> Source:
        """The file called ``name``."""
        return self._sources[name]

    @property
    def is_untouched(self) -> bool:
        """Whether the main file is as it was when it was looked at last."""
        return self._sources[self.main].tail.is_untouched

    def open(self, now: float) -> Mapping[str, object] | None:
        """Look at the main file for the first time; the latest values of its keys, as its last lines have them."""
        source = self._sources[self.main]
        try:
            values, seen = read_headline(source.tail.path)
        except FileNotFoundError:
            return None
        except OSError as error:
            self.problems[self.main] = reason(error)
            return None
        source.tail.recall(seen)
        source.notice(now)
        return values

    def glance(self, now: float) -> bool:
        """Look at the main file; False when it is not the one that was read."""
        return self._look_at(self.main, now)

    def look(self, now: float) -> bool:
        """Look for new files and at all of them; False when one is not the one that was read."""
        self.find()
        for name in self._unreadable:
            self._sources[name].tail.try_again()
        same = [self._look_at(name, now) for name in self._sources]
        return all(same)

    def read(self, draft: Draft, now: float, prepare: Callable[[Source], None], most: int = CHUNK) -> bool:
        """Read about ``most`` bytes of the first file that has any; False when it is not the one that was read.

        ``prepare`` is called with a file before its first bytes are read, and may take them from elsewhere.
        """
        name = next((name for name, source in self._sources.items() if source.wants(now)), None)
        if name is None:
            return True
        source = self._sources[name]
        try:
            if not source.tail.offset:
                prepare(source)
            same = source.read(draft, now, most) if source.wants(now) else True
        except OSError as error:
            self.problems[name] = reason(error)
            self._unreadable.add(name)
            source.tail.give_up()
            return True
        if name in self._unreadable:
            self._unreadable.remove(name)
            self.problems.pop(name, None)
        return same

    def main_rank(self) -> Source:
        """The file whose rows are the curves of the run: that of the lowest rank that wrote."""
        ranks = {each.lines.rank: each for each in self if isinstance(each.lines, RowLines) and each.lines.host is None}
        wrote = [rank for rank, source in ranks.items() if source.tail.seen is not None]
        return ranks[min(wrote, default=0)]

    def restart(self) -> None:
        """Read everything again."""
        for source in self._sources.values():
            source.restart()

    def find(self) -> None:
        """Find the files of other ranks and hosts, when the directory changed."""
        try:
            modified_ns = os.stat(self._directory).st_mtime_ns  # noqa: PTH116
            if self.is_listed and modified_ns == self.listed_ns:
                return
            names = sorted(os.listdir(self._directory)) if self._has_companions else []  # noqa: PTH208
        except OSError:
            return
        self.listed_ns, self.is_listed = modified_ns, True
        for name in names:
            if name.endswith(SUFFIX) and name not in self._sources:
                self._add(name)

    def looks(self) -> dict[str, Look]:
        """What each of the files was when it was looked at last."""
        return {name: source.tail.seen for name, source in self._sources.items() if source.tail.seen is not None}

    def recall(self, looks: Mapping[str, Look], listed_ns: int) -> None:
        """The files that there were, none of them read."""
        for name, seen in looks.items():
            if name not in self._sources and name.endswith(SUFFIX):
                self._add(name)
            if name in self._sources:
                self._sources[name].tail.recall(seen)
        self.listed_ns, self.is_listed = listed_ns, True

    def _add(self, name: str) -> None:
        """Follow the file ``name`` if it is one that grows."""
        lines = lines_of(name)
        if lines is not None:
            self._sources[name] = Source(f"{self._directory}/{name}", lines)

    def _look_at(self, name: str, now: float) -> bool:
        source = self._sources[name]
        before = source.tail.seen
        try:
            same = source.tail.look()
        except OSError as error:
            self.problems[name] = reason(error)
            return True
        source.notice(now)
        seen = source.tail.seen
        if name not in self._unreadable or seen is None:
            self.problems.pop(name, None)
        has_grown = before is not None and seen is not None and seen.size > before.size
        if has_grown and isinstance(source.lines, RowLines):
            self.grown = now
        return same
