"""Trees of processes: real ones, and trees of files for what cannot be had at will."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator

import pytest

from collectors.processes import SCAN, RunTrees, summary
from collectors.samples import ProcessSample
from tests.collectors.conftest import Tree

TRAINING = """
import os, sys, time
workers = []
for _ in range(2):
    pid = os.fork()
    if pid == 0:
        time.sleep(60)
    workers.append(pid)
print(*workers, flush=True)
while True:
    sum(range(10000))
"""


@pytest.fixture
def training() -> Iterator[tuple[int, list[int]]]:
    """A busy process with two forked workers."""
    env = {**os.environ, "RANK": "3", "LOCAL_RANK": "1"}
    process = subprocess.Popen([sys.executable, "-c", TRAINING], stdout=subprocess.PIPE, env=env, text=True)
    assert process.stdout is not None
    workers = [int(word) for word in process.stdout.readline().split()]
    yield process.pid, workers
    for pid in (*workers, process.pid):
        os.kill(pid, signal.SIGKILL)
    process.wait()
    process.stdout.close()


def until(condition: Callable[[], bool]) -> None:
    """Wait for something that another process does."""
    deadline = time.monotonic() + 20
    while not condition():
        assert time.monotonic() < deadline, "it did not happen"
        time.sleep(0.01)


def test_a_run_with_its_workers(training: tuple[int, list[int]]) -> None:
    main, workers = training
    trees = RunTrees()
    trees.follow([main])
    first = {process.pid: process for process in trees.read(0.0)}
    assert set(first) == {main, *workers}
    assert first[main].role == "main"
    assert {first[pid].role for pid in workers} == {"worker"}
    assert (first[main].rank, first[main].local_rank) == (3, 1)
    assert {process.run for process in first.values()} == {main}
    assert first[main].cpu is None
    assert (first[main].rss or 0) > 1 << 20
    assert trees.pids == (main, *sorted(workers))


def test_cpu_of_a_busy_process(training: tuple[int, list[int]]) -> None:
    main, _ = training
    trees = RunTrees()
    trees.follow([main])
    until(lambda: _cpu(trees, main) > 0)


def _cpu(trees: RunTrees, pid: int) -> float:
    (process,) = [process for process in trees.read(time.monotonic()) if process.pid == pid]
    return process.cpu or 0


def test_member_that_ended_is_dropped_at_once(training: tuple[int, list[int]]) -> None:
    main, workers = training
    trees = RunTrees()
    trees.follow([main])
    trees.read(0.0)
    os.kill(workers[0], signal.SIGKILL)
    until(lambda: {p.state for p in trees.read(1.0) if p.pid == workers[0]} <= {"Z"})


def stat(
    pid: int, ppid: int, name: str = "python", *, start: int = 100, ticks: int = 0, state: str = "S"
) -> dict[str, str]:
    row = f"{pid} ({name}) {state} {ppid} 0 0 0 0 0 0 0 0 0 {ticks} 0 0 0 0 0 2 0 {start} 0 10 0\n"
    return {f"proc/{pid}/stat": row}


def test_orphans_stay_members(tree: Tree) -> None:
    root = tree(stat(10, 1) | stat(11, 10) | stat(12, 11) | stat(99, 1))
    trees = RunTrees(root)
    trees.follow([10])
    trees.read(0.0)
    (root / "proc/10/stat").unlink()
    tree(stat(11, 1) | stat(13, 12))
    assert {process.pid for process in trees.read(SCAN)} == {11, 12, 13}


def test_reused_number_is_another_process(tree: Tree) -> None:
    root = tree(stat(10, 1) | stat(11, 10))
    trees = RunTrees(root)
    trees.follow([10])
    trees.read(0.0)
    tree(stat(11, 1, "sshd", start=900))
    assert {process.pid for process in trees.read(1.0)} == {10}
    assert {process.pid for process in trees.read(SCAN)} == {10}


def test_reused_number_of_a_run_is_no_run(tree: Tree) -> None:
    trees = RunTrees(tree(stat(10, 1)))
    trees.follow([10])
    trees.read(0.0)
    tree(stat(10, 1, "sshd", start=900) | stat(11, 10, start=901))
    assert trees.read(1.0) == ()
    assert trees.read(SCAN) == ()


def test_new_children_are_found_at_the_next_scan(tree: Tree) -> None:
    trees = RunTrees(tree(stat(10, 1)))
    trees.follow([10])
    trees.read(0.0)
    tree(stat(11, 10))
    assert len(trees.read(1.0)) == 1
    assert len(trees.read(SCAN)) == 2


def test_several_runs_keep_apart(tree: Tree) -> None:
    trees = RunTrees(tree(stat(10, 1) | stat(11, 10) | stat(20, 1) | stat(21, 20)))
    trees.follow([10, 20])
    assert {process.pid: process.run for process in trees.read(0.0)} == {10: 10, 11: 10, 20: 20, 21: 20}
    trees.follow([20])
    assert {process.pid for process in trees.read(1.0)} == {20, 21}
    trees.follow([])
    assert trees.read(2.0) == ()


def test_a_run_inside_another_is_its_own(tree: Tree) -> None:
    trees = RunTrees(tree(stat(10, 1) | stat(11, 10) | stat(12, 11)))
    trees.follow([10, 11])
    assert {process.pid: process.run for process in trees.read(0.0)} == {10: 10, 11: 11, 12: 11}


def test_run_that_is_not_there_is_nothing(tree: Tree) -> None:
    trees = RunTrees(tree(stat(10, 1)))
    trees.follow([4711])
    assert trees.read(0.0) == ()


def test_rates_and_states(tree: Tree) -> None:
    ticks = os.sysconf("SC_CLK_TCK")
    io = "rchar: 1\nread_bytes: {0}\nwrite_bytes: {1}\n"
    trees = RunTrees(tree(stat(10, 1) | {"proc/10/io": io.format(0, 0)}))
    trees.follow([10])
    trees.read(0.0)
    tree(stat(10, 1, ticks=3 * ticks, state="D") | {"proc/10/io": io.format(5000, 10000)})
    (process,) = trees.read(5.0)
    assert (process.cpu, process.state, process.threads) == (60, "D", 2)
    assert (process.read, process.write) == (1000, 2000)


def test_what_may_not_be_seen_is_absent(tree: Tree) -> None:
    trees = RunTrees(tree(stat(10, 1)))
    trees.follow([10])
    trees.read(0.0)
    (process,) = trees.read(SCAN)
    assert (process.read, process.rank, process.gpus, process.via) == (None, None, (), None)


def test_facts_are_read_ever_less_often(tree: Tree) -> None:
    """A process seen between fork and exec has its parent's environment: it is looked at again soon, later seldom."""
    root = tree(stat(10, 1) | {"proc/10/environ": "RANK=1\0SECRET=x\0", "proc/10/cmdline": "python\0train.py\0"})
    trees = RunTrees(root)
    trees.follow([10])
    looks = []
    for tick in range(0, 200, 5):
        tree({"proc/10/environ": f"RANK={tick}\0"})
        looks.append(trees.read(float(tick))[0].rank)
    assert sorted(set(looks), key=looks.index) == [0, 5, 15, 35, 75, 135, 195]


def test_summary_of_a_run() -> None:
    processes = [
        ProcessSample(1, 0, "python", "R", 1, "main", cpu=90, rss=100, threads=5, read=1, write=2),
        ProcessSample(2, 1, "python", "D", 1, "worker", cpu=10, rss=50, threads=1),
        ProcessSample(3, 1, "python", "S", 1, "worker", cpu=None, rss=50, threads=1, read=3),
        ProcessSample(4, 1, "python", "S", 1, "sampler", cpu=50, rss=500, threads=9, read=9, write=9),
    ]
    assert summary(processes) == {
        "process/count": 3,
        "process/cpu": 100,
        "process/rss": 200,
        "process/threads": 7,
        "process/read": 4,
        "process/write": 2,
        "workers/count": 2,
        "workers/waiting": 1,
        "workers/cpu": 10,
    }
    assert summary([]) == {}
