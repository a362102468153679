"""The records of the ranks beside rank 0."""

from __future__ import annotations

import json
import shutil
import time
from pathlib import Path

import pytest

from logstore.model.liveness import Liveness, Machine, Process
from logstore.reading import rank_papers
from logstore.reading.rank_papers import RankPapers
from logstore.store import Store
from tests.logstore.following import Followed, replace
from tests.logstore.written import Writing


@pytest.fixture
def store(tmp_path: Path) -> Followed:
    return Followed(tmp_path / "runs")


def job(store: Followed, *pids: int, **record: object) -> Path:
    """A live job in which rank *k* is process ``pids[k]``."""
    path = store.write("demo/a", 1, **store.live(pids[0]), world_size=len(pids), **record)
    for rank, pid in enumerate(pids[1:], 1):
        replace(path / f"run.rank{rank}.json", {**store.live(pid), "rank": rank})
    return path


def reason(store: Followed) -> str:
    state = store.runs["demo/a"].state(store.now)
    assert state.name == "running"
    return state.reason


def test_all_ranks_that_live_here_are_known_by_their_pids(store: Followed) -> None:
    path = job(store, 5, 6, 7)
    replace(path / "run.rank3.json", {**store.live(8, alive=False), "host": "far"})
    store.read()
    run = store.runs["demo/a"]
    assert sorted(run.live_pids) == [5, 6, 7]
    assert run.processes[3].liveness.verdict == "elsewhere"
    assert reason(store) == "process 5 is alive"


def test_a_rank_that_comes_later_is_found_and_nothing_new_is_no_news(store: Followed) -> None:
    path = job(store, 5)
    record = {**store.live(5), "world_size": 2}
    replace(path / "run.json", record)
    store.settle()
    replace(path / "run.rank1.json", store.live(6))
    store.read(2.0)
    assert sorted(store.runs["demo/a"].live_pids) == [5, 6]
    assert not store.read(2.0)


def test_a_rank_that_is_gone_while_rank_0_lives_is_said(store: Followed) -> None:
    job(store, 5, 6, 7)
    store.read()
    shutil.rmtree(store.machine.proc / "7")
    store.read(2.0)
    assert reason(store) == (
        "rank 2 crashed: process 7 is gone without an exit record (killed?), while process 5 is alive"
    )
    assert sorted(store.runs["demo/a"].live_pids) == [5, 6]


def test_a_rank_that_failed_while_rank_0_lives_is_said_and_one_that_finished_is_not(store: Followed) -> None:
    path = job(store, 5, 6, 7)
    store.read()
    replace(path / "run.rank1.json", {**store.live(6), "state": "finished", "exit_code": 0})
    store.read(2.0)
    assert reason(store) == "process 5 is alive"
    replace(path / "run.rank2.json", {**store.live(7), "state": "failed", "error": "ValueError: x"})
    store.read(2.0)
    assert reason(store) == "rank 2 failed: ValueError: x, while process 5 is alive"
    assert store.runs["demo/a"].live_pids == [5]


def test_an_exit_record_that_was_written_at_the_last_moment_counts(store: Followed, tmp_path: Path) -> None:
    path = job(store, 5, 6)

    class Late(Machine):
        """A host on which rank 1 writes its exit record and goes while it is looked for."""

        def liveness(self, process: Process, now: float | None = None) -> Liveness:
            shutil.rmtree(tmp_path / "proc" / "6", ignore_errors=True)
            replace(path / "run.rank1.json", {**store.live(6, alive=False), "state": "finished"})
            return super().liveness(process, now)

    papers = RankPapers(str(path))
    assert papers.look(Late("box", "boot", None, tmp_path / "proc"), store.now)
    assert papers.ranks[1].state.name == "finished"


