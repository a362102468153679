from __future__ import annotations

import os
import pwd
from pathlib import Path

from collectors.backend import GpuInfo, GpuProcess, GpuSample
from collectors.occupants import INITIAL_NAMESPACE, PAGE, PERIOD, Occupants, in_own_namespace
from collectors.procfs import TICK
from tests.collectors.conftest import Tree
from tests.collectors.test_processes import stat

INFO = GpuInfo(0, "GPU-0", "H100", minor=3)


def named(root: Path, *pids: int) -> list[tuple[str | None, str | None]]:
    gpu = GpuSample(0, "GPU-0", "H100", processes=tuple(GpuProcess(pid) for pid in pids))
    (shown,) = Occupants(root).name([gpu], [INFO], 0.0)
    return [(process.name, process.user) for process in shown.processes or ()]


def namespace(root: Path, name: str) -> None:
    (root / "proc/self/ns").mkdir(parents=True)
    (root / "proc/self/ns/pid").symlink_to(name)


def test_processes_get_their_names(tree: Tree) -> None:
    root = tree(stat(7, 1, "trainer"))
    namespace(root, INITIAL_NAMESPACE)
    me = pwd.getpwuid(os.getuid()).pw_name
    assert named(root, 7, 8) == [("trainer", me), (None, None)]


def test_in_a_container_a_number_is_believed_only_with_its_device(tree: Tree) -> None:
    """Two numbers of the host that happen to exist here: one process has the device open, the other has not."""
    root = tree(stat(7, 1, "trainer") | stat(9, 1, "cron"))
    namespace(root, "pid:[4026532999]")
    for pid in (7, 9):
        (root / f"proc/{pid}/fd").mkdir()
    (root / "proc/7/fd/5").symlink_to("/dev/nvidia3")
    assert [name for name, _ in named(root, 7, 9)] == ["trainer", None]


def test_a_process_is_looked_at_seldom(tree: Tree) -> None:
    root = tree({})
    namespace(root, INITIAL_NAMESPACE)
    occupants = Occupants(root)
    gpu = GpuSample(0, "GPU-0", "H100", processes=(GpuProcess(7),))
    names = []
    for now, name in ((0.0, "first"), (PERIOD / 2, "second"), (PERIOD, "second")):
        tree(stat(7, 1, name))
        (shown,) = occupants.name([gpu], [INFO], now)
        names += [process.name for process in shown.processes or ()]
    assert names == ["first", "first", "second"]


def test_devices_without_processes_stay_as_they_are() -> None:
    rows = [GpuSample(0, "GPU-0", "H100"), GpuSample(1, "GPU-1", "H100", processes=())]
    assert list(Occupants().name(rows, [INFO], 0.0)) == rows


def test_this_namespace_is_known() -> None:
    assert in_own_namespace() == (str(Path("/proc/self/ns/pid").readlink()) != INITIAL_NAMESPACE)
    assert not in_own_namespace(Path("/nonexistent"))


def test_what_a_process_takes_of_the_host_and_since_when(tree: Tree) -> None:
    """Its CPU time since the last tick, whichever device it is on; the boot's second and its own ticks say when."""
    root = tree(
        {"proc/stat": "cpu 1 2 3\nbtime 1790000000\n", "proc/7/cmdline": "/opt/bin/python\0train.py\0--lr\0.1\0"}
    )
    namespace(root, INITIAL_NAMESPACE)
    occupants = Occupants(root)
    gpus = [GpuSample(index, f"GPU-{index}", "H100", processes=(GpuProcess(7, 5, 9.0),)) for index in range(2)]
    shown = []
    for now, ticks in ((0.0, 100), (2.0, 100 + TICK)):
        tree(stat(7, 1, "python", start=50 * TICK, ticks=ticks))
        shown = [process for gpu in occupants.name(gpus, [INFO], now) for process in gpu.processes or ()]
    assert len(shown) == 2
    assert {each.cpu for each in shown} == {50}
    assert shown[0].started == 1_790_000_050
    assert (shown[0].command, shown[0].rss, shown[0].memory, shown[0].sm) == (
        "python train.py --lr .1",
        10 * PAGE,
        5,
        9.0,
    )


def test_a_process_that_cannot_be_seen_has_nothing_but_its_number(tree: Tree) -> None:
    root = tree({})
    namespace(root, INITIAL_NAMESPACE)
    (shown,) = Occupants(root).name([GpuSample(0, "GPU-0", "H100", processes=(GpuProcess(7, 5),))], [INFO], 0.0)
    assert shown.processes == (GpuProcess(7, 5),)
