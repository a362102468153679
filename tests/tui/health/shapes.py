"""Losses shaped after real trainings: small nets, trained with PyTorch on a CPU, a row a step.

Each line says which training it stands for. The numbers were read off its curve: levels, scatter from row to row (as
the standard deviation of the logarithm), and how long things took. The same seed gives the same values.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable, Sequence

import numpy as np

Values = list[float]


def noisy(levels: Iterable[float], scatter: float, seed: int = 1) -> Values:
    """Levels with scatter around them."""
    rng = np.random.default_rng(seed)
    return [level * math.exp(rng.normal(0.0, scatter)) for level in levels]


def fall(count: int, begin: float, end: float, steps: float) -> Values:
    """From one level to another, most of it within so many steps."""
    return [end + (begin - end) * math.exp(-step / steps) for step in range(count)]


def language_model(count: int = 800) -> Values:
    """A small transformer on source code, batches of 12: from 5.6 to 2.1 nats, 0.07 of scatter."""
    return noisy(fall(count, 5.6, 2.1, 60), 0.07)


def adam_leaps() -> Values:
    """A boundary value problem under Adam at a constant rate.

    From 50 to 1e-5, and every 200 steps it leaps a hundred- to a thousandfold and needs about 100 steps to come back.
    """
    levels = [max(1e-5, 50 * math.exp(-step / 35)) for step in range(3000)]
    for start in range(600, 3000, 200):
        height = 10 ** (-1 - start / 1500)
        for step in range(start, min(3000, start + 110)):
            levels[step] += height * math.exp(-(step - start) / 18)
    return noisy(levels, 0.15)


def to_nothing(count: int = 1500) -> Values:
    """A convolutional net that has learnt its images by heart: 2.3 to 2e-4, a scatter of a factor 4 from row to row."""
    return noisy(fall(count, 2.3, 2e-4, 40), 1.4)


def bad_shard() -> Values:
    """The same, whose labels are shuffled from step 1500 on: chance level, 2.3, from one row to the next."""
    return [*to_nothing(), *noisy([2.31] * 600, 0.01, seed=2)]


def slow_rise() -> Values:
    """Least squares whose rate is raised at step 1500 to just above what is stable: 6 % more with each row."""
    return [*noisy([0.0115] * 1500, 0.15), *noisy([0.0115 * 1.06**step for step in range(300)], 0.15, seed=2)]


def dead_net() -> Values:
    """The same, whose rate is raised fortyfold at step 1500: up to 1e6 within ten steps, then chance level for good."""
    burst = [0.01, 2.0, 30.0, 125.0, 280.0, 1200.0, 9.8e5, 4e3, 30.0, 4.0]
    return [*to_nothing(), *burst, *noisy([2.5] * 600, 0.03, seed=2)]


def bad_batches(count: int) -> Values:
    """A language model that meets so many batches of random bytes: 7.7, down to 5.9, and at once better after them."""
    bad = [7.7 - 1.8 * min(1.0, step / 10) for step in range(count)]
    return [*language_model(), *noisy(bad, 0.02, seed=2), *noisy(fall(150, 2.6, 2.05, 5), 0.07, seed=3)]


def rate_too_high() -> Values:
    """A language model whose rate rises to fifteenfold: within 50 steps 3.05 nats and not 2.1, where it stays."""
    return [*language_model(), *noisy([3.05 - 0.95 * math.exp(-step / 20) for step in range(500)], 0.07, seed=2)]


def warm_restarts() -> Values:
    """A convolutional net under SGD whose rate is cosine-shaped and starts anew every 1000 steps, with label noise.

    In each cycle it rises to 0.5 for 300 rows, and ends lower than the one before: 0.35, 0.25, 0.14, 0.07, 0.04.
    """
    levels = fall(200, 2.3, 0.6, 40)
    for low in (0.35, 0.25, 0.14, 0.07, 0.04):
        levels += [max(low, 0.5 * (low / 0.5) ** ((step - 300) / 600) if step > 300 else 0.5) for step in range(1000)]
    return noisy(levels, 0.55)


def annealed_posterior() -> Values:
    """A variational autoencoder whose second term gets its weight from step 800 on: 24.2 to 29.7, by design."""
    weighted = [24.2 + 5.5 * min(1.0, step / 1200) for step in range(2500)]
    return noisy([*fall(800, 37, 24.2, 60), *weighted], 0.02)


def switched_on() -> Values:
    """The balance term of a mixture of experts: exactly 0 for 1000 steps, then about 0.012."""
    return [0.0] * 1000 + noisy([0.012] * 400, 0.1)


def hinge() -> Values:
    """The margin loss of small batches that are separated most of the time: 0 in three of four rows."""
    rng = np.random.default_rng(5)
    return [0.0 if rng.random() < 0.75 and step > 300 else float(rng.exponential(0.05)) for step in range(3000)]


def likelihood_below_zero() -> Values:
    """The likelihood of a density model: from 0.3 through 0 to -3.3, with single rows up to 5."""
    rng = np.random.default_rng(6)
    values = [-3.3 + 3.6 * math.exp(-step / 300) + rng.normal(0.0, 0.25) for step in range(3000)]
    return [value + (8.0 if step % 400 == 399 else 0.0) for step, value in enumerate(values)]


def one_sample_a_step() -> Values:
    """A classifier of two classes with batches of one: 0.7 to 0.006 in the median, single rows up to 8."""
    rng = np.random.default_rng(7)
    return [min(8.0, float(np.exp(rng.normal(math.log(level), 2.3)))) for level in fall(4000, 0.7, 0.006, 150)]


HEALTHY: Sequence[Callable[[], Values]] = (
    *(language_model, adam_leaps, to_nothing, warm_restarts, annealed_posterior, switched_on, hinge),
    *(likelihood_below_zero, one_sample_a_step),
)
"""Losses of trainings that did well."""
