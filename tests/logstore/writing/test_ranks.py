"""Which process of a job this is, and how the ranks of one job share a run."""

from __future__ import annotations

import os
import signal
import time
from pathlib import Path

import pytest

from logstore.errors import UsageError
from logstore.store import Store
from logstore.writing import beginning
from logstore.writing.ranks import Place, find_job, find_launcher, find_place
from tests.logstore.written import Writing, kill, lines_of, record_of, values_of
from tui.details.remains import examine

TORCH = {"RANK": "3", "WORLD_SIZE": "8", "LOCAL_RANK": "1", "TORCHELASTIC_RUN_ID": "job-1"}
SLURM = {"SLURM_PROCID": "2", "SLURM_NTASKS": "4", "SLURM_LOCALID": "0", "SLURM_JOB_ID": "77", "SLURM_STEP_ID": "0"}
MPI = {"OMPI_COMM_WORLD_RANK": "1", "OMPI_COMM_WORLD_SIZE": "2", "OMPI_COMM_WORLD_LOCAL_RANK": "1"}


@pytest.mark.parametrize(
    ("environ", "place"),
    [
        ({}, Place()),
        (TORCH, Place(3, 8, 1, "elastic job-1")),
        (SLURM, Place(2, 4, 0, "slurm 77 0")),
        (MPI | {"PMIX_NAMESPACE": "ns"}, Place(1, 2, 1, "mpi ns")),
        (TORCH | SLURM, Place(3, 8, 1, "elastic job-1")),
        (SLURM | {"SLURM_NTASKS": "1", "SLURM_PROCID": "0"}, Place()),
        ({"RANK": "0", "WORLD_SIZE": "1"}, Place()),
        ({"RANK": "5"}, Place()),
        ({"RANK": "9", "WORLD_SIZE": "8"}, Place()),
        ({"RANK": "x", "WORLD_SIZE": "8"}, Place()),
        ({"RANK": "²", "WORLD_SIZE": "8"}, Place()),
    ],
)
def test_the_launcher_says_the_place(environ: dict[str, str], place: Place) -> None:
    assert find_place(environ) == place


def test_without_a_name_for_the_job_its_parent_stands_for_it() -> None:
    environ = {"RANK": "1", "WORLD_SIZE": "2", "MASTER_PORT": "29500", "TORCHELASTIC_RUN_ID": "none"}
    job = find_place(environ).job
    assert job is not None
    assert job.startswith(f"host {os.uname().nodename} {os.getppid()} ")
    assert job.endswith(" 29500")


def test_an_argument_beats_the_launcher() -> None:
    assert find_place(TORCH, rank=0) == Place(0, 8, 1, "elastic job-1")
    assert find_place({}, rank=2) == Place(2, None, 2, find_place({}, rank=0).job)
    assert find_place({"WORLD_SIZE": "4"}, rank=2).world_size == 4
    assert find_place({"WORLD_SIZE": "2"}, rank=2).world_size is None
    with pytest.raises(UsageError, match="rank must not be negative: -1"):
        find_place({}, rank=-1)


RANK = """
run = logstore.init(project="p", config={"lr": 1}, name="job", hardware=False, git=False, packages=False, system=False)
run.log({"loss": run.rank * 10})
run.config.update({"more": run.rank})
run.summary["best"] = run.rank
run.alert(f"hello {run.rank}")
print("printed by", run.rank)
print(run.id, run.world_size)
"""


def job(writing: Writing, size: int, **environ: str) -> list[str]:
    """Starts ``size`` ranks of one job at once; what each printed last."""
    places = [{"RANK": str(rank), "WORLD_SIZE": str(size), "LOCAL_RANK": str(rank)} for rank in range(size)]
    processes = [writing.start(RANK, {**place, **environ}) for place in places]
    outputs = [process.communicate(timeout=50) for process in processes]
    assert [process.returncode for process in processes] == [0] * size, outputs
    return [out.splitlines()[-1] for out, _ in outputs]


