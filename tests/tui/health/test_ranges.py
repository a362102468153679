"""``tui.health.ranges``: the usual range of a loss, and what leaves it."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from logstore.model.series import Series
from tests.tui.health import shapes
from tests.tui.health.traces import loss
from tui.health.evidence import LossRange
from tui.health.ranges import RangeWatch
from tui.health.thresholds import Thresholds

DEFAULTS = Thresholds()


def watch(values: Sequence[float], chunk: int = 1, thresholds: Thresholds = DEFAULTS) -> LossRange | None:
    """The state after ``values`` came in chunks of so many."""
    series, watched = Series("train/loss"), RangeWatch(thresholds)
    for start in range(0, len(values), chunk):
        part = values[start : start + chunk]
        steps = np.arange(start, start + len(part))
        series.extend(steps, steps.astype(float), part)
        watched.look(series)
    return watched.state


def judged(values: Sequence[float], chunk: int = 1) -> LossRange:
    found = watch(values, chunk)
    assert found is not None
    return found


def healthy(count: int) -> list[float]:
    return [loss(step) for step in range(count)]


@pytest.mark.parametrize("count", [0, 1, 49])
def test_a_loss_is_not_judged_at_its_very_start(count: int) -> None:
    assert watch(healthy(count)) is None


@pytest.mark.parametrize("chunk", [1, 7, 100, 3000])
def test_a_healthy_loss_stays_within_its_range_however_it_comes(chunk: int) -> None:
    found = judged(healthy(3000), chunk)
    assert found.points == 0
    assert found.centre == pytest.approx(2.0, rel=0.05)
    assert found.limit == pytest.approx(found.centre + 0.1 * (7.6 - found.centre), rel=0.05)


@pytest.mark.parametrize("chunk", [1, 7, 100, 430])
def test_a_departure_counts_from_its_first_point(chunk: int) -> None:
    found = judged([*healthy(400), *[9.0] * 30], chunk)
    assert (found.points, found.step, found.since) == (30, 400.0, 400.0)


def test_a_spike_that_returns_is_forgotten() -> None:
    found = judged([*healthy(400), *[9.0] * 24, *[2.4] * 3])
    assert (found.points, found.departed) == (0, False)


def test_a_departure_ends_when_as_many_points_lie_within() -> None:
    gone = [*healthy(400), *[9.0] * 30]
    assert judged([*gone, *[2.4] * 24]).departed
    assert judged([*gone, *[2.4] * 25]).points == 0


def test_a_departure_that_lasts_a_window_becomes_the_usual_but_stays_far_from_its_best() -> None:
    found = judged([*healthy(400), *[9.0] * 300])
    assert found.points == 0
    assert found.centre == pytest.approx(9.0)
    assert found.creep_limit is not None
    assert found.recent is not None
    assert found.recent > found.creep_limit


def test_a_noisy_loss_has_a_wide_range() -> None:
    rng = np.random.default_rng(3)
    noisy = np.exp(rng.normal(0.0, 0.4, 1000)).tolist()
    found = judged(noisy)
    assert found.points < DEFAULTS.divergence_points
    assert found.limit > 10 * found.centre


def test_a_loss_around_zero_has_a_range_and_no_factor() -> None:
    rng = np.random.default_rng(4)
    found = judged([*rng.normal(0.0, 0.1, 400).tolist(), *[5.0] * 15])
    assert found.points == 15
    assert found.creep_limit is None


def test_a_constant_loss_may_move_a_little() -> None:
    assert judged([*[1.0] * 300, *[1.2] * 50]).points == 0
    assert judged([*[1.0] * 300, *[1.6] * 50]).points == 50


def test_values_that_are_not_finite_are_another_rule_s() -> None:
    found = judged([*healthy(400), *[math.nan, math.inf, -math.inf] * 20])
    assert found.points == 0


@pytest.mark.parametrize("chunk", [1, 1000])
def test_the_best_level_is_remembered_over_a_long_past(chunk: int) -> None:
    values = [*healthy(500), *[1.0] * 100, *np.geomspace(1.0, 4.0, 4000).tolist()]
    found = judged(values, chunk)
    assert found.best == pytest.approx(1.0, rel=0.06)
    assert found.recent == pytest.approx(4.0, rel=0.06)


def test_a_long_past_costs_no_loop_over_its_points() -> None:
    """A million points are judged by the last windows and samples of the rest."""
    values = np.concatenate([np.geomspace(9.0, 2.0, 1_000_000), np.full(30, 8.0)])
    series, watched = Series("loss"), RangeWatch(DEFAULTS)
    series.extend(np.arange(len(values)), np.arange(len(values)), values)
    watched.look(series)
    assert watched.state is not None
    assert watched.state.points == 30


def told(values: Sequence[float]) -> list[tuple[int, str]]:
    """What would be told of values that come one by one, and since which of them."""
    series, watched = Series("train/loss"), RangeWatch(DEFAULTS)
    found: list[tuple[int, str]] = []
    for step, value in enumerate(values):
        series.extend(np.array([step]), np.array([float(step)]), [value])
        watched.look(series)
        state = None if watched.is_calm else watched.state
        what = "departed" if state and state.departed else "crept" if state and state.crept else ""
        if what and (not found or found[-1][1] != what):
            found.append((step, what))
    return found


@pytest.mark.parametrize("shape", shapes.HEALTHY, ids=lambda shape: shape.__name__)
def test_a_training_that_did_well_is_calm_all_the_time(shape: Callable[[], shapes.Values]) -> None:
    values = shape()
    assert told(values) == []
    found = watch(values, 60)
    assert found is None or not (found.departed or found.crept)


@pytest.mark.parametrize("shape", [shapes.bad_shard, shapes.dead_net], ids=lambda shape: shape.__name__)
def test_a_loss_that_is_tiny_and_noisy_may_not_lose_all_it_gained(shape: Callable[[], shapes.Values]) -> None:
    """Eight of its scatters above would be far beyond where it began."""
    steps = told(shape())
    assert [what for _, what in steps] == ["departed", "crept"]
    assert 1524 <= steps[0][0] <= 1530


@pytest.mark.parametrize(("shape", "sudden"), [(shapes.bad_shard, True), (shapes.slow_rise, False)])
def test_a_rise_from_one_row_to_the_next_is_sudden(shape: Callable[[], shapes.Values], sudden: bool) -> None:
    found = judged(shape()[: 1500 + 150])
    assert (found.departed, found.sudden) == (True, sudden)


def test_a_loss_that_explodes_between_two_looks_is_far_above_its_beginning() -> None:
    """Least squares on a fast machine: a thousand rows a second, up to 1e35 while nobody looks."""
    before, explosion = shapes.noisy([0.0115] * 1500, 0.15), [0.01 * 10.0 ** (step / 20) for step in range(700)]
    found = watch([*before, *explosion], 1100)
    assert found is not None
    assert (found.crept, found.exploded) == (True, True)
    calm = watch(shapes.bad_shard(), 1100)
    assert calm is not None
    assert not calm.exploded


def test_a_language_model_whose_rate_is_too_high_is_found_by_its_level() -> None:
    """Single rows still scatter into its range, the median of 25 does not."""
    steps = told(shapes.rate_too_high())
    assert [what for _, what in steps] == ["crept"]
    assert 900 <= steps[0][0] <= 950


@pytest.mark.parametrize(("count", "expected"), [(1, []), (8, []), (15, []), (30, ["departed"])])
def test_bad_batches_are_told_when_there_are_many_in_a_row(count: int, expected: list[str]) -> None:
    assert [what for _, what in told(shapes.bad_batches(count))] == expected


def test_a_departure_on_its_way_back_is_none_yet() -> None:
    before = shapes.language_model()
    back = shapes.fall(200, 4.2, 2.1, 22)
    assert told([*before, *back]) == []
    assert [what for _, what in told([*before, *reversed(back[:60]), *[4.2] * 30])] == ["departed"]


def test_a_departure_that_came_and_went_between_two_looks_is_not_told_and_one_that_was_stays() -> None:
    before, spike = shapes.language_model(), [4.5] * 40
    series, watched = Series("train/loss"), RangeWatch(DEFAULTS)

    def come(values: Sequence[float]) -> bool:
        steps = np.arange(len(series), len(series) + len(values))
        series.extend(steps, steps.astype(float), values)
        watched.look(series)
        return watched.state is not None and watched.state.departed

    assert not come(before)
    assert not come([*spike, *[2.1] * 5])
    assert not come([2.1] * 25)
    assert come(spike)
    assert come([2.1] * 24)
    assert not come([2.1])


ANY = st.lists(st.floats(allow_nan=True, allow_infinity=True), max_size=400)


@pytest.mark.parametrize("chunk", [1, 300])
def test_the_largest_numbers_do_not_overflow(chunk: int) -> None:
    found = judged([*[0.5] * 60, *[1.7e308] * 60, *[-1.7e308] * 300, *[1.7e308] * 30], chunk)
    assert math.isfinite(found.limit)


@given(ANY, st.sampled_from([1, 13, 400]))
def test_no_numbers_break_it(values: list[float], chunk: int) -> None:
    small = Thresholds.from_mapping({"divergence_window": 30, "divergence_minimum": 10, "divergence_points": 4})
    found = watch(values, chunk, small)
    if found is not None:
        assert found.limit >= found.centre
        assert found.points >= 0
