from __future__ import annotations

import os
import select
import subprocess
import sys

import pytest

from collectors.parent import Parent
from collectors.procfs import read_stat
from tests.collectors.conftest import Tree
from tests.collectors.test_processes import stat


def test_ourselves_live() -> None:
    parent = Parent(os.getpid())
    assert not parent.ended()
    parent.close()
    assert parent.fd is None


def test_end_wakes_and_shows() -> None:
    process = subprocess.Popen([sys.executable, "-c", "input()"], stdin=subprocess.PIPE)
    parent = Parent(process.pid)
    assert not parent.ended()
    process.kill()
    if parent.fd is not None:
        assert select.select([parent.fd], [], [], 20)[0]
    process.wait()
    assert parent.ended()
    parent.close()
    assert process.stdin is not None
    process.stdin.close()


def test_number_that_was_used_again_is_another_process() -> None:
    here = read_stat(os.getpid())
    assert here is not None
    same, other = Parent(os.getpid(), here.start), Parent(os.getpid(), here.start + 1)
    assert not same.ended()
    assert other.ended()
    same.close()
    other.close()


def test_nobody_has_ended() -> None:
    assert Parent(2**22 + 3).ended()


@pytest.mark.parametrize(("state", "ended"), [("R", False), ("D", False), ("Z", True)])
def test_without_pidfds_a_zombie_has_ended(tree: Tree, state: str, ended: bool) -> None:
    number = 2**22 + 5
    parent = Parent(number, root=tree(stat(number, 1, state=state)))
    assert parent.fd is None
    assert parent.ended() == ended
