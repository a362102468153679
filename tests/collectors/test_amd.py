from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

import pytest

from collectors.amd import PROCESSES, AmdBackend
from collectors.backend import BackendUnavailable
from tests.collectors.conftest import Tree

CARD = "sys/class/drm/card1/device"
MONITOR = f"{CARD}/hwmon/hwmon3"
CARD_FILES = {
    "sys/class/drm/card0/device/vendor": "0x8086\n",
    "sys/class/drm/card1-DP-1/status": "connected\n",
    f"{CARD}/vendor": "0x1002\n",
    f"{CARD}/uevent": "DRIVER=amdgpu\nPCI_SLOT_NAME=0000:c1:00.0\n",
    f"{CARD}/unique_id": "a1b2c3\n",
    f"{CARD}/product_name": "AMD Instinct MI300X\n",
    f"{CARD}/gpu_busy_percent": "97\n",
    f"{CARD}/mem_busy_percent": "40\n",
    f"{CARD}/mem_info_vram_used": f"{150 << 30}\n",
    f"{CARD}/mem_info_vram_total": f"{192 << 30}\n",
    f"{MONITOR}/power1_average": "612000000\n",
    f"{MONITOR}/power1_cap": "750000000\n",
    f"{MONITOR}/temp1_label": "edge\n",
    f"{MONITOR}/temp1_input": "61000\n",
    f"{MONITOR}/temp2_label": "junction\n",
    f"{MONITOR}/temp2_input": "78000\n",
    f"{MONITOR}/freq1_input": "2100000000\n",
    f"{MONITOR}/freq2_input": "1300000000\n",
    f"{CARD}/pcie_bw": "never read\n",
}


def fdinfo(client: int, kib: int, busy: int) -> str:
    return (
        "pos:\t0\ndrm-driver:\tamdgpu\ndrm-pdev:\t0000:c1:00.0\n"
        f"drm-client-id:\t{client}\ndrm-memory-vram:\t{kib} KiB\ndrm-engine-compute:\t{busy} ns\n"
    )


def process(root: Path, pid: int, descriptors: dict[int, str]) -> None:
    for name in ("fd", "fdinfo"):
        (root / f"proc/{pid}/{name}").mkdir(parents=True, exist_ok=True)
    for number, text in descriptors.items():
        (root / f"proc/{pid}/fdinfo/{number}").write_text(text)
        link = root / f"proc/{pid}/fd/{number}"
        if not link.is_symlink():
            link.symlink_to("/dev/dri/renderD128")


def test_newer_kernels_call_the_memory_of_a_client_otherwise(tree: Tree) -> None:
    root = tree(CARD_FILES)
    process(root, 7, {4: fdinfo(1, 2048, 0).replace("drm-memory-vram", "drm-resident-vram")})
    process(root, 8, {4: fdinfo(2, 1024, 0) + "drm-resident-vram:\t9999 KiB\n"})
    (sample,) = opened(root).sample(0.0)
    assert {each.pid: each.memory for each in sample.processes or ()} == {7: 2 << 20, 8: 1 << 20}


def opened(root: Path) -> AmdBackend:
    backend = AmdBackend(root)
    backend.open(0.0)
    return backend


def test_card_is_described(tree: Tree) -> None:
    (info,) = opened(tree(CARD_FILES)).infos()
    assert (info.index, info.uuid, info.name, info.vendor) == (0, "AMD-a1b2c3", "AMD Instinct MI300X", "amd")
    assert (info.bus_id, info.memory_total, info.power_limit) == ("0000:c1:00.0", 192 << 30, 750)


def test_sample_in_our_units(tree: Tree) -> None:
    (sample,) = opened(tree(CARD_FILES)).sample(0.0)
    assert sample.values == {
        "util": 97,
        "memory_util": 40,
        "memory_used": 150 << 30,
        "memory_total": 192 << 30,
        "power": 612,
        "power_limit": 750,
        "temperature": 61,
        "temperature_hot": 78,
        "sm_clock": 2100,
        "memory_clock": 1300,
        "energy": 0,
    }
    assert sample.processes == ()


