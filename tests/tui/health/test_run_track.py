"""``tui.health.run_track``: the clock of a device beside those of the run's others."""

from __future__ import annotations

from statistics import median

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tui.health.gpu_track import GpuTrack
from tui.health.run_track import _evidence
from tui.health.thresholds import Thresholds

START = 1_785_672_000.0


@given(st.lists(st.integers(100, 2000).map(float), min_size=2, max_size=16))
def test_each_device_beside_the_median_of_the_others(clocks: list[float]) -> None:
    tracks = [GpuTrack(str(index), Thresholds()) for index in range(len(clocks))]
    for track, clock in zip(tracks, clocks, strict=True):
        track.add(START, {"util": 97.0, "sm_clock": clock})
    shown = _evidence(tracks, None, "lab/heron")
    wanted = [median(clocks[:place] + clocks[place + 1 :]) for place in range(len(clocks))]
    assert [gpu.clock_usual for gpu in shown] == wanted


@pytest.mark.parametrize("other", [{"util": 3.0, "sm_clock": 345.0}, {"util": 97.0}])
def test_a_device_that_does_not_work_is_no_measure(other: dict[str, float]) -> None:
    tracks = [GpuTrack("0", Thresholds()), GpuTrack("1", Thresholds())]
    tracks[0].add(START, {"util": 97.0, "sm_clock": 1980.0})
    tracks[1].add(START, other)
    assert [gpu.clock_usual for gpu in _evidence(tracks, None, "a")] == [None, None]
