"""Following a store: every read is bounded in bytes and time, fair between runs, and cheap where nothing happens.

What a read does, in this order: look for new runs; look at live runs (one stat each); open runs that are new, newest
first, so that a table can show them; then read rows in turns of one chunk: what live runs have just appended, the runs
in ``first``, and when the table is complete the others. Finished runs are looked at only now and then, and beyond
``background`` bytes their rows are read only when asked for.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable, Iterator, Sequence
from pathlib import Path

from logstore.caches.columns import ColumnCache
from logstore.caches.entry import Entry
from logstore.caches.index import StoreIndex
from logstore.model.delta import Delta
from logstore.model.fixed import fixed
from logstore.model.liveness import Machine
from logstore.reading.collection import give_back, paused
from logstore.reading.discovery import Discovery, Found
from logstore.reading.housekeeping import Housekeeper
from logstore.reading.hungry import ABREAST, Hungry
from logstore.reading.newcomers import Newcomers
from logstore.reading.reader import RunReader
from logstore.reading.rounds import Rounds
from logstore.reading.sleepers import Sleepers

BACKGROUND = 256 << 20
"""Bytes of finished runs that are read without being asked for; their columns take about a third of that."""
EACH = 1 << 18
"""Bytes that a run counts for besides its rows, so that of very many small ones only the newest thousand are read."""

_MUCH = 64 << 20
"""Bytes after which the memory that reading took is given back, once everything is read."""
_HOUSEKEEPING = 0.02
"""Seconds of one read for what can wait; while no run is live, nobody waits for the read, and it may take
``_QUIET_HOUSEKEEPING``."""
_QUIET_HOUSEKEEPING = 0.1


@fixed
class Budget:
    """How much one read may do."""

    bytes: int = 4 << 20
    seconds: float = 0.05


_USUAL = Budget()


class StoreReader:
    """Turns what happens below ``root`` into deltas. To be used by one thread at a time."""

    def __init__(
        self,
        root: Path,
        *,
        background: int = BACKGROUND,
        machine: Machine | None = None,
        clock: Callable[[], float] = time.time,
        cache: Path | None = None,
        keeps: bool = True,
    ) -> None:
        """A reader that has read nothing yet.

        Args:
            root: A store root, a project, a run, a directory of logs, or one log.
            background: Bytes of finished runs that are read without being asked for.
            machine: Where this runs; None: this machine.
            clock: Tells the time, in seconds since the epoch.
            cache: Where what was read once may be found; None: nowhere.
            keeps: Put there what is read, when there is time; else the cache is only looked at.
        """
        self._columns = None if cache is None else ColumnCache(cache / "columns")
        self._index = None if cache is None else StoreIndex(cache / "stores", root)
        self._discovery = Discovery(root, self._index.listed_ns if self._index else None)
        self._house: Housekeeper | None = None
        if self._columns is not None and self._index is not None and keeps:
            self._house = Housekeeper(self._columns, self._index)
        self._machine = Machine.here() if machine is None else machine
        self._clock = clock
        self._background = background
        self._readers: dict[str, RunReader] = {}
        self._asleep = Sleepers()
        self._new = Newcomers()
        self._rounds = Rounds()
        self._followed: set[str] = set()
        self._hungry = Hungry()
        self._touched: set[str] = set()
        self._taken = 0

    def read(self, budget: Budget = _USUAL, first: Sequence[str] = ()) -> Delta:
        """What is new, as far as ``budget`` goes.

        Args:
            budget: Bounds of this read; at least one chunk is read when there is any.
            first: Keys of runs that matter most now: their rows come before those of others.
        """
        with paused():
            return self._read(budget, first)

    def _read(self, budget: Budget, first: Sequence[str]) -> Delta:
        now, began = self._clock(), time.monotonic()
        changes = self._discovery.look(now, budget.seconds / 2)
        gone = [key for key in changes.gone if self._drop(key)]
        self._new.add(changes.added)
        self._look(now)
        looked = time.monotonic()
        self._open_new(now, max(began + budget.seconds * 0.7, looked + budget.seconds / 4), first)
        self._feed(now, budget.bytes, began + budget.seconds, first)
        if self._house is not None and not self._has_rows and not self._new:
            seconds = _HOUSEKEEPING if self._rounds.live else _QUIET_HOUSEKEEPING
            self._touched.update(key for key in self._house.work(now, seconds, self) if key in self._readers)
        delta = self._delta(gone)
        self._give_back(delta)
        return delta

    def __contains__(self, key: object) -> bool:
        """Whether there is a run ``key``, as far as was told."""
        return key in self._readers or key in self._asleep

    @property
    def is_settled(self) -> bool:
        """Whether everything that is known of has been read, and kept where there is a cache."""
        is_read = not self._has_rows and not self._new and self._discovery.is_complete
        return is_read and (self._house is None or self._house.is_idle)

    @property
    def _has_rows(self) -> bool:
        """Whether there are rows to read."""
        return bool(self._hungry or self._asleep.planned)

    def watch_paths(self) -> list[Path]:
        """Directories in which something can be expected: those of live runs, and those where runs appear."""
        live = {Path(self._readers[key].found.directory) for key in self._rounds.live}
        return sorted(live.union(self._discovery.directories()))

    def _look(self, now: float) -> None:
        for key in tuple(self._rounds.live):
            self._look_at_live(self._readers[key], now)
        for key in self._rounds.sweep(now):
            if self._asleep.is_same(key):
                self._rounds.note_quiet(key)
                continue
            reader = self._awake(key, now)
            reader.look(now)
            if key not in self._hungry:  # else its rows are being read, and kept for the cache
                self._note(reader, changed=reader.has_news)
            self._track(reader, now)
            self._schedule(reader, now)

    def _look_at_live(self, reader: RunReader, now: float) -> None:
        if self._rounds.is_due(reader.key, now):
            reader.look(now)
            self._track(reader, now)
        elif reader.files.is_untouched:
            return
        else:
            reader.glance(now)
            if reader.has_news:
                self._touched.add(reader.key)
        self._schedule(reader, now)

    def _track(self, reader: RunReader, now: float) -> None:
        """Sort a run that was just looked at under the live or the quiet ones."""
        self._touched.add(reader.key)
        if reader.is_live(now):
            self._rounds.note_live(reader.key, now)
            self._followed.add(reader.key)
        else:
            self._rounds.note_quiet(reader.key)

    def _schedule(self, reader: RunReader, now: float) -> None:
        if reader.key in self._followed and reader.wants(now):
            self._hungry.note(reader.key, reader.left)

    def _open_new(self, now: float, deadline: float, first: Iterable[str]) -> None:
        while (found := self._new.pop(first)) is not None:
            entry = self._entry(found)
            if entry is not None and entry.has_ended:
                self._asleep.lay(found, entry, plan=self._can_afford(entry.unread))
                self._rounds.note_quiet(found.key)
            elif entry is not None or self._discovery.confirm(found):
                reader = self._start(found, entry, now)
                if self._can_afford(reader.left):
                    self._follow(reader, now)
            if time.monotonic() > deadline:
                return

    def _can_afford(self, left: int) -> bool:
        """Whether so many bytes of one more run are read without being asked for."""
        price = left + EACH
        if price > self._background:
            return False
        self._background -= price
        return True

    def _entry(self, found: Found) -> Entry | None:
        """What the index has of a run, if it is still true."""
        entry = None if self._index is None else self._index.get(found.key)
        return entry if entry is not None and entry.is_true(found) else None

    def _start(self, found: Found, entry: Entry | None, now: float, *, is_told: bool = False) -> RunReader:
        """Begin to read a run: what a table shows of it first, where it was not told of yet."""
        reader = self._readers[found.key] = RunReader(
            found, self._machine, self._columns, keeps=self._house is not None
        )
        if entry is None:
            reader.open(now)
        else:
            reader.recall(entry, now, is_told=is_told)
        self._track(reader, now)
        self._note(reader, changed=entry is None)
        return reader

    def _follow(self, reader: RunReader, now: float) -> None:
        """From now on the rows of a run are read without being asked for again."""
        self._followed.add(reader.key)
        if not reader.files.is_listed and not reader.wants(now):
            # There may be rows in other files than the main one.
            reader.look(now)
            self._touched.add(reader.key)
        self._schedule(reader, now)

    def _awake(self, key: str, now: float) -> RunReader:
        """The reader of a run that may have slept."""
        is_told = self._asleep.is_told(key)
        slept = self._asleep.wake(key)
        if slept is None:
            return self._readers[key]
        found, planned = slept
        # What was planned in this very read was true a moment ago.
        entry = self._entry(found) if planned is None or is_told else planned
        reader = self._start(found, entry, now, is_told=is_told and entry is not None)
        if planned is not None:
            self._follow(reader, now)
        return reader

    def _feed(self, now: float, most: int, deadline: float, first: Sequence[str]) -> None:
        for key in first:
            if key in self:
                self._follow(self._awake(key, now), now)
        stuck: dict[str, int] = {}
        for key in self._turns(now, first):
            reader = self._readers[key]
            size = reader.read(now)
            most -= size
            self._touched.add(key)
            if not reader.wants(now):
                self._hungry.discard(key)
                self._note(reader, changed=not reader.is_kept)
            elif size:
                self._hungry.note(key, reader.left)
            else:
                stuck[key] = reader.left
                self._hungry.discard(key)
            if most <= 0 or time.monotonic() > deadline:
                break
        for key, left in stuck.items():
            self._hungry.note(key, left)

    def _turns(self, now: float, first: Sequence[str]) -> Iterator[str]:
        """Keys of hungry runs in the order in which each may read one chunk, as long as there are any."""
        yield from self._hungry.appended(self._rounds.live)
        while True:
            if self._new:
                turns = list(self._hungry.turns(first, self._rounds.live))
            else:
                self._wake_planned(now)
                turns = list(self._hungry.turns(first))
            if not turns:
                return
            yield from (key for key in turns if key in self._hungry)

    def _wake_planned(self, now: float) -> None:
        while self._asleep.planned and len(self._hungry) < ABREAST:
            self._awake(self._asleep.next(), now)

    def _note(self, reader: RunReader, *, changed: bool) -> None:
        """What can be read of a run for now has been; ``changed``: it is not what the cache and the index have."""
        if self._house is not None and changed:
            self._house.note(reader, live=reader.key in self._rounds.live)
        elif self._house is not None:
            reader.let_go()

    def _give_back(self, delta: Delta) -> None:
        self._taken += delta.bytes_read
        if self._taken > _MUCH and not delta:
            self._taken = 0
            give_back()

    def _drop(self, key: str) -> bool:
        """Forget a run that was deleted; whether it was ever told of."""
        if self._house is not None:
            self._house.forget(key)
        for each in (self._rounds, self._new, self._hungry, self._followed, self._touched):
            each.discard(key)
        was_told = key in self._asleep and self._asleep.is_told(key)
        self._asleep.wake(key)
        return self._readers.pop(key, None) is not None or was_told

    def _delta(self, gone: list[str]) -> Delta:
        taken = (self._readers[key].take() for key in self._touched)
        runs = (*self._asleep.tell(), *(delta for delta in taken if delta is not None))
        self._touched.clear()
        return Delta(
            runs,
            tuple(gone),
            bytes_read=sum(delta.bytes_read for delta in runs),
            bytes_left=self._hungry.left + self._asleep.unread,
            runs_left=len(self._new) + (not self._discovery.is_complete),
            problems=tuple(self._discovery.problems.values()),
        )
