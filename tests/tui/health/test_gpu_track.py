"""``tui.health.gpu_track`` and ``filling``: samples boiled down to what rules ask about."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tui.health.evidence import Space
from tui.health.filling import Filling
from tui.health.gpu_track import GpuTrack
from tui.health.thresholds import Thresholds

START = 1_785_672_000.0
GIB = float(1 << 30)


def track() -> GpuTrack:
    return GpuTrack("0", Thresholds())


def test_absent_values_leave_no_trace() -> None:
    made = track()
    for second in range(400):
        made.add(float(second), {})
    found = made.evidence()
    assert (found.util, found.util_mean, found.idle_since, found.power_usual) == (None, None, None, None)
    assert (found.memory_rise, found.slow_since, found.uncorrected, found.slowed) == (None, None, None, {})


def test_idle_begins_with_the_first_idle_sample_and_ends_with_the_first_other() -> None:
    made = track()
    for second, util in enumerate([90.0, 5.0, 0.0, 3.0, 6.0, 0.0]):
        made.add(float(second), {"util": util})
    assert made.evidence().idle_since == 5.0
    made.add(6.0, {})
    assert made.evidence().idle_since is None


def test_the_mean_is_told_when_its_time_is_covered() -> None:
    made = track()
    for second in range(100):
        made.add(float(second), {"util": 100.0 * (second % 2)})
    assert made.evidence().util_mean is None
    for second in range(100, 200):
        made.add(float(second), {"util": 100.0 * (second % 2)})
    assert made.evidence().util_mean == pytest.approx(50.0, abs=1.0)


def test_usual_power_is_that_of_work_while_steps_came() -> None:
    made = track()
    for second in range(0, 300, 5):
        made.add(float(second), {"util": 98.0, "power": 600.0 + second % 10})
    for second in range(300, 900, 5):
        made.add(float(second), {"util": 100.0, "power": 200.0})
    assert made.evidence(working_until=299.0).power_usual == pytest.approx(602.5)
    assert made.evidence().power_usual is None


def test_a_slowdown_may_flicker_but_not_pause() -> None:
    made = track()
    for second in range(20):
        made.add(float(second), {}, ("sw_thermal",) if second % 3 == 0 else ())
    assert made.evidence().slowed == {"sw_thermal": 0.0}
    for second in range(20, 40):
        made.add(float(second), {})
    assert made.evidence().slowed == {}


@pytest.mark.parametrize(
    ("use", "rises"),
    [
        (lambda second: 70 + second / 100, True),
        (lambda second: 70.0, False),
        (lambda second: min(78.0, second / 3), False),
        (lambda second: 70 + second / 100 - (3 if second % 200 > 190 else 0), False),
    ],
    ids=["steadily", "flat", "at the start only", "up and down"],
)
def test_memory_rises_only_where_it_hardly_ever_falls(use: object, rises: bool) -> None:
    made = track()
    for second in range(0, 600, 5):
        made.add(float(second), {"memory_used": use(second) * GIB, "memory_total": 80 * GIB})  # type: ignore[operator]
    assert (made.evidence().memory_rise is not None) is rises


def test_a_gap_in_the_samples_begins_everything_again() -> None:
    made = track()
    made.add(0.0, {"util": 0.0}, ("hw_thermal",))
    made.add(500.0, {"util": 0.0}, ("hw_thermal",))
    found = made.evidence()
    assert (found.idle_since, found.slowed) == (500.0, {"hw_thermal": 500.0})


def test_memory_that_nobody_holds_counts_while_nothing_computes() -> None:
    made = track()
    for second in range(10):
        made.add(float(second), {"util": 0.0, "memory_used": 5 * GIB}, unowned=5 * GIB)
    assert made.evidence().unowned_since == 0.0
    made.add(10.0, {"util": 50.0}, unowned=5 * GIB)
    assert made.evidence().unowned_since is None


def test_errors_count_from_when_we_began_to_look() -> None:
    made = track()
    made.add(0.0, {"ecc_uncorrected": 7.0})
    assert made.evidence().uncorrected == 0.0
    made.add(1.0, {"ecc_uncorrected": 9.0})
    assert made.evidence().uncorrected == 2.0


NUMBERS = st.floats(allow_nan=True, allow_infinity=True)
METRICS = st.sampled_from(["util", "power", "memory_used", "memory_total", "sm_clock", "ecc_uncorrected"])


@given(st.lists(st.tuples(NUMBERS, st.dictionaries(METRICS, NUMBERS)), max_size=60))
def test_no_numbers_break_it(samples: list[tuple[float, dict[str, float]]]) -> None:
    made = track()
    for time, values in samples:
        made.add(time, values)
        made.compare(values.get("sm_clock"))
        made.evidence(working_until=time)


def filled(points: list[tuple[float, float]]) -> Space:
    made = Filling()
    for time, free in points:
        made.add(time, free, 1000.0)
    assert made.space is not None
    return made.space


def test_a_steady_fall_tells_how_much_time_is_left() -> None:
    space = filled([(float(t), 900.0 - t) for t in range(0, 601, 5)])
    assert space.fall == pytest.approx(1.0)
    assert space.seconds_left == pytest.approx(300.0)


@pytest.mark.parametrize(
    "points",
    [
        [(float(t), 900.0 - t) for t in range(0, 200, 5)],
        [(float(t), 900.0 if t < 300 else 500.0) for t in range(0, 601, 5)],
        [(float(t), 500.0 + t / 10) for t in range(0, 601, 5)],
        [(float(t), 900.0 - 100 * (t // 60 % 2)) for t in range(0, 601, 5)],
    ],
    ids=["too short", "one large file", "growing", "files that come and go"],
)
def test_no_trend_is_no_fall(points: list[tuple[float, float]]) -> None:
    assert filled(points).seconds_left is None


def test_nothing_is_known_before_the_first_reading() -> None:
    made = Filling()
    made.add(0.0, None, 5.0)
    made.add(0.0, 5.0, 0.0)
    assert made.space is None


def test_what_is_known_is_put_together_once_for_each_sample() -> None:
    made = track()
    made.add(START, {"util": 97.0, "power": 600.0})
    first = made.evidence("lab/heron", START)
    assert made.evidence("lab/heron", START) is first
    assert made.evidence("lab/egret", START).owner == "lab/egret"
    made.compare(1980.0)
    assert made.evidence("lab/egret", START).clock_usual == 1980.0
    made.add(START + 1, {"util": 0.0, "power": 95.0})
    assert made.evidence("lab/heron", START).util == 0.0


def test_the_usual_power_is_that_of_the_time_until_the_last_step() -> None:
    made = track()
    for second in range(0, 400, 5):
        made.add(START + second, {"util": 97.0, "power": 600.0 if second < 200 else 200.0})
    assert made.evidence("a", START + 190).power_usual == 600.0
    assert made.evidence("a", START + 10).power_usual == 600.0
    assert made.evidence("a", START + 5).power_usual is None, "two readings are too few"
    later = track()
    for second in range(0, 2000, 5):
        later.add(START + second, {"util": 97.0, "power": 600.0 if second < 1000 else 200.0})
        usual = later.evidence("a", START + second).power_usual
    assert usual == 200.0
