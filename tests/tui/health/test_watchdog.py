"""``tui.health.watchdog``: many runs, runs that come, go and are not read yet, clocks that jump."""

from __future__ import annotations

import math
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from collectors.backend import GpuEvent
from collectors.samples import Sample, StateLine
from logstore.model.delta import Block, Column, Delta, Event, RunDelta
from logstore.model.liveness import Liveness
from logstore.model.records import RunRecord
from logstore.model.runs import Run, Runs
from logstore.model.state import State
from tests.tui.health import scenes
from tests.tui.health.scenes import BREAK, healthy
from tests.tui.health.traces import ALIVE, HOST, IDLE, KEY, START, Device, Player, Second, ended, play, row, training
from tests.tui.health.traces import delta as trace_delta
from tests.tui.health.traces import sample as trace_sample
from tui.health.alert import Alert
from tui.health.history import row as event_row
from tui.health.thresholds import RULES
from tui.health.watchdog import MET_AT_ONCE, Watchdog
from tui.machine.telemetry import Telemetry


def store(count: int, *, losses: int = 60, bad: bool = False) -> Runs:
    runs = Runs()
    values = np.full(losses, math.nan if bad else 1.0)
    steps = np.arange(losses, dtype=float)
    block = Block(steps, START - losses + steps, {"loss": Column(None, values)})
    runs.apply(Delta(tuple(delta(f"p/{number}", blocks={0: (block,)}) for number in range(count))))
    return runs


def delta(key: str, **more: object) -> RunDelta:
    record = RunRecord(name=key, created=START - 60, pid=1, host=HOST)
    values = {"record": record, "liveness": ALIVE, "last_write": START, **more}
    return RunDelta(key, Path("/store") / key, **values)  # type: ignore[arg-type]


def test_nothing_to_watch_is_fine() -> None:
    dog = Watchdog()
    assert dog.evaluate({}, None, START) == []
    assert dog.evaluate({}, Telemetry(), START) == []
    assert (dog.changes, dog.quiet()) == ((), [])


def test_many_new_runs_are_met_a_few_at_a_time() -> None:
    runs, dog = store(3 * MET_AT_ONCE, bad=True), Watchdog()
    found = [len(dog.evaluate(runs, None, START + tick)) for tick in range(5)]
    assert found == [MET_AT_ONCE, 2 * MET_AT_ONCE, 3 * MET_AT_ONCE, 3 * MET_AT_ONCE, 3 * MET_AT_ONCE]


def test_alerts_and_changes_are_those_of_the_last_look() -> None:
    runs, dog = store(1, bad=True), Watchdog()
    (alert,) = dog.evaluate(runs, None, START)
    assert isinstance(alert, Alert)
    assert [(change.what, change.alert) for change in dog.changes] == [("raised", alert)]
    dog.evaluate(runs, None, START + 1)
    assert dog.changes == ()
    assert [each.key for each in dog.alerts] == [alert.key]


def test_a_run_that_is_not_read_yet_is_not_judged() -> None:
    runs, dog = store(1, bad=True), Watchdog()
    runs.apply(Delta((delta("p/0", bytes_left=1 << 24),)))
    assert dog.evaluate(runs, None, START) == []
    runs.apply(Delta((delta("p/0", bytes_left=10),)))
    assert len(dog.evaluate(runs, None, START + 1)) == 1


def test_a_run_that_is_deleted_takes_its_alerts_along() -> None:
    runs, dog = store(2, bad=True), Watchdog()
    dog.evaluate(runs, None, START)
    runs.apply(Delta(gone=("p/0",)))
    assert [alert.run for alert in dog.evaluate(runs, None, START + 1)] == ["p/1"]
    assert [(change.what, change.ended) for change in dog.changes] == [("cleared", True)]


def test_runs_that_had_ended_before_are_history() -> None:
    runs, dog = Runs(), Watchdog()
    record = ended("failed", START - 100, exit_code=1)
    runs.apply(Delta((delta("p/old", record=record),)))
    assert [dog.evaluate(runs, None, START + tick) for tick in range(10)] == [[]] * 10


