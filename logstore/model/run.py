"""One run as screens and scripts read it: what it is, what it logged, what became of it."""

from __future__ import annotations

import os
from collections.abc import Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from types import MappingProxyType

from logstore.format import rank_name
from logstore.model.curves import Curves
from logstore.model.delta import Event, RunDelta
from logstore.model.liveness import UNKNOWN, Liveness
from logstore.model.logged import Logged
from logstore.model.parts import Attempt
from logstore.model.ranks import Rank, explained, forerunners, losses
from logstore.model.records import RunRecord
from logstore.model.series import Series
from logstore.model.state import Health, State, derive_health, derive_state
from logstore.model.summarise import derive_summary

_EMPTY: Mapping[str, object] = MappingProxyType({})
_NO_RANKS: Mapping[int, Rank] = MappingProxyType({})
_NO_RECORD = RunRecord()
_NOTHING = Logged()
"""What every run has logged that nothing was read of; nothing is ever added to it."""
_GENERIC_STEMS = frozenset(
    {"metrics", "log", "logs", "train", "train_log", "training_log", "history", "progress", "data"}
)


class Run:
    """One run as far as it has been read."""

    def __init__(self, key: str, path: str | os.PathLike[str], *, foreign: bool = False) -> None:
        self.key = key
        self.foreign = foreign
        self.record = _NO_RECORD
        self.config: Mapping[str, object] = _EMPTY
        self.manual_summary: Mapping[str, object] = _EMPTY
        self.liveness: Liveness = UNKNOWN
        """Whether the process of rank 0 lives."""
        self.processes: Mapping[int, Rank] = _NO_RANKS
        """The other ranks by their number, each with its record and whether its process lives."""
        self.last_write: float | None = None
        """When one of its files was last touched, seconds since the epoch."""
        self.last_logged: float | None = None
        """When a file of its metrics was last touched, by the clock of the file system or ours."""
        self.bad_lines = 0
        self.bytes_left = 0
        """Bytes known to be unread; 0 when the points are complete."""
        self.problems: tuple[str, ...] = ()
        """What is wrong with its files, one line each."""
        self.version = 0
        """Grows with every change."""
        self._path = path
        self._taken = _NOTHING
        self._waiting: tuple[RunDelta, Sequence[Attempt]] | None = None
        """The latest rows and events, which nobody has looked at yet, with the attempts there had been by then."""
        self._has_record = False
        self._losses = ""
        self._forerunners = ""
        self._headline: Mapping[str, object] = _EMPTY
        self._summary: tuple[int, Mapping[str, object]] | None = None

    def __repr__(self) -> str:
        return f"<Run {self.key!r}: {len(self.metrics)} metrics, step {self.step}>"

    @property
    def path(self) -> Path:
        """Its directory, or the file of a foreign run."""
        if not isinstance(self._path, Path):  # made when it is asked for: a table of ten thousand runs never does
            self._path = Path(self._path)
        return self._path

    @path.setter
    def path(self, path: Path) -> None:
        self._path = path

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
        pace = self._logged.pace
        return pace.first_time if pace else None

    @property
    def seniority(self) -> tuple[float, str]:
        """What puts runs in order, the oldest first: when they began, and of several at once the key."""
        return (self.created or 0.0, self.key)

    @property
    def rank(self) -> int:
        """The rank whose curves are the run's: the lowest there is."""
        return self._logged.rank

    def file(self, name: str, rank: int | None = None) -> Path:
        """Where a rank, by default the one whose curves are the run's, writes what ``logstore.format`` calls ``name``.

        A run of somebody else's that is one file has none of these.
        """
        return self.path / rank_name(name, self.rank if rank is None else rank)

    @property
    def ranks(self) -> Mapping[int, Curves]:
        """Curves by rank."""
        return self._logged.ranks

    @property
    def hosts(self) -> Mapping[str, Curves]:
        """Telemetry by host; steps are seconds since the epoch."""
        return self._logged.hosts

    @property
    def events(self) -> Sequence[Event]:
        """Alerts, notes, resumes and the like, in the order in which they were written."""
        return self._logged.events

    @property
    def replaced(self) -> list[tuple[float, float]]:
        """From when to when rows were logged that later attempts replaced, seconds since the epoch."""
        return self._logged.replaced

    @property
    def texts(self) -> Mapping[str, object]:
        """Latest values that are no plain numbers."""
        return self._logged.texts

    @property
    def metrics(self) -> Mapping[str, Series]:
        """The curves of the run: rank 0's."""
        return self.ranks.get(self.rank, {})

    @property
    def system(self) -> Mapping[str, Series]:
        """Telemetry of the host the run was started on."""
        host = self.record.host
        if host is not None and host in self.hosts:
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
    def is_behind(self) -> bool:
        """Whether the points that were read so far end before the last row, whose values are known from the start."""
        pace = self._logged.pace
        if pace is None or pace.last_time is None:
            return True
        known = self._known("_timestamp") if self.bytes_left else None
        return known is not None and pace.last_time < known

    def last(self, metric: str) -> float | None:
        """The latest value of ``metric``, also while the points read so far are behind it; None where there is none."""
        series = self.metrics.get(metric)
        known = self._known(metric) if self.is_behind else None
        return series.last if known is None and series is not None else known

    @property
    def step(self) -> int | None:
        """The furthest step of the latest attempt, None before the first row."""
        pace = self._logged.pace
        step = self._known("_step") if self.is_behind else None
        if step is None and pace:
            step = pace.step
        return None if step is None else int(step)

    @property
    def last_row(self) -> float | None:
        """Time of the latest row, seconds since the epoch."""
        pace = self._logged.pace
        time = pace.last_time if pace and not self.is_behind else None
        return time if time is not None else self._known("_timestamp")

    @property
    def silent_since(self) -> float | None:
        """When it logged last: as its rows say, or as their file does where the clock of the run is behind."""
        last = self.last_row
        return last if last is None or self.last_logged is None else max(last, self.last_logged)

    @property
    def runtime(self) -> float | None:
        """Seconds from the beginning to the latest row."""
        runtime = self._logged.runtime
        if runtime is not None and not self.is_behind:
            return runtime
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

        It is rank 0's; when others died while it runs, or before it failed or was killed, the reason says so first.
        """
        state = derive_state(self.record if self._has_record else None, self.liveness, self.last_write, now)
        if self._losses and state.name == "running":
            return replace(state, reason=f"{self._losses}, while {state.reason}")
        return explained(state, self.rank, self._forerunners)

    @property
    def live_pids(self) -> list[int]:
        """The processes of its ranks that live on this machine, rank 0's first."""
        main = [self.liveness] if self.record.state is None else []
        found = (*main, *(rank.liveness for rank in self.processes.values()))
        return [each.pid for each in found if each.verdict == "alive" and each.pid is not None]

    def health(self, now: float) -> Health:
        """Whether a running run still logs."""
        state = self.state(now)
        pace = self._logged.pace if state.name == "running" else None
        return derive_health(state, self.silent_since, pace.row_seconds if pace else None, now)

    def steps_per_second(self, now: float) -> float | None:
        """Recent speed, pauses between rows included; None when it cannot be told."""
        pace = self._logged.pace
        return pace.steps_per_second(now if self.state(now).name == "running" else None) if pace else None

    def apply(self, delta: RunDelta) -> None:
        """Take in what is new."""
        if delta.reset:
            self._taken, self._waiting = _NOTHING, None
            self.bad_lines = 0
        self._apply_records(delta)
        if delta.blocks or delta.system or delta.events:
            self._taken, self._waiting = self._logged, (delta, self.record.resumes)
        self.bad_lines += delta.bad_lines
        self.bytes_left = delta.bytes_left
        self.version += 1

    @property
    def _logged(self) -> Logged:
        """All that was logged; the latest of it is taken in when somebody looks: at most of many runs nobody does."""
        if self._waiting is not None:
            (delta, resumes), self._waiting = self._waiting, None
            if self._taken is _NOTHING:
                self._taken = Logged()
            self._taken.add(delta, resumes)
        return self._taken

    def _apply_records(self, delta: RunDelta) -> None:
        self.liveness = delta.liveness
        if delta.record is not None:
            self.record, self._has_record, self.foreign = delta.record, True, False
        if delta.processes is not None:
            self.processes = delta.processes
        if delta.record is not None or delta.processes is not None:
            self._losses = losses(self.record, self.processes) if self.processes else ""
            self._forerunners = forerunners(self.record, self.processes) if self.processes else ""
        if delta.config is not None:
            self.config = delta.config
        if delta.manual_summary is not None:
            self.manual_summary = delta.manual_summary
        if delta.headline is not None:
            self._headline = delta.headline
        if delta.problems is not None:
            self.problems = delta.problems
        if delta.last_logged is not None:
            self.last_logged = delta.last_logged
        if delta.last_write is not None:
            self.last_write = delta.last_write

    def _known(self, key: str) -> float | None:
        value = self._headline.get(key)
        return float(value) if isinstance(value, (int, float)) else None

    def _derive_summary(self) -> dict[str, object]:
        known = {} if self.ranks and not self.bytes_left else self._headline
        metrics = self.metrics
        if self.is_behind:
            metrics = {name: series for name, series in metrics.items() if name not in known}
        summary = derive_summary(metrics, self.record.metrics, known, self.texts, self.manual_summary)
        own = {"_step": self.step, "_timestamp": self.last_row, "_runtime": self.runtime}
        return {**summary, **{key: value for key, value in own.items() if value is not None}}
