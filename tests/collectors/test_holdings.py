from __future__ import annotations

from dataclasses import replace

import pytest

from collectors.backend import GpuInfo, GpuProcess, GpuSample
from collectors.holdings import Scene, holdings
from collectors.ownership import DeviceMap
from collectors.roles import Facts
from collectors.samples import ProcessSample

GPUS = tuple(GpuInfo(index, f"GPU-{index}", "H100", minor=index) for index in range(4))
MIXED = (*GPUS[:3], replace(GPUS[3], name="T4"))
TRAIN = ProcessSample(50, 1, "python", "R", 50, "main")
EVERY = frozenset(range(4))


def devices(**rows: int | str | None) -> tuple[GpuSample, ...]:
    """Four devices; ``g1=50`` lists that pid there, a name somebody else, None says that the driver does not tell."""
    listed = {name: _listed(who) for name, who in rows.items()}
    return tuple(GpuSample(i, f"GPU-{i}", "H100", processes=listed.get(f"g{i}", ())) for i in range(4))


def _listed(who: int | str | None) -> tuple[GpuProcess, ...] | None:
    if who is None:
        return None
    return (GpuProcess(who),) if isinstance(who, int) else (GpuProcess(777, name="python", user=who),)


def found(
    gpus: tuple[GpuSample, ...],
    *facts: Facts,
    infos: tuple[GpuInfo, ...] = GPUS,
    kin: tuple[int, ...] = (),
    sees_all: bool = False,
) -> str:
    """One letter for each device: mine, not, or unknown. Processes 50, 51, … have ``facts``."""
    known = {50 + place: each for place, each in enumerate(facts)}
    members = [replace(TRAIN, pid=pid, role="rank", local_rank=each.local_rank) for pid, each in known.items()]
    map_ = DeviceMap(infos, gpus, known)
    placed = [map_.place(process, known[process.pid]) for process in members]
    told = holdings(Scene(infos, gpus, placed, known, kin, sees_all))
    return "".join({True: "m", False: "n", None: "?"}[told.get(f"GPU-{i}")] for i in range(4))


def facts(opened: frozenset[int] | None = frozenset(), **environment: str) -> Facts:
    return Facts("python", ("python",), environment, opened)


def test_the_driver_lists_the_run() -> None:
    assert found(devices(g1=50, g2="ada"), facts()) == "nmnn"


def test_before_it_began_nothing_is_its_own_where_the_driver_counts_as_we_do() -> None:
    assert found(devices(g2="ada"), facts(), sees_all=True) == "nnnn"


def test_in_a_container_nothing_is_known_before_it_began() -> None:
    assert found(devices(g2=900_001), facts()) == "????"


def test_what_it_was_told_to_use_is_its_own_also_while_it_idles() -> None:
    assert found(devices(g1=50), facts(CUDA_VISIBLE_DEVICES="1,3")) == "nmnm"
    assert found(devices(), facts(CUDA_VISIBLE_DEVICES="1,3")) == "nmnm"


def test_what_it_was_told_to_use_and_somebody_else_does_is_not() -> None:
    assert found(devices(g0=50, g3="ada"), facts(CUDA_VISIBLE_DEVICES="0,1,2,3")) == "mmmn"


def test_told_of_no_device_it_has_none() -> None:
    assert found(devices(g2=900_001), facts(CUDA_VISIBLE_DEVICES="")) == "nnnn"


def test_an_order_that_is_not_certain_tells_nothing() -> None:
    assert found(devices(), facts(CUDA_VISIBLE_DEVICES="1"), infos=MIXED) == "????"
    assert found(devices(g2=50), facts(CUDA_VISIBLE_DEVICES="1"), infos=MIXED) == "nnmn"


def test_device_files_are_an_upper_bound() -> None:
    """CUDA opens every device that it sees; only one that is alone, or named, is its own for sure."""
    assert found(devices(g2=900_001), facts(EVERY)) == "????"
    assert found(devices(g2=900_001), facts(frozenset({2}))) == "??m?"
    assert found(devices(g2=900_001), facts(EVERY, CUDA_VISIBLE_DEVICES="2")) == "nnmn"


def test_ranks_have_the_devices_at_their_places_in_a_container() -> None:
    ranks = [facts(EVERY, RANK=str(i), LOCAL_RANK=str(i)) for i in range(2)]
    assert found(devices(), *ranks) == "mm??"


def test_kin_may_be_the_run_s_or_not() -> None:
    gpus = devices(g0=50, g1=60, g2=60)
    assert found(gpus, facts(), kin=(60,)) == "m??n"
    assert found(gpus, facts(CUDA_VISIBLE_DEVICES="0,1"), kin=(60,)) == "m?nn"


def test_a_driver_that_does_not_say_leaves_it_open() -> None:
    assert found(devices(g0=50, g1=None), facts()) == "m?nn"


@pytest.mark.parametrize("role", ["worker", "helper", "sampler"])
def test_bystanders_claim_nothing(role: str) -> None:
    process = replace(TRAIN, role=role)
    known = {50: facts(CUDA_VISIBLE_DEVICES="1")}
    assert holdings(Scene(GPUS, devices(), (process,), known)) == {}


def test_instances_are_told_apart_from_their_device() -> None:
    infos = (*GPUS, GpuInfo(0, "MIG-a", "H100 MIG", instance=0, parent_uuid="GPU-0"))
    rows = (*devices(g0=50), GpuSample(0, "MIG-a", "H100 MIG", processes=(GpuProcess(50),), instance=0))
    process = DeviceMap(infos, rows, [50]).place(TRAIN, facts())
    told = holdings(Scene(infos, rows, (process,), {50: facts()}))
    assert (told["GPU-0"], told["MIG-a"], told["GPU-1"]) == (False, True, False)
