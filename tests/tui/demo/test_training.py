import math
import os
from collections.abc import Iterator
from dataclasses import replace

import numpy as np
import pytest

from tui.demo import plan
from tui.demo.settings import Settings, parse
from tui.demo.training import DivergedError, OrphanedError, Pace, train

Rows = list[dict[str, float]]


@pytest.fixture(autouse=True)
def overflow_is_expected() -> Iterator[None]:
    with np.errstate(all="ignore"):
        yield


def settings_of(name: str) -> Settings:
    return next(
        replace(part.settings, seconds=0.0, parent=0) for part in plan.plan(1, "", 0) if part.settings.name == name
    )


def rows_of(settings: Settings) -> Rows:
    rows: Rows = []
    train(settings, lambda values, step: rows.append({"step": step, **values}), say=lambda _line: None)
    return rows


def test_a_row_holds_what_any_training_logs() -> None:
    rows = rows_of(Settings(steps=50, samples=100))
    assert [row["step"] for row in rows] == list(range(1, 51))
    assert {"train/loss", "train/acc", "optim/lr", "optim/grad_norm"} <= rows[1].keys()
    assert {"val/loss", "val/acc"} <= rows[0].keys()


def test_values_are_not_classes_and_have_no_accuracy() -> None:
    rows = rows_of(Settings(task="waves", steps=3, samples=100))
    assert "val/loss" in rows[-1]
    assert not any("acc" in key for row in rows for key in row)


def test_the_same_settings_give_the_same_numbers() -> None:
    twice = [rows_of(Settings(steps=20, samples=100)) for _ in range(2)]
    for row in (row for rows in twice for row in rows):
        row.pop("perf/steps_per_s", None)  # where it took long enough to be measured
    assert twice[0] == twice[1]


def test_the_baseline_learns() -> None:
    rows = rows_of(settings_of(plan.QUICK))
    assert rows[-1]["val/loss"] < 0.3 * rows[0]["val/loss"]


def test_the_one_with_too_high_a_rate_learns_at_first_and_then_diverges_to_nan() -> None:
    rows: Rows = []
    with pytest.raises(DivergedError, match=r"train/loss is nan since step \d+"):
        train(settings_of(plan.DIVERGES), lambda values, _step: rows.append(values), say=lambda _line: None)
    losses = [row["train/loss"] for row in rows]
    assert min(losses[:100]) < 0.5 * losses[0]
    assert math.isnan(losses[-1])
    assert math.isnan([row["val/loss"] for row in rows if "val/loss" in row][-1])


def test_the_one_with_few_samples_overfits() -> None:
    rows = rows_of(replace(settings_of(plan.OVERFITS), steps=700))
    held_out = [row["val/loss"] for row in rows if "val/loss" in row]
    best = min(held_out)
    assert held_out.index(best) < len(held_out) / 2
    assert held_out[-1] > 1.15 * best
    assert rows[-1]["train/loss"] < 0.3 * rows[0]["train/loss"]


def test_a_training_ends_with_the_process_it_belongs_to() -> None:
    stranger = os.getppid() + 1
    with pytest.raises(OrphanedError, match=str(stranger)):
        rows_of(Settings(steps=5, samples=100, parent=stranger))


def test_pace_spreads_the_steps_and_measures_their_rate() -> None:
    now = [100.0]

    def sleep(seconds: float) -> None:
        now[0] += seconds

    pace = Pace(steps=20, seconds=10.0, clock=lambda: now[0], sleep=sleep)
    assert pace.rate is None
    for step in range(1, 21):
        pace.wait(step)
    assert now[0] == pytest.approx(110.0)
    assert pace.rate == pytest.approx(2.0)


def test_pace_that_is_late_does_not_wait() -> None:
    pace = Pace(steps=10, seconds=0.0, clock=lambda: 5.0, sleep=lambda _seconds: pytest.fail("slept"))
    pace.wait(10)
    assert pace.rate is None


def test_settings_survive_a_command_line() -> None:
    for part in plan.plan(30, "/tmp/some where", 17):
        assert parse(part.settings.arguments()) == part.settings


@pytest.mark.parametrize("arguments", [["--task=chess"], ["--lr=fast"], ["--optimiser=luck"]])
def test_settings_that_make_no_sense_are_refused(arguments: list[str], capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as ended:
        parse(arguments)
    assert ended.value.code == 2
    assert arguments[0].split("=")[0] in capsys.readouterr().err


def test_the_config_says_only_what_is_used() -> None:
    sgd, adam = Settings(optimiser="sgd").config(), Settings(optimiser="adam", clip=1.0).config()
    assert "momentum" in sgd["optim"]
    assert "decay" not in sgd["optim"]
    assert sgd["optim"]["clip"] is None
    assert adam["optim"]["clip"] == 1.0
    assert adam["model"]["hidden"] == [48, 48]


def test_command_lines_are_fit_to_be_read() -> None:
    seconds = [part.settings.seconds for part in plan.plan(12.0, "", 0)]
    assert all(len(str(each)) <= len("13.2") for each in seconds), seconds
