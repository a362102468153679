"""The rules about curves, with what they say: one finding for all that went wrong with a run's numbers."""

from __future__ import annotations

import math
from collections.abc import Sequence

import pytest

from logstore.model.records import Attempt, RunRecord
from tests.tui.health import scenes
from tests.tui.health.traces import ALIVE, HOST, KEY, PID, START, Player, Second, Told, row
from tui.health.evidence import LossRange, Nonfinite, RunEvidence
from tui.health.rules import divergence, nonfinite
from tui.health.thresholds import Thresholds

NOW = START + 1000.0
AWAY = LossRange("loss", 6.0, 2.0, 3.0, 30, NOW - 30, 412.0, departed=True)
CREPT = LossRange("loss", 3.0, 3.0, 4.0, 0, recent=3.0, best=2.0, best_step=780.0, crept=True)


def of_losses(*losses: LossRange) -> list[str]:
    run = RunEvidence(KEY, losses=losses)
    return [f"{each.level} {each.title}: {each.evidence}" for each in divergence.look(run, Thresholds(), NOW)]


def of_spells(*spells: Nonfinite) -> list[str]:
    run = RunEvidence(KEY, nonfinite=spells)
    return [each.level for each in nonfinite.look(run, Thresholds(), NOW)]


def test_losses_that_leave_together_are_one_alert() -> None:
    ours = "WARN loss diverges: 6.000, usually 2.000: 30 points above 3.000, the end of its own range, since step 412"
    second, third = AWAY._replace(metric="loss/pde"), AWAY._replace(metric="loss/bc")
    assert of_losses(AWAY) == [ours]
    assert of_losses(AWAY, second) == [f"{ours}; so does loss/pde"]
    assert of_losses(AWAY, second, third, CREPT) == [f"{ours}; so do loss/pde and 1 more"]


def test_whether_it_came_at_once_is_told() -> None:
    (text,) = of_losses(AWAY._replace(sudden=True))
    assert text.endswith("since step 412, from one row to the next")


def test_one_that_crept_is_told_where_none_left() -> None:
    assert of_losses(CREPT) == ["INFO loss stays high: 3.000: 1.500 times its best level, 2.000 around step 780"]
    assert of_losses(CREPT._replace(crept=False), AWAY._replace(departed=False)) == []


def test_one_that_is_far_above_its_beginning_is_a_warning() -> None:
    assert of_losses(CREPT._replace(exploded=True))[0].startswith("WARN loss stays high")


def test_infinite_norms_of_steps_that_a_loss_scaler_skips_are_a_notice() -> None:
    """Half precision with a scale of 2**24 to begin with: five rows, then one in a few hundred."""
    norm = Nonfinite("train/grad_norm", 0, 0.0, math.inf, NOW)
    assert of_spells(norm._replace(points=5)) == ["INFO"]
    assert of_spells(norm._replace(points=10)) == ["WARN"]


def test_the_value_before_tells_an_explosion_from_a_bad_row_and_ranks_are_named_where_there_are_several() -> None:
    def text(*spells: Nonfinite) -> str:
        (found,) = nonfinite.look(RunEvidence(KEY, nonfinite=spells), Thresholds(), NOW)
        return found.evidence

    first = Nonfinite("loss", 0, 1363.0, math.inf, NOW, before=3.93e31, loss=True)
    assert text(first) == "first loss at step 1363 (inf, 3.93e31 before)"
    then = Nonfinite("grad_norm", 1, 1364.0, math.nan, NOW)
    assert text(first, then).endswith(
        "step 1363 on rank 0 (inf, 3.93e31 before), then grad_norm at step 1364 on rank 1"
    )


def test_a_score_that_was_never_finite_is_a_notice() -> None:
    mean = Nonfinite("episode_reward_mean", 0, 0.0, math.nan, NOW, points=50)
    assert of_spells(mean._replace(pending=True)) == ["INFO"]
    assert of_spells(mean) == ["WARN"]


def values(metric: str, numbers: Sequence[float]) -> list[Told]:
    return Player().play(lambda second: Second(row(second, **{metric: numbers[second]})), len(numbers))


@pytest.mark.parametrize(
    ("metric", "numbers", "levels"),
    [
        ("episode_reward_mean", [math.nan] * 20, ["INFO"]),
        ("episode_reward_mean", [1.0, *[math.nan] * 20], ["INFO", "WARN"]),
        ("loss", [math.nan] * 5, ["ERROR"]),
        ("val__loss", [1.0, math.nan], ["ERROR"]),
        ("cost", [math.inf] * 12, ["INFO", "WARN"]),
    ],
)
def test_what_is_not_finite_is_never_missed(metric: str, numbers: list[float], levels: list[str]) -> None:
    assert [each.alert.level for each in values(metric, numbers)] == levels


@pytest.mark.parametrize("resumed", [True, False])
def test_a_loss_that_is_as_at_the_start_after_a_resume_asks_for_the_checkpoint(resumed: bool) -> None:
    """A run that was killed and went on with a fresh model: the loss is back at 2.3 with the first new row."""
    attempts = (Attempt(START), Attempt(START + scenes.BREAK)) if resumed else (Attempt(START),)
    record = RunRecord(name="heron", created=START, host=HOST, pid=PID, attempts=attempts)

    def scene(second: int) -> Second:
        known = record if second == scenes.BREAK else None
        level = 2.3 if second >= scenes.BREAK else 0.9
        return Second(row(second, train__loss=level + 0.01 * (second % 5)), record=known, liveness=ALIVE)

    (told,) = Player().play(scene, scenes.BREAK + 60)
    assert (
        told.alert.evidence.endswith("since step 400, where the run was resumed: was its checkpoint loaded?") == resumed
    )
