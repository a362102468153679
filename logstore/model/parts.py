"""The records inside a run's record: its code, its machine, its attempts, what was said about its metrics.

Each reads whatever the file held: a field of the wrong type counts as absent, and what cannot be one at all is None.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import field
from typing import Any

from logstore.model.fixed import fixed
from logstore.model.liveness import Process
from logstore.model.typed import number, text, texts, truth, whole


@fixed
class Git:
    """The state of the code a run was started from."""

    commit: str | None = None
    branch: str | None = None
    remote: str | None = None
    dirty: bool | None = None

    @classmethod
    def from_json(cls, value: object) -> Git | None:
        """What ``value`` says; None when it is no object."""
        if not isinstance(value, dict):
            return None
        get = value.get
        return cls(text(get("commit")), text(get("branch")), text(get("remote")), truth(get("dirty")))


@fixed
class Hardware:
    """What the machine of a run has."""

    cpu: str | None = None
    cores: int | None = None
    memory: float | None = None
    """Bytes."""
    gpus: tuple[str, ...] = ()
    """Product names, one for each device."""

    @classmethod
    def from_json(cls, value: object) -> Hardware | None:
        """What ``value`` says; None when it is no object."""
        if not isinstance(value, dict):
            return None
        gpus = value.get("gpus")
        names = (
            [text(gpu.get("name") if isinstance(gpu, dict) else gpu) for gpu in gpus] if isinstance(gpus, list) else []
        )
        told = tuple([name for name in names if name is not None])
        return cls(text(value.get("cpu")), whole(value.get("cores")), number(value.get("memory")), told)

    @classmethod
    def from_row(cls, row: Sequence[Any]) -> Hardware:
        """The hardware whose fields are ``row``."""
        cpu, cores, memory, gpus = row
        return cls(cpu, cores, memory, tuple(gpus))


@fixed
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

    @classmethod
    def from_json(cls, value: object) -> Attempt | None:
        """What ``value`` says; None when it does not say when it started."""
        started = number(value.get("started")) if isinstance(value, dict) else None
        if started is None or not isinstance(value, dict):
            return None
        process = {name: read(value[key]) for key, name, read in _PROCESS if key in value}
        rest = {key: read(value[key]) for key, read in _ATTEMPT.items() if key in value}
        return cls(started, Process(**process), **rest)

    @classmethod
    def from_row(cls, row: Sequence[Any]) -> Attempt:
        """The attempt whose fields are ``row``."""
        started, process, *rest = row
        return cls(started, Process(*process), *rest)


@fixed
class MetricRule:
    """One ``define_metric``: how a metric, or every metric with a prefix (``val/*``), is shown and summarised."""

    name: str
    step_metric: str | None = None
    hidden: bool = False
    summary: tuple[str, ...] = ()
    goal: str | None = None
    """``minimize`` or ``maximize``."""

    @classmethod
    def from_json(cls, value: object) -> MetricRule | None:
        """What ``value`` says; None when it names no metric."""
        name = text(value.get("name")) if isinstance(value, dict) else None
        if name is None or not isinstance(value, dict):
            return None
        get = value.get
        summary = texts(get("summary")) or ()
        return cls(name, text(get("step_metric")), truth(get("hidden")) or False, summary, text(get("goal")))

    @classmethod
    def from_row(cls, row: Sequence[Any]) -> MetricRule:
        """The rule whose fields are ``row``."""
        name, step_metric, hidden, summary, goal = row
        return cls(name, step_metric, hidden, tuple(summary), goal)

    def matches(self, metric: str) -> bool:
        """Whether this rule speaks of ``metric``; a ``*`` at the end stands for any rest."""
        if self.name.endswith("*"):
            return metric.startswith(self.name[:-1])
        return metric == self.name


def rules(value: object) -> tuple[MetricRule, ...] | None:
    """The rules in a list; None when it is no list."""
    if not isinstance(value, list):
        return None
    return tuple([rule for rule in map(MetricRule.from_json, value) if rule is not None])


def attempts(value: object) -> tuple[Attempt, ...] | None:
    """The attempts in a list, in the order of their start; None when it is no list."""
    if not isinstance(value, list):
        return None
    found = [attempt for attempt in map(Attempt.from_json, value) if attempt is not None]
    return tuple(sorted(found, key=lambda attempt: attempt.started))


_PROCESS: tuple[tuple[str, str, Callable[[object], Any]], ...] = (
    ("pid", "pid", whole),
    ("process_start", "start", number),
    ("boot_id", "boot_id", text),
    ("host", "host", text),
    ("pid_namespace", "namespace", whole),
)
"""The fields of the process of an attempt: as the file and as ``Process`` calls them, and what reads them."""
_ATTEMPT: Mapping[str, Callable[[object], Any]] = {
    "step": number,
    "ended": number,
    "state": text,
    "exit_code": whole,
    "error": text,
    "signal": text,
}
