"""The whole sampler on a driver in C, through the real binding, the dynamic loader and real processes."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from pathlib import Path

import orjson
import pytest

from collectors import launch
from collectors.occupants import in_own_namespace
from collectors.ownership import owners
from collectors.samples import Hello, Sample
from tests.collectors.conftest import MakeNvml
from tests.collectors.fake_nvml.fake_nvml import (
    BRANCHES,
    CRASH,
    DRIVER_NOT_LOADED,
    GPU_IS_LOST,
    MISMATCH,
    NO_PERMISSION,
    UNINITIALIZED,
    UNKNOWN,
    FakeNvml,
)
from tests.collectors.running import DEADLINE, Running, gone

pytestmark = pytest.mark.needs_cc

FAST = ("--interval", "0.15")


def sampling(nvml: FakeNvml, *arguments: str) -> Running:
    return Running(*FAST, *arguments, env=nvml.env())


def value(sample: Sample, metric: str, index: int = 0) -> float | None:
    return sample.gpus[index].values.get(metric) if sample.gpus else None


def test_values_change_live(make_nvml: MakeNvml) -> None:
    nvml = make_nvml(2)
    nvml[0].set(util_gpu=97, util_mem=44, power=693_210, temp=74, mem_used=71 << 30, reasons=0x4)
    with sampling(nvml) as sampler:
        hello = sampler.line()
        assert isinstance(hello, Hello)
        assert [info.uuid for info in hello.gpus] == [nvml.uuid(0), nvml.uuid(1)]
        sample = sampler.sample(lambda sample: bool(sample.gpus))
        assert (value(sample, "util"), value(sample, "power"), value(sample, "memory_used")) == (97, 693.2, 71 << 30)
        assert sample.gpus[0].reasons == ("sw_power_cap",)
        assert ("fan", "NotSupported") in {(gap.metric, gap.why) for gap in sample.gaps}
        nvml[1].set(power=555_000)
        sampler.sample(lambda sample: value(sample, "power", 1) == 555)
        assert nvml.calls()["pcie_tx"] == nvml.calls()["pcie_rx"] == 0


def test_once_has_everything_in_one_sample(make_nvml: MakeNvml) -> None:
    nvml = make_nvml(1)
    nvml[0].gpm({2: 88.5, 5: 41.2, 10: 60.0, 21: 3.0})
    with Running("--once", env=nvml.env()) as sampler:
        sample = sampler.sample()
        assert sampler.process.wait(DEADLINE) == 0
    assert (value(sample, "sm_active"), value(sample, "tensor_active")) == (88.5, 41.2)
    assert value(sample, "pcie_rx") == 3 << 20
    assert nvml.calls()["gpm_alloc"] == nvml.calls()["gpm_free"] == 2
    assert nvml.calls()["shutdown"] == 0, "shutting a driver down may hang: the process just ends"


def test_sixteen_devices(make_nvml: MakeNvml) -> None:
    nvml = make_nvml(16)
    for index in range(16):
        nvml[index].set(util_gpu=index)
    with sampling(nvml) as sampler:
        sample = sampler.sample(lambda sample: bool(sample.gpus))
    assert [gpu.values["util"] for gpu in sample.gpus] == list(range(16))
    assert [gpu.label for gpu in sample.gpus] == [str(index) for index in range(16)]


def test_processes_have_names_and_owners(make_nvml: MakeNvml) -> None:
    nvml = make_nvml(4)
    nvml[0].processes({"pid": os.getpid(), "mem": 70 << 30, "sm": 96})
    nvml[1].processes({"pid": 1, "mem": 5 << 30})
    nvml[2].processes({"pid": 2**22 + 1, "mem": 5 << 30})
    nvml[3].set(mem_used=0)
    with sampling(nvml, "--run-pid", str(os.getpid())) as sampler:
        sample = sampler.sample(lambda sample: bool(sample.gpus))
    (mine,) = sample.gpus[0].processes or ()
    assert (mine.pid, mine.memory, mine.sm) == (os.getpid(), 70 << 30, 96)
    run = next(process for process in sample.processes if process.pid == os.getpid())
    assert (run.gpus, run.via) == ((nvml.uuid(0),), "driver")
    visible = "hidden" if in_own_namespace() else "other"
    assert [owner.kind for owner in owners(sample).values()] == ["run", visible, "hidden", "free"]


def test_mig(make_nvml: MakeNvml) -> None:
    nvml = make_nvml(2)
    nvml.split(1, 2)
    instance = nvml[nvml.first_instance + 5]
    instance.gpm({2: 33.0})
    instance.processes({"pid": os.getpid(), "mem": 2 << 30})
    with sampling(nvml) as sampler:
        hello = sampler.line()
        assert isinstance(hello, Hello)
        sample = sampler.sample(lambda sample: bool(sample.gpus) and "sm_active" in sample.gpus[3].values)
    assert [info.label for info in hello.gpus] == ["0", "1", "1:0", "1:1"]
    assert {(info.driver, info.cuda) for info in hello.gpus} == {("580.95.05", "13.0")}
    assert [info.parent_uuid for info in hello.gpus] == [None, None, nvml.uuid(1), nvml.uuid(1)]
    assert sample.gpus[3].values == {"memory_used": 2 << 30, "memory_total": 10 << 30, "sm_active": 33} | dict.fromkeys(
        ("sm_occupancy", "tensor_active", "dram_active", "fp64_active", "fp32_active", "fp16_active"), 0
    ) | dict.fromkeys(("pcie_tx", "pcie_rx", "nvlink_tx", "nvlink_rx"), 0)
    assert [process.pid for process in sample.gpus[3].processes or ()] == [os.getpid()]
    assert "util" not in sample.gpus[1].values


SINCE = {
    "processes": 450,
    "remapped_rows": 450,
    "mig": 450,
    "events": 450,
    "gpm": 535,
    "temperature_margin": 580,
}
"""What older drivers do not know, and the branch that brought it."""


@pytest.mark.parametrize("branch", BRANCHES)
def test_every_branch_of_drivers_says_what_it_knows(make_nvml: MakeNvml, branch: int) -> None:
    nvml = make_nvml(1, branch)
    nvml[0].set(temp=61, reasons=0x20)
    nvml[0].processes({"pid": os.getpid(), "mem": 1 << 30, "sm": 12})
    with sampling(nvml) as sampler:
        sample = sampler.sample(lambda sample: bool(sample.gpus))
    reserved = 0 if branch >= 535 else 500 << 20
    assert (value(sample, "temperature"), value(sample, "memory_used")) == (61, (1 << 30) + reserved)
    assert (value(sample, "temperature_memory"), value(sample, "recovery")) == (37, 0)
    assert sample.gpus[0].reasons == ("sw_thermal",)
    shares = [process.sm for process in sample.gpus[0].processes or ()]
    assert shares == ([12] if branch >= SINCE["processes"] else [])
    unknown = {gap.metric for gap in sample.gaps if gap.why == "FunctionNotFound"}
    assert unknown & SINCE.keys() == {metric for metric, since in SINCE.items() if branch < since}


def test_permission_denied_on_one_device(make_nvml: MakeNvml) -> None:
    nvml = make_nvml(2)
    nvml[0].fail(NO_PERMISSION, "handle")
    with sampling(nvml) as sampler:
        sample = sampler.sample(lambda sample: bool(sample.gpus))
    assert [gpu.index for gpu in sample.gpus] == [1]
    assert ("index:0", "NoPermission") in {(gap.uuid, gap.why) for gap in sample.gaps}


def test_lost_device_while_the_other_goes_on_and_comes_back(make_nvml: MakeNvml) -> None:
    nvml = make_nvml(2)
    with sampling(nvml) as sampler:
        sampler.sample(lambda sample: bool(sample.gpus))
        nvml[1].fail(GPU_IS_LOST)
        sample = sampler.sample(lambda sample: bool(sample.gpus) and sample.gpus[1].status == "lost")
        assert sample.gpus[0].status == "ok"
        assert sample.gpus[0].values
        before = sum(nvml.calls(1).values())
        sampler.sample()
        assert sum(nvml.calls(1).values()) - before <= 1, "at most one probe of a lost device in its back-off"
        nvml[1].fail(0)
        sampler.sample(lambda sample: bool(sample.gpus) and sample.gpus[1].status == "ok")


def test_transient_error_passes(make_nvml: MakeNvml) -> None:
    nvml = make_nvml(1)
    with sampling(nvml) as sampler:
        nvml[0].fail(UNKNOWN, "power")
        sample = sampler.sample(lambda sample: bool(sample.gpus) and "power" not in sample.gpus[0].values)
        assert ("power", "Unknown") in {(gap.metric, gap.why) for gap in sample.gaps}
        nvml[0].fail(0, "power")
        sampler.sample(lambda sample: value(sample, "power") == 70)


def test_xid_is_told(make_nvml: MakeNvml) -> None:
    nvml = make_nvml(2)
    with sampling(nvml) as sampler:
        sampler.sample(lambda sample: bool(sample.gpus))
        nvml.xid(1, 79)
        (event,) = sampler.sample(lambda sample: bool(sample.events)).events
    assert (event.uuid, event.kind, event.code) == (nvml.uuid(1), "xid", 79)


def test_hung_call_never_stops_the_host_and_is_overcome(make_nvml: MakeNvml) -> None:
    nvml = make_nvml(2)
    with sampling(nvml, "--stall", "0.4") as sampler:
        sampler.sample(lambda sample: bool(sample.gpus))
        stuck = sampler.reader()
        nvml[0].slow(600_000, "power")
        assert sampler.state("stalled").why == "a driver call does not return"
        sample = sampler.sample()
        assert "memory/used" in sample.host
        assert sample.gpus == ()
        nvml[0].slow(0, "power")
        assert "killed" in sampler.state("restarting").why
        assert gone(stuck)
        sampler.sample(lambda sample: bool(sample.gpus))


def test_crash_in_the_driver_is_overcome(make_nvml: MakeNvml) -> None:
    nvml = make_nvml(1)
    with sampling(nvml) as sampler:
        sampler.sample(lambda sample: bool(sample.gpus))
        nvml[0].fail(CRASH, "temp")
        assert sampler.state("restarting").why == "the reader died of signal 11"
        assert "memory/used" in sampler.sample().host
        nvml[0].fail(0, "temp")
        sampler.sample(lambda sample: bool(sample.gpus))


@pytest.mark.parametrize("code", [DRIVER_NOT_LOADED, UNINITIALIZED])
def test_driver_that_goes_away_and_comes_back(make_nvml: MakeNvml, code: int) -> None:
    nvml = make_nvml(2)
    with sampling(nvml) as sampler:
        sampler.sample(lambda sample: bool(sample.gpus))
        nvml[0].fail(DRIVER_NOT_LOADED, "init")
        nvml[1].fail(code, "util_gpu")
        assert "NVIDIA driver" in sampler.state("unavailable").why
        assert "memory/used" in sampler.sample().host
        nvml[0].fail(0, "init")
        nvml[1].fail(0, "util_gpu")
        sampler.sample(lambda sample: bool(sample.gpus))


@pytest.mark.parametrize(("code", "why"), [(DRIVER_NOT_LOADED, "not loaded"), (MISMATCH, "differ in version")])
def test_driver_that_does_not_start(make_nvml: MakeNvml, code: int, why: str) -> None:
    nvml = make_nvml(1)
    nvml[0].fail(code, "init")
    with sampling(nvml) as sampler:
        assert why in sampler.state("unavailable").why
        assert "memory/used" in sampler.sample().host


def test_rows_of_devices(make_nvml: MakeNvml, tmp_path: Path) -> None:
    nvml = make_nvml(2)
    nvml[0].set(util_gpu=55, energy=3_600_000)
    out = tmp_path / "system.jsonl"
    with Running("--interval", "0.15", "--out", str(out), env=nvml.env()) as sampler:
        while not out.exists() or out.read_bytes().count(b"\n") < 3:
            assert sampler.process.poll() is None
        assert sampler.end() == 0
    hello, sample, *_ = [orjson.loads(line) for line in out.read_bytes().splitlines()]
    assert [gpu["uuid"] for gpu in hello["gpus"]] == [nvml.uuid(0), nvml.uuid(1)]
    assert (sample["gpu/0/util"], sample["gpu/0/energy"], sample["gpu/1/power"]) == (55, 3600, 70)


PARENT = """
import subprocess, sys, time
child = subprocess.Popen([*sys.argv[1:], "--parent", str(__import__("os").getpid())])
time.sleep(600)
"""


def test_nothing_outlives_a_killed_parent_even_in_a_driver_call(make_nvml: MakeNvml) -> None:
    nvml = make_nvml(1)
    command = launch.command("collectors", *FAST)
    env = launch.environment(nvml.env())
    parent = subprocess.Popen([sys.executable, "-c", PARENT, *command], stdout=subprocess.PIPE, env=env)
    assert parent.stdout is not None
    hello = orjson.loads(parent.stdout.readline())
    sampler = hello["pid"]
    reader = next(iter(_children(sampler)))
    calls = nvml.calls()["power"]
    nvml[0].slow(600_000, "power")
    while nvml.calls()["power"] == calls:
        assert parent.stdout.readline()
    parent.send_signal(signal.SIGKILL)
    parent.wait(DEADLINE)
    parent.stdout.close()
    assert gone(sampler)
    assert gone(reader)


def _children(pid: int) -> list[int]:
    children = Path(f"/proc/{pid}/task/{pid}/children")
    return [int(word) for word in children.read_text().split()]
