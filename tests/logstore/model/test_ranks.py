"""The ranks beside rank 0: which of them are lost."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from logstore.model.delta import RunDelta
from logstore.model.liveness import Liveness
from logstore.model.ranks import Rank, forerunner, forerunners, losses
from logstore.model.records import Attempt, RunRecord
from logstore.model.runs import Run

T = 1_700_000_000.0
ALIVE = Rank(RunRecord(pid=5), Liveness("alive", 5))
GONE = Rank(RunRecord(pid=6), Liveness("gone", 6))
KILLED = Rank(RunRecord(state="killed", signal="SIGKILL"))
FAILED = Rank(RunRecord(state="failed", exit_code=1, error="OOM"))


@pytest.mark.parametrize(
    ("rank", "told"),
    [
        (ALIVE, ""),
        (Rank(RunRecord(state="finished")), ""),
        (Rank(RunRecord(pid=6), Liveness("elsewhere", 6, "far")), ""),
        (Rank(RunRecord()), ""),
        (GONE, "rank 1 crashed: process 6 is gone without an exit record (killed?)"),
        (Rank(RunRecord(pid=6), Liveness("rebooted", 6)), "rank 1 crashed: the host was rebooted"),
        (KILLED, "rank 1 killed by SIGKILL"),
        (FAILED, "rank 1 failed: exit code 1: OOM"),
        (Rank(RunRecord(state="failed")), "rank 1 failed"),
    ],
)
def test_only_ranks_that_surely_died_are_lost(rank: Rank, told: str) -> None:
    assert losses(RunRecord(), {1: rank}) == told


@pytest.mark.parametrize(("count", "rest"), [(1, ""), (2, ", and 1 more rank"), (5, ", and 4 more ranks")])
def test_of_many_the_first_is_told_and_the_others_are_counted(count: int, rest: str) -> None:
    ranks = {9: ALIVE, **dict.fromkeys(range(count, 0, -1), KILLED)}
    assert losses(RunRecord(), ranks) == f"rank 1 killed by SIGKILL{rest}"


def test_a_job_that_goes_on_with_fewer_ranks_misses_none() -> None:
    assert losses(RunRecord(world_size=4), {4: KILLED}) == ""
    assert losses(RunRecord(world_size=5), {4: KILLED}) != ""


@pytest.mark.parametrize(
    ("begun", "ended", "counts"),
    [(T, T + 50, False), (T, None, False), (T, T + 101, True), (T + 45, None, True), (T + 90, T + 99, False)],
)
def test_what_ended_before_the_latest_attempt_does_not_count(begun: float, ended: float | None, counts: bool) -> None:
    resumed = RunRecord(created=T, attempts=(Attempt(T), Attempt(T + 100)))
    state = None if ended is None else "failed"
    rank = Rank(RunRecord(created=begun, ended=ended, pid=6, state=state), Liveness("gone", 6))
    assert bool(losses(resumed, {1: rank})) == counts


ENDED = RunRecord(state="killed", signal="SIGTERM", ended=T + 9)
FIRST = Rank(RunRecord(state="failed", exit_code=1, error="ValueError: bad batch", ended=T + 5))
NEXT = Rank(RunRecord(state="failed", exit_code=1, error="RuntimeError: Connection closed by peer", ended=T + 6))
LATE = Rank(RunRecord(state="failed", exit_code=1, ended=T + 10))
STOPPED = Rank(RunRecord(state="killed", signal="SIGTERM", ended=T + 9))
GONE_1 = "rank 1 crashed: process 6 is gone without an exit record (killed?)"


@pytest.mark.parametrize(
    ("record", "ranks", "found"),
    [
        (ENDED, {1: NEXT, 2: FIRST, 3: STOPPED}, "rank 2 failed: exit code 1: ValueError: bad batch"),
        (replace(ENDED, state="failed", signal=None), {1: FIRST}, "rank 1 failed: exit code 1: ValueError: bad batch"),
        (ENDED, {1: LATE, 2: STOPPED}, ""),
        (ENDED, {1: GONE, 2: STOPPED}, GONE_1),
        (ENDED, {1: GONE, 2: GONE, 3: STOPPED, 4: STOPPED}, f"{GONE_1}, and 1 more rank"),
        (ENDED, {1: GONE, 2: GONE, 3: STOPPED}, ""),
        (replace(ENDED, signal="SIGINT"), {1: FIRST, 2: STOPPED}, ""),
        (replace(ENDED, state="finished"), {1: FIRST, 2: STOPPED}, ""),
        (replace(ENDED, state=None), {1: FIRST}, ""),
        (replace(ENDED, world_size=2), {1: STOPPED, 2: FIRST}, ""),
    ],
)
def test_what_befell_another_rank_before_rank_0_ended_badly(
    record: RunRecord, ranks: dict[int, Rank], found: str
) -> None:
    assert forerunners(record, ranks) == found
    first = forerunner(record, ranks)
    assert found.startswith(f"rank {first} " if first is not None else "")
    assert bool(found) == (first is not None)


def test_the_reason_of_a_run_that_ended_badly_begins_with_the_rank_that_did_first() -> None:
    run = Run("demo/a", Path("/store/demo/a"))
    run.apply(RunDelta(run.key, run.path, record=ENDED, processes={1: FIRST, 2: STOPPED}))
    state = run.state(T + 20)
    assert (state.name, state.since) == ("killed", T + 9)
    assert state.reason == "rank 1 failed: exit code 1: ValueError: bad batch; rank 0 killed by SIGTERM"


def test_the_state_stays_rank_0s_and_names_the_lost_while_it_runs() -> None:
    run = Run("demo/a", Path("/store/demo/a"))
    live = Liveness("alive", 5)
    record = RunRecord(pid=5, created=T)
    run.apply(RunDelta(run.key, run.path, record=record, liveness=live, processes={1: FAILED, 2: ALIVE}))
    state = run.state(T)
    assert (state.name, state.since) == ("running", T)
    assert state.reason == "rank 1 failed: exit code 1: OOM, while process 5 is alive"
    run.apply(RunDelta(run.key, run.path, liveness=live))
    assert run.state(T) == state
    run.apply(RunDelta(run.key, run.path, record=RunRecord(state="finished"), liveness=live))
    assert run.state(T).reason == "finished"
