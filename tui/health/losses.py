"""Which metrics of a run are losses that should only fall, told by their names. Pure.

Of those a lasting rise is news. It is none of data that is not trained on (overfitting), of a term beside the loss (the
divergence of a posterior grows as it learns), of one side of a game (what one network gains the other loses) and of
anything in reinforcement learning, where a better policy sees larger returns: an error of 2000 is progress there.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable

from tui.show.direction import direction, words

MOST_LOSSES = 8
"""Losses of a run that are compared with their own range."""

_HELD_OUT = frozenset({"val", "valid", "validation", "eval", "evaluation", "test", "dev", "holdout", "heldout", "held"})
_LOSSES = frozenset(
    (
        *("loss", "losses", "nll", "xent", "ce", "crossentropy", "logloss", "bpb", "bpc", "bpd"),
        *("mse", "rmse", "mae", "mape", "msle", "err", "error"),
    )
)
_PERPLEXITIES = frozenset({"ppl", "perplexity"})
_TOTAL = frozenset(
    {"train", "training", "total", "sum", "all", "mean", "avg", "step", "epoch", "batch", "loss", "losses"}
)
_OF_A_GAME = frozenset(
    ("gan", "gen", "generator", "disc", "discriminator", "critic", "adv", "adversarial", "wasserstein")
)
_OF_RETURNS = frozenset(
    ("reward", "rewards", "rew", "return", "returns", "episode", "episodic", "policy", "actor", "pg", "advantage", "td")
)


def judged(metrics: Iterable[str], moving: Collection[str] = ()) -> list[str]:
    """The losses whose rise is news, the main ones first; at most ``MOST_LOSSES``.

    Args:
        metrics: All that the run logs.
        moving: Further words; a loss with one of them in its name moves by design.
    """
    named = {metric: frozenset(words(metric)) for metric in metrics}
    if any(not own.isdisjoint(_OF_RETURNS) for own in named.values()):
        return []
    found = {
        metric: own for metric, own in named.items() if own & (_LOSSES | _PERPLEXITIES) and direction(metric) == "min"
    }
    if any(_is_of_a_game(own) for own in found.values()):
        found = {metric: own for metric, own in found.items() if not (own <= _TOTAL or _is_of_a_game(own))}
    skipped = _HELD_OUT.union(word.lower() for word in moving)
    fallen = [metric for metric, own in found.items() if own.isdisjoint(skipped)]
    main = [metric for metric in fallen if named[metric].isdisjoint(_PERPLEXITIES)]
    return sorted(main or fallen, key=lambda metric: len(named[metric] - _TOTAL))[:MOST_LOSSES]


def _is_of_a_game(name: frozenset[str]) -> bool:
    """Whether one network plays against another for it; ``loss_D`` and ``g_loss`` too, but not ``loss_3d``."""
    return not name.isdisjoint(_OF_A_GAME) or (not name.isdisjoint("dg") and not any(map(str.isdigit, name)))
