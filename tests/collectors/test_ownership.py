from __future__ import annotations

from dataclasses import replace

import pytest

from collectors.backend import GpuInfo, GpuProcess, GpuSample
from collectors.ownership import DeviceMap, owners
from collectors.roles import Facts
from collectors.samples import ProcessSample, Sample

GPUS = [GpuInfo(index, f"GPU-{index}", "H100", minor=index) for index in range(4)]
IDLE = tuple(GpuSample(index, f"GPU-{index}", "H100", processes=()) for index in range(4))
TRAIN = ProcessSample(50, 1, "python", "R", 50, "main")
FACTS = Facts("python", ("python",), {}, frozenset())


def busy(index: int, *pids: int, memory: int = 70 << 30, user: str | None = None) -> tuple[GpuSample, ...]:
    """Four devices, one of them with processes."""
    rows = tuple(GpuProcess(pid, memory, name="python" if user else None, user=user) for pid in pids)
    used = replace(IDLE[index], processes=rows, values={"memory_used": float(memory)})
    return (*IDLE[:index], used, *IDLE[index + 1 :])


Found = tuple[tuple[str, ...], str | None]


def placed(devices: DeviceMap, process: ProcessSample, facts: Facts) -> Found:
    shown = devices.place(process, facts)
    return shown.gpus, shown.via


def find(gpus: tuple[GpuSample, ...], process: ProcessSample, facts: Facts) -> Found:
    return placed(DeviceMap(GPUS, gpus, [process.pid]), process, facts)


def test_the_driver_names_the_process() -> None:
    assert find(busy(2, 50), TRAIN, FACTS) == (("GPU-2",), "driver")


def test_the_driver_is_believed_for_the_others_too() -> None:
    other = replace(TRAIN, pid=51)
    devices = DeviceMap(GPUS, busy(2, 50), [50, 51])
    assert placed(devices, other, replace(FACTS, minors=frozenset({0, 1, 2, 3}))) == ((), None)


def test_in_a_container_the_open_device_decides() -> None:
    """The driver lists numbers of the host, none of which is ours."""
    assert find(busy(2, 900_001), TRAIN, replace(FACTS, minors=frozenset({2}))) == (("GPU-2",), "device file")


def test_open_devices_are_narrowed_by_what_is_visible() -> None:
    facts = Facts("python", (), {"CUDA_VISIBLE_DEVICES": "1"}, frozenset({0, 1, 2, 3}))
    assert find(IDLE, TRAIN, facts) == (("GPU-1",), "device file")


def test_rank_takes_the_device_at_its_place() -> None:
    facts = Facts("python", (), {"LOCAL_RANK": "3"}, frozenset({0, 1, 2, 3}))
    assert find(IDLE, replace(TRAIN, local_rank=3), facts) == (("GPU-3",), "environment")


def test_process_without_an_open_device_has_none() -> None:
    facts = Facts("bash", (), {"CUDA_VISIBLE_DEVICES": "1"}, frozenset())
    assert find(IDLE, TRAIN, facts) == ((), None)


def test_environment_decides_where_descriptors_may_not_be_seen() -> None:
    facts = Facts("python", (), {"CUDA_VISIBLE_DEVICES": "3,1"}, None)
    assert find(IDLE, TRAIN, facts) == (("GPU-3", "GPU-1"), "environment")
    assert find(IDLE, TRAIN, Facts("python", (), {}, None)) == ((), None)


@pytest.mark.parametrize("role", ["worker", "helper", "sampler"])
def test_who_has_a_device_open_without_using_it(role: str) -> None:
    facts = Facts("python", (), {}, frozenset({0}))
    assert find(IDLE, replace(TRAIN, role=role), facts) == ((), None)


def test_instances_stand_for_their_device() -> None:
    parts = [*GPUS, GpuInfo(0, "MIG-1", "H100 MIG", instance=0, parent_uuid="GPU-0")]
    facts = Facts("python", (), {"CUDA_VISIBLE_DEVICES": "MIG-1"}, frozenset({0}))
    assert placed(DeviceMap(parts, IDLE, [50]), TRAIN, facts) == (("MIG-1",), "device file")
    listed = (*busy(0, 50), GpuSample(0, "MIG-1", "H100 MIG", processes=(GpuProcess(50),), instance=0))
    assert placed(DeviceMap(parts, listed, [50]), TRAIN, FACTS) == (("MIG-1",), "driver")


def test_uncertain_order_is_told_as_a_guess() -> None:
    """Devices of two models, and indices that CUDA counts in its own order."""
    mixed = [GpuInfo(0, "GPU-0", "H100", minor=0), GpuInfo(1, "GPU-1", "T4", minor=1)]
    devices = DeviceMap(mixed, IDLE[:2], [50])
    environment = {"CUDA_VISIBLE_DEVICES": "1"}
    both, one = frozenset({0, 1}), frozenset({1})
    assert placed(devices, TRAIN, Facts("python", (), environment, both)) == (("GPU-1",), "guess")
    assert placed(devices, TRAIN, Facts("python", (), environment, one)) == (("GPU-1",), "device file")
    assert placed(devices, TRAIN, Facts("python", (), environment, None)) == (("GPU-1",), "guess")


def whose(gpus: tuple[GpuSample, ...], *processes: ProcessSample) -> dict[str, str]:
    sample = Sample(0.0, gpus=gpus, processes=processes)
    return {uuid: owner.kind for uuid, owner in owners(sample).items()}


def test_four_kinds_of_owner() -> None:
    mine = replace(TRAIN, gpus=("GPU-0",), via="driver")
    rows = (busy(0, 50)[0], busy(1, 77, user="ada")[1], busy(2, 900_001)[2], IDLE[3])
    assert whose(rows, mine) == {"GPU-0": "run", "GPU-1": "other", "GPU-2": "hidden", "GPU-3": "free"}


def test_owner_says_how_it_is_known_and_who_else_is_there() -> None:
    mine = [replace(TRAIN, pid=50 + run, run=50 + run, gpus=("GPU-0",), via="driver") for run in (0, 1)]
    gpus = (replace(IDLE[0], processes=(GpuProcess(50), GpuProcess(51), GpuProcess(60, name="x", user="bob"))),)
    owner = owners(Sample(0.0, gpus=gpus, processes=tuple(mine)))["GPU-0"]
    assert (owner.kind, owner.runs, owner.pids, owner.users, owner.via) == ("run", (50, 51), (60,), ("bob",), "driver")


@pytest.mark.parametrize(("used", "expected"), [(64 << 30, "hidden"), (100 << 20, "free")])
def test_memory_without_a_process(used: int, expected: str) -> None:
    gpus = (replace(IDLE[0], values={"memory_used": float(used)}),)
    assert whose(gpus) == {"GPU-0": expected}


def test_driver_that_does_not_say_is_unknown() -> None:
    assert whose((replace(IDLE[0], processes=None),)) == {"GPU-0": "unknown"}
