"""Limits of control groups, on trees as Slurm, Docker and Kubernetes lay them out."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from collectors.cgroup import Cgroup, allowed_cores
from tests.collectors.conftest import Tree

GIB = 1 << 30
V2_MOUNT = "30 24 0:26 / /sys/fs/cgroup rw,nosuid - cgroup2 cgroup2 rw\n"
V1_MOUNTS = (
    "31 24 0:27 / /sys/fs/cgroup/memory rw - cgroup cgroup rw,memory\n"
    "32 24 0:28 / /sys/fs/cgroup/cpu,cpuacct rw - cgroup cgroup rw,cpu,cpuacct\n"
)
SLURM = "/system.slice/slurmstepd.scope/job_77/step_0/user/task_0"


def v2(path: str, mount: str = V2_MOUNT) -> dict[str, str]:
    return {"proc/self/cgroup": f"0::{path}\n", "proc/self/mountinfo": mount}


def test_limit_of_an_ancestor_counts_where_the_leaf_says_max(tree: Tree) -> None:
    leaf, job = f"sys/fs/cgroup{SLURM}", "sys/fs/cgroup/system.slice/slurmstepd.scope/job_77"
    root = tree(
        v2(SLURM)
        | {
            f"{leaf}/memory.max": "max\n",
            f"{leaf}/memory.current": f"{2 * GIB}\n",
            f"{job}/memory.max": f"{64 * GIB}\n",
            f"{job}/memory.current": f"{61 * GIB}\n",
            f"{job}/memory.stat": f"shmem {10 * GIB}\nactive_file {30 * GIB}\ninactive_file {10 * GIB}\n",
            f"{job}/memory.events": "low 0\noom 3\noom_kill 2\n",
            f"{job}/cpu.max": "1600000 100000\n",
            f"{job}/cpu.stat": "usage_usec 5000000\nnr_periods 100\nnr_throttled 25\n",
        }
    )
    cgroup = Cgroup(root=root)
    memory = cgroup.memory()
    assert memory is not None
    assert (memory.limit, memory.oom_kills, memory.source) == (64 * GIB, 2, str(root / job))
    assert memory.used == 21 * GIB, "the cache counts as free, shared memory does not"
    cpu = cgroup.cpu()
    assert cpu is not None
    assert (cpu.cores, cpu.seconds, cpu.throttled, cpu.periods) == (16, 5, 25, 100)


def test_the_smallest_of_several_limits_counts(tree: Tree) -> None:
    root = tree(
        v2("/a/b")
        | {
            "sys/fs/cgroup/a/memory.max": f"{8 * GIB}\n",
            "sys/fs/cgroup/a/b/memory.max": f"{90 * GIB}\n",
            "sys/fs/cgroup/a/cpu.max": "400000 100000\n",
            "sys/fs/cgroup/a/b/cpu.max": "200000 100000\n",
        }
    )
    memory, cpu = Cgroup(root=root).memory(), Cgroup(root=root).cpu()
    assert memory is not None
    assert memory.limit == 8 * GIB
    assert memory.used is None
    assert cpu is not None
    assert cpu.cores == 2


@pytest.mark.parametrize("path", ["/", "/../../kubepods/burstable/pod1/abc", "/docker/not/mounted/here"])
def test_in_a_container_the_mount_is_our_group(tree: Tree, path: str) -> None:
    root = tree(
        v2(path) | {"sys/fs/cgroup/memory.max": f"{90 * GIB}\n", "sys/fs/cgroup/memory.current": f"{40 * GIB}\n"}
    )
    memory = Cgroup(root=root).memory()
    assert memory is not None
    assert (memory.limit, memory.used) == (90 * GIB, 40 * GIB)


def test_bind_mounted_group_is_found_below_its_root(tree: Tree) -> None:
    mount = "30 24 0:26 /docker/abc /sys/fs/cgroup ro - cgroup2 cgroup2 rw\n"
    root = tree(v2("/docker/abc/inner", mount) | {"sys/fs/cgroup/inner/memory.max": f"{GIB}\n"})
    memory = Cgroup(root=root).memory()
    assert memory is not None
    assert memory.limit == GIB


def test_version_1(tree: Tree) -> None:
    memory, cpu = "sys/fs/cgroup/memory", "sys/fs/cgroup/cpu,cpuacct"
    root = tree(
        {
            "proc/self/cgroup": "4:memory:/slurm/job_5/task\n3:cpu,cpuacct:/slurm/job_5\n1:name=systemd:/x\n",
            "proc/self/mountinfo": V1_MOUNTS,
            f"{memory}/slurm/job_5/task/memory.limit_in_bytes": "9223372036854771712\n",
            f"{memory}/slurm/job_5/memory.limit_in_bytes": f"{32 * GIB}\n",
            f"{memory}/slurm/job_5/memory.usage_in_bytes": f"{20 * GIB}\n",
            f"{memory}/slurm/job_5/memory.stat": f"cache 1\ntotal_active_file {GIB}\ntotal_inactive_file {3 * GIB}\n",
            f"{memory}/slurm/job_5/memory.oom_control": "oom_kill_disable 0\nunder_oom 0\noom_kill 1\n",
            f"{cpu}/slurm/job_5/cpu.cfs_quota_us": "800000\n",
            f"{cpu}/slurm/job_5/cpu.cfs_period_us": "100000\n",
            f"{cpu}/slurm/job_5/cpu.stat": "nr_periods 10\nnr_throttled 4\nthrottled_time 7\n",
            f"{cpu}/slurm/job_5/cpuacct.usage": "12500000000\n",
            f"{cpu}/slurm/cpu.cfs_quota_us": "-1\n",
        }
    )
    cgroup = Cgroup(root=root)
    found, limit = cgroup.memory(), cgroup.cpu()
    assert found is not None
    assert (found.limit, found.used, found.oom_kills) == (32 * GIB, 16 * GIB, 1)
    assert limit is not None
    assert (limit.cores, limit.seconds, limit.throttled, limit.periods) == (8, 12.5, 4, 10)


def test_version_1_counts_kills_where_the_killed_were(tree: Tree) -> None:
    """It adds nothing up: Slurm's limit is on the job, the processes are in its tasks."""
    memory = "sys/fs/cgroup/memory"
    root = tree(
        {
            "proc/self/cgroup": "4:memory:/job/step/task\n",
            "proc/self/mountinfo": V1_MOUNTS,
            f"{memory}/memory.oom_control": "oom_kill 100\n",
            f"{memory}/job/memory.limit_in_bytes": f"{32 * GIB}\n",
            f"{memory}/job/memory.oom_control": "oom_kill_disable 0\nunder_oom 0\noom_kill 0\n",
            f"{memory}/job/step/memory.oom_control": "oom_kill 1\n",
            f"{memory}/job/step/task/memory.oom_control": "oom_kill 3\n",
        }
    )
    found = Cgroup(root=root).memory()
    assert found is not None
    assert (found.limit, found.oom_kills) == (32 * GIB, 4)


