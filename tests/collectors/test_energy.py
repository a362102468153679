from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from collectors.energy import EnergyMeter, Reading, Use, account, combine


def test_power_is_integrated_by_trapezoids() -> None:
    meter = EnergyMeter()
    assert meter.add(100, 0.0) == 0
    assert meter.add(300, 10.0) == 2000
    assert meter.add(300, 20.0) == 5000


def test_meter_is_absent_until_power_was_known() -> None:
    meter = EnergyMeter()
    assert meter.add(None, 0.0) is None
    assert meter.add(None, 1.0) is None


def test_meter_counts_nothing_over_a_gap() -> None:
    meter = EnergyMeter(longest=30)
    meter.add(100, 0.0)
    assert meter.add(100, 60.0) == 0
    assert meter.add(100, 70.0) == 1000
    assert meter.add(None, 71.0) == 1000
    assert meter.add(100, 72.0) == 1000


def test_seconds_and_idle_seconds() -> None:
    readings = [Reading(0, util=0), Reading(10, util=0), Reading(20, util=100), Reading(30, util=100)]
    use = account(readings)
    assert use.seconds == 30
    assert use.idle_seconds == 10


def test_unknown_utilisation_is_not_idle() -> None:
    assert account([Reading(0), Reading(10)]) == Use(10, 0, None)


def test_gap_in_the_record_is_not_use() -> None:
    assert (
        account([Reading(0, util=0), Reading(10, util=0), Reading(1000, util=0), Reading(1010, util=0)]).seconds == 20
    )


def test_energy_is_the_difference_of_the_counter() -> None:
    use = account([Reading(0, energy=1000, power=5), Reading(10, energy=4000, power=5)])
    assert use.joules == 3000
    assert use.kwh == pytest.approx(3000 / 3.6e6)


def test_counter_that_fell_is_bridged_by_power() -> None:
    readings = [
        Reading(0, energy=9000, power=100),
        Reading(10, energy=50, power=300),
        Reading(20, energy=150, power=300),
    ]
    assert account(readings).joules == 2000 + 100


def test_energy_is_absent_where_nothing_was_known() -> None:
    assert account([Reading(0, util=50), Reading(10, util=50)]).joules is None
    assert Use().kwh is None


def test_uses_of_several_gpus_add_up() -> None:
    assert combine([Use(10, 1, 100), Use(20, 2, None), Use(5, 0, 50)]) == Use(35, 3, 150)
    assert combine([]) == Use()


readings = st.lists(
    st.builds(
        Reading,
        st.floats(0, 1e6),
        st.none() | st.floats(0, 100),
        st.none() | st.floats(0, 2000),
        st.none() | st.floats(0, 1e12),
    ),
    max_size=30,
).map(lambda rows: sorted(rows, key=lambda row: row.time))


@given(readings)
def test_accounting_is_bounded(rows: list[Reading]) -> None:
    use = account(rows)
    span = rows[-1].time - rows[0].time if rows else 0
    assert 0 <= use.idle_seconds <= use.seconds <= span + 1e-6
    assert use.joules is None or use.joules >= 0


@given(readings, st.integers(0, 30))
def test_a_series_cut_in_two_adds_up(rows: list[Reading], place: int) -> None:
    cut = min(place, len(rows))
    whole = account(rows)
    parts = combine([account(rows[: cut + 1]), account(rows[cut:])])
    assert parts.seconds == pytest.approx(whole.seconds)
    assert parts.idle_seconds == pytest.approx(whole.idle_seconds)
