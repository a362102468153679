"""States with their reasons, one row of the table for each kind of evidence."""

from __future__ import annotations

import pytest

from logstore.model.liveness import UNKNOWN, Liveness
from logstore.model.records import RunRecord
from logstore.model.state import State, derive_health, derive_state, span

NOW = 100_000.0
STARTED = RunRecord(pid=42, host="box", created=NOW - 50_000)
ALIVE = Liveness("alive", 42, "box")
GONE = Liveness("gone", 42, "box", NOW - 100)
AWAY = Liveness("elsewhere", 42, "far")


def ended(state: str, **fields: object) -> RunRecord:
    return RunRecord(pid=42, state=state, ended=NOW - 9, **fields)  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("record", "liveness", "last_write", "name", "reason"),
    [
        (ended("finished"), GONE, NOW, "finished", "finished"),
        (ended("finished", exit_code=0), ALIVE, NOW, "finished", "finished"),
        (ended("finished", exit_code=3), GONE, NOW, "failed", "exit code 3"),
        (ended("failed", exit_code=1, error="ValueError: x"), GONE, NOW, "failed", "exit code 1: ValueError: x"),
        (ended("failed"), GONE, NOW, "failed", "failed"),
        (ended("killed", signal="SIGTERM"), GONE, NOW, "killed", "killed by SIGTERM"),
        (ended("killed", signal="9"), GONE, NOW, "killed", "killed by signal 9"),
        (ended("killed"), GONE, NOW, "killed", "killed by a signal"),
        (ended("preempted"), GONE, NOW, "unknown", "run.json says preempted"),
        (STARTED, ALIVE, None, "running", "process 42 is alive"),
        (STARTED, ALIVE, NOW - 1e6, "running", "process 42 is alive"),
        (STARTED, GONE, NOW - 200, "crashed", "process 42 is gone without an exit record (killed?)"),
        (STARTED, Liveness("reused", 42), NOW, "crashed", "process 42 is another one now, without an exit record (kil"),
        (STARTED, Liveness("rebooted", 42), NOW, "crashed", "the host was rebooted"),
        (STARTED, GONE, NOW - 50, "running", "wrote 50s ago on box"),
        (STARTED, Liveness("rebooted", 42, "box", NOW - 500), NOW - 600, "crashed", "the host was rebooted"),
        (STARTED, Liveness("rebooted", 42, "box", NOW - 500), NOW - 50, "running", "wrote 50s ago on box"),
        (STARTED, AWAY, NOW - 599, "running", "wrote 9m ago on box"),
        (STARTED, AWAY, NOW - 7500, "crashed", "silent for 2h 5m on box, without an exit record"),
        (STARTED, AWAY, NOW + 500, "running", "wrote 0s ago on box"),
        (STARTED, AWAY, None, "unknown", "nothing was written on box"),
        (STARTED, UNKNOWN, NOW, "unknown", "process 42 was not looked for"),
        (RunRecord(), UNKNOWN, None, "pending", "not started yet"),
        (ended("pending"), UNKNOWN, None, "pending", "not started yet"),
        (RunRecord(), UNKNOWN, NOW - 5, "running", "wrote 5s ago, no record of who wrote it"),
        (None, UNKNOWN, NOW - 59, "running", "wrote 59s ago, no record of who wrote it"),
        (None, UNKNOWN, NOW - 3 * 3600, "unknown", "no record of who wrote it, silent for 3h"),
        (None, UNKNOWN, None, "unknown", "no record of who wrote it"),
    ],
)
def test_R9_states(
    record: RunRecord | None, liveness: Liveness, last_write: float | None, name: str, reason: str
) -> None:
    state = derive_state(record, liveness, last_write, NOW)
    assert state.name == name
    assert state.reason.startswith(reason)


def test_since_says_when_the_state_began() -> None:
    assert derive_state(ended("finished"), GONE, NOW - 5, NOW).since == NOW - 9
    assert derive_state(STARTED, ALIVE, NOW, NOW).since == STARTED.created
    assert derive_state(STARTED, GONE, NOW - 200, NOW).since == NOW - 200


RUNNING = State("running")


@pytest.mark.parametrize(
    ("state", "last_row", "row_seconds", "health"),
    [
        (RUNNING, NOW - 59, 1.0, "ok"),
        (RUNNING, NOW - 61, 1.0, "stalled"),
        (RUNNING, NOW - 61, None, "stalled"),
        (RUNNING, NOW - 299, 30.0, "ok"),
        (RUNNING, NOW - 301, 30.0, "stalled"),
        (RUNNING, None, 1.0, "ok"),
        (State("finished"), NOW - 1e6, 1.0, "ok"),
    ],
)
def test_only_a_running_run_stalls(
    state: State, last_row: float | None, row_seconds: float | None, health: str
) -> None:
    assert derive_health(state, last_row, row_seconds, NOW) == health


@pytest.mark.parametrize(
    ("seconds", "text"),
    [(0.4, "0s"), (59.9, "59s"), (61, "1m"), (3600, "1h"), (3725, "1h 2m"), (86400, "1d"), (200_000, "2d 7h")],
)
def test_spans(seconds: float, text: str) -> None:
    assert span(seconds) == text
