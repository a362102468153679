"""What the app asks of its model."""

from __future__ import annotations

import json
import shutil
from pathlib import Path

import pytest

from collectors.samples import Hello, Sample
from logstore.model.liveness import Machine
from logstore.store import Store
from tests.tui.fake_machine import gpu, info, process, uuid
from tests.tui.sample_store import BOOT, HOST, NOW, PID, START_TICKS, machine, write_run
from tui.machine.telemetry import Owner
from tui.model import Model


def add_process(here: Machine, pid: int) -> None:
    directory = here.proc / str(pid)
    shutil.copytree(here.proc / str(PID), directory)
    (directory / "stat").write_text((directory / "stat").read_text().replace(str(PID), str(pid)))


@pytest.fixture
def job(tmp_path: Path) -> Model:
    """A job of three ranks that are siblings: two live here, one on another host."""
    here = machine(tmp_path)
    path = write_run(tmp_path / "store", 0)
    add_process(here, PID + 1)
    for rank, host in ((1, HOST), (2, "gpu02")):
        writer = {"host": host, "pid": PID + rank, "boot_id": BOOT, "process_start": START_TICKS}
        (path / f"run.rank{rank}.json").write_text(json.dumps({"rank": rank, **writer}))
    made = Model(tmp_path / "store", lambda: NOW)
    made.apply(Store(tmp_path / "store").reader(machine=here).read())
    return made


def test_the_processes_of_all_ranks_are_followed(job: Model) -> None:
    assert job.live_pids() == [PID, PID + 1]


def test_the_device_of_a_sibling_rank_is_the_runs(job: Model) -> None:
    devices = [gpu(0, pids=[PID]), gpu(1, pids=[PID + 1]), gpu(2, pids=[PID + 2]), gpu(3, pids=[900])]
    trees = [process(PID), process(PID + 1), process(900, run=PID + 1, ppid=PID + 1)]
    job.telemetry.apply(Hello(NOW, HOST, 1, tuple(info(index) for index in range(4))))
    job.telemetry.apply(Sample(NOW, {}, gpus=tuple(devices), processes=tuple(trees)))
    mine = Owner("run", ("demo/run0",), ("brave-otter",))
    owners = job.owners()
    assert [owners[uuid(index)] for index in (0, 1, 3)] == [mine] * 3
    assert owners[uuid(2)].runs == ()
    assert set(job.telemetry.runs_by_pid(job.runs)) == {PID, PID + 1, 900}
