"""Whether a process lives, told from a /proc of our own making and from the real one."""

from __future__ import annotations

import os
import subprocess
import sys
import time
from dataclasses import replace
from pathlib import Path

import pytest

from logstore.model.liveness import Liveness, Machine, Process, booted, running_since

FIELDS = "S 1 " + " ".join(["0"] * 17) + " 5000 0 0"


@pytest.fixture
def machine(tmp_path: Path) -> Machine:
    for pid, stat in {42: f"42 (a (b) c) {FIELDS}", 43: f"43 (gone) Z{FIELDS[1:]}", 44: "44 (odd)"}.items():
        (tmp_path / str(pid)).mkdir()
        (tmp_path / str(pid) / "stat").write_text(stat)
    return Machine("box", "boot", 7, tmp_path)


@pytest.mark.parametrize(
    ("process", "verdict"),
    [
        (Process(), "unknown"),
        (Process(42, 5000, "boot", "box", 7), "alive"),
        (Process(42), "alive"),
        (Process(42, 4999, "boot", "box"), "reused"),
        (Process(41, 5000, "boot", "box"), "gone"),
        (Process(43, 5000, "boot", "box"), "gone"),
        (Process(44, 5000, "boot", "box"), "gone"),
        (Process(42, 5000, "earlier", "box"), "rebooted"),
        (Process(42, 5000, "boot", "other"), "elsewhere"),
        (Process(42, 5000, "earlier", "other"), "elsewhere"),
        (Process(42, 5000, "boot", "box", 8), "elsewhere"),
    ],
)
def test_verdicts(machine: Machine, process: Process, verdict: str) -> None:
    assert machine.liveness(process, 3.0) == Liveness(verdict, process.pid, process.host, 3.0)  # type: ignore[arg-type]


def test_this_process_lives_and_an_ended_one_does_not() -> None:
    machine = Machine.here()
    own = Process(os.getpid(), running_since(os.getpid()), machine.boot_id, machine.host, machine.namespace)
    assert machine.liveness(own).verdict == "alive"
    child = subprocess.Popen([sys.executable, "-c", ""])
    assert child.wait() == 0
    assert machine.liveness(Process(child.pid, host=machine.host)).verdict in {"gone", "reused"}


def test_a_zombie_is_gone() -> None:
    child = subprocess.Popen([sys.executable, "-c", ""], stdout=subprocess.PIPE)
    assert child.stdout is not None
    child.stdout.read()
    os.waitid(os.P_PID, child.pid, os.WEXITED | os.WNOWAIT)
    assert running_since(child.pid) is None
    child.wait()
    child.stdout.close()


def test_the_same_verdict_is_the_same_whenever_it_was_reached() -> None:
    assert Liveness("gone", 1, "a", 5.0).same_as(Liveness("gone", 1, "a", 9.0))
    assert not Liveness("gone", 1).same_as(Liveness("alive", 1))


def test_a_verdict_of_another_boot_counts_from_this_one(machine: Machine) -> None:
    """A machine of the same name with another boot id may be another machine: then rows come that are younger."""
    (machine.proc / "stat").write_text("cpu 1 2\nbtime 1000\nprocesses 5\n")
    here = replace(machine, booted=booted(machine.proc))
    assert here.booted == 1000.0
    assert here.liveness(Process(42, 5000, "earlier", "box"), 3000.0).since == 1000.0
    assert here.liveness(Process(41, 5000, "boot", "box"), 3000.0).since == 3000.0


@pytest.mark.parametrize("stat", ["", "cpu 1\n", "btime\n", "btime x\n", "btime -1\n"])
def test_a_boot_that_cannot_be_told_is_not_known(tmp_path: Path, stat: str) -> None:
    (tmp_path / "stat").write_text(stat)
    assert booted(tmp_path) is None
    assert booted(tmp_path / "gone") is None


def test_this_machine_was_booted_some_time_ago() -> None:
    since = Machine.here().booted
    assert since is not None
    assert 0 < since < time.time()
