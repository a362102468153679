"""What is known of one run, and nothing that is not."""

from __future__ import annotations

import math
from dataclasses import replace
from typing import Any

import pytest

from logstore.model.runs import Run
from tests.tui.store import NOW, THREE, Told, model
from tui.details.diff import SummaryDiff
from tui.details.run_facts import (
    counted,
    identity,
    metric_direction,
    origin,
    state_line,
    summary_entries,
    summary_values,
)


def made(**changes: Any) -> Run:
    told = Told("otter", **changes)
    return model(told).runs[told.key]


def texts(run: Run) -> dict[str, str]:
    return {fact.name: fact.text for fact in identity(run)}


def test_the_state_comes_with_its_reason_and_for_how_long() -> None:
    assert state_line(made(), NOW) == ("running", "process 100 is alive · for 10m00s")
    finished = made(record={"state": "finished", "ended": NOW - 90})
    assert state_line(finished, NOW) == ("finished", "1m ago")
    failed = made(record={"state": "failed", "exit_code": 1, "error": "ValueError: no", "ended": NOW - 90})
    assert state_line(failed, NOW) == ("failed", "exit code 1: ValueError: no · 1m ago")


def test_a_stalled_run_says_for_how_long_it_has_been_silent() -> None:
    run = made(metrics={"loss": [1.0, 2.0, 3.0]})
    word, why = state_line(run, NOW + 3_000)
    assert word == "stalled"
    assert why.startswith("no row for 50m00s · process 100 is alive")


def test_the_identity_holds_what_the_record_says() -> None:
    record = {
        "group": "sweep-3",
        "job_type": "train",
        "tags": ["base", "long"],
        "command": ["python", "train.py", "--name", "a b"],
        "python": "3.11.4",
        "rank": 0,
        "world_size": 8,
        "notes": "baseline",
        "total_steps": 30000,
        "git": {"commit": "1f3a9c2d0055", "branch": "main", "dirty": True},
        "hardware": {"cpu": "EPYC", "cores": 96, "gpus": ["H200", "H200", "L4"]},
        "attempts": [{"started": NOW - 600}, {"started": NOW - 100}],
        "rows_lost": 3,
    }
    facts = texts(made(record=record, metrics={"loss": [1.0] * 1200}))
    assert facts["group"] == "sweep-3"
    assert facts["tags"] == "base, long"
    assert facts["command"] == "python train.py --name 'a b'"
    assert facts["rank"] == "0 of 8"
    assert facts["step"] == "1,199 of 30,000"
    assert facts["git"] == "1f3a9c2d0 main with changes"
    assert facts["cpu"] == "EPYC, 96 cores"
    assert facts["gpus"] == "2 × H200, 1 × L4"
    assert (facts["attempts"], facts["rows lost"], facts["pid"]) == ("2", "3", "100")


def test_what_the_record_does_not_say_is_not_there() -> None:
    facts = texts(made())
    assert set(facts) == {"project", "id", "started", "pid"}
    assert counted(()) == ""


def test_the_origin_is_compared_beside_the_config() -> None:
    run = model(THREE[0]).runs[THREE[0].key]
    assert origin(run) == {"host": "gpu01", "git": {"commit": "1f3a9c2d00", "branch": "main"}}
    assert origin(made()) == {}


def test_a_summary_has_the_best_and_the_last_of_metrics_that_have_a_better() -> None:
    run = made(
        metrics={"val/loss": [3.0, 1.0, 2.0], "lr": [0.1, 0.2]}, summary={"verdict": "good", "best": {"epoch": 3}}
    )
    assert summary_values(run) == {
        ("val/loss", "min"): 1.0,
        ("val/loss", "last"): 2.0,
        ("lr", "last"): 0.2,
        ("verdict", ""): "good",
        ("best.epoch", ""): 3,
        ("steps", ""): 2,
        ("duration", ""): "10m00s",
    }


def test_what_define_metric_asked_for_is_what_is_compared() -> None:
    rules = [{"name": "val/*", "summary": ["max", "mean"]}, {"name": "speed", "summary": ["min"]}]
    run = made(metrics={"val/x": [1.0, 3.0], "speed": [5.0, 4.0, 6.0]}, record={"metrics": rules})
    values = summary_values(run)
    assert {key: value for key, value in values.items() if key[0] in {"val/x", "speed"}} == {
        ("val/x", "max"): 3.0,
        ("val/x", "mean"): 2.0,
        ("speed", "min"): 4.0,
    }
    assert (metric_direction(run, "val/x"), metric_direction(run, "speed")) == ("max", "min")


def test_summaries_of_several_runs_can_be_compared() -> None:
    runs = model(*THREE).runs
    diff = SummaryDiff.of([summary_values(runs[told.key]) for told in THREE])
    best = {row.label: set(row.best) for row in diff.rows}
    assert best["val/loss min"] == best["val/acc max"] == {2}
    assert best["lr last"] == set()


def test_entries_of_one_run_say_where_the_best_was_and_what_is_wrong() -> None:
    run = made(metrics={"val/loss": [3.0, 1.0, 2.0], "aux": [1.0, math.nan, 2.0]}, summary={"verdict": "good"})
    entries = {entry.name: (entry.text, entry.note, entry.trouble) for entry in summary_entries(run)}
    assert entries == {
        "aux": ("2.000", "nan first at step 1", True),
        "duration": ("10m00s", "", False),
        "steps": ("2", "", False),
        "val/loss": ("2.000", "min 1.000 at 1", False),
        "verdict": ("good", "", False),
    }


HISTOGRAM = {"_type": "histogram", "bins": [-2.5, 0.0, 1.5], "counts": [3, 1201]}


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (HISTOGRAM, "1,204 values from -2.500 to 1.500"),
        ({**HISTOGRAM, "counts": [1]}, "1 value from -2.500 to 1.500"),
        ({**HISTOGRAM, "bins": []}, '{"_type": "histogram", "bins": [], "counts": [3, 1201]}'),
        ({**HISTOGRAM, "bins": ["a", "b"]}, '{"_type": "histogram", "bins": ["a", "b"], "counts": [3, 1201]}'),
        ({"_type": "table", "rows": 3}, '{"_type": "table", "rows": 3}'),
    ],
)
def test_a_histogram_is_one_entry_that_says_how_many_values_lie_where(value: dict[str, object], text: str) -> None:
    run = made(metrics={"loss": [1.0]}, summary={"grads": value})
    assert [entry.text for entry in summary_entries(run) if entry.name.startswith("grads")] == [text]


@pytest.mark.parametrize("modes", [["min"], ["max", "min"]])
def test_entries_of_define_metric_name_what_they_are(modes: list[str]) -> None:
    run = made(metrics={"x": [3.0, 1.0]}, record={"metrics": [{"name": "x", "summary": modes}]})
    assert [entry.name for entry in summary_entries(run) if entry.name.startswith("x")] == [
        f"x {mode}" for mode in sorted(modes)
    ]


def test_a_run_without_anything_has_no_entries() -> None:
    assert summary_entries(made()) == []
    assert replace(THREE[0], metrics={}).metrics == {}
