"""Which alerts fire on recorded traces, which stay quiet, when, and that they clear."""

from __future__ import annotations

from dataclasses import dataclass

import pytest

from tests.tui.health import scenes
from tests.tui.health.scenes import BREAK
from tests.tui.health.traces import KEY, Scene, play
from tui.health.thresholds import Thresholds


@dataclass(frozen=True)
class Expected:
    """One step that must be told: what of which rule at which level, between two seconds after the break."""

    what: str
    rule: str
    level: str
    first: int
    last: int
    says: str = ""


def raised(rule: str, level: str, first: int, last: int, says: str = "") -> Expected:
    return Expected("raised", rule, level, first, last, says)


def cleared(rule: str, level: str, first: int, last: int) -> Expected:
    return Expected("cleared", rule, level, first, last, "cleared after")


def over(rule: str, level: str, first: int, last: int) -> Expected:
    return Expected("cleared", rule, level, first, last, "over with the run after")


def worse(rule: str, level: str, first: int, last: int) -> Expected:
    return Expected("worse", rule, level, first, last)


QUIET = [
    scenes.healthy,
    scenes.short_checkpoint,
    scenes.long_checkpoint_in_the_directory,
    scenes.long_checkpoint_elsewhere,
    scenes.logged_evaluation,
    scenes.warm_up_spikes,
    scenes.policy_loss,
    scenes.power_capped,
    scenes.memory_full_and_flat,
    scenes.one_large_file,
    scenes.merely_open,
    scenes.no_gpu_at_all,
]


@pytest.mark.parametrize("scene", QUIET, ids=lambda scene: scene.__name__)
def test_quiet(scene: Scene) -> None:
    assert [str(told) for told in play(scene, 1200)] == []


TOLD: list[tuple[Scene, int, list[Expected]]] = [
    (
        scenes.collective_hang,
        300,
        [raised("hang", "ERROR", 60, 66, "GPUs 0, 1 at 100 %, 215 W (640 W while working): waiting in a collective")],
    ),
    (
        scenes.hang_of_one_rank,
        200,
        [
            raised(
                "hang", "ERROR", 60, 66, "GPU 0 at 100 %, 215 W (640 W while working): waiting in a collective; GPU 1"
            )
        ],
    ),
    (
        scenes.stuck_loader,
        400,
        [
            raised("stall", "INFO", 60, 66, "4 data workers at 3 % CPU, all in D state: loader stuck or remote I/O"),
            worse("stall", "WARN", 298, 302),
        ],
    ),
    (
        scenes.deadlocked_loader,
        200,
        [raised("stall", "INFO", 60, 66, "4 data workers at 2 % CPU: loader stuck, deadlock or remote I/O")],
    ),
    (
        scenes.loader_too_slow_for_a_step,
        200,
        [raised("starvation", "WARN", 60, 66, "4 data workers at 392 % CPU: the loader is slow")],
    ),
    (
        scenes.slow_loader,
        400,
        [raised("starvation", "WARN", 130, 180, "4 data workers at 388 % CPU: the loader is the limit")],
    ),
    (
        scenes.no_workers_slow,
        400,
        [raised("starvation", "WARN", 130, 180, "main process at 99 % CPU in S state, no data workers")],
    ),
    (
        scenes.silent_evaluation,
        400,
        [raised("stall", "INFO", 60, 66, "a long evaluation"), cleared("stall", "INFO", 145, 155)],
    ),
    (
        scenes.evaluation_each_time,
        1500,
        [raised("stall", "INFO", 60, 66, "a long evaluation"), cleared("stall", "INFO", 125, 135)],
    ),
    (
        scenes.endless_step,
        2000,
        [raised("stall", "INFO", 60, 66, "GPUs 0, 1 at 97 %"), worse("stall", "WARN", 1798, 1803)],
    ),
    (scenes.diverging, 300, [raised("divergence", "WARN", 24, 40, "train/loss diverges")]),
    (
        scenes.diverging_and_back,
        300,
        [raised("divergence", "WARN", 24, 26), cleared("divergence", "WARN", 95, 130)],
    ),
    (scenes.creeping, 700, [raised("divergence", "INFO", 200, 400, "times its best level")]),
    (
        scenes.nan_loss,
        100,
        [raised("nonfinite", "INFO", 0, 0, "grad_norm is inf since step 400"), worse("nonfinite", "ERROR", 2, 2)],
    ),
    (
        scenes.skipped_step,
        500,
        [raised("nonfinite", "INFO", 0, 0, "grad_norm"), cleared("nonfinite", "INFO", 325, 335)],
    ),
    (
        scenes.thermal,
        300,
        [
            raised("thermal", "WARN", 29, 35, "the driver slows it down because of heat"),
            cleared("thermal", "WARN", 120, 140),
        ],
    ),
    (scenes.slow_clock, 300, [raised("slow_gpu", "WARN", 118, 124, "1300 MHz for 2m00s, the run's others 1980 MHz")]),
    (scenes.power_brake, 200, [raised("power", "WARN", 29, 33, "brake")]),
    (scenes.memory_leak, 700, [raised("memory", "WARN", 0, 250, "full in about")]),
    (scenes.unused_device, 100, [raised("idle_gpu", "WARN", -100, -95, "GPU 1 idle for 5m0")]),
    (
        scenes.never_starts,
        700,
        [raised("idle_gpu", "WARN", -100, -95, "no row yet"), raised("stall", "WARN", 500, 506, "no row yet")],
    ),
    (
        scenes.disk_filling,
        400,
        [raised("disk", "WARN", 30, 400, "the store's disk is full in about")],
    ),
    (scenes.inodes_gone, 100, [raised("disk", "WARN", 0, 6, "many small files")]),
    (
        scenes.memory_limit,
        800,
        [
            raised("host_memory", "WARN", -205, -190, "the control group's limit"),
            raised("host_memory", "ERROR", 0, 5, "the kernel killed for memory"),
            cleared("host_memory", "WARN", 28, 34),
        ],
    ),
    (scenes.device_lost, 100, [raised("hardware", "ERROR", 0, 2, "GPU 1: lost")]),
    (
        scenes.xid,
        700,
        [raised("hardware", "ERROR", 0, 2, "XID 79: the GPU has fallen off the bus; reboot the machine")],
    ),
    (scenes.xid_of_the_program, 100, [raised("hardware", "WARN", 0, 2, "an error of the program")]),
    (scenes.ecc, 100, [raised("hardware", "ERROR", 0, 2, "2 since we watch")]),
    (
        scenes.silent_sampler,
        200,
        [raised("silent", "WARN", 10, 16, "no telemetry for"), cleared("silent", "WARN", 89, 93)],
    ),
    (
        scenes.stall_without_telemetry,
        400,
        [raised("stall", "INFO", 60, 66, "nothing is known of its GPUs"), worse("stall", "WARN", 298, 302)],
    ),
    (scenes.crash, 700, [raised("crashed", "ERROR", 3, 5, "run failed: exit code 1: CUDA out of memory")]),
    (
        scenes.finish_in_a_stall,
        200,
        [raised("stall", "INFO", 60, 66), over("stall", "INFO", 100, 101)],
    ),
]


