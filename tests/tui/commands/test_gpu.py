import json
import os
from pathlib import Path
from typing import Any

import pytest

from collectors.procfs import read_stat
from tests.collectors.fake_nvml.fake_nvml import FakeNvml, compiler
from tests.tui.commands.store_files import Invoke, Writer, harmless


def test_one_answer_as_a_table(invoke: Invoke) -> None:
    result = invoke("gpu", "--once", "--interval", "0.2")
    assert result.exit_code == 0
    assert "memory" in result.stdout
    assert harmless(result.output)


def test_a_pipe_gets_one_answer_too(invoke: Invoke) -> None:
    assert "memory" in invoke("gpu", "--interval", "0.2").stdout


def test_json(invoke: Invoke) -> None:
    answer = json.loads(invoke("gpu", "--json", "--interval", "0.2").stdout)
    assert answer.keys() == {"time", "host", "driver", "gpu_state", "why", "gpus", "gaps"}
    assert answer["host"]["values"]["memory/total"] > 0
    assert answer["gpu_state"] in {"ok", "unavailable"}


def test_an_interval_that_makes_no_sense_is_refused(invoke: Invoke) -> None:
    assert invoke("gpu", "--interval", "0").exit_code == 2


@pytest.mark.skipif(compiler() is None, reason="no C compiler here: the fake NVML library cannot be built")
def test_a_device_is_told_with_the_run_that_is_on_it(
    invoke: Invoke, writer: Writer, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    stat = read_stat(os.getpid())
    assert stat is not None
    boot = Path("/proc/sys/kernel/random/boot_id").read_text().strip()
    here: dict[str, Any] = {
        "host": os.uname().nodename,
        "boot_id": boot,
        "pid": os.getpid(),
        "process_start": float(stat.start),
    }
    writer.run("otter1", [{"loss": 1.0}], {}, name="brave-otter", **here)
    with FakeNvml(tmp_path, 2) as nvml:
        nvml[0].processes({"pid": os.getpid(), "mem": 8 << 30, "sm": 90})
        nvml[1].set(mem_used=0)
        for name, value in nvml.env().items():
            monkeypatch.setenv(name, value)
        answer = json.loads(invoke("gpu", "--json", "--interval", "0.2", "--dir", str(writer.root)).stdout)
        table = invoke("gpu", "--once", "--interval", "0.2", "--dir", str(writer.root)).stdout.splitlines()
    assert [gpu["held_by"] for gpu in answer["gpus"]] == ["run", "free"]
    (key,) = answer["gpus"][0]["runs"]
    assert key.endswith("/otter1")
    assert [process["run"] for process in answer["gpus"][0]["processes"]] == [key]
    assert [("run" in line.split(), "brave-otter" in line) for line in table[:3]] == [
        (True, False),
        (False, True),
        (False, False),
    ]
    assert any(str(os.getpid()) in line and "brave-otter" in line for line in table[3:])
