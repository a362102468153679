"""Whether less or more of a metric is better, told by its name. Pure.

The words of a name decide, the last one that means something first: ``val/loss``, ``error_rate`` and ``ppl`` are
minimised; ``acc``, ``eval/f1`` and ``val_auc`` are maximised; ``loss_scale``, ``grad_norm`` and ``lr`` are neither, and
so is every name that says nothing. What ``define_metric`` asked for comes before the name.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from typing import Final, Literal

Direction = Literal["min", "max"]

_WORD = re.compile(r"[A-Z]+(?![a-z])|[A-Z]?[a-z]+|\d+")
_MINIMISED: Final = frozenset(
    (
        *("loss", "losses", "err", "error", "errors", "ppl", "perplexity", "nll", "bpb", "bpc", "bpd", "mse", "rmse"),
        *(
            "mae",
            "mape",
            "msle",
            "wer",
            "cer",
            "ter",
            "eer",
            "fid",
            "kid",
            "lpips",
            "kl",
            "kld",
            "regret",
            "xent",
            "ce",
        ),
        *("crossentropy", "logloss", "brier", "ece", "fpr", "fnr"),
    )
)
_MAXIMISED: Final = frozenset(
    (
        *("acc", "accuracy", "f", "auc", "auroc", "auprc", "roc", "map", "ap", "precision", "recall", "bleu", "chrf"),
        *("rouge", "meteor", "iou", "miou", "dice", "reward", "rewards", "rew", "return", "returns", "score", "r"),
        *("psnr", "ssim", "ndcg", "mrr", "top", "em", "elbo", "success", "winrate", "throughput", "mfu"),
    )
)
# Words that turn a name into something else: a loss scale is no loss.
_NEUTRAL: Final = frozenset(
    ("scale", "scaler", "weight", "weights", "coef", "coeff", "lambda", "lr", "norm", "std", "var", "count", "grad")
)
# Words of one letter mean something only with their digit behind them: f1, r2.
_LETTERS: Final[Mapping[str, str]] = {"f": "1", "r": "2"}


def words(metric: str) -> list[str]:
    """The words of a name in lower case: ``val``, ``loss`` of ``val/loss``, ``val_loss`` and ``valLoss``."""
    return [word.lower() for word in _WORD.findall(metric)]


def direction(metric: str, kinds: Iterable[str] = ()) -> Direction | None:
    """Whether ``metric`` is minimised or maximised, or None where nothing says so.

    ``kinds`` are the summaries that ``define_metric`` asked for: exactly one of ``min`` and ``max`` among them decides.
    """
    extremes = {kind for kind in kinds if kind in {"min", "max"}}
    if len(extremes) == 1:
        return "min" if "min" in extremes else "max"
    named = words(metric)
    for position in reversed(range(len(named))):
        word, behind = named[position], named[position + 1 : position + 2]
        if word in _NEUTRAL:
            return None
        if word in _MINIMISED:
            return "min"
        if word in _MAXIMISED and (word not in _LETTERS or behind == [_LETTERS[word]]):
            return "max"
    return None
