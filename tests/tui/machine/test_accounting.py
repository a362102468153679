"""``tui.machine.accounting``: hours, idle hours, energy and money from a run's own telemetry."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from logstore.model.delta import Block, Column, RunDelta
from logstore.model.records import RunRecord
from logstore.model.runs import Run
from tui.machine.accounting import Account, Accounts, account

START = 1_785_672_000.0


def run(hosts: dict[str, dict[str, list[float]]], times: list[float] | None = None, ended: float | None = None) -> Run:
    """A run with telemetry: columns by key, one sample every 5 s unless ``times`` says otherwise."""
    made = Run("lab/heron", Path("/store/lab/heron"))
    system = {}
    for host, columns in hosts.items():
        count = max(len(values) for values in columns.values())
        clock = np.array(times if times is not None else [5.0 * i for i in range(count)]) + START
        system[host] = (Block(clock, clock, {key: Column(None, np.array(v, float)) for key, v in columns.items()}),)
    rows = (Block(np.array([0.0]), np.array([START]), {"loss": Column(None, np.array([1.0]))}, runtime=ended),)
    record = RunRecord(created=START, host=next(iter(hosts), None))
    made.apply(RunDelta(made.key, made.path, record=record, system=system, blocks={0: rows}))
    return made


def used(made: Run, price: float | None = None) -> Account:
    found = account(made, price)
    assert found is not None
    return found


def test_hours_idle_hours_energy_and_money_of_two_devices() -> None:
    hour = 3600 // 5 + 1
    busy = {"gpu/0/util": [97.0] * hour, "gpu/0/power": [500.0] * hour}
    half = {"gpu/1/util": [97.0] + [90.0] * (hour // 2) + [0.0] * (hour // 2), "gpu/1/power": [250.0] * hour}
    found = used(run({"gpu01": {**busy, **half}}, ended=3600.0), price=2.5)
    assert found.gpus == 2
    assert found.gpu_hours == pytest.approx(2.0)
    assert found.idle_gpu_hours == pytest.approx(0.5)
    assert found.kwh == pytest.approx(0.75)
    assert found.cost == pytest.approx(5.0)
    assert found.coverage == pytest.approx(1.0)


def test_without_a_price_there_is_no_cost_and_without_power_no_energy() -> None:
    found = used(run({"gpu01": {"gpu/0/util": [50.0] * 10}}))
    assert (found.cost, found.kwh) == (None, None)


@pytest.mark.parametrize("columns", [{"cpu/percent": [50.0] * 10}, {"gpu/0/util": [0.0] * 10}])
def test_a_run_without_a_device_of_its_own_has_no_account(columns: dict[str, list[float]]) -> None:
    assert account(run({"gpu01": columns})) is None


def test_a_device_of_somebody_else_counts_from_where_it_worked_or_not_at_all() -> None:
    columns = {"gpu/0/util": [0.0, 0.0, 90.0, 90.0, 90.0], "gpu/1/util": [3.0] * 5}
    found = used(run({"gpu01": columns}))
    assert found.gpus == 1
    assert found.gpu_hours * 3600 == pytest.approx(10.0)


def test_who_knows_the_devices_says_so() -> None:
    columns = {"gpu/0/util": [90.0] * 5, "gpu/1/util": [0.0] * 5, "gpu/2/util": [90.0] * 5}
    found = account(run({"gpu01": columns}), devices={"gpu01": {"0", "1"}})
    assert found is not None
    assert (found.gpus, found.gpu_hours * 3600, found.idle_gpu_hours * 3600) == (2, 40.0, 20.0)


def test_the_rows_say_whose_the_devices_are() -> None:
    """Eight devices: two are the run's, one of them never works; two work for others; the rest idles."""
    utils = [95.0, 0.0, 99.0, 80.0, 0.0, 0.0, 0.0, 0.0]
    columns = {f"gpu/{i}/util": [util] * 21 for i, util in enumerate(utils)}
    columns |= {f"gpu/{i}/power": [360.0] * 21 for i in range(8)}
    columns |= {f"gpu/{i}/own": [float(i < 2)] * 21 for i in range(8)}
    found = used(run({"gpu01": columns}, ended=100.0), price=36.0)
    assert (found.gpus, found.gpu_hours * 3600, found.idle_gpu_hours * 3600) == (2, 200.0, 100.0)
    assert found.kwh == pytest.approx(2 * 360 * 100 / 3.6e6)
    assert found.cost == pytest.approx(2.0)
    assert found.coverage == pytest.approx(1.0)


def test_a_device_counts_while_it_is_the_run_s() -> None:
    """It was somebody else's first, and is again in the end; its energy is told by a counter."""
    own = [0.0] * 5 + [1.0] * 10 + [0.0] * 6
    columns = {"gpu/0/util": [90.0] * 21, "gpu/0/own": own, "gpu/0/energy": [500.0 * i for i in range(21)]}
    found = used(run({"gpu01": columns}))
    assert found.gpu_hours * 3600 == 50.0
    assert found.kwh == pytest.approx(10 * 500 / 3.6e6)


def test_where_the_rows_do_not_know_work_decides() -> None:
    columns = {"gpu/0/util": [0.0, 90.0, 90.0, 90.0], "gpu/1/util": [90.0] * 4, "gpu/1/own": [0.0] * 4}
    found = used(run({"gpu01": columns}))
    assert (found.gpus, found.gpu_hours * 3600) == (1, 10.0)


