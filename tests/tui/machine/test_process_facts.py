"""One process and its family, from real ones and from a tree of our own."""

from __future__ import annotations

import os
import pwd
import subprocess
import sys
import time
from pathlib import Path

from tui.machine.process_facts import Facts, Kin, is_here, look

CHILDREN = "import subprocess, sys; subprocess.Popen([sys.executable, '-c', 'input()', 'grandchild']).wait()"


def child(*words: str, cwd: Path | None = None) -> subprocess.Popen[bytes]:
    """A Python that waits for its input to end, with ``words`` behind its program."""
    return subprocess.Popen([sys.executable, "-c", *words], stdin=subprocess.PIPE, cwd=cwd)


def when_it_has_words(pid: int) -> Facts:
    """A process that was started just now has none before its exec is through."""
    deadline = time.monotonic() + 30
    while (facts := look(pid)) is None or not facts.own.words:
        assert time.monotonic() < deadline
    return facts


def test_a_process_is_told_whole(tmp_path: Path) -> None:
    with child("input()", "--lr", "3e-4", cwd=tmp_path) as process:
        facts = when_it_has_words(process.pid)
        assert facts.own.words == (sys.executable, "-c", "input()", "--lr", "3e-4")
        assert (facts.cwd, facts.threads) == (str(tmp_path), 1)
        assert facts.own.user == pwd.getpwuid(os.getuid()).pw_name
        assert facts.started is not None
        assert abs(facts.started - time.time()) < 3600
        process.kill()


def test_its_family_is_a_tree_from_the_first_process_to_its_grandchildren() -> None:
    with child(CHILDREN) as process:
        deadline = time.monotonic() + 30
        facts = look(process.pid)
        below: tuple[Kin, ...] = ()
        while time.monotonic() < deadline and not (below and "grandchild" in below[0].words):
            facts = look(process.pid)
            assert facts is not None
            below = facts.family[facts.family.index(facts.own) + 1 :]
        assert facts is not None
        assert [kin.ppid for kin in below] == [process.pid]
        above = facts.family[: facts.family.index(facts.own)]
        assert above[-1].pid == os.getpid()
        assert above[0].ppid == 0
        assert [kin.depth for kin in facts.family] == list(range(len(facts.family)))
        assert process.stdin is not None
        process.stdin.close()


def test_there_is_nothing_of_one_that_has_ended() -> None:
    with child("pass") as process:
        process.wait()
    assert look(process.pid) is None


def fake(root: Path, pid: int, ppid: int, start: int, words: str = "") -> None:
    place = root / "proc" / str(pid)
    place.mkdir(parents=True)
    place.joinpath("stat").write_text(f"{pid} (sh) S {ppid} {'0 ' * 15}1 0 {start} 0 0 " + "0 " * 20)
    place.joinpath("cmdline").write_bytes(words.replace(" ", "\0").encode())


def test_children_stand_below_their_parent_in_the_order_in_which_they_began(tmp_path: Path) -> None:
    for pid, ppid, start in ((1, 0, 1), (10, 1, 5), (30, 10, 7), (20, 10, 6), (21, 20, 9), (40, 1, 8)):
        fake(tmp_path, pid, ppid, start, f"sh {pid}")
    facts = look(10, tmp_path)
    assert facts is not None
    assert [(kin.pid, kin.depth) for kin in facts.family] == [(1, 0), (10, 1), (20, 2), (21, 3), (30, 2)]
    assert [kin.command for kin in facts.family[:2]] == ["sh 1", "sh 10"]
    assert (facts.cwd, facts.started) == (None, None)


def test_parents_that_lead_in_a_circle_are_told_once(tmp_path: Path) -> None:
    fake(tmp_path, 10, 20, 5)
    fake(tmp_path, 20, 10, 6)
    facts = look(10, tmp_path)
    assert facts is not None
    assert [kin.pid for kin in facts.family] == [20, 10, 20]
    assert facts.own.command == "sh"


def test_another_machine_is_not_this_one() -> None:
    assert is_here(os.uname().nodename)
    assert not is_here("gpu01.elsewhere")
    assert not is_here(None)
