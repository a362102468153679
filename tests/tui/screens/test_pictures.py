"""Pictures of Compare and System, in the sizes and themes that people use."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from textual.screen import Screen

from collectors.samples import Sample
from tests.tui.fake_machine import HOST, START, gpu, process, uuid
from tests.tui.store import THREE, Told, model
from tui import themes
from tui.screens.compare import CompareScreen
from tui.screens.system import SystemScreen
from tui.themed_app import ThemedApp

if TYPE_CHECKING:
    from collections.abc import Callable

    SnapCompare = Callable[..., bool]

SMALL, USUAL, LARGE = (80, 24), (160, 45), (220, 60)
OTTER = Told("brave-otter", record={"pid": 100, "host": "gpu01"})
HERON = Told("dim-heron", record={"pid": 300, "host": "gpu01"})


class OneScreen(ThemedApp):
    """An app that shows one screen and nothing else."""

    def __init__(self, screen: Screen[None], theme: str = themes.DARK) -> None:
        super().__init__(theme)
        self.only = screen

    def on_mount(self) -> None:
        self.push_screen(self.only)


def compare() -> CompareScreen:
    return CompareScreen(model(*THREE), [run.key for run in THREE])


def system(gpus: int = 8) -> SystemScreen:
    """Devices of two runs: one idles, one is too hot, one is lost; the workers of one run wait for a disk."""
    shown = model(OTTER, HERON)
    devices = [gpu(index, 97.0 - 3 * index, [100]) for index in range(gpus)]
    if gpus > 3:
        devices[1] = gpu(1, 0.0, [300])
        devices[2] = gpu(2, 80.0, [100], reasons=("hw_thermal", "sw_power_cap"))
        devices[3] = gpu(3, status="lost", values={})
    workers = [
        process(400 + each, run=300, role="worker", name="loader", state="D" if each < 3 else "S") for each in range(8)
    ]
    members = (process(100, rank=0, gpus=(uuid(0),)), process(300, gpus=(uuid(1),), cpu=2.0), *workers)
    cores = tuple(float(7 * core % 100) for core in range(16))
    for tick in range(300):
        host = {**HOST, "cpu/percent": 20.0 + tick % 60, "disk/total": 4e12, "cpu/iowait": 12.0}
        shown.telemetry.apply(Sample(START + tick, host, cores, tuple(devices), members))
    return SystemScreen(shown)


@pytest.mark.parametrize("size", [SMALL, USUAL, LARGE], ids=["80x24", "160x45", "220x60"])
def test_compare(snap_compare: SnapCompare, size: tuple[int, int]) -> None:
    assert snap_compare(OneScreen(compare()), terminal_size=size, press=["down", "right"])


@pytest.mark.parametrize("theme", [themes.LIGHT, themes.SAFE])
def test_compare_in_other_themes(snap_compare: SnapCompare, theme: str) -> None:
    assert snap_compare(OneScreen(compare(), theme), terminal_size=SMALL, press=["h"])


def test_a_whole_value_lies_over_the_comparison(snap_compare: SnapCompare) -> None:
    assert snap_compare(OneScreen(compare()), terminal_size=SMALL, press=["down", "enter"])


@pytest.mark.parametrize("size", [SMALL, USUAL, LARGE], ids=["80x24", "160x45", "220x60"])
def test_system(snap_compare: SnapCompare, size: tuple[int, int]) -> None:
    assert snap_compare(OneScreen(system()), terminal_size=size)


@pytest.mark.parametrize("theme", [themes.LIGHT, themes.SAFE])
def test_system_in_other_themes(snap_compare: SnapCompare, theme: str) -> None:
    assert snap_compare(OneScreen(system(16), theme), terminal_size=SMALL)


def test_system_without_a_gpu(snap_compare: SnapCompare) -> None:
    assert snap_compare(OneScreen(system(0)), terminal_size=SMALL)
