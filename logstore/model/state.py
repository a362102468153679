"""The state of a run, derived from what is on disk and in /proc, each time with the reason.

An exit record decides; without one it is the process that wrote the run; where that cannot be seen (another host,
a run that logstore did not write), how long the files have been silent. Pure: time and evidence are parameters.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from logstore.model.liveness import UNKNOWN, Liveness
from logstore.model.records import RunRecord

StateName = Literal["running", "finished", "failed", "crashed", "killed", "pending", "unknown"]
Health = Literal["ok", "stalled"]

SILENCE_ELSEWHERE = 600.0
"""Seconds a run on another host may be silent before it counts as crashed; shared file systems cache for minutes."""
SILENCE_FOREIGN = 60.0
"""Seconds a run without a writer's record may be silent before nobody can say whether it still runs."""
STALL_FLOOR = 60.0
STALL_FACTOR = 10.0
CONTRADICTION = 5.0
"""Seconds by which a write must follow a process's disappearance to prove that it lives where we cannot see it."""


@dataclass(frozen=True, slots=True)
class State:
    """What became of a run, and why we think so."""

    name: StateName
    reason: str = ""
    since: float | None = None
    """When the run entered this state, seconds since the epoch, as far as known."""


def derive_state(
    record: RunRecord | None, liveness: Liveness = UNKNOWN, last_write: float | None = None, now: float = 0.0
) -> State:
    """The state of a run.

    Args:
        record: Its run.json; None when there is none.
        liveness: What is known about the process that wrote it.
        last_write: When one of its files was last touched, seconds since the epoch.
        now: The present, on the same clock.
    """
    if record is None:
        return _foreign(last_write, now)
    if record.state is not None:
        return _ended(record, last_write)
    if record.pid is None and liveness.verdict == "unknown":
        return _foreign(last_write, now) if last_write is not None else State("pending", "not started yet")
    if liveness.verdict == "alive":
        return State("running", f"process {liveness.pid} is alive", record.created)
    if liveness.verdict == "elsewhere" or _contradicted(liveness, last_write):
        return _silent(record, last_write, now)
    return _crashed(record, liveness, last_write)


def _ended(record: RunRecord, last_write: float | None) -> State:
    since = record.ended if record.ended is not None else last_write
    if record.state == "finished" and not record.exit_code:
        return State("finished", "finished", since)
    if record.state == "killed":
        return State("killed", f"killed by {_signal(record.signal)}", since)
    if record.state in {"failed", "finished"}:
        return State("failed", _failure(record), since)
    if record.state == "pending":
        return State("pending", "not started yet", record.created)
    return State("unknown", f"run.json says {record.state}", since)


def _failure(record: RunRecord) -> str:
    code = None if record.exit_code is None else f"exit code {record.exit_code}"
    return ": ".join(part for part in (code, record.error) if part) or "failed"


def _signal(signal: str | None) -> str:
    if signal is None:
        return "a signal"
    return f"signal {signal}" if signal.isdigit() else signal


def _contradicted(liveness: Liveness, last_write: float | None) -> bool:
    """Whether rows came after the process was found gone or the host was booted: then it lives out of our sight.

    In another pid namespace, that is, or on another machine of the same name.
    """
    if liveness.verdict not in {"gone", "reused", "rebooted"} or liveness.since is None or last_write is None:
        return False
    return last_write > liveness.since + CONTRADICTION


def _silent(record: RunRecord, last_write: float | None, now: float) -> State:
    where = f" on {record.host}" if record.host else ""
    if last_write is None:
        return State("unknown", f"nothing was written{where}", record.created)
    silence = max(0.0, now - last_write)
    if silence <= SILENCE_ELSEWHERE:
        return State("running", f"wrote {span(silence)} ago{where}", record.created)
    return State("crashed", f"silent for {span(silence)}{where}, without an exit record", last_write)


def _crashed(record: RunRecord, liveness: Liveness, last_write: float | None) -> State:
    pid = liveness.pid if liveness.pid is not None else record.pid
    if liveness.verdict == "rebooted":
        return State("crashed", "the host was rebooted", last_write)
    if liveness.verdict == "reused":
        return State("crashed", f"process {pid} is another one now, without an exit record (killed?)", last_write)
    if liveness.verdict == "gone":
        return State("crashed", f"process {pid} is gone without an exit record (killed?)", last_write)
    return State("unknown", f"process {pid} was not looked for", last_write)


def _foreign(last_write: float | None, now: float) -> State:
    if last_write is None:
        return State("unknown", "no record of who wrote it")
    silence = max(0.0, now - last_write)
    if silence <= SILENCE_FOREIGN:
        return State("running", f"wrote {span(silence)} ago, no record of who wrote it", None)
    return State("unknown", f"no record of who wrote it, silent for {span(silence)}", last_write)


def derive_health(state: State, last_row: float | None, row_seconds: float | None, now: float) -> Health:
    """``stalled`` when a running run has logged no row for ten median steps, and at least a minute.

    Args:
        state: The run's state; only a running run stalls.
        last_row: Time of its last row, seconds since the epoch.
        row_seconds: The median time between its rows, None when unknown.
        now: The present.
    """
    if state.name != "running" or last_row is None:
        return "ok"
    patience = max(STALL_FLOOR, STALL_FACTOR * (row_seconds or 0.0))
    return "stalled" if now - last_row > patience else "ok"


def span(seconds: float) -> str:
    """A duration in its one or two largest units: ``41s``, ``3m``, ``2h 5m``, ``9d 4h``."""
    whole = int(seconds)
    if whole < 60:
        return f"{whole}s"
    if whole < 3600:
        return f"{whole // 60}m"
    if whole < 86400:
        return f"{whole // 3600}h {whole % 3600 // 60}m".removesuffix(" 0m")
    return f"{whole // 86400}d {whole % 86400 // 3600}h".removesuffix(" 0h")
