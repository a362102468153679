"""Who a process is, from /proc."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

from logstore.model.liveness import Machine, Process
from logstore.processes import describe_process, first_bytes, start_ticks


def test_a_reader_finds_the_process_that_is_described() -> None:
    found = describe_process(os.getpid())
    assert set(found) == {"host", "pid", "boot_id", "process_start", "pid_namespace"}
    start = found["process_start"]
    assert isinstance(start, int)
    process = Process(os.getpid(), float(start), str(found["boot_id"]), str(found["host"]))
    assert Machine.here().liveness(process).verdict == "alive"
    later = Process(os.getpid(), float(start + 1), str(found["boot_id"]), str(found["host"]))
    assert Machine.here().liveness(later).verdict == "reused"


def test_a_process_that_is_gone_has_no_start() -> None:
    child = subprocess.Popen([sys.executable, "-c", ""])
    child.wait()
    assert start_ticks(child.pid) is None


def test_a_name_with_spaces_and_parentheses(tmp_path: Path) -> None:
    (tmp_path / "7").mkdir()
    fields = " ".join(str(number) for number in range(3, 53))
    (tmp_path / "7" / "stat").write_text(f"7 (a) b (c)) {fields}\n")
    assert start_ticks(7, tmp_path) == 22


def test_what_the_machine_does_not_tell_is_absent(tmp_path: Path) -> None:
    assert set(describe_process(1, tmp_path)) == {"host", "pid"}


def test_the_first_bytes_of_anything(tmp_path: Path) -> None:
    path = tmp_path / "file"
    path.write_bytes(b" \xff" + b"x" * 10_000)
    found = first_bytes(path, 5)
    assert found == "\ufffdxxx"
    assert first_bytes(tmp_path) is None
    assert first_bytes(tmp_path / "nothing") is None
    assert first_bytes(Path("a\0b")) is None
    path.write_bytes(b"")
    assert first_bytes(path) is None
