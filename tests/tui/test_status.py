"""``tui.status``: how many runs are in which state, without asking every run every time."""

from __future__ import annotations

from pathlib import Path

import pytest

from logstore.model.delta import Delta, RunDelta
from logstore.model.liveness import Liveness
from logstore.model.records import RunRecord
from logstore.model.runs import Run, Runs
from tui.model import Model
from tui.status import Census

NOW = 1_790_000_000.0
ENDED = RunRecord(created=NOW - 100, state="finished", exit_code=0)
ELSEWHERE = RunRecord(created=NOW - 100, pid=7, host="other")
ALIVE = RunRecord(created=NOW - 100, pid=7)


def told(key: str, record: RunRecord, verdict: str = "unknown", last_write: float = NOW) -> RunDelta:
    liveness = Liveness(verdict, 7)  # type: ignore[arg-type]
    return RunDelta(key, Path("/store") / key, record=record, liveness=liveness, last_write=last_write)


def follow(census: Census, runs: Runs, delta: Delta, now: float = NOW) -> str:
    census.note(runs, runs.apply(delta), now)
    return str(census.count(runs, now))


def test_runs_are_counted_as_they_come_change_and_go() -> None:
    census, runs = Census(), Runs()
    assert follow(census, runs, Delta((told("p/a", ENDED), told("p/b", ALIVE, "alive")))) == "1 running · 1 finished"
    assert follow(census, runs, Delta((told("p/b", ENDED),))) == "2 finished"
    assert follow(census, runs, Delta(gone=("p/a",))) == "1 finished"
    assert follow(census, runs, Delta((told("p/b", ENDED),), gone=("p/b",))) == "1 finished"
    assert follow(census, runs, Delta(gone=("p/b",))) == ""


def test_time_alone_can_end_a_live_run() -> None:
    census, runs = Census(), Runs()
    assert follow(census, runs, Delta((told("p/a", ELSEWHERE, "elsewhere"),))) == "1 running"
    assert str(census.count(runs, NOW + 3600)) == "1 crashed"


def test_runs_that_ended_are_not_asked_again(monkeypatch: pytest.MonkeyPatch) -> None:
    census, runs = Census(), Runs()
    follow(census, runs, Delta(tuple(told(f"p/{number}", ENDED) for number in range(100))))
    asked: list[str] = []

    def word(run: Run, now: float) -> str:
        asked.append(run.key)
        return "finished"

    monkeypatch.setattr(Model, "word", staticmethod(word))
    assert follow(census, runs, Delta((told("p/7", ENDED),))) == "100 finished"
    assert asked == ["p/7"]
