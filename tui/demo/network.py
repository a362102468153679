"""A multilayer perceptron in numpy: forward, backward and two losses.

Rows are samples. Arithmetic is in single precision, as trainings have it, so a diverging one overflows soon; inputs in
double precision are kept in it, which is how a test compares the gradients with finite differences.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Any, Literal

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.floating[Any]]
I64 = NDArray[np.int64]
Activation = Literal["tanh", "relu"]


@dataclass(frozen=True, slots=True)
class Trace:
    """What a forward pass leaves behind: the input of each layer, and the outputs."""

    inputs: tuple[Floats, ...]
    outputs: Floats


class Network:
    """Fully connected layers with an activation between them; the last layer is linear.

    Args:
        widths: cells of each layer, inputs first and outputs last.
        activation: what stands between the layers.
        rng: draws the first weights: He's scale for relu, Glorot's for tanh
            (https://proceedings.mlr.press/v9/glorot10a).
        dtype: the precision of the parameters.
    """

    def __init__(
        self,
        widths: Sequence[int],
        activation: Activation,
        rng: np.random.Generator,
        dtype: type[np.floating[Any]] = np.float32,
    ) -> None:
        self.activation = activation
        self.weights: list[Floats] = []
        self.biases: list[Floats] = []
        for fan_in, fan_out in pairwise(widths):
            scale = np.sqrt(2 / fan_in) if activation == "relu" else np.sqrt(2 / (fan_in + fan_out))
            self.weights.append(rng.normal(0, scale, (fan_in, fan_out)).astype(dtype))
            self.biases.append(np.zeros(fan_out, dtype))

    @property
    def parameters(self) -> list[Floats]:
        """All weights, then all biases; optimisers change them in place."""
        return [*self.weights, *self.biases]

    def forward(self, inputs: Floats) -> Trace:
        """Outputs for ``inputs`` of shape (samples, widths[0]), with what ``backward`` needs."""
        seen = [inputs]
        for weight, bias in zip(self.weights[:-1], self.biases[:-1], strict=True):
            seen.append(self._activate(seen[-1] @ weight + bias))
        return Trace(tuple(seen), seen[-1] @ self.weights[-1] + self.biases[-1])

    def backward(self, trace: Trace, slope: Floats) -> list[Floats]:
        """Gradients in the order of ``parameters``, from the loss's ``slope`` with respect to the outputs."""
        weights: list[Floats] = []
        biases: list[Floats] = []
        for weight, inputs in zip(reversed(self.weights), reversed(trace.inputs), strict=True):
            weights.insert(0, inputs.T @ slope)
            biases.insert(0, slope.sum(axis=0))
            if inputs is not trace.inputs[0]:
                slope = (slope @ weight.T) * self._slope(inputs)
        return [*weights, *biases]

    def _activate(self, values: Floats) -> Floats:
        return np.tanh(values) if self.activation == "tanh" else np.maximum(values, 0)

    def _slope(self, activated: Floats) -> Floats:
        return 1 - activated**2 if self.activation == "tanh" else (activated > 0).astype(activated.dtype)


def cross_entropy(logits: Floats, labels: I64) -> tuple[float, Floats]:
    """Mean cross-entropy in nats of ``logits`` (samples, classes) against class numbers, and its slope."""
    shifted = logits - logits.max(axis=1, keepdims=True)
    exponentials = np.exp(shifted)
    totals = exponentials.sum(axis=1, keepdims=True)
    rows = np.arange(len(labels))
    loss = float(np.mean(np.log(totals[:, 0]) - shifted[rows, labels]))
    slope = exponentials / totals
    slope[rows, labels] -= 1
    return loss, slope / len(labels)


def squared_error(outputs: Floats, targets: Floats) -> tuple[float, Floats]:
    """Mean of the squared differences over samples and outputs, and its slope."""
    difference = outputs - targets
    return float(np.mean(difference**2)), 2 * difference / difference.size