def test_what_can_not_be_read_is_a_problem_and_keeps_what_was_known(store: Followed) -> None:
    path = job(store, 5, 6)
    (path / "run.rank2.json").mkdir()
    (path / "run.rank3.json").symlink_to(path / "run.json")
    (path / "run.rank04.json").write_text("{}")
    store.read()
    (path / "run.rank1.json").write_text("{")
    store.read(2.0)
    run = store.runs["demo/a"]
    assert run.live_pids == [5, 6]
    assert run.problems == (
        "run.rank1.json: is not valid JSON",
        "run.rank2.json: run.rank2.json is no regular file",
        "run.rank3.json: run.rank3.json is a symbolic link",
    )
    (path / "run.rank1.json").unlink()
    store.read(2.0)
    assert run.live_pids == [5]


def test_no_more_ranks_are_read_than_a_bound(store: Followed, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(rank_papers, "MOST", 2)
    job(store, 5, 6, 7, 8)
    store.read()
    run = store.runs["demo/a"]
    assert run.live_pids == [5, 6, 7]
    assert run.problems == ("of 3 records of ranks the first 2 are read",)


def test_ranks_of_an_earlier_attempt_are_not_missed(store: Followed) -> None:
    first = store.live(5)
    path = job(store, 5, 6, 7, 8)
    began = float(first["created"])  # type: ignore[arg-type]
    replace(path / "run.rank1.json", {**store.live(6), "state": "failed", "ended": began + 500})
    for pid in (7, 8):
        shutil.rmtree(store.machine.proc / str(pid))
    resumed = [{**first, "started": began}, {**store.live(9), "started": began + 600}]
    replace(path / "run.json", {**first, "attempts": resumed, "world_size": 3})
    replace(path / "run.rank3.json", {**store.live(8, alive=False), "created": began + 610})
    store.settle()
    assert reason(store) == "process 9 is alive"
    replace(path / "run.rank2.json", {**store.live(10, alive=False), "created": began + 610})
    store.settle()
    assert "rank 2 crashed: process 10 is gone" in reason(store)


def test_a_rank_that_outlives_rank_0_stays_known(store: Followed) -> None:
    path = job(store, 5, 6)
    store.read()
    shutil.rmtree(store.machine.proc / "5")
    replace(path / "run.json", {**store.live(5, alive=False), "world_size": 2, "state": "failed", "exit_code": 1})
    store.settle()
    run = store.runs["demo/a"]
    assert (run.state(store.now).name, run.live_pids) == ("failed", [6])
    shutil.rmtree(store.machine.proc / "6")
    store.settle()
    assert run.live_pids == []


def test_a_directory_that_went_away_is_no_error(tmp_path: Path) -> None:
    path = tmp_path / "a"
    path.mkdir()
    (path / "run.rank1.json").write_text(json.dumps({"state": "finished"}))
    machine = Followed(tmp_path / "runs").machine
    papers = RankPapers(str(path))
    assert papers.look(machine, 0.0)
    shutil.rmtree(path)
    assert papers.look(machine, 1.0)
    assert not papers.ranks


def test_real_siblings_are_followed_and_the_one_that_is_killed_is_missed(writing: Writing) -> None:
    code = "logstore.init(project='p', id='job', **QUIET)\nprint('up', flush=True)\ntime.sleep(50)"
    ranks = [
        writing.start(code, {"RANK": str(rank), "WORLD_SIZE": "3", "LOCAL_RANK": str(rank), "MASTER_PORT": "1"})
        for rank in range(3)
    ]
    for each in ranks:
        assert each.stdout is not None
        assert each.stdout.readline() == "up\n"
    run = Store(writing.root).find("job")
    assert run.live_pids == [each.pid for each in ranks]
    ranks[2].kill()
    ranks[2].wait()
    run = Store(writing.root).find("job")
    assert run.live_pids == [each.pid for each in ranks[:2]]
    state = run.state(time.time())
    assert (state.name, f"rank 2 crashed: process {ranks[2].pid} is gone" in state.reason) == ("running", True)
