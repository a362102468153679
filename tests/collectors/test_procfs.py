from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from collectors.procfs import (
    find_process,
    namespaced_pids,
    open_devices,
    owner,
    parse_stat,
    pids,
    read_command,
    read_environ,
    read_io,
    read_stat,
)
from tests.collectors.conftest import Tree

ROW = "77 (pt_data (w) 1) S 12 77 77 0 -1 4194560 5 0 0 0 30 12 0 0 20 0 13 0 4711 1000 250 18446744073709551615 1\n"


def test_stat_with_brackets_in_the_name() -> None:
    stat = parse_stat(ROW)
    assert stat is not None
    assert (stat.pid, stat.name, stat.state, stat.ppid) == (77, "pt_data (w) 1", "S", 12)
    assert (stat.ticks, stat.threads, stat.start, stat.pages) == (42, 13, 4711, 250)


@given(st.text())
def test_odd_stat_is_absent_or_whole(text: str) -> None:
    stat = parse_stat(text)
    assert stat is None or isinstance(stat.pages, int)


@pytest.mark.parametrize("text", ["", "77", "77 (x)", "77 (x) S 1", ROW[:40], ROW.replace("4711", "late")])
def test_torn_stat_is_absent(text: str) -> None:
    assert parse_stat(text) is None


def test_ourselves() -> None:
    me = os.getpid()
    stat = read_stat(me)
    assert stat is not None
    assert (stat.pid, stat.ppid) == (me, os.getppid())
    assert stat.pages > 0
    assert me in pids()
    assert read_command(me)[0].endswith(Path(sys.executable).name) or read_command(me)
    assert read_environ(me)["PATH"] == os.environ["PATH"]
    assert owner(me) == os.getuid()
    assert namespaced_pids(me)[0] == me
    assert read_io(me) is not None
    assert open_devices(me) == frozenset()


def test_nobody_is_absent() -> None:
    nobody = 2**22 + 11
    assert read_stat(nobody) is None
    assert read_io(nobody) is None
    assert read_environ(nobody) == {}
    assert read_command(nobody) == ()
    assert open_devices(nobody) is None
    assert owner(nobody) is None
    assert namespaced_pids(nobody) == (nobody,)
    assert pids(Path("/nonexistent")) == []


def test_devices_that_are_open(tree: Tree) -> None:
    root = tree({"proc/9/fdinfo/0": ""})
    (root / "proc/9/fd").mkdir()
    for number, target in enumerate(("/dev/nvidia3", "/dev/nvidia0", "/dev/nvidiactl", "/dev/nvidia-uvm", "pipe:[5]")):
        (root / f"proc/9/fd/{number}").symlink_to(target)
    assert open_devices(9, root) == frozenset({0, 3})


def test_a_process_in_a_container_is_found_by_its_own_number(tree: Tree) -> None:
    root = tree(
        {
            "proc/4000/stat": ROW.replace("77 (", "4000 ("),
            "proc/4000/status": "Name:\tpython\nNSpid:\t4000\t77\n",
            "proc/5000/stat": ROW.replace("77 (", "5000 (").replace("4711", "4712"),
            "proc/5000/status": "NSpid:\t5000\t77\n",
            "proc/77/stat": ROW.replace("4711", "1"),
        }
    )
    assert namespaced_pids(4000, root) == (4000, 77)
    assert find_process(77, 4711, root) == 4000
    assert find_process(77, 1, root) == 77
    assert find_process(77, None, root) == 77
    assert find_process(77, 9999, root) is None
    assert find_process(123, None, root) is None


def test_process_in_a_namespace_of_its_own() -> None:
    command = ["unshare", "--pid", "--fork", "--kill-child", "sleep", "20"]
    shell = subprocess.Popen(command, stderr=subprocess.DEVNULL)
    try:
        child = _child(shell)
        if child is None:
            pytest.skip("this user may not make PID namespaces")
        stat = read_stat(child)
        assert stat is not None
        assert namespaced_pids(child) == (child, 1)
        assert find_process(1, stat.start) == child
    finally:
        shell.kill()
        shell.wait()


def _child(shell: subprocess.Popen[bytes]) -> int | None:
    while shell.poll() is None:
        for pid in pids():
            stat = read_stat(pid)
            if stat is not None and stat.ppid == shell.pid and stat.name == "sleep":
                return pid
    return None
