"""``run.json`` as a typed, frozen record: who a run is, where it came from, how it ended.

``RunRecord.from_json`` takes whatever the file held and never raises: a field of the wrong type counts as absent and
stays readable in ``extra``, beside the fields this version does not know.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import astuple, dataclass, field, fields
from typing import Any

from logstore.format import encode
from logstore.model.liveness import Process


@dataclass(frozen=True, slots=True)
class Git:
    """The state of the code a run was started from."""

    commit: str | None = None
    branch: str | None = None
    remote: str | None = None
    dirty: bool | None = None


@dataclass(frozen=True, slots=True)
class Hardware:
    """What the machine of a run has."""

    cpu: str | None = None
    cores: int | None = None
    memory: float | None = None
    """Bytes."""
    gpus: tuple[str, ...] = ()
    """Product names, one for each device."""


@dataclass(frozen=True, slots=True)
class Attempt:
    """One start of a run: the first, or a resume."""

    started: float
    """Seconds since the epoch."""
    process: Process = field(default_factory=Process)
    step: float | None = None
    """The step it began with."""
    ended: float | None = None
    state: str | None = None
    """Its exit record, as far as it was followed by another attempt."""
    exit_code: int | None = None
    error: str | None = None
    signal: str | None = None


@dataclass(frozen=True, slots=True)
class MetricRule:
    """One ``define_metric``: how a metric, or every metric with a prefix (``val/*``), is shown and summarised."""

    name: str
    step_metric: str | None = None
    hidden: bool = False
    summary: tuple[str, ...] = ()
    goal: str | None = None
    """``minimize`` or ``maximize``."""

    def matches(self, metric: str) -> bool:
        """Whether this rule speaks of ``metric``; a ``*`` at the end stands for any rest."""
        if self.name.endswith("*"):
            return metric.startswith(self.name[:-1])
        return metric == self.name


@dataclass(frozen=True, slots=True)
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
        values = dict(zip(_NAMES, row, strict=True))
        git, hardware = values["git"], values["hardware"]
        values["git"] = None if git is None else Git(*git)
        values["hardware"] = None if hardware is None else _hardware_of(*hardware)
        values["tags"], values["command"] = tuple(values["tags"]), tuple(values["command"])
        values["metrics"] = tuple(_rule_of(*rule) for rule in values["metrics"])
        values["attempts"] = tuple(_attempt_of(*attempt) for attempt in values["attempts"])
        return cls(**values)

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


def _hardware_of(cpu: str | None, cores: int | None, memory: float | None, gpus: Sequence[str]) -> Hardware:
    return Hardware(cpu, cores, memory, tuple(gpus))


def _rule_of(
    name: str,
    step_metric: str | None,
    hidden: bool,
    summary: Sequence[str],
    goal: str | None,
) -> MetricRule:
    return MetricRule(name, step_metric, hidden, tuple(summary), goal)


def _attempt_of(started: float, process: Sequence[Any], *rest: Any) -> Attempt:
    return Attempt(started, Process(*process), *rest)


def text(value: object) -> str | None:
    """``value`` when it is a string, else None; a number is taken as its digits (ids and names like 7)."""
    if type(value) is str:
        return value
    return str(value) if isinstance(value, (int, float)) and not isinstance(value, bool) else None


def number(value: object) -> float | None:
    """``value`` as a finite float, else None."""
    if type(value) is float:
        return value if math.isfinite(value) else None
    if type(value) is not int:
        return None
    try:
        return float(value)
    except OverflowError:
        return None


def whole(value: object) -> int | None:
    """``value`` when it is a whole number, else None."""
    if type(value) is int:
        return value
    plain = number(value)
    return int(plain) if plain is not None and plain.is_integer() else None


def truth(value: object) -> bool | None:
    """``value`` when it is a boolean, else None."""
    return value if isinstance(value, bool) else None


def texts(value: object) -> tuple[str, ...] | None:
    """The strings in a list; None when it is no list. One string stands for a list of one."""
    if isinstance(value, str):
        return (value,)
    if not isinstance(value, list):
        return None
    return tuple(each for each in map(text, value) if each is not None)


def _git(value: object) -> Git | None:
    if not isinstance(value, dict):
        return None
    return Git(
        text(value.get("commit")), text(value.get("branch")), text(value.get("remote")), truth(value.get("dirty"))
    )


def _hardware(value: object) -> Hardware | None:
    if not isinstance(value, dict):
        return None
    gpus = value.get("gpus")
    names = [_gpu_name(gpu) for gpu in gpus] if isinstance(gpus, list) else []
    return Hardware(
        text(value.get("cpu")),
        whole(value.get("cores")),
        number(value.get("memory")),
        tuple(name for name in names if name is not None),
    )


def _gpu_name(gpu: object) -> str | None:
    return text(gpu.get("name")) if isinstance(gpu, dict) else text(gpu)


def _rules(value: object) -> tuple[MetricRule, ...] | None:
    if not isinstance(value, list):
        return None
    return tuple(rule for rule in map(_rule, value) if rule is not None)


def _rule(value: object) -> MetricRule | None:
    name = text(value.get("name")) if isinstance(value, dict) else None
    if name is None or not isinstance(value, dict):
        return None
    return MetricRule(
        name,
        text(value.get("step_metric")),
        truth(value.get("hidden")) or False,
        texts(value.get("summary")) or (),
        text(value.get("goal")),
    )


def _attempts(value: object) -> tuple[Attempt, ...] | None:
    if not isinstance(value, list):
        return None
    found = [attempt for attempt in map(_attempt, value) if attempt is not None]
    return tuple(sorted(found, key=lambda attempt: attempt.started))


def _attempt(value: object) -> Attempt | None:
    started = number(value.get("started")) if isinstance(value, dict) else None
    if started is None or not isinstance(value, dict):
        return None
    process = Process(
        whole(value.get("pid")),
        number(value.get("process_start")),
        text(value.get("boot_id")),
        text(value.get("host")),
        whole(value.get("pid_namespace")),
    )
    return Attempt(
        started,
        process,
        number(value.get("step")),
        number(value.get("ended")),
        text(value.get("state")),
        whole(value.get("exit_code")),
        text(value.get("error")),
        text(value.get("signal")),
    )


_READERS = {
    **dict.fromkeys(("id", "name", "project", "group", "job_type", "notes", "host", "boot_id", "cwd", "python"), text),
    **dict.fromkeys(("state", "error", "signal"), text),
    **dict.fromkeys(("format", "pid", "pid_namespace", "rank", "world_size", "exit_code", "rows_lost"), whole),
    **dict.fromkeys(("created", "process_start", "total_steps", "ended", "heartbeat"), number),
    **dict.fromkeys(("tags", "command"), texts),
    "git": _git,
    "hardware": _hardware,
    "metrics": _rules,
    "attempts": _attempts,
}
_NAMES = tuple(each.name for each in fields(RunRecord))
_NESTED = tuple(_NAMES.index(name) for name in ("git", "hardware", "metrics", "attempts"))
assert set(_READERS) == {each.name for each in fields(RunRecord)} - {"extra"}
