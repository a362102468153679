"""``python -m collectors`` as people and programs use it: real processes, real files, whatever GPUs there are."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import orjson
import pytest

from collectors import launch
from collectors.__main__ import parse
from collectors.procfs import read_stat
from collectors.samples import Hello, Sample
from tests.collectors.running import DEADLINE, Running, gone

FAST = ("--no-gpu", "--interval", "0.1")


def rows(path: Path) -> list[dict[str, object]]:
    return [orjson.loads(line) for line in path.read_bytes().splitlines()]


def wait_for_rows(path: Path, count: int) -> list[dict[str, object]]:
    deadline = time.monotonic() + DEADLINE
    while not path.exists() or path.read_bytes().count(b"\n") < count:
        assert time.monotonic() < deadline, "the rows did not come"
        time.sleep(0.01)
    return rows(path)


def test_once_prints_hello_and_one_sample_with_rates(tmp_path: Path) -> None:
    with Running("--once", "--no-gpu", "--store", str(tmp_path)) as sampler:
        hello, state, sample = sampler.line(), sampler.line(), sampler.line()
        assert sampler.process.wait(DEADLINE) == 0
    assert isinstance(hello, Hello)
    assert "off" in repr(state)
    assert isinstance(sample, Sample)
    assert {"cpu/percent", "memory/used", "load/1", "disk/free", "net/rx"} <= sample.host.keys() | {"net/rx"}
    assert len(sample.cores) >= 1


def test_samples_come_at_the_interval() -> None:
    with Running(*FAST) as sampler:
        moments = [sampler.sample().time for _ in range(4)]
    assert moments == sorted(set(moments))


def test_the_processes_of_a_run_are_followed() -> None:
    with Running(*FAST, "--run-pid", str(os.getpid())) as sampler:
        sample = sampler.sample()
    mine = {process.pid: process for process in sample.processes}
    assert mine[os.getpid()].role == "main"
    assert mine[sampler.process.pid].role == "sampler"


def test_runs_may_be_named_later() -> None:
    with Running(*FAST, "--control") as sampler:
        assert sampler.sample().processes == ()
        sampler.input.write(orjson.dumps({"runs": [os.getpid()]}) + b"\n")
        sampler.sample(lambda sample: any(process.pid == os.getpid() for process in sample.processes))
        sampler.input.close()
        assert sampler.process.wait(DEADLINE) == 0


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT, signal.SIGHUP])
def test_it_ends_when_asked(number: int) -> None:
    with Running(*FAST) as sampler:
        sampler.sample()
        sampler.process.send_signal(number)
        assert sampler.process.wait(DEADLINE) == 0
        assert sampler.complaints.read() == b""


def test_it_ends_when_nobody_reads() -> None:
    with Running(*FAST) as sampler:
        sampler.sample()
        sampler.output.close()
        assert sampler.process.wait(DEADLINE) == 0
        assert sampler.complaints.read() == b""


def test_rows_go_into_a_file(tmp_path: Path) -> None:
    out = tmp_path / "system.box.jsonl"
    with Running(*FAST, "--out", str(out), "--run-pid", str(os.getpid()), "--store", str(tmp_path)) as sampler:
        hello, *more = wait_for_rows(out, 4)
        assert sampler.end() == 0
    assert hello["kind"] == "hello"
    sample = next(row for row in more if "kind" not in row)
    assert next(iter(sample)) == "_timestamp"
    assert all(isinstance(value, int | float) for value in sample.values())
    assert {"cpu/percent", "memory/used", "process/rss", "process/count", "workers/count", "disk/free"} <= sample.keys()


def test_second_sampler_of_a_file_leaves_quietly(tmp_path: Path) -> None:
    out = tmp_path / "system.box.jsonl"
    with Running(*FAST, "--out", str(out)) as first:
        wait_for_rows(out, 1)
        with Running(*FAST, "--out", str(out)) as second:
            assert second.process.wait(DEADLINE) == 0
            assert second.complaints.read() == b""
        assert first.process.poll() is None


def test_file_that_cannot_be_written_is_one_clear_line(tmp_path: Path) -> None:
    out = tmp_path / "none" / "system.jsonl"
    with Running(*FAST, "--out", str(out)) as sampler:
        assert sampler.process.wait(DEADLINE) == 1
        assert sampler.complaints.read().decode() == f"collectors: {out}: No such file or directory\n"


def test_deleted_run_ends_it(tmp_path: Path) -> None:
    out = tmp_path / "system.jsonl"
    with Running(*FAST, "--out", str(out)) as sampler:
        wait_for_rows(out, 1)
        out.unlink()
        assert sampler.process.wait(DEADLINE) == 0


PARENT = """
import subprocess, sys, time
child = subprocess.Popen([*sys.argv[1:], "--parent", str(__import__("os").getpid())], stdout=subprocess.DEVNULL)
print(child.pid, flush=True)
time.sleep(600)
"""


@pytest.mark.parametrize("number", [signal.SIGKILL, signal.SIGTERM, signal.SIGSEGV])
def test_it_ends_with_its_parent_however_that_ends(tmp_path: Path, number: int) -> None:
    """In a session of its own, writing into a file, at an interval far longer than it may outlive its parent."""
    out = tmp_path / "system.jsonl"
    command = launch.command("collectors", "--interval", "600", "--no-gpu", "--out", str(out))
    parent = subprocess.Popen(
        [sys.executable, "-c", PARENT, *command], stdout=subprocess.PIPE, text=True, env=launch.environment()
    )
    assert parent.stdout is not None
    child = int(parent.stdout.readline())
    wait_for_rows(out, 1)
    assert os.getsid(child) == child
    parent.send_signal(number)
    parent.wait(DEADLINE)
    parent.stdout.close()
    assert gone(child)


def test_parent_that_is_gone_already_ends_it_at_once() -> None:
    here = read_stat(os.getpid())
    assert here is not None
    with Running(*FAST, "--parent", f"{os.getpid()}:{here.start + 1}") as sampler:
        assert sampler.process.wait(DEADLINE) == 0
        assert sampler.output.read() == b""


def test_it_steps_out_of_the_way() -> None:
    with Running(*FAST) as sampler:
        sampler.sample()
        assert os.getpriority(os.PRIO_PROCESS, sampler.process.pid) >= min(19, os.getpriority(os.PRIO_PROCESS, 0) + 5)


@pytest.mark.parametrize(
    "arguments",
    [["--interval", "0"], ["--interval", "nan"], ["--interval", "x"], ["--parent", "me"], ["--run-pid", "x"], ["-z"]],
)
def test_arguments_without_sense(arguments: list[str], capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as ended:
        parse(arguments)
    assert ended.value.code == 2
    assert "error" in capsys.readouterr().err


def test_writing_costs_no_library_of_the_screen() -> None:
    """What the sampler loads runs beside somebody's training."""
    code = "import sys, collectors.__main__; print(*sorted(sys.modules))"
    shown = subprocess.run(
        [sys.executable, "-c", code], env=launch.environment(), capture_output=True, text=True, check=True, timeout=30
    )
    assert not {"numpy", "textual", "rich", "asyncio", "pynvml", "tui", "logstore"} & set(shown.stdout.split())
