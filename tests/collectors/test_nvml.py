"""The NVML backend on a library in Python, through the real nvidia-ml-py."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Iterator, Sequence
from itertools import pairwise
from pathlib import Path

import pytest

from collectors import launch
from collectors.backend import BackendUnavailable, Gap, GpuSample
from collectors.nvml import LAYOUT, NvmlBackend
from collectors.nvml_device import LONGEST_BACKOFF, SLOW
from collectors.nvml_processes import ProcessReader
from collectors.visible import visible_devices
from tests.collectors.pyfake_nvml import (
    DRIVER_NOT_LOADED,
    GPU_IS_LOST,
    INVALID,
    NO_PERMISSION,
    NOT_SUPPORTED,
    RESET_REQUIRED,
    UNINITIALIZED,
    UNKNOWN,
    Err,
    PyFakeNvml,
    installed,
    stamp,
)

OLD = (
    "nvmlDeviceGetMemoryInfo_v2",
    "nvmlDeviceGetTemperatureV",
    "nvmlDeviceGetComputeRunningProcesses_v3",
    "nvmlDeviceGetGraphicsRunningProcesses_v3",
    "nvmlDeviceGetMPSComputeRunningProcesses_v3",
    "nvmlDeviceGetCurrentClocksEventReasons",
    "nvmlGpmQueryDeviceSupport",
    "nvmlDeviceGetMarginTemperature",
)
"""Symbols that drivers before 515 do not export."""


@pytest.fixture
def nvml() -> Iterator[PyFakeNvml]:
    with installed(PyFakeNvml(2)) as fake:
        yield fake


def opened(now: float = 0.0) -> NvmlBackend:
    backend = NvmlBackend()
    backend.open(now)
    return backend


def gaps(backend: NvmlBackend) -> dict[tuple[str, str], str]:
    return {(gap.uuid, gap.metric): gap.why for gap in backend.gaps()}


def uuid(index: int) -> str:
    return f"GPU-{index:012x}"


def test_infos_hold_what_stays_the_same(nvml: PyFakeNvml) -> None:
    first, second = opened().infos()
    assert (first.index, first.uuid, first.name) == (0, uuid(0), "NVIDIA H100 80GB HBM3")
    assert (second.minor, second.bus_id, second.driver) == (1, "00000000:11:00.0", "580.95.05")
    assert (first.power_limit, first.memory_total, first.temperature_slowdown) == (700.0, 80 << 30, 87)
    assert (first.label, first.instance, first.parent_uuid) == ("0", None, None)


def test_sample_in_our_units(nvml: PyFakeNvml) -> None:
    nvml.gpus[0].update(util=(97, 44), power=612_345, temperature=64, energy=1_234_567, reasons=0x4 | 0x40)
    values = opened().sample(1.0)[0].values
    assert values["util"] == 97
    assert values["memory_util"] == 44
    assert values["memory_used"] == 1 << 30
    assert values["memory_total"] == 80 << 30
    assert values["power"] == pytest.approx(612.345)
    assert values["power_limit"] == 700
    assert values["temperature"] == 64
    assert values["sm_clock"] == 1980
    assert values["memory_clock"] == 2619
    assert values["energy"] == pytest.approx(1234.567)


def test_reasons_in_words(nvml: PyFakeNvml) -> None:
    nvml.gpus[0]["reasons"] = 0x4 | 0x40
    first, second = opened().sample(1.0)
    assert first.reasons == ("sw_power_cap", "hw_thermal")
    assert second.reasons == ()


def test_ecc_and_remapped_rows(nvml: PyFakeNvml) -> None:
    nvml.gpus[0].update(ecc=(3, 1), remapped=(1, 2, 1, 0))
    values = opened().sample(1.0)[0].values
    assert (values["ecc_corrected"], values["ecc_uncorrected"]) == (3, 1)
    assert (values["remapped_rows"], values["remap_pending"], values["remap_failed"]) == (3, 1, 0)


def test_unsupported_is_absent_with_a_reason_and_never_asked_again(nvml: PyFakeNvml) -> None:
    backend = opened()
    assert "fan" not in backend.sample(0.0)[0].values
    assert gaps(backend)[uuid(0), "fan"] == "NotSupported"
    asked = nvml.calls["nvmlDeviceGetFanSpeed"]
    nvml.gpus[0]["fan"] = 30
    backend.sample(SLOW)
    assert nvml.calls["nvmlDeviceGetFanSpeed"] == asked
    assert asked == 2


def test_what_the_driver_says_as_fields(nvml: PyFakeNvml) -> None:
    nvml.gpus[0]["fields"] = {82: 71, 230: 1}
    values = opened().sample(1.0)[0].values
    assert (values["temperature_memory"], values["recovery"]) == (71, 1)


def test_a_field_that_is_not_supported_is_not_asked_again(nvml: PyFakeNvml) -> None:
    nvml.gpus[0]["fields"] = {82: Err(UNKNOWN), 230: Err(NOT_SUPPORTED)}
    backend = opened()
    values = backend.sample(0.0)[0].values
    assert not {"temperature_memory", "recovery"} & values.keys()
    found = gaps(backend)
    assert (found[uuid(0), "temperature_memory"], found[uuid(0), "recovery"]) == ("Unknown", "NotSupported")
    nvml.gpus[0]["fields"] = {82: 40, 230: 0}
    values = backend.sample(SLOW)[0].values
    assert (values["temperature_memory"], "recovery" in values) == (40, False)
    assert (uuid(0), "temperature_memory") not in gaps(backend)


def test_fields_are_left_alone_where_none_is_supported(nvml: PyFakeNvml) -> None:
    for board in nvml.gpus:
        board["fields"] = {}
    backend = opened()
    backend.sample(0.0)
    asked = nvml.calls["nvmlDeviceGetFieldValues"]
    backend.sample(SLOW)
    assert nvml.calls["nvmlDeviceGetFieldValues"] == asked


def test_transient_failure_is_absent_once_and_retried(nvml: PyFakeNvml) -> None:
    backend = opened()
    nvml.gpus[0]["power"] = Err(UNKNOWN)
    sample = backend.sample(1.0)[0]
    assert "power" not in sample.values
    assert sample.values["temperature"] == 35
    assert gaps(backend)[uuid(0), "power"] == "Unknown"
    nvml.gpus[0]["power"] = 300_000
    assert backend.sample(2.0)[0].values["power"] == 300
    assert (uuid(0), "power") not in gaps(backend)


def test_old_driver_is_read_through_the_old_calls() -> None:
    with installed(PyFakeNvml(1, OLD)) as nvml:
        nvml.gpus[0].update(processes=[(7, 1 << 30)], reasons=0x20, temperature=70)
        backend = opened()
        sample = backend.sample(1.0)[0]
    assert sample.values["temperature"] == 70
    assert sample.values["memory_used"] == (1 << 30) + (500 << 20)
    assert sample.reasons == ("sw_thermal",)
    assert sample.processes is not None
    assert [process.pid for process in sample.processes] == [7]
    assert gaps(backend)[uuid(0), "gpm"] == "FunctionNotFound"


def test_unified_memory_has_no_memory_of_its_own(nvml: PyFakeNvml) -> None:
    nvml.gpus[0]["memory"] = (0, 0, 0)
    assert "memory_used" not in opened().sample(1.0)[0].values


def test_processes_with_memory_and_share(nvml: PyFakeNvml) -> None:
    nvml.gpus[0].update(
        processes=[(11, 70 << 30), (12, 0xFFFFFFFFFFFFFFFF)], shares=[(11, 95, stamp()), (11, 40, stamp(1))]
    )
    processes = opened().sample(1.0)[0].processes
    assert processes is not None
    first, second = processes
    assert (first.pid, first.memory, first.sm, first.kind) == (11, 70 << 30, 95, "compute")
    assert (second.memory, second.sm) == (None, 0)


def test_junk_shares_are_left_out(nvml: PyFakeNvml) -> None:
    nvml.gpus[0].update(processes=[(11, 1)], shares=[(11, 250, stamp()), (11, 60, stamp(1)), (99, 80, stamp())])
    processes = opened().sample(1.0)[0].processes
    assert processes is not None
    assert [(process.pid, process.sm) for process in processes] == [(11, 60)]


def test_each_process_is_sampled_at_moments_of_its_own(nvml: PyFakeNvml) -> None:
    backend = opened()
    nvml.gpus[0].update(processes=[(11, 1), (12, 1)], shares=[(11, 90, stamp(0.1)), (12, 7, stamp(0.9))])
    for now in (1.0, 2.0):
        processes = backend.sample(now)[0].processes or ()
        assert [(process.pid, process.sm) for process in processes] == [(11, 90), (12, 7)]


def test_rows_that_the_driver_did_not_fill_are_left_out(nvml: PyFakeNvml) -> None:
    nvml.empty_rows = 90
    nvml.gpus[0].update(processes=[(11, 1)], shares=[(11, 60, stamp())])
    assert [process.sm for process in opened().sample(1.0)[0].processes or ()] == [60]


def test_a_share_of_long_ago_means_that_the_process_idles(nvml: PyFakeNvml) -> None:
    moments = iter([100.0, 101.0, 104.0])
    nvml.gpus[0].update(processes=[(11, 1)], shares=[(11, 90, 100_500_000)])
    reader = ProcessReader(opened()._boards[0].device.calls, clock=lambda: next(moments))
    shares = [[process.sm for process in reader.read(slow=False) or ()] for _ in range(3)]
    assert shares == [[90], [90], [0]]


def test_the_fastest_state_is_a_number_and_an_unknown_one_is_none(nvml: PyFakeNvml) -> None:
    nvml.gpus[1]["pstate"] = 32
    first, second = opened().sample(1.0)
    assert first.values["pstate"] == 0
    assert "pstate" not in second.values


def test_a_new_call_that_refuses_its_argument_leaves_it_to_the_older_one(nvml: PyFakeNvml) -> None:
    backend = opened()
    nvml.refuse("nvmlDeviceGetTemperatureV", INVALID)
    assert backend.sample(1.0)[0].values["temperature"] == 35
    assert (uuid(0), "temperature") not in gaps(backend)


def test_share_falls_back_to_the_newer_call(nvml: PyFakeNvml) -> None:
    rows = [(11, 77, stamp())]
    nvml.gpus[0].update(processes=[(11, 1)], shares=Err(NOT_SUPPORTED), shares_info=rows)
    assert [process.sm for process in opened().sample(1.0)[0].processes or ()] == [77]


def test_share_is_unknown_where_no_call_is_supported(nvml: PyFakeNvml) -> None:
    nvml.gpus[0].update(processes=[(11, 1)], shares=Err(NOT_SUPPORTED))
    backend = opened()
    assert [process.sm for process in backend.sample(1.0)[0].processes or ()] == [None]
    assert gaps(backend)[uuid(0), "process_sm"] == "NotSupported"
    calls = nvml.calls["nvmlDeviceGetProcessUtilization"]
    backend.sample(2.0)
    assert nvml.calls["nvmlDeviceGetProcessUtilization"] == calls


def test_graphics_processes_too(nvml: PyFakeNvml) -> None:
    nvml.gpus[0].update(processes=[(11, 1)], graphics=[(5, 30 << 20)], mps=[(6, 2)])
    processes = opened().sample(1.0)[0].processes
    assert processes is not None
    assert [(process.pid, process.kind) for process in processes] == [(5, "graphics"), (6, "mps"), (11, "compute")]


def test_processes_are_unknown_without_permission(nvml: PyFakeNvml) -> None:
    nvml.gpus[0]["processes"] = Err(NO_PERMISSION)
    backend = opened()
    first, second = backend.sample(1.0)
    assert first.processes is None
    assert second.processes == ()
    assert gaps(backend)[uuid(0), "processes"] == "NoPermission"


def test_pcie_throughput_is_never_asked_in_a_tick(nvml: PyFakeNvml) -> None:
    backend = opened()
    for tick in range(12):
        backend.sample(float(tick))
    assert nvml.calls["nvmlDeviceGetPcieThroughput"] == 0
    assert nvml.calls["nvmlDeviceGetPowerUsage"] == 24


def test_slow_questions_are_asked_seldom_and_stand_in_between(nvml: PyFakeNvml) -> None:
    backend = opened()
    samples = [backend.sample(float(tick))[0] for tick in range(10)]
    assert nvml.calls["nvmlDeviceGetTotalEnergyConsumption"] == 2 * 2
    assert all(sample.values["energy"] == 5000 for sample in samples)


def test_lost_device_says_so_and_the_other_goes_on(nvml: PyFakeNvml) -> None:
    backend = opened()
    nvml.gpus[1].update(dict.fromkeys(nvml.gpus[1], Err(GPU_IS_LOST)) | {"uuid": nvml.gpus[1]["uuid"]})
    first, second = backend.sample(1.0)
    assert (first.status, second.status) == ("ok", "lost")
    assert not second.values
    assert second.uuid == uuid(1)


def test_reset_required_is_told_apart(nvml: PyFakeNvml) -> None:
    backend = opened()
    nvml.gpus[0]["power"] = Err(RESET_REQUIRED)
    assert backend.sample(1.0)[0].status == "reset required"


def test_no_call_to_a_lost_device_during_its_back_off() -> None:
    with installed(PyFakeNvml(1)) as nvml:
        backend = opened()
        nvml.gpus[0].update(dict.fromkeys(("util", "handle"), Err(GPU_IS_LOST)))
        backend.sample(LAYOUT)
        before = nvml.calls.copy()
        assert backend.sample(LAYOUT + 0.9)[0].status == "lost"
        assert nvml.calls == before
        backend.sample(LAYOUT + 1.1)
        assert nvml.calls - before == {"nvmlDeviceGetHandleByUUID": 1}


def test_back_off_doubles_and_is_bounded(nvml: PyFakeNvml) -> None:
    backend = opened()
    nvml.gpus[0].update(dict.fromkeys(("util", "handle"), Err(GPU_IS_LOST)))
    asked = [now for now in range(400) if _asks(backend, nvml, float(now))]
    waits = [after - before for before, after in pairwise(asked)]
    assert waits[:4] == [1, 2, 4, 8]
    assert max(waits) == LONGEST_BACKOFF


def _asks(backend: NvmlBackend, nvml: PyFakeNvml, now: float) -> bool:
    names = ("nvmlDeviceGetUtilizationRates", "nvmlDeviceGetHandleByUUID")
    before = sum(nvml.calls[name] for name in names)
    backend.sample(now)
    return sum(nvml.calls[name] for name in names) - before > 1


def test_lost_device_comes_back(nvml: PyFakeNvml) -> None:
    backend = opened()
    nvml.gpus[0]["util"] = Err(GPU_IS_LOST)
    assert backend.sample(1.0)[0].status == "lost"
    nvml.gpus[0]["util"] = (50, 10)
    sample = backend.sample(2.5)[0]
    assert (sample.status, sample.values["util"]) == ("ok", 50)


@pytest.mark.parametrize("code", [UNINITIALIZED, DRIVER_NOT_LOADED])
def test_driver_that_goes_away_is_unavailable(nvml: PyFakeNvml, code: int) -> None:
    backend = opened()
    nvml.gpus[1]["temperature"] = Err(code)
    with pytest.raises(BackendUnavailable, match="NVIDIA driver"):
        backend.sample(1.0)


@pytest.mark.parametrize("code", [GPU_IS_LOST, UNKNOWN])
def test_device_that_was_lost_before_we_looked_is_shown_as_lost(nvml: PyFakeNvml, code: int) -> None:
    """Fallen off the bus ("unable to determine the device handle", says nvidia-smi), and still in the machine."""
    nvml.gpus[0]["handle"] = Err(code)
    backend = opened()
    lost, other = backend.sample(0.0)
    assert (lost.index, lost.label, lost.status, lost.values) == (0, "0", "lost", {})
    assert other.status == "ok"
    assert [info.uuid for info in backend.infos()] == [lost.uuid, other.uuid]
    assert visible_devices({"CUDA_VISIBLE_DEVICES": "0"}, backend.infos()).uuids == (other.uuid,)
    nvml.gpus[0]["handle"] = 0
    assert [(gpu.uuid, gpu.status) for gpu in backend.sample(LAYOUT)] == [(uuid(0), "ok"), (uuid(1), "ok")]


def test_device_without_permission_does_not_hide_the_others(nvml: PyFakeNvml) -> None:
    nvml.gpus[0]["handle"] = Err(NO_PERMISSION)
    backend = opened()
    assert [info.index for info in backend.infos()] == [1]
    assert Gap("index:0", "*", "NoPermission") in backend.gaps()
    nvml.gpus[0]["handle"] = 0
    backend.sample(LAYOUT)
    assert [info.index for info in backend.infos()] == [0, 1]
    assert Gap("index:0", "*", "NoPermission") not in backend.gaps()


@pytest.mark.parametrize(
    ("code", "why"),
    [
        (DRIVER_NOT_LOADED, "not loaded"),
        (18, "differ in version"),
        (12, "libnvidia-ml.so.1 was not found"),
        (4, "NoPermission"),
    ],
)
def test_no_driver_is_one_line_that_says_why(code: int, why: str) -> None:
    fake = PyFakeNvml(1)
    fake.init = code
    with installed(fake), pytest.raises(BackendUnavailable, match=why):
        opened()


def test_driver_without_devices_is_unavailable() -> None:
    with installed(PyFakeNvml(0)), pytest.raises(BackendUnavailable, match="no device"):
        opened()


def test_energy_is_integrated_where_there_is_no_counter(nvml: PyFakeNvml) -> None:
    nvml.gpus[0].update(energy=Err(NOT_SUPPORTED), power=100_000)
    backend = opened()
    assert backend.sample(0.0)[0].values["energy"] == 0
    nvml.gpus[0]["power"] = 300_000
    assert backend.sample(10.0)[0].values["energy"] == pytest.approx(2000)
    assert gaps(backend)[uuid(0), "energy"] == "NotSupported"


def test_energy_counter_that_fails_once_is_not_replaced_by_another(nvml: PyFakeNvml) -> None:
    backend = opened()
    backend.sample(0.0)
    nvml.gpus[0]["energy"] = Err(UNKNOWN)
    assert "energy" not in backend.sample(SLOW)[0].values


def test_events_name_their_device(nvml: PyFakeNvml) -> None:
    backend = opened()
    nvml.events = [(1, 0x8, 79), (0, 0x2, 0)]
    assert [(event.uuid, event.kind, event.code) for event in backend.events()] == [
        (uuid(1), "xid", 79),
        (uuid(0), "ecc uncorrected", 0),
    ]
    assert backend.events() == []


def test_an_event_of_a_handle_that_is_not_ours_is_asked_for_its_name(nvml: PyFakeNvml) -> None:
    split(nvml, 0, 2)
    backend = opened()
    nvml.events = [(101, 0x8, 13)]
    assert [(event.uuid, event.code) for event in backend.events()] == [("MIG-0-2", 13)]
    nvml.events = [(55, 0x8, 13)]
    assert [event.uuid for event in backend.events()] == ["?"]


def test_a_driver_that_cannot_be_listened_to_leaves_a_gap() -> None:
    with installed(PyFakeNvml(1, ("nvmlEventSetWait_v2",))):
        backend = opened()
        assert not backend.events()
        assert not backend.events()
        assert [gap.why for gap in backend.gaps() if gap.metric == "events"] == ["FunctionNotFound"]


def test_events_that_are_not_allowed_leave_a_gap(nvml: PyFakeNvml) -> None:
    nvml.gpus[0]["events"] = Err(NO_PERMISSION)
    backend = opened()
    assert Gap(uuid(0), "events", "NoPermission") in backend.gaps()
    nvml.events = [(1, 0x8, 43)]
    assert [event.code for event in backend.events()] == [43]


def split(nvml: PyFakeNvml, index: int, *numbers: int) -> None:
    """Cut a board into MIG instances of 10 GiB."""
    nvml.gpus[index].update(mig=1, util=Err(NOT_SUPPORTED))
    nvml.gpus[index]["instances"] = {
        number: {
            "name": b"NVIDIA H100 80GB HBM3 MIG 1g.10gb",
            "uuid": b"MIG-%d-%d" % (index, number),
            "memory": (10 << 30, 0, number << 30),
            "processes": [(100 + number, 0xFFFFFFFFFFFFFFFF)],
            "gi": number + 7,
            "gpm": {2: 10.0 * number},
        }
        for number in numbers
    }


def test_mig_instances_are_rows_of_their_own(nvml: PyFakeNvml) -> None:
    split(nvml, 0, 1, 3)
    backend = opened()
    assert [info.label for info in backend.infos()] == ["0", "0:1", "0:3", "1"]
    part = backend.infos()[1]
    assert (part.uuid, part.parent_uuid, part.memory_total) == ("MIG-0-1", uuid(0), 10 << 30)
    backend.sample(0.0)
    rows = {row.label: row for row in backend.sample(1.0)}
    assert rows["0:3"].values == {"memory_used": 3 << 30, "memory_total": 10 << 30, "sm_active": 30.0}
    assert [(process.pid, process.memory) for process in rows["0:1"].processes or ()] == [(101, None)]
    assert "util" not in rows["0"].values
    assert "power" in rows["0"].values


def test_mig_layout_may_change(nvml: PyFakeNvml) -> None:
    nvml.gpus[1]["mig"] = 0
    backend = opened()
    backend.sample(0.0)
    split(nvml, 1, 0)
    backend.sample(LAYOUT)
    assert [info.label for info in backend.infos()] == ["0", "1", "1:0"]
    nvml.gpus[1].update(mig=0, util=(12, 0), instances={})
    assert backend.sample(2 * LAYOUT)[1].values["util"] == 12
    assert [info.label for info in backend.infos()] == ["0", "1"]


def test_what_a_split_device_does_not_say_is_asked_again_when_it_is_whole(nvml: PyFakeNvml) -> None:
    split(nvml, 1, 0)
    nvml.gpus[1].update(gpm=Err(NOT_SUPPORTED), shares=Err(NOT_SUPPORTED), processes=[(11, 1)])
    backend = opened()
    assert [process.sm for process in backend.sample(0.0)[1].processes or ()] == [None]
    nvml.gpus[1].update(mig=0, instances={}, gpm={2: 40.0}, shares=[(11, 30, stamp())])
    backend.sample(LAYOUT)
    sample = backend.sample(LAYOUT + 1)[1]
    assert sample.values["sm_active"] == 40
    assert [process.sm for process in sample.processes or ()] == [30]


def test_instances_of_a_lost_device_are_lost(nvml: PyFakeNvml) -> None:
    split(nvml, 0, 0)
    backend = opened()
    nvml.gpus[0]["memory"] = Err(GPU_IS_LOST)
    assert statuses(backend.sample(1.0)) == {"0": "lost", "0:0": "lost", "1": "ok"}


def statuses(samples: Sequence[GpuSample]) -> dict[str, str]:
    return {sample.label: sample.status for sample in samples}


def test_close_gives_everything_back(nvml: PyFakeNvml) -> None:
    split(nvml, 0, 0, 1)
    backend = opened()
    backend.sample(0.0)
    backend.sample(1.0)
    assert nvml.buffers
    backend.close()
    assert not nvml.buffers


def test_old_binding_that_shadows_ours_is_named(tmp_path: Path) -> None:
    package = tmp_path / "pynvml"
    package.mkdir()
    (package / "__init__.py").write_text("class NVMLError(Exception): pass\ndef nvmlInit(): pass\n")
    code = (
        "from collectors.nvml import NvmlBackend\nfrom collectors.backend import BackendUnavailable\n"
        "try: NvmlBackend().open(0.0)\nexcept BackendUnavailable as gone: print(gone)"
    )
    env = launch.environment()
    env["PYTHONPATH"] = f"{tmp_path}:{env.get('PYTHONPATH', '')}"
    shown = subprocess.run(
        [sys.executable, "-c", code], env=env, capture_output=True, text=True, check=True, timeout=30
    )
    assert shown.stdout.strip() == f"an old NVML binding shadows nvidia-ml-py: {package / '__init__.py'}"


def test_missing_binding_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "pynvml", None)
    with pytest.raises(BackendUnavailable, match="nvidia-ml-py is not installed"):
        opened()