def test_energy_is_integrated(tree: Tree) -> None:
    backend = opened(tree(CARD_FILES))
    backend.sample(0.0)
    assert backend.sample(10.0)[0].values["energy"] == 6120


def test_missing_file_is_absent_with_a_reason(tree: Tree) -> None:
    root = tree(CARD_FILES)
    (root / CARD / "mem_busy_percent").unlink()
    backend = opened(root)
    assert "memory_util" not in backend.sample(0.0)[0].values
    assert [(gap.uuid, gap.metric) for gap in backend.gaps()] == [("AMD-a1b2c3", "memory_util")]


def values_with(tree: Tree, files: dict[str, str]) -> Mapping[str, float]:
    """What a card says that has these files in its monitor, and no others there."""
    device = {name: text for name, text in CARD_FILES.items() if not name.startswith(MONITOR)}
    (sample,) = opened(tree(device | {f"{MONITOR}/{name}": text for name, text in files.items()})).sample(0.0)
    return sample.values


def test_the_junction_is_the_temperature_of_a_card_without_an_edge(tree: Tree) -> None:
    values = values_with(tree, {"temp2_label": "junction\n", "temp2_input": "78000\n", "temp3_label": "mem\n"})
    assert (values["temperature"], values["temperature_hot"]) == (78, 78)
    assert "temperature_memory" not in values


def test_an_edge_that_is_there_but_does_not_answer_gives_way_to_the_junction(tree: Tree) -> None:
    edge = {"temp1_label": "edge\n", "temp1_input": "\n"}
    values = values_with(tree, edge | {"temp2_label": "junction\n", "temp2_input": "78000\n"})
    assert values["temperature"] == 78


def test_the_only_sensor_of_an_old_card_has_no_label(tree: Tree) -> None:
    assert values_with(tree, {"temp1_input": "57000\n"})["temperature"] == 57


def test_the_power_of_now_where_there_is_no_average(tree: Tree) -> None:
    files = {"power1_average": "\n", "power1_input": "240000000\n"}
    assert values_with(tree, files)["power"] == 240


def test_a_fan_in_per_cent(tree: Tree) -> None:
    assert values_with(tree, {"pwm1": "102\n"})["fan"] == pytest.approx(40)


def test_card_without_monitor_and_names(tree: Tree) -> None:
    root = tree({f"{CARD}/vendor": "0x1002\n", f"{CARD}/gpu_busy_percent": "3\n"})
    backend = opened(root)
    assert backend.infos()[0].uuid == "AMD-card1"
    assert backend.sample(0.0)[0].values == {"util": 3}


def test_processes_share_a_client_once(tree: Tree) -> None:
    root = tree(CARD_FILES)
    process(root, 77, {9: fdinfo(5, 1024, 0), 10: fdinfo(5, 1024, 0), 11: fdinfo(6, 2048, 0)})
    backend = opened(root)
    (found,) = backend.sample(0.0)[0].processes or ()
    assert (found.pid, found.memory, found.sm) == (77, 3 << 20, None)


def test_share_of_a_process_is_its_engines_time(tree: Tree) -> None:
    root = tree(CARD_FILES)
    process(root, 77, {9: fdinfo(5, 1, 0)})
    backend = opened(root)
    backend.sample(0.0)
    process(root, 77, {9: fdinfo(5, 1, int(PROCESSES * 0.25 * 1e9))})
    assert [row.sm for row in backend.sample(1.0)[0].processes or ()] == [None]
    assert [row.sm for row in backend.sample(PROCESSES)[0].processes or ()] == [25]


def test_no_card_is_unavailable(tree: Tree) -> None:
    root = tree({"sys/class/drm/card0/device/vendor": "0x10de\n"})
    with pytest.raises(BackendUnavailable, match="amdgpu"):
        opened(root)


def test_nothing_is_reported_and_nothing_held(tree: Tree) -> None:
    backend = opened(tree(CARD_FILES))
    assert backend.events() == ()
    backend.close()
