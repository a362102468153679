"""The story the demo tells: six trainings that differ in their hyperparameters, and in how they end.

Nothing is staged: the one that diverges has a learning rate that grows too high, the one that overfits has too few
samples, and the one that is killed gets a real SIGKILL.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

from tui.demo.settings import Settings

KILLED = "spirals-killed"
DIVERGES = "waves-too-hot"
OVERFITS = "spirals-overfit"
QUICK = "waves-baseline"
LONGEST = "letters-long"


@dataclass(frozen=True, slots=True)
class Part:
    """One training in the story."""

    settings: Settings
    length: float
    """How long its steps take, as a share of the demo's length."""
    killed_at: int | None = None
    """The step after which it is killed."""


_SPIRALS = Settings(task="spirals", hidden="48,48", activation="tanh")
_TINY = replace(_SPIRALS, samples=100, noise=0.15, batch=32)
_LETTERS = Settings(task="letters", samples=6000, noise=0.02)
_WAVES = Settings(task="waves", hidden="96,96,96", activation="relu", optimiser="sgd", steps=600)

# The mean squared error curves by 2 along the bias of the last layer alone, so heavy-ball descent with momentum 0.9
# cannot be stable beyond a rate of 2 * (1 + 0.9) / 2 = 1.9 (https://distill.pub/2017/momentum/): the rate that rises to
# 2.4 passes it at step 412, on every machine and whatever happened before.
_PARTS = (
    Part(replace(_WAVES, name=QUICK, lr=0.02, schedule="cosine"), 0.35),
    Part(replace(_WAVES, name=DIVERGES, lr=2.4, warmup=520), 0.7),
    Part(replace(_TINY, name=OVERFITS, hidden="128,128", activation="relu", lr=2e-3), 1.0),
    Part(replace(_SPIRALS, name=KILLED, optimiser="sgd", lr=0.06), 1.1, killed_at=600),
    Part(replace(_SPIRALS, name="spirals-cosine", warmup=100, schedule="cosine", decay=0.01), 1.1),
    Part(replace(_LETTERS, name=LONGEST, hidden="96", lr=8e-3, decay=0.01, steps=3000), 2.0),
)


def plan(seconds: float, directory: str, parent: int) -> list[Part]:
    """The parts of a demo of so many seconds that logs to ``directory`` and ends with process ``parent``."""
    return [
        replace(
            part, settings=replace(part.settings, seconds=round(part.length * seconds, 3), dir=directory, parent=parent)
        )
        for part in _PARTS
    ]
