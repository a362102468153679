"""``run.json`` as a typed, frozen record: who a run is, where it came from, how it ended.

``RunRecord.from_json`` takes whatever the file held and never raises: a field of the wrong type counts as absent and
stays readable in ``extra``, beside the fields this version does not know.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import astuple, field, fields
from typing import Any

from logstore.format import encode
from logstore.model.fixed import fixed
from logstore.model.liveness import Process
from logstore.model.parts import Attempt, Git, Hardware, MetricRule, attempts, rules
from logstore.model.typed import number, text, texts, whole

__all__ = ["Attempt", "Git", "Hardware", "MetricRule", "RunRecord", "number", "text", "texts"]


@fixed
class RunRecord:
    """run.json. What the file does not say is None, or empty."""

    format: int | None = None
    id: str | None = None
    name: str | None = None
    project: str | None = None
    group: str | None = None
    job_type: str | None = None
    tags: tuple[str, ...] = ()
    notes: str | None = None
    created: float | None = None
    """Seconds since the epoch."""
    host: str | None = None
    pid: int | None = None
    boot_id: str | None = None
    process_start: float | None = None
    """Clock ticks after boot at which the process began."""
    pid_namespace: int | None = None
    command: tuple[str, ...] = ()
    cwd: str | None = None
    python: str | None = None
    git: Git | None = None
    rank: int | None = None
    world_size: int | None = None
    hardware: Hardware | None = None
    total_steps: float | None = None
    metrics: tuple[MetricRule, ...] = ()
    attempts: tuple[Attempt, ...] = ()
    """In order of their start."""
    ended: float | None = None
    state: str | None = None
    """The exit record: ``finished``, ``failed`` or ``killed``; None while there is none."""
    exit_code: int | None = None
    error: str | None = None
    signal: str | None = None
    rows_lost: int | None = None
    heartbeat: float | None = None
    extra: Mapping[str, object] = field(default_factory=dict, compare=False, hash=False)
    """Everything in the file that is not above."""

    @classmethod
    def from_json(cls, raw: Mapping[str, object]) -> RunRecord:
        """The record in ``raw``; what has the wrong type is left out of its field and kept in ``extra``."""
        known: dict[str, Any] = {}
        extra: dict[str, object] = {}
        for key, value in raw.items():
            if type(value) is _PLAIN.get(key):
                known[key] = value
                continue
            read = _READERS.get(key)
            taken = None if read is None else read(value)
            if taken is None:
                extra[key] = value
            else:
                known[key] = taken
        return cls(**known, extra=extra)

    def to_row(self) -> tuple[Any, ...]:
        """The record as nested tuples in the order of its fields, as JSON can hold them, ``extra`` last."""
        row = [getattr(self, name) for name in _NAMES]
        for place in _NESTED:
            row[place] = _untied(row[place])
        return (*row[:-1], encode(self.extra))

    @classmethod
    def from_row(cls, row: Sequence[Any]) -> RunRecord:
        """The record that ``to_row`` made ``row`` of, also after a way through JSON.

        Raises:
            TypeError: It is no such row.
        """
        values = list(row)
        if len(values) != len(_NAMES):
            raise TypeError(f"{len(values)} fields instead of {len(_NAMES)}")
        for place, made in _MADE:
            if values[place] is not None:
                values[place] = made(values[place])
        return cls(*values)

    @property
    def process(self) -> Process:
        """The process that wrote the run last."""
        if self.attempts and self.attempts[-1].process.pid is not None:
            return self.attempts[-1].process
        return Process(self.pid, self.process_start, self.boot_id, self.host, self.pid_namespace)

    @property
    def resumes(self) -> tuple[Attempt, ...]:
        """The second and every later attempt, in the order of their start."""
        first = min((attempt.started for attempt in self.attempts), default=0.0)
        begun = first if self.created is None else self.created
        return tuple(attempt for attempt in self.attempts if attempt.started > begun)

    @property
    def starts(self) -> tuple[float, ...]:
        """When the second and every later attempt began, ascending."""
        return tuple(attempt.started for attempt in self.resumes)


def _untied(value: Any) -> Any:
    """A record inside a record, or several, as tuples."""
    if isinstance(value, tuple):
        return tuple(astuple(each) for each in value)
    return None if value is None else astuple(value)


_TEXTS = (
    "id",
    "name",
    "project",
    "group",
    "job_type",
    "notes",
    "host",
    "boot_id",
    "cwd",
    "python",
    "state",
    "error",
    "signal",
)
_WHOLE = ("format", "pid", "pid_namespace", "rank", "world_size", "exit_code", "rows_lost")
_PLAIN: Mapping[str, type] = {**dict.fromkeys(_TEXTS, str), **dict.fromkeys(_WHOLE, int)}
"""The type that a value nearly always has, and then is taken as it is."""
_READERS = {
    **dict.fromkeys(_TEXTS, text),
    **dict.fromkeys(_WHOLE, whole),
    **dict.fromkeys(("created", "process_start", "total_steps", "ended", "heartbeat"), number),
    **dict.fromkeys(("tags", "command"), texts),
    "git": Git.from_json,
    "hardware": Hardware.from_json,
    "metrics": rules,
    "attempts": attempts,
}
_NAMES = tuple(each.name for each in fields(RunRecord))
_NESTED = tuple(_NAMES.index(name) for name in ("git", "hardware", "metrics", "attempts"))
_MAKERS: Mapping[str, Callable[[Any], object]] = {
    "tags": tuple,
    "command": tuple,
    "git": lambda row: Git(*row),
    "hardware": Hardware.from_row,
    "metrics": lambda rows: tuple([MetricRule.from_row(row) for row in rows]),
    "attempts": lambda rows: tuple([Attempt.from_row(row) for row in rows]),
}
_MADE = tuple((_NAMES.index(name), made) for name, made in _MAKERS.items())
assert set(_READERS) == {each.name for each in fields(RunRecord)} - {"extra"}