@pytest.mark.parametrize(("scene", "seconds", "expected"), TOLD, ids=[case[0].__name__ for case in TOLD])
def test_told(scene: Scene, seconds: int, expected: list[Expected]) -> None:
    told = play(scene, BREAK + seconds)
    steps = [(each.change.what, each.alert.rule, each.alert.level) for each in told]
    assert steps == [(each.what, each.rule, each.level) for each in expected], "\n".join(map(str, told))
    for each, wanted in zip(told, expected, strict=True):
        assert wanted.first <= each.at - BREAK <= wanted.last, str(each)
        assert wanted.says in each.change.text, str(each)


def test_the_first_metric_step_and_rank_are_named() -> None:
    told = play(scenes.nan_loss, BREAK + 20)
    assert told[-1].alert.title == "train/loss is nan since step 402"
    assert (
        told[-1].alert.evidence
        == "first grad_norm at step 400 on rank 1 (inf, 1.100 before), then train/loss at step 402 on rank 0 and 1 more"
    )


def test_the_alert_belongs_to_the_run_whose_device_it_is() -> None:
    assert play(scenes.thermal, BREAK + 100)[0].alert.run == KEY


def test_a_rule_that_is_off_says_nothing() -> None:
    off = Thresholds.from_mapping({"off": ["hang", "plateau"]})
    assert play(scenes.collective_hang, BREAK + 200, off) == []


def test_plateau_is_told_only_where_it_is_wanted() -> None:
    wanted = Thresholds.from_mapping({"off": [], "plateau_hours": 0.1})
    told = play(scenes.healthy, 1800, wanted)
    assert {each.alert.rule for each in told} == {"plateau"}
    assert told[0].alert.level == "INFO"
    assert "train/loss has not improved for 6m" in told[0].alert.title


def test_finishing_is_told_only_where_it_is_wanted() -> None:
    wanted = Thresholds.from_mapping({"off": ["stall"]})
    told = play(scenes.finish_in_a_stall, BREAK + 200, wanted)
    assert [(each.alert.rule, each.alert.evidence) for each in told] == [("finished", "at step 399")]
