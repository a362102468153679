"""``tui.status``: how many runs are in which state, without asking every run every time."""

from __future__ import annotations

from pathlib import Path

import pytest

from logstore.model.delta import Delta, RunDelta
from logstore.model.liveness import Liveness
from logstore.model.records import RunRecord
from logstore.model.runs import Run, Runs
from tui.model import Model
from tui.status import Census, Problems

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


def unreadable(key: str, *problems: str) -> RunDelta:
    return RunDelta(key, Path("/store") / key, problems=problems)


def hear(problems: Problems, runs: Runs, delta: Delta) -> str:
    problems.note(runs, runs.apply(delta))
    return problems.told(runs.problems)


def test_the_first_problem_is_told_and_how_many_more_there_are() -> None:
    problems, runs = Problems(), Runs()
    assert hear(problems, runs, Delta((told("p/a", ENDED),))) == ""
    assert hear(problems, runs, Delta((unreadable("p/a", "run.json: no access"),))) == "a: run.json: no access"
    other = Delta((unreadable("p/b", "config.json: too large", "run.json: no JSON"),), problems=("x: a link",))
    assert hear(problems, runs, other) == "x: a link, +3 more"


def test_a_problem_is_told_until_it_is_over_or_its_run_is_gone() -> None:
    problems, runs = Problems(), Runs()
    hear(
        problems, runs, Delta((unreadable("p/a", "no access"), unreadable("p/b", "too large")), problems=("x: a link",))
    )
    assert hear(problems, runs, Delta((told("p/c", ENDED),))) == "a: no access, +1 more"
    assert hear(problems, runs, Delta((unreadable("p/a"),))) == "b: too large"
    assert hear(problems, runs, Delta(gone=("p/b",))) == ""


def test_a_problem_is_text() -> None:
    assert "\x1b" not in hear(Problems(), Runs(), Delta(problems=("\x1b]0;x\x07: a link",)))