def test_runs_that_ended_are_not_asked_again_while_nothing_changes(monkeypatch: pytest.MonkeyPatch) -> None:
    runs, dog = store(1), Watchdog()
    for number in range(1, 50):
        runs.apply(Delta((delta(f"p/{number}", record=ended("finished", START)),)))
    asked: list[str] = []
    state = Run.state

    def noted(run: Run, now: float) -> State:
        asked.append(run.key)
        return state(run, now)

    dog.evaluate(runs, None, START)
    monkeypatch.setattr(Run, "state", noted)
    dog.evaluate(runs, None, START + 1)
    assert set(asked) == {"p/0"}
    asked.clear()
    runs.apply(Delta((delta("p/7", record=ended("finished", START)),)))
    dog.evaluate(runs, None, START + 2)
    assert set(asked) == {"p/0", "p/7"}


def test_a_crash_is_told_and_a_resume_ends_it() -> None:
    player = Player()
    player.play(healthy, 20)
    gone = Second(liveness=Liveness("gone", 4000, HOST, START + 20))
    player.play(lambda _: gone, 10, begin=20)
    assert [(told.change.what, told.alert.rule) for told in player.told] == [("raised", "crashed")]
    player.play(healthy, 40, begin=30)
    assert player.dog.alerts == []
    assert len(player.told) == 1


def test_the_training_s_own_alerts_are_passed_on_and_a_watcher_s_lines_are_not() -> None:
    own = Event(START + 5, "alert", "low accuracy", "0.31", "ERROR")
    theirs = Event(START + 5, "alert", "no step", "", "WARN", {"rule": "stall", "what": "raised"})
    note = Event(START + 5, "note", "lr halved")

    def scene(second: int) -> Second:
        return replace(healthy(second), events=(own, theirs, note) if second == 5 else ())

    assert [(told.alert.rule, told.alert.level, told.alert.text) for told in play(scene, 60)] == [
        ("logged", "ERROR", "low accuracy: 0.31")
    ]


def test_an_alert_that_another_watcher_raised_is_not_told_again() -> None:
    first = play(scenes.stuck_loader, BREAK + 70)[0].change
    plain = {key: value for key, value in event_row(first).items() if key not in {"kind", "title", "text", "level"}}
    event = Event(first.time, "alert", first.alert.title, first.alert.evidence, first.alert.level, plain)
    player = Player()
    player.tick(0, replace(healthy(0), events=(event,)))
    assert [alert.rule for alert in player.dog.alerts] == ["stall"]
    assert player.told == []


def test_quiet_runs_are_those_worth_a_look_at_their_directories() -> None:
    player = Player()
    player.play(healthy, 30)
    assert player.dog.quiet() == []
    player.play(lambda _: Second(), 25, begin=30)
    assert player.dog.quiet() == [KEY]


def test_a_watcher_that_slept_raises_nothing_before_it_has_read() -> None:
    """After an hour in which nobody read, the first look finds an old last row; the rows come a moment later."""
    player = Player()
    player.play(healthy, 100)
    player.tick(3700, Second())
    player.play(lambda second: Second(row(second, train__loss=2.0)), 5, begin=3701)
    assert player.told == []


def test_faults_are_heard_from_lines_and_the_oldest_are_forgotten() -> None:
    dog, telemetry = Watchdog(), Telemetry()
    dog.hear(StateLine(START, "ok"))
    dog.hear(Sample(START, events=tuple(GpuEvent(START, "GPU-x", "xid", code) for code in range(1, 200))))
    telemetry.apply(Sample(START))
    assert len(dog.evaluate({}, telemetry, START + 1)) == 64


def test_a_driver_that_goes_away_is_told_and_one_that_never_was_is_not() -> None:
    gone = StateLine(START + BREAK, "unavailable", "the driver was unloaded")

    def scene(second: int) -> Second:
        if second < BREAK:
            return healthy(second)
        return Second(row(second, train__loss=2.0), devices=None, state=gone if second == BREAK else None)

    ((told),) = play(scene, BREAK + 60)
    assert (told.alert.rule, told.alert.evidence) == ("silent", "unavailable: the driver was unloaded")
    never = StateLine(START, "unavailable", "no NVIDIA driver")
    quiet = play(lambda second: Second(row(second, train__loss=2.0), devices=None, state=never), 60)
    assert quiet == []


