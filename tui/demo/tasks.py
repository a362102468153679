"""What the demo's networks learn: three problems whose data is generated from a seed."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from tui.demo.network import I64, Floats

SPIRAL_ARMS = 3
LETTERS = 16
CONTEXT = 2


@dataclass(frozen=True, slots=True)
class Split:
    """Samples: inputs (n, features), and class numbers (n,) or target values (n, outputs)."""

    inputs: Floats
    targets: Floats | I64


@dataclass(frozen=True, slots=True)
class Task:
    """A problem: samples to learn from, samples to judge by, and how many outputs a network needs."""

    name: str
    train: Split
    val: Split
    outputs: int

    @property
    def classifies(self) -> bool:
        """Whether the targets are class numbers."""
        return self.train.targets.dtype.kind == "i"


def spirals(rng: np.random.Generator, samples: int, noise: float) -> Split:
    """Points on three entangled spiral arms; ``noise`` is the share of labels drawn at random."""
    labels = rng.integers(0, SPIRAL_ARMS, samples)
    radius = np.sqrt(rng.uniform(0.02, 1, samples))
    angle = 6.0 * radius + labels * (2 * np.pi / SPIRAL_ARMS) + rng.normal(0, 0.2, samples)
    points = np.stack([radius * np.cos(angle), radius * np.sin(angle)], axis=1)
    wrong = rng.uniform(size=samples) < noise
    return Split(points.astype(np.float32), np.where(wrong, rng.integers(0, SPIRAL_ARMS, samples), labels))


def waves(rng: np.random.Generator, samples: int, noise: float) -> Split:
    """A rippled surface over the square; ``noise`` is the standard deviation of what is added to its height."""
    points = rng.uniform(-1, 1, (samples, 2))
    height = np.sin(4 * points[:, 0]) * np.cos(3 * points[:, 1]) + 0.3 * points[:, 0]
    return Split(points.astype(np.float32), (height + rng.normal(0, noise, samples))[:, None].astype(np.float32))


def letters(rng: np.random.Generator, samples: int, noise: float) -> Split:
    """The next letter after two, in text from a random Markov chain of second order.

    The chain is the same for every seed of ``rng``, so that training and validation text speak one language. ``noise``
    is the share of letters that follow no rule.
    """
    chain = np.random.default_rng(1913).dirichlet(np.full(LETTERS, 0.08), (LETTERS, LETTERS))
    chain = (1 - noise) * chain + noise / LETTERS
    thresholds = chain.cumsum(axis=2)
    draws = rng.uniform(size=samples + CONTEXT)
    text = np.zeros(samples + CONTEXT, dtype=np.int64)
    for i in range(CONTEXT, len(text)):
        text[i] = min(LETTERS - 1, int(np.searchsorted(thresholds[text[i - 2], text[i - 1]], draws[i])))
    hot = np.eye(LETTERS, dtype=np.float32)
    return Split(np.concatenate([hot[text[:-2]], hot[text[1:-1]]], axis=1), text[CONTEXT:])


_GENERATORS: dict[str, tuple[Callable[[np.random.Generator, int, float], Split], int]] = {
    "spirals": (spirals, SPIRAL_ARMS),
    "waves": (waves, 1),
    "letters": (letters, LETTERS),
}

NAMES = tuple(_GENERATORS)


def make(name: str, samples: int, noise: float, seed: int, held_out: int = 1000) -> Task:
    """The task ``name`` with ``samples`` to learn from; the held-out ones are drawn from the same distribution.

    Raises:
        KeyError: no task has that name.
    """
    generate, outputs = _GENERATORS[name]
    train = generate(np.random.default_rng([seed, 0]), samples, noise)
    val = generate(np.random.default_rng([seed, 1]), held_out, noise)
    return Task(name, train, val, outputs)
