"""``tui.health.rules``: pure functions over evidence; what the traces do not reach, and that nothing breaks them."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tui.health.alert import RANK, Finding
from tui.health.evidence import (
    Announcement,
    Gpu,
    GpuFault,
    LossRange,
    MachineEvidence,
    Nonfinite,
    Progress,
    RunEvidence,
    Space,
    StepClock,
    Workers,
)
from tui.health.rules import (
    GPU_RULES,
    MACHINE_RULES,
    RUN_RULES,
    hang,
    hardware,
    host,
    phrases,
    slowdown,
    stall,
    starvation,
)
from tui.health.thresholds import Thresholds

NOW = 1_785_672_000.0
GIB = float(1 << 30)
DEFAULTS = Thresholds()


def gpu(label: str = "0", util: float = 97.0, power: float = 640.0, **more: object) -> Gpu:
    return Gpu(label, time=NOW, util=util, power=power, power_usual=640.0)._replace(**more)  # type: ignore[arg-type]


def quiet(seconds: float, *gpus: Gpu, workers: Workers | None = None, **clock: Any) -> RunEvidence:
    """A run whose last step was so long ago."""
    known = StepClock(100, NOW - seconds, NOW - seconds, 0.8, NOW - 9000)
    return RunEvidence("lab/heron", clock=known._replace(**clock), gpus=gpus, workers=workers)


def one(findings: Iterable[Finding]) -> Finding:
    (found,) = findings
    return found


def look(rule: Callable[..., Iterable[Finding]], evidence: object) -> list[Finding]:
    return list(rule(evidence, DEFAULTS, NOW))


SPIN, REST = gpu("0", 100.0, 180.0), gpu("7", 0.0, 90.0)


def test_one_rank_that_still_works_while_others_wait_is_no_hang() -> None:
    run = quiet(400, SPIN, gpu("1", 100.0, 180.0), gpu("2"), ranks={0: NOW - 400, 1: NOW - 400, 2: NOW - 430})
    assert look(hang.look, run) == []
    found = one(look(stall.look, run))
    assert found.level == "INFO"
    assert found.evidence == (
        "GPU 2 at 97 %, 640 W (640 W while working), while GPUs 0, 1 wait; rank 2 logged last 30s before the others"
    )


def test_several_that_do_not_take_part_are_named() -> None:
    found = one(look(hang.look, quiet(100, SPIN, REST._replace(label="6"), REST)))
    assert found.evidence.endswith("waiting in a collective; GPUs 6, 7 at 0 % do not take part")


@pytest.mark.parametrize("unknown", [{"power": None}, {"power_usual": None}, {"time": NOW - 60}])
def test_a_device_that_does_not_tell_never_hangs(unknown: dict[str, object]) -> None:
    assert look(hang.look, quiet(100, SPIN._replace(**unknown))) == []  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("workers", "says"),
    [
        (None, "GPU 7 at 0 %: waiting for data, for a lock or for another process"),
        (
            Workers(main_state="D", main_cpu=1.0, mains=1),
            "main process at 1 % CPU in D state, no data workers: stuck in I/O",
        ),
        (
            Workers(main_state="S", main_cpu=0.0, mains=1),
            "no data workers: waiting for a lock, a process or the network",
        ),
        (Workers(main_cpu=2.0, mains=4), "4 main processes at 2 % CPU, no data workers: waiting"),
        (Workers(8, 3.0, 3), "8 data workers at 3 % CPU, 3 of them in D state: loader stuck or remote I/O"),
        (Workers(1, None, 0), "1 data worker: loader stuck, deadlock or remote I/O"),
        (Workers(main_state="R", main_cpu=99.0, mains=1), "R state, no data workers: the main process computes"),
        (Workers(4, 0.0, 0, 99.0, "R", 1), "4 data workers at 0 % CPU: main process at 99 % CPU in R state: it comp"),
        (
            Workers(2, 0.0, 0, 0.0, "T", 1),
            "2 data workers at 0 % CPU: stopped by a signal or a debugger; SIGCONT lets it go on",
        ),
    ],
)
def test_an_idle_run_s_processes_name_the_cause(workers: Workers | None, says: str) -> None:
    assert says in one(look(stall.look, quiet(100, REST, workers=workers))).evidence


@pytest.mark.parametrize(
    ("workers", "level", "says"),
    [
        (None, "WARN", "nothing is known of its GPUs"),
        (Workers(2, 0.0, 0, 0.0, "S", 1), "WARN", "2 data workers at 0 % CPU: loader stuck, deadlock or remote I/O"),
        (Workers(main_cpu=0.0, main_state="S", mains=1), "WARN", "no data workers: waiting for a lock, a process"),
        (Workers(main_cpu=98.0, main_state="R", mains=1), "INFO", "main process at 98 % CPU in R state: a long eval"),
    ],
)
def test_a_run_whose_gpus_are_not_seen_is_told_of_by_its_processes(
    workers: Workers | None, level: str, says: str
) -> None:
    found = one(look(stall.look, quiet(400, workers=workers)))
    assert found.level == level
    assert says in found.evidence


def test_a_minute_more_for_runs_on_other_hosts() -> None:
    assert look(stall.look, quiet(100, far=True)) == []
    assert len(look(stall.look, quiet(121, far=True))) == 1


def test_a_slow_run_has_its_own_patience() -> None:
    assert look(stall.look, quiet(590, usual=60.0)) == []
    assert one(look(stall.look, quiet(610, usual=60.0))).level == "WARN"


@pytest.mark.parametrize(("seconds", "count"), [(3500, 0), (3700, 1)])
def test_a_run_that_logged_once_after_an_epoch_of_twenty_minutes_may_take_as_long_again(
    seconds: float, count: int
) -> None:
    run = quiet(seconds, usual=None, started=NOW - seconds - 1200)
    assert len(look(stall.look, run)) == count


@pytest.mark.parametrize(("seconds", "count"), [(140, 0), (151, 1)])
def test_a_run_may_pause_again_as_long_as_it_did_before(seconds: float, count: int) -> None:
    assert len(look(stall.look, quiet(seconds, pause=100.0))) == count
    assert len(look(hang.look, quiet(seconds, SPIN, pause=100.0))) == count


def test_one_very_long_pause_does_not_excuse_all_later_ones() -> None:
    assert len(look(stall.look, quiet(1900, pause=9000.0))) == 1


@pytest.mark.parametrize("sign", [{"grew": NOW - 5}, {"last_row": NOW - 5}])
def test_signs_of_life_excuse_a_run_but_not_for_ever(sign: dict[str, Any]) -> None:
    assert look(stall.look, quiet(1700, workers=None, **sign)) == []
    assert len(look(stall.look, quiet(1900, workers=None, **sign))) == 1


def test_a_loader_that_waits_for_storage_is_told() -> None:
    slow = gpu(util_mean=20.0, util=5.0)
    run = quiet(1, slow, workers=Workers(4, 12.0, 3))
    assert one(look(starvation.slow, run)).evidence.endswith("the loader waits for storage")


def test_little_use_without_a_cause_is_a_notice_and_some_use_is_nothing() -> None:
    assert one(look(starvation.slow, quiet(1, gpu(util_mean=10.0)))).level == "INFO"
    assert look(starvation.slow, quiet(1, gpu(util_mean=30.0))) == []
    assert look(starvation.slow, quiet(1, gpu(util_mean=30.0), gpu("1", util_mean=None))) == []


def test_the_margin_to_the_slowdown_counts() -> None:
    found = one(look(slowdown.thermal, gpu(margin=4.0, temperature=83.0)))
    assert (found.title, found.evidence) == ("GPU 0 is nearly too hot", "83 °C, 4 °C left to the slowdown")


def test_heat_comes_before_the_power_supply() -> None:
    hot = gpu(slowed={"hw_slowdown": NOW - 60, "hw_thermal": NOW - 60})
    assert one(look(slowdown.thermal, hot)).title == "GPU 0 is too hot"
    assert look(slowdown.power, hot) == []
    assert look(slowdown.power, gpu(slowed={"sw_power_cap": NOW - 600})) == []


def test_a_device_that_needs_a_reset_and_has_errors_is_told_of_both() -> None:
    found = look(hardware.device, gpu(uncorrected=2.0, remap_pending=True))
    assert [(each.level, each.subject) for each in found] == [("ERROR", "0 ecc"), ("WARN", "0 remap")]


@pytest.mark.parametrize(
    ("action", "title"),
    [
        (1, "GPU 0 needs a reset"),
        (2, "GPU 0 needs a reboot of the machine"),
        (4, "GPU 0 needs a reset after its work"),
        (99, "GPU 0 needs help"),
    ],
)
def test_what_the_driver_wants_done_is_told_once(action: int, title: str) -> None:
    found = one(look(hardware.device, gpu(recovery=action, remap_pending=True)))
    assert (found.title, found.level, found.subject) == (title, "ERROR", "0 recovery")
    assert f"(recovery action {action})" in found.evidence


def test_memory_beyond_repair_is_told() -> None:
    found = one(look(hardware.device, gpu(remap_failed=True, remap_pending=True)))
    assert (found.title, found.level) == ("GPU 0 has memory beyond repair", "ERROR")


@pytest.mark.parametrize(
    ("code", "text", "level"),
    [
        (31, "memory page fault, as by an illegal address; an error of the program, usually", "WARN"),
        (63, "a memory row is remapped at the next reset", "WARN"),
        (79, "the GPU has fallen off the bus; reboot the machine", "ERROR"),
        (95, "uncontained memory error; reset the GPU", "ERROR"),
        (121, "corrected errors on the link to the CPU", "INFO"),
        (147, "NVLink error", "ERROR"),
        (9999, "see NVIDIA's list of XID errors", "ERROR"),
    ],
)
def test_an_error_is_told_with_what_helps(code: int, text: str, level: str) -> None:
    found = one(look(hardware.faults, MachineEvidence(faults=(GpuFault(NOW, "2", "xid", code),))))
    assert (found.title, found.evidence, found.level) == (f"GPU 2: XID {code}", text, level)


def test_an_error_that_nobody_knows_is_told_with_its_number() -> None:
    faults = (
        GpuFault(NOW, "2", "xid", 9999),
        GpuFault(NOW, "2", "ecc uncorrected", 0),
        GpuFault(NOW - 9e5, "1", "xid", 79),
    )
    found = look(hardware.faults, MachineEvidence(faults=faults))
    assert [each.title for each in found] == ["GPU 2: XID 9999", "GPU 2: ecc uncorrected"]


@pytest.mark.parametrize(
    ("space", "level"),
    [
        (Space(400e6, 2e12), "ERROR"),
        (Space(10 * GIB, 2e12), "WARN"),
        (Space(10 * GIB, 100 * GIB), None),
        (Space(500 * GIB, 2e12, fall=2 * GIB), "ERROR"),
        (Space(500 * GIB, 2e12, fall=0.1 * GIB), "WARN"),
        (Space(500 * GIB, 2e12, fall=0.01 * GIB), None),
    ],
)
def test_bytes_share_and_time_left_decide_on_a_disk(space: Space, level: str | None) -> None:
    found = look(host.disk, MachineEvidence(disk=space))
    assert [each.level for each in found] == ([level] if level else [])


def test_a_disk_that_hangs_is_told() -> None:
    found = one(look(host.disk, MachineEvidence(disk_unanswered=45.0)))
    assert (found.title, found.since) == ("the store's disk does not answer", NOW - 45)


@pytest.mark.parametrize(
    ("labels", "says"),
    [
        (["2"], "GPU 2"),
        (["0", "1"], "GPUs 0, 1"),
        (["0", "1", "2", "3"], "GPUs 0–3"),
        (["0", "2", "5"], "GPUs 0, 2, 5"),
    ],
)
def test_devices_are_named_briefly(labels: list[str], says: str) -> None:
    assert phrases.gpu_names([gpu(label) for label in labels]) == says


def test_instances_and_other_hosts_are_named() -> None:
    assert phrases.gpu_names([gpu("0:1"), gpu("0:2"), gpu("0:3")]) == "GPUs 0:1, 0:2, 0:3"
    assert phrases.gpu_names([gpu("0", host="node7"), gpu("1", host="node7")]) == "GPUs 0, 1 on node7"
    assert phrases.gpu_use([gpu(util=10.0), gpu("1", util=99.0)]) == "GPUs 0, 1 at 10 to 99 %"


NUMBER = st.floats(allow_nan=True, allow_infinity=True)
MAYBE = st.none() | NUMBER
TEXT = st.text(max_size=8)
GPU = st.builds(
    Gpu,
    label=st.sampled_from(["0", "1", "0:1", "", "²"]),
    host=TEXT,
    time=NUMBER | st.just(NOW),
    status=st.sampled_from(["ok", "lost", "odd"]),
    **dict.fromkeys("util util_mean idle_since power power_usual memory_used memory_total memory_rise".split(), MAYBE),
    **dict.fromkeys("temperature margin clock clock_usual slow_since unowned unowned_since uncorrected".split(), MAYBE),
    memory_seconds=NUMBER,
    slowed=st.dictionaries(st.sampled_from(["hw_thermal", "hw_power_brake"]), NUMBER),
)
CLOCK = st.builds(
    StepClock,
    **dict.fromkeys("step advanced last_row usual started grew".split(), MAYBE | st.just(NOW - 100)),
    ranks=st.dictionaries(st.integers(0, 3), NUMBER),
    far=st.booleans(),
)
WORKERS = st.builds(
    Workers,
    count=st.integers(0, 9),
    waiting=st.integers(0, 9),
    mains=st.integers(0, 9),
    main_state=st.sampled_from([None, "D", "S"]),
    **dict.fromkeys("cpu main_cpu written".split(), MAYBE),
)
LOSS = st.builds(
    LossRange,
    metric=TEXT,
    points=st.integers(0, 99),
    **dict.fromkeys("newest centre limit".split(), NUMBER),
    **dict.fromkeys("since step recent best best_step creep_limit".split(), MAYBE),
)
RUN = st.builds(
    RunEvidence,
    key=st.just("p/a"),
    state=st.sampled_from(["running", "crashed", "finished", "killed"]),
    left=MAYBE,
    clock=CLOCK,
    nonfinite=st.lists(
        st.builds(Nonfinite, TEXT, st.integers(0, 9), NUMBER, NUMBER, MAYBE, again=MAYBE, points=st.integers(1, 9)),
        max_size=3,
    ).map(tuple),
    losses=st.lists(LOSS, max_size=2).map(tuple),
    progress=st.lists(st.builds(Progress, TEXT, NUMBER, NUMBER, NUMBER), max_size=2).map(tuple),
    gpus=st.lists(GPU, max_size=4).map(tuple),
    workers=st.none() | WORKERS,
    silent_hosts=st.dictionaries(TEXT, NUMBER, max_size=2),
    announced=st.lists(st.builds(Announcement, NUMBER, TEXT, TEXT, TEXT), max_size=2).map(tuple),
)
SPACE = st.none() | st.builds(Space, NUMBER, NUMBER, MAYBE)
MACHINE = st.builds(
    MachineEvidence,
    **dict.fromkeys("sampled gpu_silent disk_unanswered memory_used memory_total oom_killed".split(), MAYBE),
    interval=NUMBER,
    faults=st.lists(st.builds(GpuFault, NUMBER, TEXT, TEXT, st.integers()), max_size=2).map(tuple),
    disk=SPACE,
    inodes=SPACE,
)


def well_formed(findings: Iterable[Finding]) -> None:
    for found in findings:
        assert found.title
        assert found.level in RANK


@given(RUN)
def test_no_evidence_of_a_run_breaks_a_rule(run: RunEvidence) -> None:
    for rule in RUN_RULES:
        well_formed(rule.look(run, DEFAULTS, NOW))


@given(GPU)
def test_no_evidence_of_a_device_breaks_a_rule(device: Gpu) -> None:
    for rule in GPU_RULES:
        well_formed(rule.look(device, DEFAULTS, NOW))


@given(MACHINE)
def test_no_evidence_of_a_machine_breaks_a_rule(machine: MachineEvidence) -> None:
    for rule in MACHINE_RULES:
        well_formed(rule.look(machine, DEFAULTS, NOW))


@given(RUN)
def test_without_telemetry_no_rule_speaks_of_a_device(run: RunEvidence) -> None:
    blind = run._replace(gpus=())
    for rule in RUN_RULES:
        if rule.name in {"hang", "idle_gpu", "starvation"}:
            assert list(rule.look(blind, DEFAULTS, NOW)) == []
