from itertools import pairwise

import numpy as np
import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from tui.demo.network import I64, Activation, Floats, Network, Trace, cross_entropy, squared_error

TINY = 1e-6


def loss_of(network: Network, inputs: Floats, targets: Floats | I64) -> tuple[float, Floats]:
    outputs = network.forward(inputs).outputs
    if targets.dtype.kind == "i":
        return cross_entropy(outputs, targets.astype(np.int64))
    return squared_error(outputs, targets.astype(np.float64))


def finite_differences(network: Network, inputs: Floats, targets: Floats | I64) -> list[Floats]:
    gradients = []
    for parameter in network.parameters:
        slopes = np.zeros_like(parameter)
        for index in np.ndindex(*parameter.shape):
            value = parameter[index]
            parameter[index] = value + TINY
            above, _ = loss_of(network, inputs, targets)
            parameter[index] = value - TINY
            below, _ = loss_of(network, inputs, targets)
            parameter[index] = value
            slopes[index] = (above - below) / (2 * TINY)
        gradients.append(slopes)
    return gradients


def distance_from_corners(network: Network, trace: Trace) -> float:
    """How near any cell is to the corner of relu, where a finite difference says nothing."""
    layers = zip(trace.inputs, network.weights[:-1], network.biases[:-1], strict=False)
    return min((float(np.abs(inputs @ weight + bias).min()) for inputs, weight, bias in layers), default=1.0)


@pytest.mark.parametrize("activation", ["tanh", "relu"])
@pytest.mark.parametrize("kind", ["classes", "values"])
@given(seed=st.integers(0, 2**32 - 1), hidden=st.lists(st.integers(1, 5), min_size=0, max_size=3))
def test_gradients_agree_with_finite_differences(
    activation: Activation, kind: str, seed: int, hidden: list[int]
) -> None:
    rng = np.random.default_rng(seed)
    network = Network([2, *hidden, 3], activation, rng, np.float64)
    for bias in network.biases:
        bias[:] = rng.normal(0, 0.5, bias.shape)
    inputs = rng.normal(size=(6, 2))
    targets = rng.integers(0, 3, 6) if kind == "classes" else rng.normal(size=(6, 3))
    trace = network.forward(inputs)
    assume(activation == "tanh" or distance_from_corners(network, trace) > 1e-4)
    _, slope = loss_of(network, inputs, targets)
    for exact, measured in zip(
        network.backward(trace, slope), finite_differences(network, inputs, targets), strict=True
    ):
        np.testing.assert_allclose(exact, measured, rtol=1e-4, atol=1e-7)


def test_cross_entropy_of_even_odds_is_the_logarithm_of_the_classes() -> None:
    loss, slope = cross_entropy(np.zeros((4, 8)), np.arange(4))
    assert loss == pytest.approx(np.log(8))
    assert slope.sum() == pytest.approx(0)


def test_cross_entropy_of_huge_logits_does_not_overflow() -> None:
    loss, slope = cross_entropy(np.array([[1e4, 0.0]]), np.array([1]))
    assert loss == pytest.approx(1e4)
    assert np.isfinite(slope).all()


def test_parameters_are_the_ones_in_use() -> None:
    network = Network([2, 4, 1], "relu", np.random.default_rng(0))
    before = network.forward(np.ones((1, 2), np.float32)).outputs
    for parameter in network.parameters:
        parameter[:] = 0
    after = network.forward(np.ones((1, 2), np.float32)).outputs
    assert before[0, 0] != 0
    assert after[0, 0] == 0


def test_layers_have_the_widths_asked_for_in_single_precision() -> None:
    widths = [3, 7, 5, 2]
    network = Network(widths, "tanh", np.random.default_rng(0))
    assert [weight.shape for weight in network.weights] == list(pairwise(widths))
    assert {parameter.dtype for parameter in network.parameters} == {np.dtype(np.float32)}