def test_memory_that_nobody_holds_is_told() -> None:
    """Nothing runs, and a device is full although the driver lists no process on it."""
    dog, telemetry = Watchdog(), Telemetry()
    values = {"util": 0.0, "memory_used": 20.0 * 2**30, "memory_total": 80.0 * 2**30}
    from collectors.backend import GpuSample

    found: list[Alert] = []
    for second in range(400):
        gpu = GpuSample(0, "GPU-0", "H200", "ok", values, (), ())
        telemetry.apply(Sample(START + second, gpus=(gpu,)))
        found = dog.evaluate({}, telemetry, START + second)
    assert [(alert.rule, alert.level) for alert in found] == [("orphan_memory", "INFO")]
    assert "20.0 GiB held by nobody visible" in found[0].title


NUMBERS = st.floats(allow_nan=True, allow_infinity=True)
KEYS = st.sampled_from(["loss", "train/loss", "grad_norm", "val/loss", "ppl"])
MORE = ["temperature_margin", "ecc_uncorrected", "remap_pending", "remap_failed", "recovery"]
ROWS = st.dictionaries(st.integers(0, 2), st.dictionaries(KEYS, NUMBERS, min_size=1))
DEVICES = st.builds(
    Device,
    util=NUMBERS,
    power=NUMBERS,
    memory=st.floats(0, 1e6),
    clock=NUMBERS,
    temperature=NUMBERS,
    reasons=st.lists(st.sampled_from(["sw_thermal", "hw_slowdown", "odd"])).map(tuple),
    status=st.sampled_from(["ok", "lost"]),
    more=st.dictionaries(st.sampled_from(MORE), NUMBERS),
)
HOST_KEYS = st.sampled_from(["disk/free", "disk/total", "disk/inodes_free", "memory/used", "memory/oom_kills"])


@st.composite
def seconds(draw: st.DrawFn) -> Second:
    step = draw(st.integers(0, 10**6))
    rows = {rank: {"_step": float(step), **values} for rank, values in draw(ROWS).items()}
    return Second(
        rows,
        devices=draw(st.none() | st.lists(DEVICES, max_size=2)),
        worker_cpu=draw(NUMBERS),
        worker_state=draw(st.sampled_from("RSDZ")),
        workers=draw(st.integers(0, 3)),
        main_cpu=draw(NUMBERS),
        written=draw(NUMBERS),
        host=draw(st.dictionaries(HOST_KEYS, NUMBERS)),
        xids=draw(st.lists(st.integers(-5, 200), max_size=2)),
        sampled=draw(st.booleans()),
    )


@settings(max_examples=60, deadline=None)
@given(st.lists(st.tuples(seconds(), st.integers(0, 4000)), max_size=25))
def test_no_trace_of_numbers_raises(trace: list[tuple[Second, int]]) -> None:
    player, now = Player(), 0
    for what, pause in trace:
        now += pause
        player.tick(now, what)
    assert {told.alert.rule for told in player.told} <= set(RULES)


@pytest.mark.parametrize("name", ["train/loss\x1b[2J", "lo\u202ess\n", "loss" * 500])
def test_a_hostile_metric_is_text(name: str) -> None:
    told = play(lambda second: Second({0: {"_step": second, name: math.nan}}), 5)
    assert told[0].alert.title.isprintable()
    assert len(told[0].alert.title) <= 400


@pytest.mark.parametrize(("own", "told"), [(1.0, ["GPU 1 idle"]), (0.0, []), (None, [])])
def test_a_device_that_was_set_aside_for_a_run_and_never_used_is_told(own: float | None, told: list[str]) -> None:
    """The driver lists the run on the first device only; its own telemetry knows that the second is its own too."""
    player = Player()
    titles: list[str] = []
    for second in range(320):
        now = START + second
        what = Second(training(second), devices=(Device(), IDLE))
        line = trace_sample(what, now, 2)
        (main, *loaders) = line.processes
        bare = replace(line.gpus[1], processes=())
        line = replace(line, gpus=(line.gpus[0], bare), processes=(replace(main, gpus=("GPU-0000",)), *loaders))
        rows = {"gpu/1/util": 0.0, **({} if own is None else {"gpu/1/own": own})}
        block = Block(np.array([now]), np.array([now]), {key: Column(None, np.array([v])) for key, v in rows.items()})
        logged = replace(trace_delta(what, now), system={HOST: (block,)} if second % 5 == 0 else {})
        player.runs.apply(Delta((logged,)))
        player.telemetry.apply(line)
        player.dog.evaluate(player.runs, player.telemetry, now)
        titles += [change.alert.title for change in player.dog.changes if change.alert.rule == "idle_gpu"]
    assert [title.partition(" for ")[0] for title in titles] == told
