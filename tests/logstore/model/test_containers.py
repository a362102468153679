"""Processes of containers of this machine, seen from outside: in a /proc of our own making, and in a real namespace."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest

from logstore.model.containers import AGAIN, INITIAL, Containers
from logstore.model.liveness import TICK, Liveness, Machine, Process

STAT = "{pid} (python) S 1 " + " ".join(["0"] * 17) + " {start} 0 0"


def add(proc: Path, pid: int, start: int, *numbers: int) -> None:
    (proc / str(pid)).mkdir(parents=True, exist_ok=True)
    (proc / str(pid) / "stat").write_text(STAT.format(pid=pid, start=start))
    (proc / str(pid) / "status").write_text("Name:\tpython\nNSpid:\t" + "\t".join(map(str, (pid, *numbers))) + "\n")


def test_a_process_is_found_by_its_own_number_and_its_start(tmp_path: Path) -> None:
    add(tmp_path, 4001, 5000)
    add(tmp_path, 4002, 5000, 7)
    add(tmp_path, 4003, 5001, 7)
    add(tmp_path, 4004, 5002, 30, 1)
    containers = Containers(tmp_path)
    assert [containers.pid_of(7, 5000, 0.0), containers.pid_of(7, 5001, 0.0), containers.pid_of(1, 5002, 0.0)] == [
        *(4002, 4003, 4004),
    ]
    assert containers.pid_of(4001, 5000, 0.0) is None, "it is no process of a container"


def test_all_processes_are_looked_at_seldom(tmp_path: Path) -> None:
    containers = Containers(tmp_path)
    assert containers.pid_of(7, 5000, 0.0) is None
    add(tmp_path, 4002, 5000, 7)
    assert containers.pid_of(7, 5000, AGAIN - 1) is None
    assert containers.pid_of(7, 5000, AGAIN) == 4002


def test_a_proc_that_cannot_be_read_has_none(tmp_path: Path) -> None:
    assert Containers(tmp_path / "nothing").pid_of(7, 5000, 0.0) is None


@pytest.mark.parametrize("host", ["box", "3f1c0ffee"])
def test_a_process_in_a_container_lives_and_is_gone(tmp_path: Path, host: str) -> None:
    add(tmp_path, 4002, 5000, 7)
    machine = Machine("box", "boot", 1, tmp_path, containers=Containers(tmp_path))
    inside = Process(7, 5000, "boot", host, 2)
    assert machine.liveness(inside, 3.0) == Liveness("alive", 4002, "box", 3.0)
    add(tmp_path, 4002, 6000)
    assert machine.liveness(inside, 4.0) == Liveness("reused", 4002, "box", 4.0)
    (tmp_path / "4002" / "stat").unlink()
    assert machine.liveness(inside, 5.0) == Liveness("gone", 4002, "box", 5.0)


@pytest.mark.parametrize(
    "process",
    [
        Process(7, 5000, "boot", "box"),
        Process(7, 5000, "other", "3f1c0ffee", 2),
        Process(7, None, "boot", "3f1c0ffee", 2),
        Process(8, 5000, "boot", "3f1c0ffee", 2),
    ],
)
def test_what_may_be_on_another_machine_is_not_looked_for(tmp_path: Path, process: Process) -> None:
    add(tmp_path, 4002, 5000, 7)
    machine = Machine("box", "boot", 1, tmp_path, containers=Containers(tmp_path))
    assert machine.liveness(process, 3.0).verdict in {"elsewhere", "gone"}


@pytest.mark.parametrize(
    ("namespace", "hidden", "looked", "verdict"),
    [
        (INITIAL, False, 60.0, "gone"),
        (INITIAL, False, 50.5, "elsewhere"),  # it may have been started since
        (INITIAL, True, 60.0, "elsewhere"),
        (7, False, 60.0, "elsewhere"),
    ],
)
def test_one_that_is_not_there_has_ended_where_nothing_is_hidden(
    tmp_path: Path, namespace: int, *, hidden: bool, looked: float, verdict: str
) -> None:
    if not hidden:
        add(tmp_path, 1, 1)
    machine = Machine("box", "boot", namespace, tmp_path, booted=0.0, containers=Containers(tmp_path))
    assert machine.liveness(Process(7, 50 * TICK, "boot", "3f1c0ffee", 2), looked).verdict == verdict


INSIDE = """
import json, os, sys
from logstore.processes import describe_process
print(json.dumps(describe_process(os.getpid())), flush=True)
sys.stdin.read()
"""


def test_a_real_process_of_another_namespace_is_found() -> None:
    apart = ["unshare", "--pid", "--uts", "--fork", "--mount-proc", sys.executable, "-c", INSIDE]
    try:
        process = subprocess.Popen(apart, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL)
    except FileNotFoundError:
        pytest.skip("there is no unshare(1) here")
    with process:
        assert process.stdin is not None
        assert process.stdout is not None
        line = process.stdout.readline()
        if not line:
            pytest.skip("pid namespaces cannot be made here")
        told = json.loads(line)
        known = [told[key] for key in ("pid", "process_start", "boot_id", "host", "pid_namespace")]
        machine = Machine.here()
        found = machine.liveness(Process(*known), 0.0)
        process.stdin.close()
        process.wait()
        after = machine.liveness(Process(*known), 1.0)
    assert known[0] != found.pid
    assert (found.verdict, found.host) == ("alive", machine.host)
    assert after.verdict in {"gone", "reused"}