def test_both_versions_side_by_side(tree: Tree) -> None:
    root = tree(
        {
            "proc/self/cgroup": "4:memory:/job\n0::/job\n",
            "proc/self/mountinfo": V1_MOUNTS + "33 24 0:29 / /sys/fs/cgroup/unified rw - cgroup2 cgroup2 rw\n",
            "sys/fs/cgroup/memory/job/memory.limit_in_bytes": f"{5 * GIB}\n",
            "sys/fs/cgroup/unified/job/cgroup.procs": "1\n",
        }
    )
    memory = Cgroup(root=root).memory()
    assert memory is not None
    assert memory.limit == 5 * GIB


def test_no_limit_is_absent(tree: Tree) -> None:
    root = tree(
        v2("/user.slice")
        | {"sys/fs/cgroup/user.slice/memory.max": "max\n", "sys/fs/cgroup/user.slice/cpu.max": "max 100000\n"}
    )
    assert Cgroup(root=root).memory() is None
    assert Cgroup(root=root).cpu() is None


@pytest.mark.parametrize("text", ["", "garbage\n", "0::\n", ":::\n", "x:y\n"])
def test_odd_files_are_absent(tree: Tree, text: str) -> None:
    root = tree({"proc/self/cgroup": text, "proc/self/mountinfo": f"{text}1 2 3 - cgroup2\n"})
    assert Cgroup(root=root).memory() is None


def test_missing_proc_is_absent(tmp_path: Path) -> None:
    assert Cgroup(root=tmp_path).memory() is None
    assert Cgroup(12345, tmp_path).cpu() is None


def test_this_machine_answers() -> None:
    cgroup = Cgroup()
    memory, cpu = cgroup.memory(), cgroup.cpu()
    assert memory is None or memory.limit > 0
    assert cpu is None or cpu.cores > 0
    assert allowed_cores() == frozenset(os.sched_getaffinity(0))
    assert allowed_cores(2**22 + 7) is None


@pytest.mark.parametrize(
    ("text", "cores"),
    [("0-3", {0, 1, 2, 3}), ("0,2,8-9", {0, 2, 8, 9}), ("7", {7}), ("", set()), ("x-y", set())],
)
def test_allowed_cores(tree: Tree, text: str, cores: set[int]) -> None:
    root = tree({"proc/5/status": f"Name:\tpython\nCpus_allowed:\tff\nCpus_allowed_list:\t{text}\n"})
    assert allowed_cores(5, root) == frozenset(cores)


def test_swap_against_the_smallest_limit_above_us(tree: Tree) -> None:
    files = {"a/b/memory.swap.max": "max", "a/memory.swap.max": f"{4 * GIB}", "a/memory.swap.current": f"{GIB}"}
    swap = Cgroup(root=tree(v2("/a/b") | {f"sys/fs/cgroup/{name}": text for name, text in files.items()})).swap()
    assert swap is not None
    assert (swap.limit, swap.used) == (4 * GIB, GIB)


def test_swap_of_version_1_is_what_its_two_limits_leave(tree: Tree) -> None:
    files = {
        "memory.limit_in_bytes": 8 * GIB,
        "memory.usage_in_bytes": 5 * GIB,
        "memory.memsw.limit_in_bytes": 10 * GIB,
        "memory.memsw.usage_in_bytes": 6 * GIB,
    }
    mounts = {"proc/self/cgroup": "4:memory:/job\n", "proc/self/mountinfo": V1_MOUNTS}
    root = tree(mounts | {f"sys/fs/cgroup/memory/job/{name}": str(value) for name, value in files.items()})
    swap = Cgroup(root=root).swap()
    assert swap is not None
    assert (swap.limit, swap.used) == (2 * GIB, GIB)


def test_swap_that_nobody_limits(tree: Tree) -> None:
    assert Cgroup(root=tree(v2("/") | {"sys/fs/cgroup/memory.swap.max": "max"})).swap() is None
