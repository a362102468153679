"""Runs on hosts that are not sampled here: their own telemetry files tell of their devices and processes."""

from __future__ import annotations

from pathlib import Path

import numpy as np

from logstore.model.delta import Block, Column, Delta, RunDelta
from logstore.model.liveness import Liveness
from logstore.model.records import RunRecord
from logstore.model.runs import Runs
from tests.tui.health.traces import START, loss
from tui.health.alert import Change
from tui.health.watchdog import Watchdog

KEY = "lab/far"
AWAY = Liveness("elsewhere", 7, "node7")
BREAK = 400
Row = dict[str, float]


def device(util: float, power: float, **more: float) -> Row:
    return {"gpu/0/util": util, "gpu/0/power": power, "gpu/0/memory_used": 6e10, "gpu/0/memory_total": 8e10, **more}


WORKING = {
    **device(98.0, 640.0),
    "workers/count": 4.0,
    "workers/cpu": 240.0,
    "process/cpu": 340.0,
    "process/count": 6.0,
}


class Far:
    """A run on another host that writes a row a second and telemetry every five."""

    def __init__(self) -> None:
        self.runs, self.dog = Runs(), Watchdog()
        record = RunRecord(name="far", created=START, host="node7", pid=7)
        self.runs.apply(Delta((RunDelta(KEY, Path("/s/lab/far"), record=record, liveness=AWAY, last_write=START),)))
        self.told: list[tuple[int, Change]] = []

    def tick(self, second: int, system: Row | None, *, step: bool) -> None:
        now = START + second
        blocks, telemetry = {}, {}
        if step:
            blocks = {0: (block(second, now, {"loss": loss(second)}),)}
        if system is not None and second % 5 == 0:
            telemetry = {"node7": (block(now, now, system),)}
        delta = RunDelta(KEY, Path("/s/lab/far"), blocks=blocks, system=telemetry, liveness=AWAY, last_write=now)
        self.runs.apply(Delta((delta,)))
        self.dog.evaluate(self.runs, None, now)
        self.told += [(second, change) for change in self.dog.changes]

    def rules(self) -> list[tuple[str, str]]:
        return [(change.what, change.alert.rule) for _, change in self.told]


def block(step: float, now: float, values: Row) -> Block:
    columns = {key: Column(None, np.array([value])) for key, value in values.items()}
    return Block(np.array([float(step)]), np.array([now]), columns)


def play(system: Row | None, seconds: int, *, step: bool = False) -> Far:
    far = Far()
    for second in range(BREAK + seconds):
        early = second < BREAK
        far.tick(second, WORKING if early else system, step=early or step)
    return far


def test_a_healthy_run_is_quiet() -> None:
    assert play(WORKING, 300, step=True).rules() == []


def test_a_hang_is_known_by_the_run_s_own_rows_and_rows_may_be_late() -> None:
    far = play({**WORKING, **device(100.0, 210.0)}, 200)
    ((second, change),) = far.told
    assert change.alert.rule == "hang"
    assert 120 <= second - BREAK <= 126
    assert "GPU 0 on node7 at 100 %, 210 W (640 W while working)" in change.alert.evidence


def test_a_stuck_loader_is_known_by_the_run_s_own_rows() -> None:
    waiting = {**WORKING, **device(0.0, 95.0), "workers/cpu": 2.0, "workers/waiting": 4.0}
    ((_, change),) = play(waiting, 200).told
    assert "GPU 0 on node7 at 0 %, 4 data workers at 2 % CPU, all in D state" in change.alert.evidence


def test_a_device_that_is_slowed_down_is_told() -> None:
    ((_, change),) = play({**WORKING, "gpu/0/throttled": 1.0}, 100, step=True).told
    assert (change.alert.rule, change.alert.run) == ("power", KEY)


def test_a_lost_device_is_told() -> None:
    far = play({"gpu/0/lost": 1.0, "workers/count": 4.0}, 60, step=True)
    assert ("raised", "hardware") in far.rules()


def test_telemetry_that_stops_while_rows_go_on_is_told() -> None:
    far = play(None, 200, step=True)
    assert far.rules() == [("raised", "silent")]
    assert "its sampler on node7 wrote last" in far.told[0][1].alert.evidence


def test_a_device_that_never_worked_is_somebody_else_s() -> None:
    far = Far()
    idle = {"gpu/3/util": 0.0, "gpu/3/power": 90.0}
    for second in range(900):
        far.tick(second, {**WORKING, **idle}, step=True)
    assert far.rules() == []


def test_a_device_that_is_said_to_be_the_run_s_is_idle_though_it_never_worked() -> None:
    far = Far()
    second_device = {"gpu/3/util": 0.0, "gpu/3/own": 1.0, "gpu/0/own": 1.0}
    for second in range(900):
        far.tick(second, {**WORKING, **second_device}, step=True)
    assert [rule for what, rule in far.rules() if what == "raised"] == ["idle_gpu"]
    assert far.told[0][1].alert.title.startswith("GPU 3 on node7 idle for")


def test_a_device_that_is_said_to_be_another_s_is_not_the_run_s_though_it_worked() -> None:
    theirs = {**device(100.0, 640.0), "gpu/0/throttled": 1.0, "gpu/0/own": 0.0}
    assert play({**WORKING, **theirs}, 100, step=True).rules() == []


def test_a_long_past_is_taken_in_at_once() -> None:
    far = Far()
    count = 5000
    times = np.array([START - 5.0 * number for number in range(count, 0, -1)])
    columns = {key: Column(None, np.full(count, value)) for key, value in WORKING.items()}
    delta = RunDelta(KEY, Path("/s/lab/far"), system={"node7": (Block(times, times, columns),)}, liveness=AWAY)
    far.runs.apply(Delta((delta,)))
    far.tick(0, WORKING, step=True)
    evidence = far.dog.evidence(KEY)
    assert evidence is not None
    assert [(gpu.label, gpu.util, gpu.util_mean) for gpu in evidence.gpus] == [("0", 98.0, 98.0)]