def test_all_ranks_of_a_job_share_a_run(writing: Writing) -> None:
    assert len(set(job(writing, 3, MASTER_PORT="29500"))) == 1
    path = writing.only()
    assert sorted(each.name for each in path.iterdir()) == sorted(
        ["config.json", "summary.json"]
        + ["run.json", "metrics.jsonl", "events.jsonl", "console.log", "console.times.jsonl"]
        + [f"{name}.rank{rank}.{end}" for rank in (1, 2) for name, end in
           (("run", "json"), ("metrics", "jsonl"), ("events", "jsonl"), ("console", "log"), ("console.times", "jsonl"))]
    )  # fmt: skip
    for rank in range(3):
        assert values_of(path, rank) == {0: {"loss": rank * 10}}
    assert record_of(path, "config.json") == {"lr": 1, "more": 0}
    assert record_of(path, "summary.json") == {"best": 0}
    assert [record_of(path, name)["rank"] for name in ("run.json", "run.rank1.json", "run.rank2.json")] == [0, 1, 2]
    assert record_of(path)["name"] == "job"
    assert lines_of(path, "events.rank2.jsonl")[0]["title"] == "hello 2"
    assert "printed by 1\n" in (path / "console.rank1.log").read_text()
    assert all(record_of(path, f"run.rank{rank}.json")["state"] == "finished" for rank in (1, 2))


def test_a_job_that_is_started_again_continues_its_run(writing: Writing) -> None:
    first = job(writing, 2, TORCHELASTIC_RUN_ID="job-7")
    second = job(writing, 2, TORCHELASTIC_RUN_ID="job-7", TORCHELASTIC_RESTART_COUNT="1")
    assert len({*first, *second}) == 1
    for rank in range(2):
        assert values_of(writing.only(), rank) == {step: {"loss": rank * 10} for step in range(2)}
    assert len(record_of(writing.only())["attempts"]) == 2


def test_two_jobs_are_two_runs(writing: Writing) -> None:
    assert job(writing, 2, SLURM_JOB_ID="1") != job(writing, 2, SLURM_JOB_ID="2")


def test_an_id_beats_the_job(writing: Writing, monkeypatch: pytest.MonkeyPatch) -> None:
    for key, value in TORCH.items():
        monkeypatch.setenv(key, value)
    run = writing.init(id="mine")
    assert run.path.name == "mine"
    assert (run.rank, run.world_size) == (3, 8)
    assert run.name == "mine"


def test_a_second_run_of_a_job_is_another_one(writing: Writing) -> None:
    out = job(writing, 1)  # a job of one has random ids
    assert out
    done = writing.run(
        """
ids = []
for fold in range(3):
    with logstore.init(**QUIET, project="folds") as run:
        run.log({"fold": fold})
        ids.append(run.id)
print(*ids)
""",
        TORCH,
    )
    ids = done.stdout.split()
    assert len(set(ids)) == 3
    again = writing.run("print(logstore.init(**QUIET, project='folds').id)", TORCH | {"RANK": "4"})
    assert again.stdout.split() == ids[:1]


def test_one_rank_of_each_host_starts_telemetry(writing: Writing, tmp_path: Path) -> None:
    started = []
    for rank, local in ((0, 0), (1, 1), (8, 0)):
        environ = {"RANK": str(rank), "WORLD_SIZE": "16", "LOCAL_RANK": str(local), "TORCHELASTIC_RUN_ID": "j"}
        done = writing.run(
            "run = logstore.init(**{**QUIET, 'system': True}, project='p')\n"
            "print(run._recorders.telemetry is not None)",
            environ,
        )
        started.append(done.stdout.strip())
    assert started == ["True", "False", "True"]


def test_a_rank_that_is_killed_leaves_the_others_alone(writing: Writing) -> None:
    code = RANK + "sys.stdout.flush(); time.sleep(30)"
    environ = {"WORLD_SIZE": "2", "TORCHELASTIC_RUN_ID": "j"}
    processes = [writing.start(code, environ | {"RANK": str(rank)}) for rank in range(2)]
    for process in processes:
        assert process.stdout is not None
        process.stdout.readline(), process.stdout.readline()
    for process, number in zip(processes, (signal.SIGTERM, signal.SIGKILL), strict=True):
        process.send_signal(number)
        process.communicate(timeout=50)
    assert record_of(writing.only())["state"] == "killed"
    assert "state" not in record_of(writing.only(), "run.rank1.json")


@pytest.mark.parametrize(
    ("environ", "job"),
    [
        ({}, None),
        ({"SLURM_JOB_ID": ""}, None),
        (SLURM, {"scheduler": "slurm", "id": "77"}),
        ({**SLURM, "SLURM_JOB_END_TIME": "1790000000"}, {"scheduler": "slurm", "id": "77", "ends": 1790000000}),
        ({**SLURM, "SLURM_JOB_END_TIME": "soon"}, {"scheduler": "slurm", "id": "77"}),
    ],
)
def test_the_batch_job_and_its_end_are_recorded(environ: dict[str, str], job: dict[str, object] | None) -> None:
    assert find_job(environ) == job


