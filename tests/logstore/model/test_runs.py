"""The model: deltas in, runs out."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from logstore.model.delta import Block, Column, Delta, Event, RunDelta
from logstore.model.liveness import Liveness
from logstore.model.records import MetricRule, RunRecord
from logstore.model.runs import Changes, Run, Runs

T = 1_700_000_000.0
PATH = Path("/store/demo/a1")


def block(steps: list[float], values: list[float], times: list[float] | None = None, **texts: object) -> Block:
    when = np.array(times, float) if times is not None else T + np.array(steps, float)
    return Block(np.array(steps, float), when, {"loss": Column(None, np.array(values, float))}, texts, 1.5)


def delta(*blocks: Block, rank: int = 0, **fields: object) -> RunDelta:
    return RunDelta("demo/a1", PATH, blocks={rank: blocks} if blocks else {}, **fields)  # type: ignore[arg-type]


def run_of(*deltas: RunDelta) -> Run:
    run = Run("demo/a1", PATH)
    for each in deltas:
        run.apply(each)
    return run


def test_a_run_knows_who_it_is() -> None:
    run = run_of(delta(record=RunRecord(id="a1", name="brisk-fox", project="demo", created=T), config={"lr": 0.1}))
    assert (run.key, run.id, run.name, run.project, run.created) == ("demo/a1", "a1", "brisk-fox", "demo", T)
    assert run.config == {"lr": 0.1}
    assert run.step is None
    assert dict(run.summary) == {}


def test_a_foreign_run_is_called_after_its_file_or_directory() -> None:
    assert Run("exp1/metrics", Path("/logs/exp1/metrics.jsonl"), foreign=True).name == "exp1"
    named = Run("exp1/lr3", Path("/logs/exp1/lr3.jsonl"), foreign=True)
    assert (named.name, named.project) == ("lr3", "exp1")
    alone = Run("lr3", Path("/logs/lr3.jsonl"), foreign=True)
    assert alone.project == "logs"
    alone.apply(RunDelta("lr3", alone.path, blocks={0: (block([0], [1]),)}))
    assert alone.created == T


def test_a_run_whose_record_comes_late_is_foreign_no_more() -> None:
    run = Run("demo/log", Path("/store/demo/log"), foreign=True)
    run.apply(RunDelta(run.key, run.path, record=RunRecord(id="log")))
    assert (run.foreign, run.name) == (False, "log")


def test_rows_become_series() -> None:
    run = run_of(delta(block([0, 1], [3, 2])), delta(block([2], [1])))
    assert run.series("loss").values.tolist() == [3, 2, 1]
    assert list(run.metrics) == ["loss"]
    assert run.step == 2
    assert run.last_row == T + 2
    assert run.runtime == 1.5
    with pytest.raises(KeyError, match="demo/a1 has no metric 'acc'"):
        run.series("acc")


def test_the_lowest_rank_is_the_curve_and_others_stand_beside() -> None:
    run = run_of(delta(block([0], [9], note="r3"), rank=3), delta(block([0, 1], [1, 2], note="r0")))
    assert run.rank == 0
    assert run.series("loss").values.tolist() == [1, 2]
    assert run.series("loss", rank=3).values.tolist() == [9]
    assert run.texts == {"note": "r0"}
    with pytest.raises(KeyError, match="at rank 7"):
        run.series("loss", rank=7)


def test_telemetry_is_that_of_the_runs_own_host() -> None:
    run = run_of(
        delta(record=RunRecord(host="b"), system={"a": (block([T], [1]),), "b": (block([T], [2]),)}),
    )
    assert run.system["loss"].last == 2
    assert set(run.hosts) == {"a", "b"}


def test_R10_a_later_attempt_makes_a_ghost_of_what_it_overtakes() -> None:
    first = delta(block([0, 1, 2, 3], [0, 1, 2, 3]), record=RunRecord(created=T))
    record = RunRecord.from_json({"created": T, "attempts": [{"started": T}, {"started": T + 100}]})
    second = delta(block([2, 3], [20, 30], [T + 101, T + 102]), record=record)
    run = run_of(first, second)
    assert run.series("loss").values.tolist() == [0, 1, 20, 30]
    assert run.series("loss").ghost[0].tolist() == [2, 3]
    assert run.step == 3


def test_attempts_are_told_apart_within_one_block_and_over_several_ranks() -> None:
    record = RunRecord.from_json({"created": T, "attempts": [{"started": T}, {"started": T + 50}, {"started": T + 90}]})
    rows = block([0, 1, 2, 1, 2, 2, 3], [0, 1, 2, 10, 20, 200, 300], [T, T + 1, T + 2, T + 50, T + 51, T + 90, T + 91])
    whole = run_of(delta(rows, record=record))
    assert whole.series("loss").values.tolist() == [0, 10, 200, 300]
    assert whole.series("loss").ghost[0].tolist() == [1, 2, 2]
    cut = run_of(delta(record=record), *(delta(slice_rows(rows, at)) for at in range(7)))
    assert cut.series("loss").values.tolist() == [0, 10, 200, 300]
    assert cut.series("loss").ghost[1].tolist() == whole.series("loss").ghost[1].tolist() == [1, 2, 20]


def slice_rows(rows: Block, at: int) -> Block:
    columns = {name: Column(None, column.values[at : at + 1]) for name, column in rows.columns.items()}
    return Block(rows.steps[at : at + 1], rows.times[at : at + 1], columns)


def test_an_attempt_that_says_its_first_step_overtakes_from_there() -> None:
    attempts = [{"started": T}, {"started": T + 100, "step": 1}]
    record = RunRecord.from_json({"created": T, "attempts": attempts})
    run = run_of(delta(block([0, 1, 2, 3], [0, 1, 2, 3]), record=record), delta(block([3], [30], [T + 100])))
    assert run.series("loss").steps.tolist() == [0, 3]
    assert run.series("loss").ghost[0].tolist() == [1, 2, 3]


def test_a_sparse_metric_of_an_earlier_attempt_is_overtaken_too() -> None:
    record = RunRecord.from_json({"created": T, "attempts": [{"started": T}, {"started": T + 100}]})
    early = Block(
        np.array([0.0, 1.0, 2.0]),
        np.array([T, T + 1, T + 2]),
        {"val": Column(np.array([2]), np.array([5.0])), "loss": Column(None, np.array([1.0, 2.0, 3.0]))},
    )
    run = run_of(delta(early, record=record), delta(block([1], [9], [T + 100])))
    assert len(run.series("val")) == 0
    assert run.series("val").ghost[0].tolist() == [2]


def test_steps_that_go_back_without_a_new_attempt_make_no_ghost() -> None:
    run = run_of(delta(block([0, 5, 2], [0, 5, 2])))
    assert run.series("loss").steps.tolist() == [0, 2, 5]
    assert len(run.series("loss").ghost[0]) == 0
    assert run.step == 5


def test_texts_give_way_to_numbers_and_the_other_way() -> None:
    run = run_of(delta(block([0], [1], loss="diverged")))
    assert run.texts == {"loss": "diverged"}
    assert dict(run.summary)["loss"] == "diverged"
    run.apply(delta(block([1], [2])))
    assert dict(run.summary)["loss"] == 2


def test_L11_the_summary_has_step_time_and_runtime() -> None:
    run = run_of(delta(block([0, 4], [3, 2])))
    assert dict(run.summary) == {"loss": 2, "_step": 4, "_timestamp": T + 4, "_runtime": 1.5}


def test_D6_a_value_set_by_hand_is_shown() -> None:
    run = run_of(delta(block([0], [3]), manual_summary={"loss": 7, "verdict": "good"}))
    assert (run.summary["loss"], run.summary["verdict"]) == (7, "good")
    run.apply(delta(manual_summary={}))
    assert run.summary["loss"] == 3


def test_D5_rules_of_the_record_shape_the_summary() -> None:
    run = run_of(delta(block([0, 1], [3, 2]), record=RunRecord(metrics=(MetricRule("loss", summary=("min",)),))))
    assert run.summary["loss"] == {"min": 2}


def test_the_headline_speaks_until_the_points_are_there() -> None:
    run = run_of(delta(headline={"loss": 4.0, "val": 1.0, "_step": 99, "_timestamp": T}, bytes_left=100))
    assert (run.summary["loss"], run.step, run.last_row) == (4, 99, T)
    run.apply(delta(block([0], [3])))
    assert run.summary["loss"] == 3
    assert "val" not in run.summary


def test_the_last_row_speaks_while_the_points_are_behind_it() -> None:
    last = {"loss": 4.0, "_step": 99, "_timestamp": T + 99}
    run = run_of(delta(headline=last, manual_summary={"note": "by hand"}, bytes_left=200))
    run.apply(delta(block([0, 1], [9, 8]), bytes_left=100))
    assert (run.summary["loss"], run.step, run.last_row) == (4, 99, T + 99)
    assert run.summary["note"] == "by hand"
    assert (run.last("loss"), run.series("loss").last) == (4, 8)
    run.apply(delta(block([99, 100], [4, 3]), bytes_left=50))
    assert (run.summary["loss"], run.step, run.last_row) == (3, 100, T + 100)
    assert (run.last("loss"), run.last("nothing")) == (3, None)


def test_points_that_are_complete_speak_whatever_the_last_row_said() -> None:
    run = run_of(delta(headline={"loss": 4.0, "_step": 99, "_timestamp": T + 99}, bytes_left=100))
    run.apply(delta(block([0, 1], [9, 8]), bytes_left=0))
    assert (run.summary["loss"], run.step, run.last_row) == (8, 1, T + 1)


def test_a_reset_forgets_the_points_and_nothing_else() -> None:
    run = run_of(delta(block([0], [3]), record=RunRecord(name="fox"), events=(Event(T, "note"),), bad_lines=2))
    run.apply(delta(block([0], [8]), reset=True, bad_lines=1))
    assert run.series("loss").values.tolist() == [8]
    assert (run.name, run.bad_lines, list(run.events)) == ("fox", 1, [])


def test_a_run_is_the_same_whether_it_was_looked_at_meanwhile_or_not() -> None:
    begun = RunRecord(created=T)
    resumed = RunRecord.from_json({"created": T, "attempts": [{"started": T}, {"started": T + 3}]})
    deltas = [
        delta(block([7], [7]), record=begun),
        delta(block([0, 1, 2], [0, 1, 2]), reset=True),
        delta(block([3], [3]), events=(Event(T, "note"),)),  # of the first attempt, though a second one began by then
        delta(record=resumed),
        delta(block([2, 3], [20, 30], [T + 4, T + 5], note="again")),
    ]
    unseen, seen = run_of(*deltas), Run("demo/a1", PATH)
    for each in deltas:
        seen.apply(each)
        assert seen.series("loss").values.size
    for run in (unseen, seen):
        assert run.series("loss").values.tolist() == [0, 1, 20, 30]
        assert run.series("loss").ghost[1].tolist() == [2, 3]
        assert (run.texts, len(run.events), run.last_row) == ({"note": "again"}, 1, T + 5)


def test_a_reset_forgets_what_nobody_looked_at() -> None:
    run = run_of(delta(block([0], [3]), events=(Event(T, "note"),)), delta(reset=True))
    assert (dict(run.metrics), list(run.events), run.step) == ({}, [], None)


def test_state_and_health_follow_from_the_evidence() -> None:
    run = run_of(delta(block([0, 1], [1, 2]), record=RunRecord(pid=4, created=T), liveness=Liveness("alive", 4)))
    assert run.state(T + 5).name == "running"
    assert run.health(T + 5) == "ok"
    assert run.health(T + 500) == "stalled"
    run.apply(delta(last_logged=T + 480, liveness=Liveness("alive", 4)))  # its clock is behind
    assert (run.health(T + 500), run.silent_since) == ("ok", T + 480)
    assert run.health(T + 800) == "stalled"
    assert run.steps_per_second(T + 2) == 1
    assert run_of(delta()).state(T).name == "unknown"


def test_version_grows_and_the_summary_is_kept_between() -> None:
    run = run_of(delta(block([0], [3])))
    assert run.summary is run.summary
    version = run.version
    run.apply(delta(block([1], [4])))
    assert run.version > version
    assert run.summary["loss"] == 4


def test_runs_say_what_changed() -> None:
    runs = Runs()
    first = runs.apply(Delta((delta(block([0], [1])), RunDelta("demo/b2", PATH)), bytes_left=7, problems=("x",)))
    assert sorted(first.added) == sorted(first.touched) == ["demo/a1", "demo/b2"]
    assert not first.gone
    assert (runs.bytes_left, runs.problems, list(runs)) == (7, ("x",), ["demo/a1", "demo/b2"])
    second = runs.apply(Delta((delta(block([1], [2])),), gone=("demo/b2", "never/was")))
    assert (list(second.added), list(second.touched), list(second.gone)) == ([], ["demo/a1"], ["demo/b2"])
    assert len(runs) == 1


def test_a_run_that_goes_and_comes_again_in_one_delta_is_new() -> None:
    runs = Runs()
    runs.apply(Delta((delta(block([0], [1])),)))
    changes = runs.apply(Delta((delta(block([0], [2])),), gone=("demo/a1",)))
    assert changes.added == {"demo/a1"}
    assert runs["demo/a1"].series("loss").values.tolist() == [2]


def test_changes_add_up() -> None:
    runs = Runs()
    first = runs.apply(Delta((delta(block([0], [1])), RunDelta("demo/b2", PATH))))
    second = runs.apply(Delta((delta(block([1], [2])), RunDelta("demo/c3", PATH)), gone=("demo/b2",)))
    both = first.then(second)
    assert both.touched == both.added == {"demo/a1", "demo/c3"}
    assert not both.gone
    third = runs.apply(Delta(gone=("demo/a1",)))
    assert second.then(third).gone == {"demo/a1", "demo/b2"}
    fourth = runs.apply(Delta((delta(block([0], [2])),)))
    again = third.then(fourth)
    assert again.touched == again.added == again.gone == {"demo/a1"}
    assert not Changes()
    assert Changes().then(first) == first


def test_runs_are_a_mapping_and_know_when_they_changed() -> None:
    runs = Runs()
    versions = [runs.version]
    runs.apply(Delta((RunDelta("demo/b2", PATH), delta(block([0], [1])))))
    versions.append(runs.version)
    runs.apply(Delta((delta(block([1], [1])),)))
    versions.append(runs.version)
    assert versions == sorted(set(versions))
    assert list(runs.keys()) == list(runs) == ["demo/b2", "demo/a1"]
    assert list(runs.items()) == list(zip(runs, runs.values(), strict=True))
    assert "demo/a1" in runs
    assert "demo/zz" not in runs


def test_an_empty_delta_is_false() -> None:
    assert not Delta(bytes_left=5)
    assert Delta(gone=("a",))
