"""Helper processes and the telemetry that one of them writes: they start fast, end with the run, and never matter."""

from __future__ import annotations

import os
import signal
import sys
import time
from pathlib import Path

import pytest

from logstore.errors import StorageError
from logstore.writing.folder import Folder
from logstore.writing.helpers import Helper
from logstore.writing.telemetry import SUCCESSORS, Telemetry
from tests.logstore.written import Writing, eventually, kill


def alive(pid: int) -> bool:
    """Whether the process exists and is no corpse."""
    try:
        state = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0]
    except OSError:
        return False
    return state not in {"Z", "X"}


def test_a_helper_has_a_session_of_its_own_and_prints_where_it_is_told() -> None:
    ours, theirs = os.pipe()
    helper = Helper("platform", [], os.environ, theirs)
    os.close(theirs)
    assert os.getsid(helper.pid) == helper.pid != os.getsid(0)
    with os.fdopen(ours) as pipe:
        assert "Linux" in pipe.read()
    eventually(helper.ended)
    assert helper.ended()


def test_a_helper_is_stopped_within_its_time() -> None:
    helper = Helper("timeit", ["-n", "1", "import time; time.sleep(60)"], os.environ, None)
    helper.stop(5.0)
    assert not alive(helper.pid)
    helper.stop(5.0)


def test_a_helper_that_will_not_end_is_not_waited_for() -> None:
    code = "import signal, time; signal.signal(signal.SIGTERM, signal.SIG_IGN); print(1, flush=True); time.sleep(60)"
    ours, theirs = os.pipe()
    helper = Helper("timeit", ["-n", "1", code], os.environ, theirs)
    os.close(theirs)
    with os.fdopen(ours) as pipe:
        assert pipe.readline() == "1\n"
        before = time.monotonic()
        helper.stop(0.05)
        assert time.monotonic() - before < 30
    assert alive(helper.pid)
    os.kill(helper.pid, signal.SIGKILL)
    eventually(helper.ended)


def test_a_program_that_reaps_all_its_children_is_no_trouble() -> None:
    helper = Helper("this", [], os.environ, None)
    os.waitpid(helper.pid, 0)
    assert helper.ended()
    helper.stop(1.0)


def test_without_an_interpreter_there_is_no_helper(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for executable in ("", "/nowhere/python"):
        monkeypatch.setattr(sys, "executable", executable)
        with pytest.raises(StorageError):
            Helper("this", [], os.environ, None)
        assert Telemetry.start(Folder(tmp_path), 1.0, os.environ) is None


def test_a_module_beside_the_script_is_not_taken_for_ours(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "this.py").write_text(f"open({str(tmp_path / 'trap')!r}, 'w')")
    monkeypatch.chdir(tmp_path)
    helper = Helper("this", [], os.environ, None)
    eventually(helper.ended)
    assert not (tmp_path / "trap").exists()


def test_a_run_records_telemetry_until_it_is_finished(writing: Writing) -> None:
    run = writing.init(system=0.01)
    telemetry = run._recorders.telemetry
    assert telemetry is not None
    path = run.path / f"system.{os.uname().nodename}.jsonl"
    eventually(lambda: path.exists() and path.read_bytes().count(b"cpu/percent") >= 2, 40)
    run.finish()
    assert not alive(telemetry._helper.pid)


def test_a_sampler_that_is_killed_has_a_successor_and_leaves_no_corpse(writing: Writing) -> None:
    run = writing.init(system=0.01)
    telemetry = run._recorders.telemetry
    assert telemetry is not None
    first = telemetry._helper.pid
    path = run.path / f"system.{os.uname().nodename}.jsonl"
    eventually(lambda: path.exists() and b"cpu/percent" in path.read_bytes(), 40)
    os.kill(first, signal.SIGKILL)

    def replaced() -> bool:
        telemetry.look()
        return telemetry._helper.pid != first

    eventually(replaced)
    assert not Path(f"/proc/{first}").exists()
    size = path.stat().st_size
    eventually(lambda: path.stat().st_size > size, 40)
    run.finish()
    assert not alive(telemetry._helper.pid)


def test_samplers_that_die_each_time_are_given_up(writing: Writing) -> None:
    telemetry = writing.init(system=0.01)._recorders.telemetry
    assert telemetry is not None
    seen = set()

    def given_up() -> bool:
        if alive(telemetry._helper.pid):
            os.kill(telemetry._helper.pid, signal.SIGKILL)
        seen.add(telemetry._helper.pid)
        telemetry.look()
        return not Path(f"/proc/{telemetry._helper.pid}").exists()

    eventually(given_up)
    assert len(seen) == 1 + SUCCESSORS


def test_a_sampler_that_was_told_to_end_has_no_successor(writing: Writing) -> None:
    telemetry = writing.init(system=0.01)._recorders.telemetry
    assert telemetry is not None
    first = telemetry._helper.pid
    path = telemetry._folder.path / f"system.{os.uname().nodename}.jsonl"
    eventually(lambda: path.exists() and b"cpu/percent" in path.read_bytes(), 40)
    os.kill(first, signal.SIGTERM)

    def gone() -> bool:
        telemetry.look()
        return not Path(f"/proc/{first}").exists()

    eventually(gone)
    assert telemetry._helper.pid == first


@pytest.mark.parametrize("number", [signal.SIGKILL, signal.SIGTERM])
def test_telemetry_ends_with_the_training_however_it_ends(writing: Writing, number: signal.Signals) -> None:
    process = writing.start("""
run = logstore.init(**{**QUIET, "system": 0.01}, project="p", id="r")
print(run._recorders.telemetry._helper.pid, flush=True)
time.sleep(60)
""")
    assert process.stdout is not None
    pid = int(process.stdout.readline())
    path = writing.root / "p" / "r" / f"system.{os.uname().nodename}.jsonl"
    eventually(path.exists, 40)
    assert alive(pid)
    kill(process, number)
    eventually(lambda: not alive(pid), 40)
