"""Whether less or more of a metric is better."""

from __future__ import annotations

import pytest

from tui.show.direction import direction


@pytest.mark.parametrize(
    "metric",
    [
        *("loss", "val/loss", "loss/train", "train_loss_epoch", "trainLoss", "ValLOSS", "perplexity", "eval/ppl"),
        *("error_rate", "top1_err", "val/acc_error", "rmse", "wer", "kl"),
    ],
)
def test_losses_and_errors_are_minimised(metric: str) -> None:
    assert direction(metric) == "min"


@pytest.mark.parametrize(
    "metric",
    ["acc", "val/accuracy", "acc/top5", "eval_f1", "F1", "r2", "roc_auc", "episode_return", "mAP50", "bleu4", "valAcc"],
)
def test_scores_are_maximised(metric: str) -> None:
    assert direction(metric) == "max"


@pytest.mark.parametrize(
    "metric",
    ["lr", "grad_norm", "loss_scale", "loss_weight", "f", "f2", "r", "epoch", "step", "tokens", "", "/", "glossy"],
)
def test_other_names_say_nothing(metric: str) -> None:
    assert direction(metric) is None


def test_define_metric_comes_before_the_name_when_it_names_one_extreme() -> None:
    assert direction("loss", ["max"]) == "max"
    assert direction("speed", ["min", "last"]) == "min"
    assert direction("loss", ["min", "max"]) == "min"
    assert direction("speed", ["min", "max"]) is None
    assert direction("speed", ["mean"]) is None