AGENT = ["python", "/v/bin/torchrun", "--nproc-per-node", "4", "train.py", "--hf-token", "abc"]


@pytest.mark.parametrize(
    ("environ", "parent", "known"),
    [
        (TORCH, AGENT, True),
        (TORCH, ["python", "-m", "torch.distributed.run", "a b"], True),
        (TORCH, ["/v/bin/python", "/v/bin/accelerate", "launch", "train.py", ""], True),
        (TORCH, ["python", "train.py"], False),
        (TORCH, [], False),
        ({}, AGENT, False),
    ],
)
def test_the_command_of_the_launcher_is_that_of_the_parent(
    tmp_path: Path, environ: dict[str, str], parent: list[str], known: bool
) -> None:
    place = tmp_path / str(os.getppid())
    place.mkdir()
    (place / "cmdline").write_text("".join(f"{word}\0" for word in parent))
    assert find_launcher(environ, tmp_path) == (parent if known else None)


def test_the_launcher_is_recorded_without_secrets(writing: Writing, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(beginning, "find_launcher", lambda _environ: AGENT)
    run = writing.init()
    assert record_of(run.path)["launcher"][-2:] == ["--hf-token", "***"]


def test_the_job_of_an_earlier_attempt_is_not_that_of_the_next(
    writing: Writing, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("SLURM_JOB_ID", "77")
    run = writing.init(id="r")
    assert record_of(run.path)["job"] == {"scheduler": "slurm", "id": "77"}
    run.finish()
    monkeypatch.delenv("SLURM_JOB_ID")
    assert "job" not in record_of(writing.init(id="r", resume="must").path)


def test_a_job_whose_time_was_up_is_told_as_that(writing: Writing) -> None:
    """As Slurm does it: SIGTERM at the end of the time, a grace for the handler, then SIGKILL."""
    ends = int(time.time()) + 20
    process = writing.start(
        "logstore.init(**QUIET, project='p', id='r'); logstore.log({'a': 1}); print(flush=True); time.sleep(60)",
        {"SLURM_JOB_ID": "77", "SLURM_JOB_END_TIME": str(ends)},
    )
    assert process.stdout is not None
    process.stdout.readline()
    kill(process, signal.SIGTERM)
    card = examine(Store(writing.root).find("r"), time.time())
    assert card is not None
    assert card.cause == "the job's time was up"
    assert [each.source for each in card.evidence] == ["scheduler", "exit record"]


def test_ranks_that_are_given_by_hand_belong_to_the_run(writing: Writing) -> None:
    """As with torch.multiprocessing.spawn: nobody says how many there are."""
    for rank, end in ((1, "raise ValueError('of rank 1')"), (0, "raise RuntimeError('lost sight')")):
        writing.run(
            f"logstore.init(**QUIET, project='p', id='r', resume='allow', rank={rank})\nlogstore.log({{'a': 1}})\n{end}"
        )
    run = Store(writing.root).find("r")
    assert run.record.world_size is None
    assert {rank: len(curves["a"]) for rank, curves in run.ranks.items()} == {0: 1, 1: 1}
    card = examine(run, time.time())
    assert card is not None
    assert card.cause == "rank 1 failed first: ValueError: of rank 1"


def test_the_rank_that_failed_first_is_the_cause_of_a_job_that_ended(writing: Writing) -> None:
    """As with torch.distributed: one rank raises, and the others only say that they lost sight of it."""
    place = {"WORLD_SIZE": "2", "MASTER_PORT": "1", "TORCHELASTIC_RUN_ID": "job"}
    code = "logstore.init(**{**QUIET, 'console': True}, project='p', id='r'); logstore.log({'a': 1}); raise "
    writing.run(code + "ValueError('bad batch')", {**place, "RANK": "1"})
    writing.run(code + "RuntimeError('Connection closed by peer')", {**place, "RANK": "0"})
    card = examine(Store(writing.root).find("r"), time.time())
    assert card is not None
    assert card.cause == "rank 1 failed first: ValueError: bad batch"
    assert [each.source for each in card.evidence] == ["rank 1", "exit record", "exit record", "console"]
    assert (card.console[-1], card.console_rank) == ("ValueError: bad batch", 1)
