"""The machine of a run, from files of /proc."""

from __future__ import annotations

import os
from pathlib import Path

from logstore.writing.capture.hardware import describe_hardware


def test_this_machine() -> None:
    found = describe_hardware()
    assert found["cores"] == len(os.sched_getaffinity(0))
    assert isinstance(found["memory"], int)
    assert found["memory"] > 1 << 28


def test_a_machine_with_gpus(tmp_path: Path) -> None:
    (tmp_path / "cpuinfo").write_text("processor\t: 0\nmodel name\t: AMD EPYC 7742\nflags\t: x\n")
    (tmp_path / "meminfo").write_text("MemTotal:       1048576 kB\nMemFree: 1 kB\n")
    for bus, uuid in (("0000:1b:00.0", "GPU-b"), ("0000:0a:00.0", "GPU-a")):
        place = tmp_path / "driver/nvidia/gpus" / bus
        place.mkdir(parents=True)
        (place / "information").write_text(
            f"Model: \t\t NVIDIA H200\nIRQ:   \t\t 16\nGPU UUID: \t {uuid}\nBus Location: \t {bus}\nVideo BIOS: \t x\n"
        )
    found = describe_hardware(tmp_path)
    assert (found["cpu"], found["memory"]) == ("AMD EPYC 7742", 1 << 30)
    assert found["gpus"] == [
        {"name": "NVIDIA H200", "uuid": "GPU-a", "bus": "0000:0a:00.0"},
        {"name": "NVIDIA H200", "uuid": "GPU-b", "bus": "0000:1b:00.0"},
    ]


def test_what_is_not_there_is_absent(tmp_path: Path) -> None:
    (tmp_path / "driver/nvidia/gpus/odd").mkdir(parents=True)
    assert set(describe_hardware(tmp_path)) == {"cores"}
