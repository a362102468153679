"""What is known of one run, ready to be shown or compared: its identity, its origin, its summary. Pure.

Only what is there is given: a run that says nothing of its group has no group, neither empty nor "unknown".
"""

from __future__ import annotations

import shlex
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field

from logstore.format import TYPE_KEY
from logstore.model.records import RunRecord
from logstore.model.runs import Run
from logstore.model.series import Series
from logstore.model.summarise import summary_modes
from tui.details.diff import flatten, summary_text
from tui.show import units
from tui.show.direction import Direction, direction
from tui.show.moments import full_moment

_KINDS = frozenset({"min", "max", "mean", "first", "last"})


@dataclass(frozen=True, slots=True)
class Fact:
    """One thing that is known, by its name."""

    name: str
    text: str
    long: bool = False
    """Whether it is better given a line of its own."""


def state_line(run: Run, now: float) -> tuple[str, str]:
    """The word for the state of ``run`` and, in one sentence, why and for how long."""
    state = run.state(now)
    word = "stalled" if run.health(now) == "stalled" else state.name
    parts = [state.reason] if state.reason and state.reason != word else []
    if word == "stalled" and run.silent_since is not None:
        parts.insert(0, f"no row for {units.duration(now - run.silent_since)}")
    if state.since is not None:
        past = word not in {"running", "stalled", "pending"}
        span = max(0.0, now - state.since)
        parts.append(f"{units.age(span)} ago" if past else f"for {units.duration(span)}")
    return word, " · ".join(parts)


def identity(run: Run) -> list[Fact]:
    """Who the run is and where it came from, the short facts before the long ones."""
    return [*_short_facts(run), *_long_facts(run.record)]


def _short_facts(run: Run) -> Iterator[Fact]:
    record = run.record
    hardware = record.hardware
    pairs: list[tuple[str, object]] = [
        ("project", run.project),
        ("id", run.id),
        ("group", record.group),
        ("job type", record.job_type),
        ("tags", ", ".join(record.tags)),
        ("started", full_moment(run.created) if run.created is not None else None),
        ("duration", units.duration(run.runtime) if run.runtime is not None else None),
        ("step", _steps(run)),
        ("host", record.host),
        ("pid", record.process.pid),
        ("rank", _rank(record)),
        ("python", record.python),
        ("git", _git(record)),
        ("cpu", _cpu(record)),
        ("gpus", counted(hardware.gpus) if hardware else None),
        ("attempts", _attempts(run)),
        ("bad lines", run.bad_lines or None),
        ("rows lost", record.rows_lost or None),
    ]
    return (Fact(name, str(value)) for name, value in pairs if value not in {None, ""})


def _long_facts(record: RunRecord) -> Iterator[Fact]:
    pairs = [
        ("command", shlex.join(record.command)),
        ("cwd", record.cwd),
        ("error", record.error),
        ("notes", record.notes),
    ]
    return (Fact(name, text, long=True) for name, text in pairs if text)


def counted(names: tuple[str, ...]) -> str:
    """Names with how often each occurs: ``8 × H200``."""
    return ", ".join(f"{names.count(name)} × {name}" for name in dict.fromkeys(names))


def _steps(run: Run) -> str | None:
    if run.step is None:
        return None
    total = run.record.total_steps
    return f"{run.step:,}" + (f" of {total:,.0f}" if total else "")


def _attempts(run: Run) -> str | None:
    """How often it was started, where that is more than once, and how much work was done again."""
    count = len(run.record.attempts)
    again = sum(end - begin for begin, end in run.replaced)
    if count < 2:
        return None
    return f"{count}, {units.duration(again)} done again" if again else str(count)


def _rank(record: RunRecord) -> str | None:
    if record.rank is None:
        return None
    return f"{record.rank} of {record.world_size}" if record.world_size else str(record.rank)


def _git(record: RunRecord) -> str | None:
    git = record.git
    if git is None:
        return None
    parts = [git.commit[:9] if git.commit else None, git.branch, "with changes" if git.dirty else None]
    return " ".join(part for part in parts if part) or None


def _cpu(record: RunRecord) -> str | None:
    hardware = record.hardware
    if hardware is None or not (hardware.cpu or hardware.cores):
        return None
    cores = f"{hardware.cores} cores" if hardware.cores else None
    return ", ".join(part for part in (hardware.cpu, cores) if part)


