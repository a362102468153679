"""A run as JSON for scripts. The keys are stable: they may become more, never fewer. Described in docs/cli.md."""

from __future__ import annotations

import os
from collections.abc import Iterable
from contextlib import suppress
from dataclasses import asdict, fields
from pathlib import Path

from logstore.model.delta import Event
from logstore.model.records import RunRecord
from logstore.model.runs import Run
from logstore.model.series import Series
from logstore.model.state import State

_ELSEWHERE = frozenset({"state", "extra", "attempts", "metrics", "heartbeat"})


def head(run: Run, now: float) -> dict[str, object]:
    """Who the run is and how it stands: what ``ls`` says of each run."""
    record = run.record
    return {
        "key": run.key,
        "id": run.id,
        "name": run.name,
        "project": run.project,
        "path": str(run.path),
        "foreign": run.foreign,
        "state": state(run.state(now), run.health(now)),
        "created": run.created,
        "ended": record.ended,
        "last_write": run.last_write,
        "step": run.step,
        "total_steps": record.total_steps,
        "steps_per_second": run.steps_per_second(now),
        "group": record.group,
        "job_type": record.job_type,
        "tags": list(record.tags),
        "host": record.host,
    }


def state(judged: State, health: str) -> dict[str, object]:
    """A state with its reason."""
    return {"name": judged.name, "reason": judged.reason, "since": judged.since, "health": health}


def whole(run: Run, now: float) -> dict[str, object]:
    """Everything about one run but its points: what ``show`` says."""
    return {
        **head(run, now),
        "record": record(run.record),
        "config": dict(run.config),
        "summary": dict(run.summary),
        "metrics": {name: statistics(series) for name, series in sorted(run.metrics.items())},
        "ranks": sorted(run.ranks),
        "system": {host: sorted(curves) for host, curves in sorted(run.hosts.items())},
        "events": [event_json(event) for event in run.events],
        "files": [{"name": name, "bytes": size} for name, size in files(run.path)],
        "bad_lines": run.bad_lines,
        "problems": list(run.problems),
    }


def record(known: RunRecord) -> dict[str, object]:
    """What run.json says, without what is said elsewhere; absent where it says nothing."""
    plain = {field.name: getattr(known, field.name) for field in fields(known) if field.name not in _ELSEWHERE}
    plain = {name: asdict(value) if name in {"git", "hardware"} and value else value for name, value in plain.items()}
    started = [attempt.started for attempt in known.attempts]
    return {name: value for name, value in {**plain, "attempts": started}.items() if value not in (None, (), [])}


def statistics(series: Series) -> dict[str, object]:
    """A curve in numbers."""
    return {
        "count": len(series),
        "last": series.last,
        "last_step": series.last_step,
        "first": series.first,
        "min": series.minimum,
        "min_step": series.minimum_step,
        "max": series.maximum,
        "max_step": series.maximum_step,
        "mean": series.mean,
        "nonfinite": series.nonfinite,
        "first_nonfinite_step": series.first_nonfinite[0] if series.first_nonfinite else None,
    }


def event_json(event: Event) -> dict[str, object]:
    """An event as its line has it."""
    return {
        "time": event.time,
        "kind": event.kind,
        "level": event.level,
        "title": event.title,
        "text": event.text,
        "fields": dict(event.fields),
    }


def files(path: Path) -> list[tuple[str, int]]:
    """The files of a run with their sizes, by name; the run's path itself where it is one file."""
    if path.is_file():
        return [(path.name, path.stat().st_size)]
    return sorted(_below(path))


def _below(path: Path) -> Iterable[tuple[str, int]]:
    for directory, below, names in os.walk(path):
        below[:] = [name for name in below if not name.startswith(".")]
        for name in names:
            file = Path(directory, name)
            with suppress(OSError):  # it was there a moment ago
                yield str(file.relative_to(path)), file.lstat().st_size
