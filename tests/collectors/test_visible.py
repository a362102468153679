from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from collectors.backend import GpuInfo
from collectors.visible import Visible, visible_devices

NAMES = ("GPU-aaa1", "GPU-abb2", "GPU-ccc3")
ALIKE = [GpuInfo(index, uuid, "H100") for index, uuid in enumerate(NAMES)]
MIXED = [GpuInfo(0, "GPU-aaa1", "H100"), GpuInfo(1, "GPU-abb2", "T4")]
SPLIT = [
    GpuInfo(0, "GPU-aaa1", "A100"),
    GpuInfo(0, "MIG-11", "A100 MIG 1g.5gb", instance=0, parent_uuid="GPU-aaa1"),
    GpuInfo(0, "MIG-12", "A100 MIG 1g.5gb", instance=1, parent_uuid="GPU-aaa1"),
    GpuInfo(1, "GPU-abb2", "A100"),
]


def seen(spec: str | None, devices: list[GpuInfo], **more: str) -> tuple[str, ...]:
    environment = more if spec is None else {"CUDA_VISIBLE_DEVICES": spec, **more}
    return visible_devices(environment, devices).uuids


@pytest.mark.parametrize(
    ("spec", "expected"),
    [
        (None, NAMES),
        ("", ()),
        ("0", ("GPU-aaa1",)),
        ("2,0", ("GPU-ccc3", "GPU-aaa1")),
        (" 1 , 2 ", ("GPU-abb2", "GPU-ccc3")),
        ("1,9,2", ("GPU-abb2",)),
        ("-1", ()),
        ("0,-1,1", ("GPU-aaa1",)),
        ("0,²,1", ("GPU-aaa1",)),
        ("1," + "9" * 5000, ("GPU-abb2",)),
        ("0,0", ()),
        ("GPU-c", ("GPU-ccc3",)),
        ("GPU-a", ()),
        ("GPU-ab,0", ("GPU-abb2", "GPU-aaa1")),
        ("GPU-aaa1,0", ()),
        ("nonsense", ()),
        ("0,NoDevFiles", ("GPU-aaa1",)),
    ],
)
def test_cuda_rules(spec: str | None, expected: tuple[str, ...]) -> None:
    assert seen(spec, ALIKE) == expected


def test_order_of_unlike_models_is_a_guess() -> None:
    assert not visible_devices({"CUDA_VISIBLE_DEVICES": "1"}, MIXED).certain
    assert visible_devices({"CUDA_VISIBLE_DEVICES": "1", "CUDA_DEVICE_ORDER": "PCI_BUS_ID"}, MIXED).certain
    assert visible_devices({"CUDA_VISIBLE_DEVICES": "GPU-abb"}, MIXED).certain
    assert visible_devices({"CUDA_VISIBLE_DEVICES": "1"}, ALIKE).certain


@pytest.mark.parametrize(
    ("spec", "expected"),
    [
        ("MIG-12", ("MIG-12",)),
        ("MIG-1", ()),
        ("0", ("MIG-11",)),
        ("1", ("GPU-abb2",)),
        ("MIG-11,MIG-12", ("MIG-11", "MIG-12")),
        ("MIG-GPU-aaa1/7/0", ()),
        (None, ("GPU-aaa1", "GPU-abb2")),
    ],
)
def test_instances(spec: str | None, expected: tuple[str, ...]) -> None:
    assert seen(spec, SPLIT) == expected


def test_old_names_of_instances_where_there_is_one() -> None:
    assert seen("MIG-GPU-aaa1/7/0", SPLIT[:2]) == ("MIG-11",)


def test_amd_has_variables_of_its_own() -> None:
    cards = [GpuInfo(0, "AMD-1", "MI300X", vendor="amd"), GpuInfo(1, "AMD-2", "MI300X", vendor="amd")]
    assert visible_devices({"ROCR_VISIBLE_DEVICES": "1"}, cards).uuids == ("AMD-2",)
    assert visible_devices({"HIP_VISIBLE_DEVICES": "0"}, cards).uuids == ("AMD-1",)
    assert visible_devices({}, cards).uuids == ("AMD-1", "AMD-2")


def test_no_devices() -> None:
    assert visible_devices({"CUDA_VISIBLE_DEVICES": "0"}, []) == Visible(())


@given(st.text(alphabet="0123,-GPUabc /", max_size=30))
def test_any_text_names_known_devices_once(spec: str) -> None:
    found = seen(spec, SPLIT)
    assert len(set(found)) == len(found)
    assert set(found) <= {device.uuid for device in SPLIT}