# ---------------------------------------------------------------------------------------------------------------
# For comparing


def origin(run: Run) -> dict[str, object]:
    """Where the run came from, as a mapping to compare beside the config: host, command, commit and the like."""
    record = run.record
    known: dict[str, object] = {
        "host": record.host,
        "command": shlex.join(record.command) or None,
        "python": record.python,
        "group": record.group,
        "job_type": record.job_type,
        "tags": list(record.tags) or None,
        "world_size": record.world_size,
        "gpus": counted(record.hardware.gpus) or None if record.hardware else None,
    }
    git = record.git
    if git is not None:
        facts = {"commit": git.commit, "branch": git.branch, "changes": git.dirty}
        known["git"] = {key: value for key, value in facts.items() if value is not None} or None
    return {key: value for key, value in known.items() if value is not None}


def summary_values(run: Run) -> dict[tuple[str, str], object]:
    """The run's summary by (metric, kind of value), for ``tui.details.diff.SummaryDiff``.

    A metric with a better and a worse has its best value beside its last one. Values set by hand have no kind.
    """
    values: dict[tuple[str, str], object] = {}
    for name, value in run.summary.items():
        if not name.startswith("_"):
            values.update(_summary_entries(run, name, value))
    if run.step is not None:
        values["steps", ""] = run.step
    if run.runtime is not None:
        values["duration", ""] = units.duration(run.runtime)
    return values


def _summary_entries(run: Run, name: str, value: object) -> dict[tuple[str, str], object]:
    series = run.metrics.get(name)
    if isinstance(value, Mapping) and TYPE_KEY not in value:
        if set(value) <= _KINDS:
            return {(name, str(kind)): item for kind, item in value.items()}
        return {(key, ""): item for key, item in flatten({name: value}).items()}
    if series is None:
        return {(name, ""): value}
    better = metric_direction(run, name)
    best = _best(series, better)
    return {**({(name, better): best} if better and best is not None else {}), (name, "last"): value}


def metric_direction(run: Run, metric: str) -> Direction | None:
    """Whether less or more of the run's metric is better, as ``define_metric`` or its name says."""
    return direction(metric, summary_modes(metric, run.record.metrics))


def _best(series: Series, better: Direction | None) -> float | None:
    return series.minimum if better == "min" else series.maximum if better == "max" else None


# ---------------------------------------------------------------------------------------------------------------
# For one run


@dataclass(frozen=True, slots=True)
class SummaryEntry:
    """One value of a run's summary."""

    name: str
    text: str
    note: str = ""
    """What else there is to say of it: where its best was, whether it holds NaN."""
    trouble: bool = False
    """Whether the metric holds values that are not finite."""
    value: object = None
    series: Series | None = field(default=None, compare=False, repr=False)
    """The curve that it was derived from, where there is one."""


def summary_entries(run: Run) -> list[SummaryEntry]:
    """The run's summary, in alphabetical order with what belongs to one section together."""
    entries = [
        _entry(run, name, kind, value)
        for (name, kind), value in summary_values(run).items()
        if kind in {"", "last"} or isinstance(run.summary.get(name), Mapping)
    ]
    return sorted(entries, key=lambda entry: ("/" in entry.name, entry.name.casefold(), entry.name))


def _entry(run: Run, name: str, kind: str, value: object) -> SummaryEntry:
    label = name if kind in {"", "last"} else f"{name} {kind}"
    series = run.metrics.get(name)
    if series is None:
        return SummaryEntry(label, summary_text(value), value=value)
    bad = series.first_nonfinite
    if bad is not None:
        note = f"{units.nonfinite(bad[1])} first at step {units.count(bad[0])}"
        return SummaryEntry(label, summary_text(value), note, trouble=True, value=value, series=series)
    note = _best_note(run, series) if kind == "last" else ""
    return SummaryEntry(label, summary_text(value), note, value=value, series=series)


def _best_note(run: Run, series: Series) -> str:
    better = metric_direction(run, series.metric)
    best = _best(series, better)
    where = series.minimum_step if better == "min" else series.maximum_step
    if better is None or best is None or where is None or len(series) < 2:
        return ""
    return f"{better} {units.value(best)} at {units.count(where)}"
