"""One run, from its files to deltas: what it is, the rows that are new, what is wrong with its files.

A ``RunReader`` belongs to one thread at a time. ``glance`` costs one stat, ``look`` a few, ``read`` one chunk of one
file; whatever was found is handed over by ``take``. Nothing in the files raises: it becomes rows, counted bad lines,
or a line in ``problems``.
"""

from __future__ import annotations

from collections.abc import Mapping

from logstore.caches.columns import ColumnCache
from logstore.caches.entry import Entry
from logstore.caches.keeper import Keeper
from logstore.model.delta import RunDelta
from logstore.model.liveness import UNKNOWN, Liveness, Machine
from logstore.model.state import State, derive_state
from logstore.reading.discovery import Found
from logstore.reading.draft import Draft
from logstore.reading.files import RunFiles
from logstore.reading.papers import Papers
from logstore.reading.rank_papers import RankPapers
from logstore.reading.sources import Source
from logstore.reading.tail import CHUNK

RESTORED = 16
"""Bytes of rows from the cache that are as much work as one byte of lines."""


class RunReader:
    """Reads one run."""

    def __init__(
        self, found: Found, machine: Machine, cache: ColumnCache | None = None, *, keeps: bool = False
    ) -> None:
        self.found = found
        self.key = found.key
        self.liveness: Liveness = UNKNOWN
        self.papers = Papers(found)
        self.ranks = RankPapers(found.directory)
        self.files = RunFiles(found)
        self.headline: Mapping[str, object] | None = None
        """The latest values before the rows are read, or the derived summary."""
        self._machine = machine
        self._cache = cache
        self._keeps = keeps
        self._draft = Draft(is_news=True)
        self._told: tuple[str, ...] = ()
        self._refused = self._unheard = 0
        self._is_summary = False

    @property
    def is_exact(self) -> bool:
        """Whether ``headline`` was derived from every row."""
        return self._is_summary and all(source.is_summarised for source in self.files)

    @property
    def is_kept(self) -> bool:
        """Whether the cache has all rows that were read, and the summary of them."""
        return self.is_exact and all(
            source.packed >= source.tail.offset for source in self.files if source.is_worth_packing
        )

    @property
    def left(self) -> int:
        """Bytes known to be unread."""
        return self.files.left

    @property
    def has_news(self) -> bool:
        """Whether something was found since the last ``take``."""
        return bool(self._draft)

    @property
    def last_write(self) -> float | None:
        """When the run began, or one of its growing files was last touched, seconds since the epoch."""
        touched, record = self.files.touched, self.papers.record
        begun = record.created if record is not None else None
        if touched is None or begun is None:
            return begun if touched is None else touched
        return max(touched, begun)

    def state(self, now: float) -> State:
        """The state of the run, from what was found last."""
        return derive_state(self.papers.record, self.liveness, self.last_write, now)

    def is_live(self, now: float) -> bool:
        """Whether rows are to be expected."""
        record = self.papers.record
        if record is not None and record.state is not None:  # what is said of a run that ended takes longer
            return record.state == "pending"
        return self.state(now).name in {"running", "pending"}

    def wants(self, now: float) -> bool:
        """Whether there is something to read."""
        return self.files.wants(now)

    def open(self, now: float) -> None:
        """Find out what a table shows of the run, before its rows are read."""
        self.papers.refresh(self._draft)
        self.headline = self._draft.headline = self.files.open(now)
        self._judge(now)
        if self.is_live(now):
            self._look_at_ranks(now)

    def recall(self, entry: Entry, now: float, *, is_told: bool = False) -> None:
        """Take what ``open`` would find from ``entry``, which is true; it is no news where it ``is_told``."""
        self.papers.recall(entry, self._draft)
        self.files.recall(entry.looks, entry.listed_ns)
        self.headline, self._is_summary = entry.headline, entry.is_exact
        for source in self.files:
            source.summarised = source.tail.left if entry.is_exact else 0
        self._draft.headline = entry.headline
        self._judge(now)
        if is_told:
            self._draft = Draft()

    def glance(self, now: float) -> None:
        """Look at the one file that grows with every step."""
        self._check(same=self.files.glance(now))

    def look(self, now: float) -> None:
        """Look at everything: documents, new files, sizes, the process."""
        self.papers.refresh(self._draft)
        self._check(same=self.files.look(now))
        self._judge(now)
        self._look_at_ranks(now)

    def read(self, now: float, most: int = CHUNK) -> int:
        """Read about ``most`` bytes of the first file that has any; how many bytes of work that was.

        Rows that come from the cache are hardly any work.
        """
        if not self.files.is_listed:
            self._check(same=self.files.look(now))
        if not self.ranks.is_listed:
            self._look_at_ranks(now)
        before, restored = self._draft.bytes_read, self._draft.bytes_restored
        self._check(same=self.files.read(self._draft, now, self._prepare, most))
        restored = self._draft.bytes_restored - restored
        return self._draft.bytes_read - before - restored + restored // RESTORED

    def take(self) -> RunDelta | None:
        """What is new since the last call, None when nothing is."""
        self._refused += self._draft.refused
        self._unheard += self._draft.unheard
        problems = self.problems()
        if problems != self._told:
            self._draft.problems = self._told = problems
        if not self._draft:
            return None
        draft, self._draft = self._draft, Draft()
        return draft.finish(
            self.key,
            self.found.path,
            self.liveness,
            self.left,
            self.last_write,
            self.files.logged,
            foreign=self.papers.record is None,
        )

    def problems(self) -> tuple[str, ...]:
        """What is wrong with the files now, one line each."""
        found = [*self.papers.problems(), *self.ranks.problems()]
        found += (f"{name}: {text}" for name, text in self.files.problems.items())
        if self._refused:
            found.append(f"{self._refused} values were left out: there are too many metric names")
        if self._unheard:
            found.append(f"{self._unheard} events were left out: there are too many")
        return tuple(found)

    def set_summary(self, summary: Mapping[str, object]) -> None:
        """``summary`` was derived from every row read so far."""
        self.headline = self._draft.headline = summary
        self._is_summary = True
        for source in self.files:
            source.summarised = source.tail.offset

    def let_go(self) -> None:
        """Nobody is going to pack the rows that were kept."""
        for source in self.files:
            source.keeper = None

    def entry(self) -> Entry:
        """What an index may remember of the run.

        Raises:
            OSError, ValueError: A document cannot be read.
        """
        config, summary = self.papers.read_again()
        looks = {**self.papers.looks(), **self.files.looks()}
        record = self.papers.record
        return Entry(self.files.listed_ns, looks, record, config, summary, self.headline, self.is_exact)

    def _prepare(self, source: Source) -> None:
        """Before the first bytes of a file that pays: take its rows from the cache, or keep them for it."""
        if self._cache is None or not source.is_worth_packing:
            return
        if self._keeps:
            source.keeper = Keeper(self._cache.directory)
        source.restore(self._cache, self._draft)

    def _check(self, *, same: bool) -> None:
        """When a file is not the one that was read, everything is read again."""
        if not same:
            self.files.restart()
            self._refused = self._unheard = 0
            self._draft.forget_rows()

    def _judge(self, now: float) -> None:
        """Find out whether the process lives, where that matters."""
        record = self.papers.record
        if record is None or record.state is not None:
            return
        liveness = self._machine.liveness(record.process, now)
        if not liveness.same_as(self.liveness):
            self.liveness = liveness
            self._draft.is_news = True

    def _look_at_ranks(self, now: float) -> None:
        """Find out about the other ranks, also when rank 0 ended: they may hang, and hold their devices."""
        record = self.papers.record
        if self.found.is_file or (record is not None and record.world_size == 1):
            return
        if self.ranks.look(self._machine, now):
            self._draft.processes = self.ranks.ranks
