"""How a step follows from a gradient: SGD with momentum, Adam, clipping, and the learning rate over time."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Literal, Protocol

import numpy as np

from tui.demo.network import Floats

Schedule = Literal["constant", "cosine"]


class Optimiser(Protocol):
    """Changes parameters in place."""

    def update(self, parameters: Sequence[Floats], gradients: Sequence[Floats], lr: float) -> None:
        """Take one step of size ``lr``."""


class Sgd:
    """Stochastic gradient descent with heavy-ball momentum."""

    def __init__(self, momentum: float = 0.0) -> None:
        self.momentum = momentum
        self._velocities: list[Floats] = []

    def update(self, parameters: Sequence[Floats], gradients: Sequence[Floats], lr: float) -> None:
        """``v = momentum * v + g; p -= lr * v``."""
        self._velocities = self._velocities or [np.zeros_like(p) for p in parameters]
        for parameter, gradient, velocity in zip(parameters, gradients, self._velocities, strict=True):
            velocity[:] = self.momentum * velocity + gradient
            parameter[:] -= lr * velocity


class Adam:
    """Adam (https://arxiv.org/abs/1412.6980, algorithm 1) with decoupled weight decay (https://arxiv.org/abs/1711.05101)."""

    def __init__(self, decay: float = 0.0, betas: tuple[float, float] = (0.9, 0.999)) -> None:
        self.decay = decay
        self.betas = betas
        self._step = 0
        self._moments: list[tuple[Floats, Floats]] = []

    def update(self, parameters: Sequence[Floats], gradients: Sequence[Floats], lr: float) -> None:
        """Move each parameter by its bias-corrected first moment over the root of the second."""
        self._moments = self._moments or [(np.zeros_like(p), np.zeros_like(p)) for p in parameters]
        self._step += 1
        first, second = self.betas
        size = lr * (1 - second**self._step) ** 0.5 / (1 - first**self._step)
        for parameter, gradient, (mean, square) in zip(parameters, gradients, self._moments, strict=True):
            mean[:] += (1 - first) * (gradient - mean)
            square[:] += (1 - second) * (gradient**2 - square)
            parameter[:] -= size * mean / (np.sqrt(square) + 1e-8) + lr * self.decay * parameter


def norm(gradients: Sequence[Floats]) -> float:
    """The Euclidean length of all gradients together."""
    return math.sqrt(sum(float(np.sum(g**2)) for g in gradients))


def clip(gradients: Sequence[Floats], length: float, longest: float) -> None:
    """Scale ``gradients`` of the given length in place so that they are no longer than ``longest``; 0 leaves them."""
    if longest and length > longest:
        for gradient in gradients:
            gradient[:] *= longest / length


def learning_rate(step: int, total: int, peak: float, warmup: int, schedule: Schedule) -> float:
    """The rate at ``step`` (1 to ``total``): a linear rise over ``warmup`` steps, then constant or half a cosine."""
    if step < warmup:
        return peak * step / warmup
    if schedule == "constant" or total <= warmup:
        return peak
    done = (step - warmup) / (total - warmup)
    return peak * 0.5 * (1 + math.cos(math.pi * min(1.0, done)))
