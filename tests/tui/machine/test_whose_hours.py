"""Whose GPUs, from the driver to the bill: a real training writes its telemetry on a driver in C, and is accounted."""

from __future__ import annotations

import fcntl
import json
import os
import subprocess
import sys
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from itertools import pairwise
from pathlib import Path
from typing import Any, TextIO

import pytest

from collectors import launch
from logstore.store import Store
from tests.collectors.fake_nvml.fake_nvml import FakeNvml, compiler
from tui.machine.accounting import Account, account

pytestmark = [pytest.mark.needs_cc, pytest.mark.skipif(compiler() is None, reason="no C compiler here")]

TRAINING = """
import os, sys
if sys.argv[2]:
    os.environ["CUDA_VISIBLE_DEVICES"] = sys.argv[2]
if int(os.environ.get("RANK", "0")) == 0:
    import logstore
    run = logstore.init("lab", dir=sys.argv[1], system=0.1, git=False, packages=False, hardware=False)
    run.log({"loss": 1.0})
print(os.getpid(), flush=True)
sys.stdin.read()
"""
ROWS = 6
"""Rows in which devices are the run's that are waited for."""


@pytest.fixture
def nvml(tmp_path: Path) -> Iterator[FakeNvml]:
    """Eight boards that idle; on 6 is somebody else."""
    with FakeNvml(tmp_path, 8) as made:
        made[6].processes({"pid": 2**22 + 7, "mem": 30 << 30})
        yield made


def work(nvml: FakeNvml) -> None:
    """2 works for the run and 6 for somebody else; not before the driver lists who is there."""
    nvml[2].set(util_gpu=95, power=600_000)
    nvml[6].set(util_gpu=90)


@contextmanager
def training(nvml: FakeNvml, store: Path, visible: str = "", **environ: str) -> Iterator[subprocess.Popen[str]]:
    """The training; its pid is its first line, and it ends with its input."""
    unset = {"CUDA_VISIBLE_DEVICES", "RANK", "LOCAL_RANK", "WORLD_SIZE"}
    base = {name: value for name, value in launch.environment(nvml.env()).items() if name not in unset}
    command = [sys.executable, "-c", TRAINING, str(store), visible]
    pipes: dict[str, Any] = {"stdin": subprocess.PIPE, "stdout": subprocess.PIPE, "text": True}
    with subprocess.Popen(command, env={**base, **environ}, **pipes) as process:
        assert process.stdout is not None
        assert process.stdout.readline().strip() == str(process.pid)
        yield process


def rows(store: Path, label: str) -> list[tuple[float, int]]:
    """Time and word of each row that says whose the device is."""
    text = "".join(path.read_text() for path in store.glob("lab/*/system.*.jsonl"))
    parsed = [json.loads(line) for line in text.split("\n")[:-1]]
    key = f"gpu/{label}/own"
    return [(row["_timestamp"], row[key]) for row in parsed if key in row]


def wait_for_rows(store: Path, *labels: str) -> None:
    deadline = time.monotonic() + 30
    while any(sum(own for _, own in rows(store, label)) < ROWS for label in labels):
        assert time.monotonic() < deadline, "the rows did not come"
        time.sleep(0.05)


def accounted(store: Path) -> Account:
    """The account of the one run, when its sampler has let go of the file."""
    (path,) = store.glob("lab/*/system.*.jsonl")
    deadline = time.monotonic() + 30
    with path.open() as file:
        while not _locks(file):
            assert time.monotonic() < deadline, "the sampler did not end"
            time.sleep(0.02)
    (run,) = Store(store).runs().values()
    found = account(run, price=3.0)
    assert found is not None
    return found


def _locks(file: TextIO) -> bool:
    try:
        fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    return True


def held(store: Path, label: str) -> float:
    """Seconds for which the rows say that the device was the run's."""
    return sum(after[0] - before[0] for before, after in pairwise(rows(store, label)) if after[1])


def test_two_of_eight_devices_one_idle_throughout(nvml: FakeNvml, tmp_path: Path) -> None:
    store = tmp_path / "runs"
    with training(nvml, store) as process:
        nvml[2].processes({"pid": process.pid, "mem": 70 << 30, "sm": 95})
        nvml[5].processes({"pid": process.pid, "mem": 1 << 30})
        work(nvml)
        wait_for_rows(store, "2", "5")
    found = accounted(store)
    expected = [held(store, label) for label in ("2", "5")]
    assert found.gpus == 2
    assert found.gpu_hours * 3600 == pytest.approx(sum(expected), rel=1e-3)
    assert found.idle_gpu_hours * 3600 == pytest.approx(expected[1], rel=1e-3)
    assert found.cost == pytest.approx(found.gpu_hours * 3)
    assert {own for label in "013467" for _, own in rows(store, label)} == {0}


def test_devices_that_a_script_set_aside_for_itself(nvml: FakeNvml, tmp_path: Path) -> None:
    """It says so in its own environment, before it begins its run; no process is to be seen on them."""
    store = tmp_path / "runs"
    work(nvml)
    with training(nvml, store, visible="5,7"):
        wait_for_rows(store, "5", "7")
    found = accounted(store)
    assert found.gpus == 2
    assert found.idle_gpu_hours == found.gpu_hours > 0
    assert {own for _, own in rows(store, "2")} == {0}, "that device works, and for nobody of ours"


def test_a_rank_that_logs_nothing_has_its_device_counted(nvml: FakeNvml, tmp_path: Path) -> None:
    store = tmp_path / "runs"
    job: Mapping[str, str] = {"MASTER_ADDR": "localhost", "MASTER_PORT": str(29_000 + os.getpid() % 1000)}
    ranks = [{**job, "WORLD_SIZE": "2", "RANK": str(rank), "LOCAL_RANK": str(rank)} for rank in range(2)]
    with training(nvml, store, **ranks[1]) as second, training(nvml, store, **ranks[0]) as first:
        nvml[0].processes({"pid": first.pid, "mem": 70 << 30})
        nvml[2].processes({"pid": second.pid, "mem": 70 << 30})
        work(nvml)
        wait_for_rows(store, "0", "2")
    assert accounted(store).gpus == 2
