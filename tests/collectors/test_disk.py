from __future__ import annotations

import os
import threading
from pathlib import Path

import pytest

from collectors.disk import Disks, StoreSpace
from collectors.worker import Worker
from tests.collectors.conftest import Tree


def diskstats(name: str, read: int, written: int, busy: int) -> str:
    return f" 259 0 {name} 10 0 {read} 5 20 0 {written} 9 0 {busy} 14 0 0 0 0\n"


def blocks(*names: str) -> dict[str, str]:
    return {f"sys/block/{name}/size": "1\n" for name in names}


def test_rates_of_whole_disks(tree: Tree) -> None:
    before = diskstats("nvme0n1", 0, 0, 0) + diskstats("nvme0n1p1", 0, 0, 0) + diskstats("sda", 0, 0, 0)
    disks = Disks(tree(blocks("nvme0n1", "sda") | {"proc/diskstats": before}))
    assert disks(0.0) == {}
    after = (
        diskstats("nvme0n1", 2000, 400, 900) + diskstats("nvme0n1p1", 2000, 400, 900) + diskstats("sda", 0, 600, 100)
    )
    tree({"proc/diskstats": after})
    assert disks(2.0) == {"disk/read": 2000 * 512 / 2, "disk/write": 1000 * 512 / 2, "disk/busy": 45}


def test_devices_on_top_of_others_do_not_count_twice(tree: Tree) -> None:
    names = ("loop0", "dm-0", "md127", "zram0", "ram1")
    disks = Disks(tree(blocks(*names) | {"proc/diskstats": "".join(diskstats(name, 0, 0, 0) for name in names)}))
    disks(0.0)
    tree({"proc/diskstats": "".join(diskstats(name, 99, 99, 99) for name in names)})
    assert disks(1.0) == {}


def test_disk_that_appears_begins_anew(tree: Tree) -> None:
    disks = Disks(tree(blocks("sda", "sdb") | {"proc/diskstats": diskstats("sda", 0, 0, 0)}))
    disks(0.0)
    tree({"proc/diskstats": diskstats("sda", 100, 0, 0) + diskstats("sdb", 10**9, 0, 0)})
    assert disks(1.0)["disk/read"] == 100 * 512


def test_space_of_a_file_system(tmp_path: Path) -> None:
    facts = os.statvfs(tmp_path)
    values = StoreSpace(tmp_path)(0.0)
    assert values["disk/total"] == facts.f_blocks * facts.f_frsize
    assert 0 < values["disk/free"] <= values["disk/total"]
    assert ("disk/inodes_free" in values) == (facts.f_files > 0)


def test_space_of_no_directory_is_absent(tmp_path: Path) -> None:
    assert StoreSpace(tmp_path / "none")(0.0) == {}


def test_file_system_that_does_not_answer_is_told(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The call hangs: the time since then is told, no second call is made, and the answer counts when it comes."""
    gate, calls = threading.Event(), []
    real = os.statvfs

    def hang(path: Path) -> os.statvfs_result:
        calls.append(path)
        gate.wait(20)
        return real(path)

    monkeypatch.setattr(os, "statvfs", hang)
    space = StoreSpace(tmp_path)
    assert space(0.0) == {"disk/unanswered": 0}
    assert space(5.0) == {"disk/unanswered": 5}
    assert len(calls) == 1
    gate.set()
    assert "disk/free" in space(10.0)
    assert len(calls) == 1


def test_worker_answers_again_and_again() -> None:
    numbers = iter(range(3))
    worker = Worker(lambda: next(numbers), "count")
    assert [worker.ask(0.0, 10) for _ in range(3)] == [0, 1, 2]
    assert worker.waiting(1.0) is None
