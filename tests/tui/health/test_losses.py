"""``tui.health.losses``: which metrics are losses whose rise is news, by the names that real trainings give them."""

from __future__ import annotations

import pytest

from tui.health.losses import MOST_LOSSES, judged
from tui.health.thresholds import Thresholds

MOVING = Thresholds().divergence_moving


@pytest.mark.parametrize(
    ("metrics", "found"),
    [
        (["train/loss", "train/acc", "lr", "grad_norm", "val/loss", "val/acc"], ["train/loss"]),
        (["loss", "eval_loss", "valLoss", "test_nll", "dev.loss", "held_out/loss"], ["loss"]),
        (["train/loss", "train/perplexity"], ["train/loss"]),
        (["ppl", "lr"], ["ppl"]),
        (["loss/cls", "loss/reg_l1", "loss", "loss_scale"], ["loss", "loss/cls"]),
        (["loss_3d", "train_mse"], ["train_mse", "loss_3d"]),
        (["data/decode_errors", "latency"], []),
    ],
)
def test_losses_that_are_trained_on_the_main_one_first(metrics: list[str], found: list[str]) -> None:
    assert judged(metrics, MOVING) == found


@pytest.mark.parametrize(
    "metrics",
    [
        ["loss_D", "loss_G"],
        ["train/d_loss", "train/g_loss", "train/loss"],
        ["critic_loss", "generator_loss", "gp_loss", "wasserstein"],
        ["lossD", "lossG", "total_loss"],
    ],
)
def test_what_two_networks_play_for_is_none(metrics: list[str]) -> None:
    assert judged(metrics, MOVING) == []


def test_what_is_learnt_beside_a_game_is_one() -> None:
    assert judged(["loss/total", "loss/gen", "loss/disc", "loss/mel_mae"], MOVING) == ["loss/mel_mae"]


@pytest.mark.parametrize(
    "metrics",
    [
        ["losses/policy_loss", "losses/value_loss", "losses/approx_kl", "charts/episodic_return"],
        ["td_loss", "q_mean", "epsilon", "episode/reward"],
        ["objective/kl", "loss/policy_avg", "objective/rlhf_reward"],
    ],
)
def test_none_is_in_reinforcement_learning(metrics: list[str]) -> None:
    assert judged(metrics, MOVING) == []


def test_a_term_beside_the_loss_is_none_and_which_those_are_can_be_said() -> None:
    metrics = ["train/loss", "train/kl_loss", "aux_loss", "epoch_loss_sum", "mask_loss"]
    assert judged(metrics, MOVING) == ["train/loss", "mask_loss"]
    assert judged(metrics, ("Mask",)) == ["train/loss", "epoch_loss_sum", "train/kl_loss", "aux_loss"]


def test_of_very_many_the_main_ones_are_taken() -> None:
    layers = [f"loss/decoder/layer{number}" for number in range(30)]
    found = judged([*layers, "loss"])
    assert (found[0], len(found)) == ("loss", MOST_LOSSES)
