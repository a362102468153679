from __future__ import annotations

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tui.charts.window import (
    FULL,
    GROWTH,
    TAIL_STEP,
    Window,
    fixed,
    follow,
    grown,
    pan,
    resolve,
    select,
    tail,
    zoom,
)

EXTENT = (0.0, 1000.0)
finite = st.floats(-1e9, 1e9)


def test_all_of_a_finished_chart_is_its_extent() -> None:
    assert resolve(FULL, EXTENT) == EXTENT


def test_a_live_chart_has_a_little_room_and_its_columns_stay_for_a_while() -> None:
    ends = {resolve(FULL, (0.0, 1000.0 + step), live=True)[1] for step in range(30)}
    assert len(ends) <= 2
    assert min(ends) >= 1000.0
    assert max(ends) <= 1030.0 * GROWTH


@given(st.floats(1e-6, 1e12))
def test_growth_is_at_most_one_step(span: float) -> None:
    assert span <= grown(span) <= span * GROWTH * (1 + 1e-6)


def test_a_single_point_gets_room_on_both_sides() -> None:
    start, end = resolve(FULL, (5.0, 5.0))
    assert start < 5.0 < end


@given(st.floats(-1e15, 1e15), st.floats(0, 1e15), st.booleans())
def test_what_is_shown_is_never_empty_and_holds_the_data(low: float, span: float, live: bool) -> None:
    start, end = resolve(FULL, (low, low + span), live=live)
    assert start <= low
    assert end >= low + span * (1 - 1e-9)
    assert start < end


def test_a_fixed_window_stays_put_while_data_come() -> None:
    window = fixed(300.0, 200.0)
    assert resolve(window, EXTENT) == resolve(window, (0.0, 5000.0), live=True) == (200.0, 300.0)


def test_a_tail_window_follows_in_steps() -> None:
    window = tail(100.0)
    highs = [1000.0 + step / 2 for step in range(14)]
    shown = [resolve(window, (0.0, high), live=True) for high in highs]
    assert all(end - start == pytest.approx(100.0) for start, end in shown)
    assert all(high <= end <= high + 100.0 * TAIL_STEP for (_, end), high in zip(shown, highs, strict=True))
    assert len(set(shown)) == 4


def test_a_tail_window_ends_with_the_data_when_no_more_come() -> None:
    assert resolve(tail(100.0), EXTENT) == (900.0, 1000.0)


def test_a_tail_wider_than_the_data_shows_all() -> None:
    assert resolve(tail(5000.0), EXTENT) == EXTENT


@pytest.mark.parametrize(("a", "b"), [(1.0, 1.0), (math.nan, 1.0), (0.0, math.inf), (-1e308, 1e308)])
def test_windows_without_a_sensible_width_are_all(a: float, b: float) -> None:
    assert fixed(a, b) == FULL


@pytest.mark.parametrize("span", [0.0, -5.0, math.nan, math.inf])
def test_tails_without_a_sensible_width_are_all(span: float) -> None:
    assert tail(span) == FULL


def test_zooming_keeps_the_x_under_the_pointer() -> None:
    window = zoom(EXTENT, EXTENT, 2.0, 250.0)
    assert (window.start, window.end) == pytest.approx((125.0, 625.0))
    start, end = resolve(window, EXTENT)
    assert (250.0 - start) / (end - start) == pytest.approx(0.25)


def test_zooming_in_and_out_again_shows_all() -> None:
    window = zoom(EXTENT, EXTENT, 1.5, 400.0)
    assert zoom(resolve(window, EXTENT), EXTENT, 1 / 1.5, 400.0) == FULL


def test_zooming_at_the_end_of_a_live_chart_follows_the_tail() -> None:
    assert zoom(EXTENT, EXTENT, 2.0, 1000.0, live=True) == tail(500.0)
    assert zoom(EXTENT, EXTENT, 2.0, 100.0, live=True).kind == "fixed"


@given(finite, st.floats(1e-3, 1e9), st.floats(1e-3, 1e3), finite)
def test_any_zoom_gives_a_window_that_can_be_shown(low: float, span: float, factor: float, at: float) -> None:
    extent = (low, low + span)
    start, end = resolve(zoom(extent, extent, factor, at), extent)
    assert start < end


def test_zooming_has_an_end() -> None:
    shown = EXTENT
    for _ in range(500):
        shown = resolve(zoom(shown, EXTENT, 2.0, 333.0), EXTENT)
    assert shown[1] > shown[0]
    assert shown[0] <= 333.0 <= shown[1]


def test_panning_moves_by_a_share_of_what_is_shown() -> None:
    assert pan((200.0, 400.0), EXTENT, 0.25) == fixed(250.0, 450.0)
    assert pan((200.0, 400.0), EXTENT, -0.25) == fixed(150.0, 350.0)


@pytest.mark.parametrize(("shown", "share"), [((900.0, 1000.0), 0.5), ((0.0, 100.0), -0.5)])
def test_panning_stops_at_the_data(shown: tuple[float, float], share: float) -> None:
    assert pan(shown, EXTENT, share) == fixed(*shown)


def test_dragging_selects_what_lies_inside() -> None:
    assert select(600.0, -50.0, (0.0, 500.0)) == fixed(0.0, 500.0)
    assert select(10.0, 30.0, (0.0, 500.0)) == Window("fixed", 10.0, 30.0)


def test_following_keeps_the_width_or_takes_a_quarter_of_all() -> None:
    assert follow((200.0, 300.0), EXTENT) == tail(100.0)
    assert follow(EXTENT, EXTENT) == tail(250.0)