@pytest.mark.parametrize(("own", "seconds"), [(0.0, None), (1.0, 100.0)])
def test_what_is_known_later_is_believed_of_the_beginning(own: float, seconds: float | None) -> None:
    """In a container nothing is known before the run's process is on a device."""
    made = run({"gpu01": {"gpu/0/util": [90.0] * 21}})
    late = np.array([START + 5.0 * i for i in range(4, 21)])
    block = Block(late, late, {"gpu/0/own": Column(None, np.full(len(late), own))})
    made.apply(RunDelta(made.key, made.path, system={"gpu01": (block,)}))
    found = account(made)
    assert (None if found is None else found.gpu_hours * 3600) == seconds


def test_what_was_known_long_ago_is_not_known_now() -> None:
    made = run({"gpu01": {"gpu/0/util": [90.0] * 101}})
    early = np.array([START, START + 5])
    block = Block(early, early, {"gpu/0/own": Column(None, np.zeros(2))})
    made.apply(RunDelta(made.key, made.path, system={"gpu01": (block,)}))
    assert used(made).gpu_hours * 3600 == pytest.approx(500 - 65)


def test_an_instance_of_mig_tells_no_use_and_counts_all_the_same() -> None:
    columns = {"gpu/0:0/own": [1.0] * 5, "gpu/0:1/own": [1.0] * 5, "gpu/0:1/sm_active": [0.0, 0.0, 0.0, 50.0, 50.0]}
    found = used(run({"gpu01": columns}))
    assert (found.gpus, found.gpu_hours * 3600, found.idle_gpu_hours * 3600) == (2, 40.0, 10.0)


def test_time_that_nobody_sampled_is_not_counted() -> None:
    times = [0.0, 5.0, 10.0, 5000.0, 5005.0]
    found = used(run({"gpu01": {"gpu/0/util": [90.0] * 5, "gpu/0/power": [100.0] * 5}}, times, ended=5005.0))
    assert found.gpu_hours * 3600 == pytest.approx(15.0)
    assert found.kwh == pytest.approx(1500 / 3.6e6)
    assert found.coverage == pytest.approx(15 / 5005)


def test_the_energy_counter_comes_before_power_and_may_begin_again() -> None:
    columns = {
        "gpu/0/util": [90.0] * 5,
        "gpu/0/power": [1.0] * 5,
        "gpu/0/energy": [1000.0, 4600.0, 100.0, 3700.0, 7300.0],
    }
    assert used(run({"gpu01": columns})).kwh == pytest.approx(3 * 3600 / 3.6e6)


def test_hours_that_went_into_steps_done_again_are_lost() -> None:
    """Two devices for 100 s; the rows of seconds 40 to 80 were replaced by a later attempt."""
    made = run({"gpu01": {f"gpu/{i}/util": [90.0] * 21 for i in range(2)}})
    made.replaced.append((START + 40, START + 80))
    found = used(made)
    assert found.gpu_hours * 3600 == pytest.approx(200)
    assert found.lost_gpu_hours * 3600 == pytest.approx(80)


def test_several_hosts_and_mig_instances_add_up() -> None:
    columns = {"gpu/0:1/util": [90.0] * 3, "gpu/0:2/util": [90.0] * 3}
    found = used(run({"gpu01": columns, "gpu02": {"gpu/0/util": [90.0] * 3}}))
    assert found.gpus == 3
    assert found.gpu_hours * 3600 == pytest.approx(30.0)


def test_an_account_is_drawn_up_anew_only_when_it_is_time() -> None:
    made = run({"gpu01": {"gpu/0/util": [90.0] * 3}})
    accounts = Accounts(price=1.0)
    first = accounts.of(made, START)
    clock = np.array([START + 15.0])
    block = Block(clock, clock, {"gpu/0/util": Column(None, np.array([90.0]))})
    made.apply(RunDelta(made.key, made.path, system={"gpu01": (block,)}))
    assert accounts.of(made, START + 10) is first
    later = accounts.of(made, START + 31)
    assert first is not None
    assert later is not None
    assert later.gpu_hours > first.gpu_hours
    assert accounts.of(made, START + 1000) is later


@pytest.mark.parametrize("metric", ["energy", "power"])
def test_readings_that_are_no_numbers_count_for_nothing(metric: str) -> None:
    device = {"gpu/0/util": [90.0] * 5, f"gpu/0/{metric}": [np.inf, np.inf, -np.inf, np.nan, np.inf]}
    assert used(run({"h": device})).kwh == 0


METRICS = ("power", "energy", "own")
NUMBERS = st.lists(st.floats(width=32), min_size=1, max_size=30)


@given(NUMBERS, st.data())
def test_any_numbers_give_an_account_that_is_no_nonsense(util: list[float], data: st.DataObject) -> None:
    same = st.lists(st.floats(width=32), min_size=len(util), max_size=len(util))
    times = data.draw(st.lists(st.floats(0, 1e6), min_size=len(util), max_size=len(util)).map(sorted))
    columns = {f"gpu/0/{metric}": data.draw(same) for metric in data.draw(st.sets(st.sampled_from(METRICS)))}
    found = account(run({"h": {"gpu/0/util": util, **columns}}, times))
    if found is not None:
        assert 0 <= found.idle_gpu_hours <= found.gpu_hours <= 1e6 / 3600 + 1e-9
        assert found.kwh is None or found.kwh >= 0
