"""Calm devices and runs: whatever the evidence, no rule finds anything of one that is called calm."""

from __future__ import annotations

import math

from hypothesis import given
from hypothesis import strategies as st

from tui.health.evidence import (
    Announcement,
    Gpu,
    GpuFault,
    LossRange,
    Memory,
    Nonfinite,
    Progress,
    RunEvidence,
    StepClock,
    Workers,
)
from tui.health.rules import GPU_RULES, RUN_RULES
from tui.health.rules.calm import is_calm, is_calm_run
from tui.health.thresholds import Thresholds

NOW = 1_785_672_000.0
THRESHOLDS = Thresholds(off=())
numbers = st.floats(0, 100) | st.none()
moments = st.floats(NOW - 7200, NOW)
maybe = moments | st.none()
gpus = st.builds(
    Gpu,
    label=st.sampled_from(["0", "0:1"]),
    time=st.just(NOW),
    status=st.sampled_from(["ok", "ok", "ok", "lost"]),
    util=numbers,
    util_mean=numbers,
    idle_since=st.none() | maybe,
    power=numbers,
    power_usual=numbers,
    memory_used=numbers,
    memory_total=st.just(100.0),
    memory_rise=st.none() | numbers,
    memory_seconds=st.just(600.0),
    margin=st.sampled_from([None, math.nan, 4.0, 20.0]),
    clock=numbers,
    clock_usual=numbers,
    slow_since=st.none() | maybe,
    slowed=st.just({}) | st.dictionaries(st.sampled_from(["hw_thermal", "hw_slowdown", "sw_power_cap"]), moments),
    unowned=numbers.map(lambda share: None if share is None else share * 2**30),
    unowned_since=st.none() | maybe,
    uncorrected=st.sampled_from([None, 0.0, 0.0, 3.0]),
    remap_pending=st.sampled_from([False, False, True]),
    remap_failed=st.sampled_from([False, False, True]),
    recovery=st.sampled_from([0, 0, 1, 99]),
)
clocks = st.builds(
    StepClock, advanced=maybe, last_row=maybe, usual=st.floats(0.1, 1000) | st.none(), started=maybe, far=st.booleans()
)


def few(values: st.SearchStrategy[object]) -> st.SearchStrategy[tuple[object, ...]]:
    """Nothing, mostly."""
    return st.just(()) | st.just(()) | st.tuples(values)


runs = st.builds(
    RunEvidence,
    key=st.just("lab/heron"),
    state=st.sampled_from(["running", "running", "running", "finished", "crashed"]),
    left=st.none(),
    clock=clocks,
    nonfinite=few(st.just(Nonfinite("loss", 0, 3.0, float("nan"), NOW))),
    losses=few(st.just(LossRange("loss", 9.0, 1.0, 2.0, 1000, NOW, 3.0))),
    progress=few(st.just(Progress("loss", 1.0, 1.0, 7200.0))),
    gpus=st.lists(gpus, max_size=3).map(tuple),
    workers=st.none() | st.builds(Workers, count=st.integers(0, 4), cpu=numbers, main_cpu=numbers, mains=st.just(1)),
    silent_hosts=st.just({}) | st.just({"far": NOW - 600}),
    faults=few(st.just(GpuFault(NOW - 5, "0", "xid", 79, "lab/heron", "far"))),
    memories=few(st.just(Memory("far", NOW - 5, 95.0, 100.0, limited=True, killed=NOW - 5, kills=2))),
    announced=few(st.just(Announcement(NOW, "a", "b", "WARN"))),
)


@given(gpus, st.floats(0, 7200))
def test_no_rule_speaks_of_a_calm_device_however_late_it_is(gpu: Gpu, later: float) -> None:
    if is_calm(gpu, THRESHOLDS):
        found = [finding for rule in GPU_RULES for finding in rule.look(gpu, THRESHOLDS, NOW + later)]
        assert found == []


@given(runs)
def test_no_rule_speaks_of_a_calm_run(run: RunEvidence) -> None:
    if is_calm_run(run, THRESHOLDS, NOW):
        assert [finding for rule in RUN_RULES for finding in rule.look(run, THRESHOLDS, NOW)] == []


def test_what_is_healthy_is_calm() -> None:
    busy = Gpu("0", time=NOW, util=97.0, util_mean=96.0, power=640.0, margin=20.0)
    clock = StepClock(step=100, advanced=NOW - 1, last_row=NOW - 1, usual=1.0)
    assert is_calm(busy, THRESHOLDS)
    assert is_calm_run(RunEvidence("lab/heron", clock=clock, gpus=(busy,)), THRESHOLDS, NOW)
