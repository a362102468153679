"""What is done when there is nothing to read: pack the columns of runs that are complete, remember runs in the index.

Work is cut into steps of a few milliseconds, so that a read that comes in between does not wait. Where the cache cannot
be written, housekeeping ends; nobody is told, since nothing is lost.
"""

from __future__ import annotations

import time
from collections.abc import Container, Generator, Iterator
from pathlib import Path

from logstore.caches.columns import LARGEST, ChangedError, ColumnCache, Origin
from logstore.caches.index import StoreIndex
from logstore.caches.keeper import Keeper
from logstore.model.delta import RunDelta
from logstore.model.runs import Run
from logstore.reading.draft import Draft
from logstore.reading.reader import RunReader
from logstore.reading.sources import RowLines, Source

GROWN = 8 << 20
"""Bytes by which a file that still grows must have grown to be packed again."""
MOST_KEPT = 32 << 20
"""Bytes of columns held in memory for runs that wait to be packed."""
MOST_FILES = 16
"""Files held open for runs that wait to be packed."""
UNASKED = 1 << 30
"""Bytes of rows that are read for summaries alone, a little at a time; the next viewer goes on with the others."""
LONGEST_UNASKED = 32 << 20
"""Bytes of one run beyond which nobody reads them for its summary."""
_RELEASE_EVERY = 64
"""Steps of packing after which memory is given back."""
_SAVE_EVERY = 10.0
"""Seconds between two saves of the index."""
_SAVE_MEANWHILE = 30.0
"""Seconds after which it is saved though there is more to do: whoever leaves then has most of it next time."""


class Housekeeper:
    """Keeps the cache and the index of one store."""

    def __init__(self, cache: ColumnCache, index: StoreIndex) -> None:
        self._cache = cache
        self._index = index
        self._waiting: dict[str, RunReader] = {}
        self._job: Iterator[None] | None = None
        self._kept = self._files = 0
        self._saved = self._began = 0.0
        self._is_broken = False
        self._news: list[str] = []
        self._summaries = UNASKED

    @property
    def is_idle(self) -> bool:
        """Whether there is nothing to do."""
        return self._is_broken or not (self._job is not None or self._waiting or self._index.is_changed)

    def note(self, reader: RunReader, *, live: bool = False) -> None:
        """A run is as complete as it will be for now; of a ``live`` one only much that is new is packed."""
        if self._is_broken or (live and not any(map(_has_grown, reader.files))):
            reader.let_go()
            return
        self._waiting[reader.key] = reader
        keepers = [source.keeper for source in reader.files if source.keeper is not None]
        self._kept += sum(keeper.loose for keeper in keepers)
        self._files += sum(keeper.has_file for keeper in keepers)
        if self._kept > MOST_KEPT or self._files > MOST_FILES:
            # They will be read again when their turn comes.
            reader.let_go()

    def forget(self, key: str) -> None:
        """The run ``key`` is gone."""
        self._waiting.pop(key, None)

    def work(self, now: float, seconds: float, keys: Container[str]) -> list[str]:
        """Do what there is to do, for about so many seconds; the keys of runs whose whole summary is known now.

        Args:
            now: Seconds since the epoch.
            seconds: How long to work.
            keys: The runs that there are.
        """
        if self.is_idle:
            return []
        deadline = time.monotonic() + seconds
        try:
            while time.monotonic() < deadline and self._step(now):
                pass
            self._save(now, keys)
        except OSError:
            self._give_up()
        news, self._news = self._news, []
        return news

    def _save(self, now: float, keys: Container[str]) -> None:
        self._began = self._began or now
        if self._job is None and not self._waiting:
            is_due = abs(now - self._saved) > _SAVE_EVERY
        else:
            is_due = abs(now - max(self._saved, self._began)) > _SAVE_MEANWHILE
        if self._index.is_changed and is_due:
            self._saved = now
            self._index.save(keys)

    def _give_up(self) -> None:
        self._is_broken, self._job = True, None
        for reader in self._waiting.values():
            reader.let_go()
        self._waiting.clear()

    def _step(self, now: float) -> bool:
        """One bounded piece of work; False when there is none left."""
        if self._job is None:
            if not self._waiting:
                return False
            _, reader = self._waiting.popitem()
            if not self._waiting:
                self._kept = self._files = 0
            self._job = self._keep(reader, now)
        try:
            next(self._job)
        except (StopIteration, ChangedError, TypeError, ValueError, RecursionError):
            self._job = None
        return True

    def _can_afford(self, left: int) -> bool:
        """Whether so many bytes of a run that nobody asked for are read for its summary."""
        if left > min(self._summaries, LONGEST_UNASKED):
            return False
        self._summaries -= left
        return True

    def _keep(self, reader: RunReader, now: float) -> Iterator[None]:
        for source in reader.files:
            if source.is_worth_packing and not source.left and source.tail.offset > source.packed:
                yield from _pack(source, self._cache, now)
        if not reader.is_live(now):
            if not reader.is_exact and _is_soon_read(reader) and self._can_afford(reader.left):
                yield from _summarise(reader, self._cache, now)
                self._news.append(reader.key)
            if not reader.files.is_listed:
                reader.look(now)
            if not reader.problems():
                self._index.put(reader.key, reader.entry())
        reader.let_go()


def _has_grown(source: Source) -> bool:
    return source.is_worth_packing and source.tail.offset - source.packed > max(GROWN, source.packed // 2)


def _is_soon_read(reader: RunReader) -> bool:
    """Whether reading the rows once more takes no minutes: a summary can do with the latest values."""
    return reader.files.main_rank().tail.offset <= LARGEST


def _pack(source: Source, cache: ColumnCache, now: float) -> Iterator[None]:
    """Put the rows of ``source`` into ``cache``."""
    kept = yield from _kept(source, cache, now)
    seen, keeper = kept.tail.seen, kept.keeper
    blocks = [] if keeper is None else keeper.blocks()
    if seen is not None and keeper is not None and blocks and kept.tail.offset > kept.packed:
        origin = Origin(kept.tail.path, seen, kept.tail.offset, kept.tail.is_same_text)
        for step, _ in enumerate(cache.store(origin, blocks, kept.memory())):
            if step % _RELEASE_EVERY == 0:
                keeper.release()
            yield
    source.packed = kept.tail.offset


def _summarise(reader: RunReader, cache: ColumnCache, now: float) -> Iterator[None]:
    """Derive the summary of a run from all its rows, as the model would."""
    source = reader.files.main_rank()
    kept = yield from _kept(source, cache, now)
    blocks = tuple(kept.keeper.blocks()) if kept.keeper is not None else ()
    run = Run(reader.key, Path(reader.found.path), foreign=reader.found.is_file)
    run.apply(RunDelta(reader.key, run.path, reader.papers.record, blocks={0: blocks}))
    yield
    reader.set_summary(dict(run.summary))


def _kept(source: Source, cache: ColumnCache, now: float) -> Generator[None, None, Source]:
    """A reader of the same file that has kept all its rows: ``source`` itself, or another that reads them again."""
    if source.keeper is not None and source.packed < source.tail.offset:
        return source
    assert isinstance(source.lines, RowLines)
    again = Source(source.tail.path, RowLines(source.lines.rank, source.lines.host))
    again.keeper = Keeper(cache.directory)
    again.tail.look()
    again.restore(cache, Draft())
    while again.wants(now) and again.read(Draft(), now):
        yield
    return again
