"""How a run stands, asked of its files: by a process that lives, by one that is gone, by nobody."""

import json
import os
import socket
import subprocess
import time
from pathlib import Path

import pytest

from logstore.model.records import RunRecord
from tui.plain import standing as module
from tui.plain.standing import OVER, standing


def write(path: Path, **record: object) -> None:
    path.mkdir(exist_ok=True)
    (path / "run.json").write_text(json.dumps({"format": 1, "host": socket.gethostname(), **record}))


@pytest.fixture
def gone() -> int:
    """The number of a process that is not there any more."""
    with subprocess.Popen(["true"]) as process:
        process.wait()
    return process.pid


def test_a_run_whose_process_lives_is_running(tmp_path: Path) -> None:
    write(tmp_path, pid=os.getpid())
    state = standing(tmp_path, time.time())
    assert (state.name, state.name in OVER) == ("running", False)


def test_a_run_whose_process_is_gone_has_crashed(tmp_path: Path, gone: int) -> None:
    write(tmp_path, pid=gone)
    assert standing(tmp_path, time.time()).name == "crashed"


def test_the_record_says_how_a_run_ended(tmp_path: Path, gone: int) -> None:
    write(tmp_path, pid=gone, state="failed", exit_code=3, ended=time.time())
    state = standing(tmp_path, time.time())
    assert (state.name, state.reason) == ("failed", "exit code 3")


def test_a_record_that_is_written_while_one_looks_counts(
    tmp_path: Path, gone: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A writer says how it ended, then goes: whoever read the record just before that finds only that it is gone."""
    write(tmp_path, pid=gone)
    read = module._record

    def late(path: Path) -> RunRecord | None:
        found = read(path)
        write(tmp_path, pid=gone, state="finished", exit_code=0)
        return found

    monkeypatch.setattr(module, "_record", late)
    assert standing(tmp_path, time.time()).name == "finished"


def test_a_run_of_another_host_is_judged_by_its_silence(tmp_path: Path) -> None:
    write(tmp_path, pid=1, host="elsewhere")
    written = (tmp_path / "run.json").stat().st_mtime
    assert standing(tmp_path, written + 5).name == "running"
    assert standing(tmp_path, written + 3600).name == "crashed"


def test_of_somebody_elses_log_nobody_knows_once_it_is_silent(tmp_path: Path) -> None:
    log = tmp_path / "log.jsonl"
    log.write_text('{"loss": 1}\n')
    written = log.stat().st_mtime
    assert standing(log, written + 5).name == "running"
    assert standing(log, written + 3600).name == "unknown"
    assert standing(tmp_path / "nothing.jsonl", written).name == "unknown"


def test_a_damaged_record_is_none(tmp_path: Path) -> None:
    (tmp_path / "run.json").write_text("[")
    assert standing(tmp_path, (tmp_path / "run.json").stat().st_mtime + 1).name == "running"
