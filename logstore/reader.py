"""One run, from its files to deltas: what it is, the rows that are new, what is wrong with its files.

A ``RunReader`` belongs to one thread at a time. ``glance`` costs one stat, ``look`` a few, ``read`` one chunk of one
file; whatever was found is handed over by ``take``. Nothing in the files raises: it becomes rows, counted bad lines,
or a line in ``problems``.
"""

from __future__ import annotations

import os
from pathlib import Path

from logstore.delta import RunDelta
from logstore.discovery import Found
from logstore.draft import Draft
from logstore.format import EVENTS_FILE, METRICS_FILE, host_of, rank_of
from logstore.headline import read_headline
from logstore.liveness import UNKNOWN, Liveness, Machine
from logstore.papers import Papers
from logstore.sources import EventLines, Lines, MetricLines, Source, SystemLines
from logstore.state import State, derive_state
from logstore.tail import CHUNK
from logstore.watched import reason


class RunReader:
    """Reads one run."""

    def __init__(self, found: Found, machine: Machine) -> None:
        self.found = found
        self.key = found.key
        self.liveness: Liveness = UNKNOWN
        self.papers = Papers(found)
        self._machine = machine
        self._draft = Draft(is_news=True)
        self.directory = found.directory
        self._listed_ns = -1
        self._main_name = Path(found.path).name if found.is_file else METRICS_FILE
        self._sources: dict[str, Source] = {}
        self._problems: dict[str, str] = {}
        self._told: tuple[str, ...] = ()
        self._refused = 0
        self._grown: float | None = None
        self._add(self._main_name, MetricLines(0))

    @property
    def left(self) -> int:
        """Bytes known to be unread."""
        return sum(source.tail.left for source in self._sources.values())

    @property
    def last_write(self) -> float | None:
        """When the run began, or one of its growing files was last touched, seconds since the epoch."""
        seen = [source.tail.seen for source in self._sources.values()]
        times = [each.modified_ns / 1e9 for each in seen if each is not None]
        record = self.papers.record
        begun = record.created if record is not None else None
        return max((time for time in (begun, self._grown, *times) if time is not None), default=None)

    def state(self, now: float) -> State:
        """The state of the run, from what was found last."""
        return derive_state(self.papers.record, self.liveness, self.last_write, now)

    def is_live(self, now: float) -> bool:
        """Whether rows are to be expected."""
        return self.state(now).name in {"running", "pending"}

    @property
    def has_news(self) -> bool:
        """Whether something was found since the last ``take``."""
        return bool(self._draft)

    def wants(self, now: float) -> bool:
        """Whether there is something to read."""
        return any(source.wants(now) for source in self._sources.values())

    def open(self, now: float) -> None:
        """Find out what a table shows of the run, before its rows are read."""
        self.papers.refresh(self._draft)
        self._judge(now)
        main = self._sources[self._main_name]
        self._look_at(self._main_name, main, now)
        if main.tail.left:
            try:
                self._draft.headline = read_headline(main.tail.path)
            except OSError as error:
                self._problems[self._main_name] = reason(error)

    def glance(self, now: float) -> None:
        """Look at the one file that grows with every step."""
        self._look_at(self._main_name, self._sources[self._main_name], now)

    def look(self, now: float) -> None:
        """Look at everything: documents, new files, sizes, the process."""
        self.papers.refresh(self._draft)
        self._list()
        for name, source in self._sources.items():
            self._look_at(name, source, now)
        self._judge(now)

    def read(self, now: float, most: int = CHUNK) -> int:
        """Read about ``most`` bytes of the first file that has any; how many were read."""
        if self._listed_ns < 0:
            self.look(now)
        name = next((name for name, source in self._sources.items() if source.wants(now)), None)
        if name is None:
            return 0
        before = self._draft.bytes_read
        try:
            if not self._sources[name].read(self._draft, now, most):
                self._restart()
        except OSError as error:
            self._problems[name] = reason(error)
            self._sources[name].tail.give_up()
        return self._draft.bytes_read - before

    def take(self) -> RunDelta | None:
        """What is new since the last call, None when nothing is."""
        self._refused += self._draft.refused
        problems = self._all_problems()
        if problems != self._told:
            self._draft.problems = self._told = problems
        if not self._draft:
            return None
        draft, self._draft = self._draft, Draft()
        return draft.finish(
            self.key,
            Path(self.found.path),
            self.liveness,
            self.left,
            self.last_write,
            foreign=self.papers.record is None,
        )

    def _judge(self, now: float) -> None:
        """Find out whether the process lives, where that matters."""
        record = self.papers.record
        if record is None or record.state is not None:
            return
        liveness = self._machine.liveness(record.process, now)
        if not liveness.same_as(self.liveness):
            self.liveness = liveness
            self._draft.is_news = True

    def _look_at(self, name: str, source: Source, now: float) -> None:
        before = source.tail.seen
        try:
            same = source.tail.look()
        except OSError as error:
            self._problems[name] = reason(error)
            return
        self._problems.pop(name, None)
        if not same:
            self._restart()
        seen = source.tail.seen
        if before is not None and seen is not None and seen.size > before.size:
            self._grown = now

    def _restart(self) -> None:
        """A file is not the one that was read: everything is read again."""
        for source in self._sources.values():
            source.restart()
        self._refused = 0
        self._draft.forget_rows()

    def _list(self) -> None:
        """Find the files of other ranks and hosts, when the directory changed."""
        try:
            modified_ns = os.stat(self.directory).st_mtime_ns  # noqa: PTH116
            if modified_ns == self._listed_ns:
                return
            names = sorted(os.listdir(self.directory)) if self._has_companions() else []  # noqa: PTH208
        except OSError:
            return
        self._listed_ns = modified_ns
        for name in names:
            lines = _lines_of(name)
            if name not in self._sources and lines is not None:
                self._add(name, lines)

    def _has_companions(self) -> bool:
        return self._main_name == METRICS_FILE

    def _add(self, name: str, lines: Lines) -> None:
        self._sources[name] = Source(f"{self.directory}/{name}", lines)

    def _all_problems(self) -> tuple[str, ...]:
        found = [*self.papers.problems(), *(f"{name}: {text}" for name, text in self._problems.items())]
        if self._refused:
            found.append(f"{self._refused} values were left out: there are too many metric names")
        return tuple(found)


def _lines_of(name: str) -> Lines | None:
    """What the lines of the file ``name`` are; None when it holds nothing that is read here."""
    host = host_of(name)
    if host is not None:
        return SystemLines(host)
    rank = rank_of(name)
    if rank is None or not name.endswith(".jsonl"):
        return None
    return EventLines() if name.startswith(Path(EVENTS_FILE).stem) else MetricLines(rank)
