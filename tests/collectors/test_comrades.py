"""Ranks of one job: real ones that a launcher started, and trees of files for what takes a cluster."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Iterator

import pytest

from collectors.processes import SCAN, RunTrees
from collectors.samples import ProcessSample
from tests.collectors.conftest import Tree

LAUNCHER = """
import os, subprocess, sys
job = {"MASTER_ADDR": "localhost", "MASTER_PORT": "29500", "WORLD_SIZE": "3"}
rank = [sys.executable, "-c", "import sys; sys.stdin.read()"]
ranks = [
    subprocess.Popen(rank, stdin=subprocess.PIPE, env={**os.environ, **job, "RANK": str(n), "LOCAL_RANK": str(n)})
    for n in range(3)
]
stranger = subprocess.Popen(rank, stdin=subprocess.PIPE, env={**os.environ, "WORLD_SIZE": "3"})
print(*(process.pid for process in (*ranks, stranger)), flush=True)
sys.stdin.read()
"""


@pytest.fixture
def job() -> Iterator[list[int]]:
    """Three ranks and a process that is none, as a launcher's children; they end with it."""
    clean = {name: value for name, value in os.environ.items() if name not in {"RANK", "LOCAL_RANK", "MASTER_ADDR"}}
    command = [sys.executable, "-c", LAUNCHER]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, env=clean, text=True) as process:
        assert process.stdout is not None
        yield [int(word) for word in process.stdout.readline().split()]


def test_ranks_beside_the_followed_one_are_members(job: list[int]) -> None:
    *ranks, _ = job
    trees = RunTrees()
    trees.follow([ranks[0]])
    members = {process.pid: process for process in trees.read(0.0)}
    assert sorted(members) == sorted(ranks)
    assert [members[pid].rank for pid in ranks] == [0, 1, 2]
    assert [members[pid].role for pid in ranks] == ["main", "rank", "rank"]
    assert {process.run for process in members.values()} == {ranks[0]}


def test_a_process_without_a_rank_has_nobody_beside_it(job: list[int]) -> None:
    trees = RunTrees()
    trees.follow([job[-1]])
    assert [process.pid for process in trees.read(0.0)] == [job[-1]]


def process(pid: int, ppid: int, command: str = "python train.py", **environment: str) -> dict[str, str]:
    row = f"{pid} (python) S {ppid} 0 0 0 0 0 0 0 0 0 0 0 0 0 0 0 2 0 {pid} 0 10 0\n"
    told = "".join(f"{name}={value}\0" for name, value in environment.items())
    words = command.replace(" ", "\0") + "\0"
    return {f"proc/{pid}/stat": row, f"proc/{pid}/cmdline": words, f"proc/{pid}/environ": told}


def follow(trees: RunTrees, *roots: int) -> dict[int, ProcessSample]:
    trees.follow(roots)
    return {process.pid: process for process in trees.read(0.0)}


def task(pid: int, ppid: int, rank: int, command: str = "python train.py", step: str = "0") -> dict[str, str]:
    return process(pid, ppid, command, SLURM_PROCID=str(rank), SLURM_JOB_ID="7", SLURM_STEP_ID=step)


def test_a_shell_between_the_launcher_and_the_rank(tree: Tree) -> None:
    """``srun bash -c``: the ranks are cousins; what belongs to another step does not count."""
    tasks = [task(pid, 5, rank, "bash -c train") | task(pid + 1, pid, rank) for rank, pid in enumerate((10, 20, 30))]
    other = task(40, 5, 1, step="1")
    trees = RunTrees(tree(process(5, 1, "slurmstepd") | tasks[0] | tasks[1] | tasks[2] | other))
    assert sorted(follow(trees, 11)) == [11, 20, 21, 30, 31]


def test_the_same_rank_is_no_rank_beside_it(tree: Tree) -> None:
    """Two programs of one batch script, both of them rank 0 of the job."""
    trees = RunTrees(tree(process(5, 1, "bash job.sh") | task(10, 5, 0) | task(11, 5, 0)))
    assert sorted(follow(trees, 10)) == [10]


def test_each_follows_its_own_where_both_are_followed(tree: Tree) -> None:
    trees = RunTrees(tree(process(5, 1, "slurmstepd") | task(10, 5, 0) | task(11, 5, 1) | task(12, 11, 1)))
    assert {pid: member.run for pid, member in follow(trees, 10, 11).items()} == {10: 10, 11: 11, 12: 11}


@pytest.mark.parametrize(
    "command",
    [
        "python -c from multiprocessing.spawn import spawn_main",
        "python sweep.py",
        "ray::TrainWorker",
    ],
)
def test_what_one_program_made_alike_is_kin_and_no_member(tree: Tree, command: str) -> None:
    made = [process(pid, 5, command) for pid in (10, 11)]
    stranger = process(12, 5, "nvidia-smi -l")
    trees = RunTrees(tree(process(5, 1, "python sweep.py") | made[0] | made[1] | stranger))
    assert sorted(follow(trees, 10)) == [10]
    assert trees.kin == {11}


def test_two_programs_of_one_shell_are_no_kin(tree: Tree) -> None:
    trees = RunTrees(tree(process(5, 1, "bash") | process(10, 5) | process(11, 5)))
    assert sorted(follow(trees, 10)) == [10]
    assert trees.kin == frozenset()


def test_what_a_process_set_for_itself_is_taken_from_who_knows(tree: Tree) -> None:
    """A script that sets its rank and its devices before it starts the sampler, which inherits them."""
    root = tree(process(5, 1, "bash") | process(10, 5) | process(11, 5, RANK="1", WORLD_SIZE="2"))
    trees = RunTrees(root, {10: {"RANK": "0", "WORLD_SIZE": "2", "CUDA_VISIBLE_DEVICES": "3"}})
    assert sorted(follow(trees, 10)) == [10, 11]
    assert (trees.facts(10).environment or {})["CUDA_VISIBLE_DEVICES"] == "3"


def test_a_rank_that_was_just_forked_is_looked_at_again(tree: Tree) -> None:
    """Before its exec it has its launcher's environment."""
    root = tree(process(5, 1, "slurmstepd") | task(10, 5, 0) | process(11, 5))
    trees = RunTrees(root)
    assert sorted(follow(trees, 10)) == [10]
    tree(task(11, 5, 1))
    assert sorted(process.pid for process in trees.read(SCAN)) == [10, 11]
