from __future__ import annotations

import math
from collections.abc import Iterator

import pynvml
import pytest

from collectors.gpm import Gpm
from collectors.nvml_calls import DeviceCalls, DeviceLostError, Driver
from collectors.nvml_links import LinkCounters
from tests.collectors.pyfake_nvml import (
    GPU_IS_LOST,
    NO_PERMISSION,
    NOT_SUPPORTED,
    UNKNOWN,
    Err,
    PyFakeNvml,
    installed,
)


@pytest.fixture
def nvml() -> Iterator[PyFakeNvml]:
    with installed(PyFakeNvml(1)) as fake:
        yield fake


def calls() -> DeviceCalls:
    driver = Driver(pynvml)
    driver.call("nvmlInit")
    return DeviceCalls(driver, driver.call("nvmlDeviceGetHandleByIndex", 0), "GPU-0")


def test_first_tick_has_no_values_and_none_sleeps(nvml: PyFakeNvml) -> None:
    gpm = Gpm(calls())
    nvml.gpus[0]["gpm"] = {2: 88.0, 5: 41.5, 10: 60.0, 20: 1.0, 60: 2.0}
    assert gpm.tick(0.0) == {}
    values = gpm.tick(1.0)
    assert values == {
        "sm_active": 88,
        "tensor_active": 41.5,
        "dram_active": 60,
        "pcie_tx": 1 << 20,
        "nvlink_rx": 2 << 20,
    }


def test_ticks_too_close_together_repeat_what_was_said(nvml: PyFakeNvml) -> None:
    gpm = Gpm(calls())
    nvml.gpus[0]["gpm"] = {2: 30.0}
    gpm.tick(0.0)
    assert gpm.tick(0.05) == {}
    gpm.tick(1.0)
    taken = nvml.calls["nvmlGpmSampleGet"]
    assert gpm.tick(1.05) == {"sm_active": 30}
    assert nvml.calls["nvmlGpmSampleGet"] == taken
    assert gpm.tick(1.2) == {"sm_active": 30}
    assert nvml.calls["nvmlGpmSampleGet"] == taken + 1


def test_what_is_no_share_is_absent_and_none_is_above_all(nvml: PyFakeNvml) -> None:
    gpm = Gpm(calls())
    nvml.gpus[0]["gpm"] = {2: math.nan, 3: math.inf, 5: -1.0, 10: 114.2, 20: 300.0}
    gpm.tick(0.0)
    assert gpm.tick(1.0) == {"dram_active": 100, "pcie_tx": 300 << 20}


def test_a_question_for_support_that_fails_once_is_asked_again(nvml: PyFakeNvml) -> None:
    nvml.gpus[0].update(gpm_supported=Err(UNKNOWN), gpm={2: 30.0})
    device = calls()
    gpm = Gpm(device)
    assert gpm.tick(0.0) == {}
    assert [gap.why for gap in device.gaps()] == ["Unknown"]
    nvml.gpus[0]["gpm_supported"] = 1
    gpm.tick(1.0)
    assert gpm.tick(2.0) == {"sm_active": 30}


def test_two_buffers_for_any_number_of_ticks(nvml: PyFakeNvml) -> None:
    gpm = Gpm(calls())
    for tick in range(50):
        gpm.tick(float(tick))
    assert len(nvml.buffers) == nvml.calls["nvmlGpmSampleAlloc"] == 2
    gpm.stop()
    assert not nvml.buffers


def test_board_without_gpm_is_never_sampled(nvml: PyFakeNvml) -> None:
    nvml.gpus[0]["gpm_supported"] = 0
    device = calls()
    gpm = Gpm(device)
    assert gpm.tick(0.0) == gpm.tick(1.0) == {}
    assert nvml.calls["nvmlGpmSampleAlloc"] == nvml.calls["nvmlGpmSampleGet"] == 0
    assert [(gap.metric, gap.why) for gap in device.gaps()] == [("gpm", "NotSupported")]


def test_refusal_leaves_a_gap_and_passes(nvml: PyFakeNvml) -> None:
    device = calls()
    gpm = Gpm(device)
    nvml.gpus[0]["gpm"] = Err(NO_PERMISSION)
    assert gpm.tick(0.0) == {}
    assert [gap.why for gap in device.gaps()] == ["NoPermission"]
    nvml.gpus[0]["gpm"] = {2: 1.0}
    assert gpm.tick(1.0) == {}
    assert gpm.tick(2.0) == {"sm_active": 1}
    assert device.gaps() == []


def test_refusal_for_good_ends_the_asking(nvml: PyFakeNvml) -> None:
    gpm = Gpm(calls())
    nvml.gpus[0]["gpm"] = Err(NOT_SUPPORTED)
    gpm.tick(0.0)
    gpm.tick(1.0)
    assert nvml.calls["nvmlGpmSampleGet"] == 1
    gpm.stop()
    assert not nvml.buffers


def test_lost_device_is_told(nvml: PyFakeNvml) -> None:
    gpm = Gpm(calls())
    nvml.gpus[0]["gpm"] = Err(GPU_IS_LOST)
    with pytest.raises(DeviceLostError):
        gpm.tick(0.0)


def test_links_are_summed_as_rates(nvml: PyFakeNvml) -> None:
    links = LinkCounters(calls())
    nvml.gpus[0].update(links=4, link_counts=(100, 1000))
    assert links.read(0.0) == {}
    nvml.gpus[0]["link_counts"] = (150, 1400)
    assert links.read(5.0) == {"nvlink_tx": 4 * 50 / 5 * 1024, "nvlink_rx": 4 * 400 / 5 * 1024}


def test_board_without_links_has_none(nvml: PyFakeNvml) -> None:
    links = LinkCounters(calls())
    assert links.read(0.0) == links.read(5.0) == {}


def test_links_may_be_refused(nvml: PyFakeNvml) -> None:
    nvml.gpus[0]["links"] = Err(NO_PERMISSION)
    device = calls()
    assert LinkCounters(device).read(0.0) == {}
    assert [(gap.metric, gap.why) for gap in device.gaps()] == [("nvlink", "NoPermission")]
