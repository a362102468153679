"""The model that screens and scripts read: ``Run`` and ``Runs``, changed by nothing but ``apply``.

Pure memory: no files, no clock. The thread that owns a ``Runs`` applies the deltas that a reader thread made.
"""

from __future__ import annotations

from collections.abc import ItemsView, Iterable, Iterator, KeysView, Mapping, ValuesView
from dataclasses import dataclass, replace
from pathlib import Path
from types import MappingProxyType

import numpy as np

from logstore.model.curves import Curves
from logstore.model.delta import F64, Block, Delta, Event, RunDelta, slice_block
from logstore.model.liveness import UNKNOWN, Liveness
from logstore.model.pace import Pace
from logstore.model.ranks import Rank, losses
from logstore.model.records import RunRecord
from logstore.model.room import Room
from logstore.model.series import Series
from logstore.model.state import Health, State, derive_health, derive_state
from logstore.model.summarise import derive_summary
from logstore.reading.collection import paused

_EMPTY: Mapping[str, object] = MappingProxyType({})
_GENERIC_STEMS = frozenset(
    {"metrics", "log", "logs", "train", "train_log", "training_log", "history", "progress", "data"}
)


@dataclass(frozen=True, slots=True)
class Changes:
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


class Run:
    """One run as far as it has been read."""

    def __init__(self, key: str, path: Path, *, foreign: bool = False) -> None:
        self.key = key
        self.path = path
        self.foreign = foreign
        self.record = RunRecord()
        self.config: Mapping[str, object] = _EMPTY
        self.manual_summary: Mapping[str, object] = _EMPTY
        self.liveness: Liveness = UNKNOWN
        """Whether the process of rank 0 lives."""
        self.processes: Mapping[int, Rank] = {}
        """The other ranks by their number, each with its record and whether its process lives."""
        self.last_write: float | None = None
        """When one of its files was last touched, seconds since the epoch."""
        self.bad_lines = 0
        self.bytes_left = 0
        """Bytes known to be unread; 0 when the points are complete."""
        self.problems: tuple[str, ...] = ()
        """What is wrong with its files, one line each."""
        self.version = 0
        """Grows with every change."""
        self._has_record = False
        self._losses = ""
        self._headline: Mapping[str, object] = _EMPTY
        self._summary: tuple[int, Mapping[str, object]] | None = None
        self._forget()

    def _forget(self) -> None:
        self.ranks: dict[int, Curves] = {}
        """Curves by rank."""
        self.hosts: dict[str, Curves] = {}
        """Telemetry by host; steps are seconds since the epoch."""
        self.events: list[Event] = []
        self.replaced: list[tuple[float, float]] = []
        """From when to when rows were logged that later attempts replaced, seconds since the epoch."""
        self.texts: dict[str, object] = {}
        """Latest values that are no plain numbers."""
        self._paces: dict[int, Pace] = {}
        self._runtime: float | None = None
        self._attempt: dict[int, int] = {}

    def __repr__(self) -> str:
        return f"<Run {self.key!r}: {len(self.metrics)} metrics, step {self.step}>"

    @property
    def id(self) -> str:
        """The last part of the key."""
        return self.key.rpartition("/")[2]

    @property
    def name(self) -> str:
        """The name given to the run; a foreign run is called after its file.

        Where the file's name says nothing (``metrics.jsonl``) its directory's name stands for it.
        """
        if self.record.name:
            return self.record.name
        if not self.foreign or self.id.lower() not in _GENERIC_STEMS:
            return self.id
        return self.path.parent.name or self.id

    @property
    def project(self) -> str:
        """The project the run belongs to; of a foreign run the directories above it."""
        return self.record.project or self.key.rpartition("/")[0] or self.path.parent.name

    @property
    def created(self) -> float | None:
        """When the run began, seconds since the epoch; of a foreign run the time of its first row."""
        if self.record.created is not None:
            return self.record.created
        pace = self._main_pace()
        return pace.first_time if pace else None

    @property
    def rank(self) -> int:
        """The rank whose curves are the run's: the lowest there is."""
        return min(self.ranks, default=0)

    @property
    def metrics(self) -> Mapping[str, Series]:
        """The curves of the run: rank 0's."""
        return self.ranks.get(self.rank, {})

    @property
    def system(self) -> Mapping[str, Series]:
        """Telemetry of the host the run was started on."""
        host = self.record.host
        if host in self.hosts:
            return self.hosts[host]
        return next(iter(self.hosts.values()), {})

    def curves(self) -> list[Curves]:
        """All that the run has: of every rank, and of every host."""
        return [*self.ranks.values(), *self.hosts.values()]

    def series(self, metric: str, rank: int | None = None) -> Series:
        """The curve of ``metric``.

        Raises:
            KeyError: The run has no such metric, at that rank.
        """
        curves = self.metrics if rank is None else self.ranks.get(rank, {})
        if metric not in curves:
            where = "" if rank is None else f" at rank {rank}"
            raise KeyError(f"run {self.key} has no metric {metric!r}{where}")
        return curves[metric]

    @property
    def step(self) -> int | None:
        """The furthest step of the latest attempt, None before the first row."""
        pace = self._main_pace()
        step = pace.step if pace else self._known("_step")
        return None if step is None else int(step)

    @property
    def last_row(self) -> float | None:
        """Time of the latest row, seconds since the epoch."""
        pace = self._main_pace()
        time = pace.last_time if pace else None
        return time if time is not None else self._known("_timestamp")

    @property
    def runtime(self) -> float | None:
        """Seconds from the beginning to the latest row."""
        if self._runtime is not None:
            return self._runtime
        last, created = self.last_row, self.created
        if last is not None and created is not None:
            return max(0.0, last - created)
        return self._known("_runtime")

    @property
    def summary(self) -> Mapping[str, object]:
        """One value per key: derived from the points, then texts, then what was set by hand since."""
        if self._summary is None or self._summary[0] != self.version:
            self._summary = (self.version, MappingProxyType(self._derive_summary()))
        return self._summary[1]

    def state(self, now: float) -> State:
        """What became of the run, as far as can be told at ``now`` (seconds since the epoch).

        It is rank 0's; when others died while it runs, the reason says so first.
        """
        state = derive_state(self.record if self._has_record else None, self.liveness, self.last_write, now)
        if self._losses and state.name == "running":
            return replace(state, reason=f"{self._losses}, while {state.reason}")
        return state

    @property
    def live_pids(self) -> list[int]:
        """The processes of its ranks that live on this machine, rank 0's first."""
        main = [self.liveness] if self.record.state is None else []
        found = (*main, *(rank.liveness for rank in self.processes.values()))
        return [each.pid for each in found if each.verdict == "alive" and each.pid is not None]

    def health(self, now: float) -> Health:
        """Whether a running run still logs."""
        pace = self._main_pace()
        return derive_health(self.state(now), self.last_row, pace.row_seconds if pace else None, now)

    def steps_per_second(self, now: float) -> float | None:
        """Recent speed, pauses between rows included; None when it cannot be told."""
        pace = self._main_pace()
        return pace.steps_per_second(now if self.state(now).name == "running" else None) if pace else None

    def apply(self, delta: RunDelta) -> None:
        """Take in what is new."""
        if delta.reset:
            self._forget()
            self.bad_lines = 0
        self._apply_records(delta)
        for rank, blocks in delta.blocks.items():
            for block in blocks:
                self._apply_block(rank, block)
        for host, blocks in delta.system.items():
            for block in blocks:
                self.hosts.setdefault(host, Curves()).extend(block)
        self.events.extend(delta.events)
        self.bad_lines += delta.bad_lines
        self.bytes_left = delta.bytes_left
        self.version += 1

    def _apply_records(self, delta: RunDelta) -> None:
        self.liveness = delta.liveness
        if delta.record is not None:
            self.record, self._has_record, self.foreign = delta.record, True, False
        if delta.processes is not None:
            self.processes = delta.processes
        if delta.record is not None or delta.processes is not None:
            self._losses = losses(self.record, self.processes)
        if delta.config is not None:
            self.config = delta.config
        if delta.manual_summary is not None:
            self.manual_summary = delta.manual_summary
        if delta.headline is not None:
            self._headline = delta.headline
        if delta.problems is not None:
            self.problems = delta.problems
        if delta.last_write is not None:
            self.last_write = delta.last_write

    def _apply_block(self, rank: int, block: Block) -> None:
        curves = self.ranks.setdefault(rank, Curves())
        pace = self._paces.setdefault(rank, Pace())
        for part, fork in self._by_attempt(rank, block):
            if fork is not None:
                self._note_replaced(rank, curves.times_from(fork))
                curves.fork(fork)
                pace.fork()
            curves.extend(part)
            pace.extend(part.steps, part.times)
        if rank == self.rank:
            self._apply_texts(block)

    def _note_replaced(self, rank: int, times: F64) -> None:
        """Take note of the rows that a new attempt does again; between two attempts nothing was done."""
        if rank == self.rank and len(times):
            cuts = np.searchsorted(times, [resume.started for resume in self.record.resumes])
            parts = [part for part in np.split(times, np.unique(cuts)) if len(part)]
            self.replaced += [(float(part[0]), float(part[-1])) for part in parts]

    def _apply_texts(self, block: Block) -> None:
        for name in self.texts.keys() & block.columns.keys():
            del self.texts[name]
        self.texts.update(block.texts)
        if block.runtime is not None:
            self._runtime = block.runtime

    def _by_attempt(self, rank: int, block: Block) -> Iterator[tuple[Block, float | None]]:
        """The parts of ``block`` that belong to one attempt each, and the step of a fork where an attempt begins."""
        resumes = self.record.resumes
        begun, low = self._attempt.get(rank, 0), 0
        fork: float | None = None
        while begun < len(resumes):
            later = np.flatnonzero(block.times[low:] >= resumes[begun].started)
            if not len(later):
                break
            high = low + int(later[0])
            if high > low:
                yield slice_block(block, low, high), fork
                fork = None
            told = (float(block.steps[high]), resumes[begun].step, fork)
            fork = min(step for step in told if step is not None)
            begun, low = begun + 1, high
        self._attempt[rank] = begun
        yield slice_block(block, low, len(block)), fork

    def _main_pace(self) -> Pace | None:
        return self._paces.get(self.rank)

    def _known(self, key: str) -> float | None:
        value = self._headline.get(key)
        return float(value) if isinstance(value, (int, float)) else None

    def _derive_summary(self) -> dict[str, object]:
        known = {} if self.ranks and not self.bytes_left else self._headline
        summary = derive_summary(self.metrics, self.record.metrics, known, self.texts, self.manual_summary)
        own = {"_step": self.step, "_timestamp": self.last_row, "_runtime": self.runtime}
        return {**summary, **{key: value for key, value in own.items() if value is not None}}


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
        for key in changed:
            room.note(key, self._runs[key].curves()) if key in self._runs else room.forget(key)
        if not room.is_full():
            return ()
        thinned = room.make({key: run.curves() for key, run in self._runs.items()})
        for key in thinned:
            self._runs[key].version += 1
        return thinned
