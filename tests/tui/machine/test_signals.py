"""Signals to real children: the one that is meant gets it, and nobody else does."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import replace

import pytest

from tui.machine.process_facts import Facts, Kin, look
from tui.machine.process_rows import Row
from tui.machine.signals import CHOICES, Choice, SignalRefused, elsewhere, permitted, question, refusal, runs_on, send
from tui.show.text import width

TERM, INT, KILL = CHOICES
OTTER = Kin(4242, 9, 1, "python", "S", "ann", ("/usr/bin/python", "train.py", "--lr", "3e-4"))


@pytest.fixture
def child() -> Iterator[subprocess.Popen[bytes]]:
    with subprocess.Popen([sys.executable, "-c", "input()"], stdin=subprocess.PIPE) as process:
        yield process
        process.kill()


def facts(process: subprocess.Popen[bytes]) -> Facts:
    found = look(process.pid)
    assert found is not None
    return found


@pytest.mark.parametrize("choice", [TERM, KILL], ids=lambda choice: choice.name)
def test_the_process_gets_the_signal(child: subprocess.Popen[bytes], choice: Choice) -> None:
    send(choice, facts(child).own)
    assert child.wait(30) == -choice.number


def test_an_interrupt_is_what_a_keyboard_sends(child: subprocess.Popen[bytes]) -> None:
    assert [choice.number for choice in CHOICES] == [signal.SIGTERM, signal.SIGINT, signal.SIGKILL]
    send(INT, facts(child).own)
    assert child.wait(30) in {1, -signal.SIGINT, 128 + signal.SIGINT}


def test_a_pid_that_is_another_process_by_now_gets_nothing(child: subprocess.Popen[bytes]) -> None:
    before = replace(facts(child).own, start=facts(child).own.start - 1)
    with pytest.raises(SignalRefused, match=f"{child.pid} is another process by now: nothing was sent"):
        send(KILL, before)
    assert child.poll() is None


def test_one_that_has_ended_is_told() -> None:
    with subprocess.Popen([sys.executable, "-c", "input()"], stdin=subprocess.PIPE) as process:
        own = facts(process).own
        process.kill()
    with pytest.raises(SignalRefused, match=f"{own.pid} has ended before the signal came"):
        send(TERM, own)


@pytest.mark.parametrize("pid", [-1, 0, 1, pytest.param(os.getpid(), id="ours")])
def test_no_group_nor_the_first_process_nor_we_get_any(pid: int) -> None:
    with pytest.raises(SignalRefused, match="gets no signal from here"):
        send(TERM, replace(OTTER, pid=pid))


@pytest.mark.parametrize(
    ("kin", "may", "why"),
    [
        (OTTER, True, ""),
        (OTTER, False, "4242 belongs to ann: it is not yours to signal"),
        (replace(OTTER, pid=1), True, "1 is the first process of the system: it gets no signal from here"),
        (replace(OTTER, pid=77), True, "77 is this app: q ends it"),
        (replace(OTTER, state="Z"), True, "4242 has ended: it is there only until its parent 1 takes note"),
        (replace(OTTER, words=(), name="kworker"), True, "4242 (kworker) is a thread of the kernel"),
        (replace(OTTER, user="ann\x1b[m"), False, "4242 belongs to ann␛[m: it is not yours to signal"),
    ],
)
def test_who_gets_none_is_told_why(kin: Kin, may: bool, why: str) -> None:
    assert refusal(kin, may=may, ours=77) == why


def test_the_system_says_who_may(child: subprocess.Popen[bytes]) -> None:
    assert permitted(child.pid)
    assert child.poll() is None
    child.kill()
    child.wait()
    assert permitted(child.pid)  # nobody is there: what becomes of it is told when it is sent


def test_what_is_asked_names_pid_user_command_and_run_in_one_line() -> None:
    asked = question(TERM, OTTER, "brave-otter", 120)
    assert asked == "Send TERM to 4242 of ann: /usr/bin/python train.py --lr 3e-4 (run brave-otter)?"
    assert question(KILL, OTTER, None, 120).startswith("Send KILL to 4242 of ann: ")
    assert question(KILL, OTTER, None, 120).endswith(" (no run)?")


def test_a_long_command_is_cut_in_its_middle_and_told_clean() -> None:
    long = replace(OTTER, words=("python", "\x1b[31m" + "x" * 300, "--seed", "7"))
    asked = question(TERM, long, "brave-otter", 80)
    assert width(asked) == 80
    assert asked.endswith("--seed 7 (run brave-otter)?")
    assert "\x1b" not in question(TERM, long, None, 400)


def test_processes_that_are_not_of_this_machine_are_out_of_reach() -> None:
    row = Row((4242,), None, "", "python")
    assert elsewhere(row, os.uname().nodename) == ""
    assert elsewhere(row, "gpu01.elsewhere") == "it is on gpu01.elsewhere, out of reach from here"
    assert elsewhere(replace(row, seen=False), os.uname().nodename).startswith("it is not seen from here")


def test_whether_it_still_runs(child: subprocess.Popen[bytes]) -> None:
    own = facts(child).own
    assert runs_on(own)
    assert not runs_on(replace(own, start=own.start + 1))
    child.kill()
    os.waitid(os.P_PID, child.pid, os.WEXITED | os.WNOWAIT)  # it has ended, and its parent has not taken note
    assert not runs_on(own)
    child.wait()
    assert not runs_on(own)
