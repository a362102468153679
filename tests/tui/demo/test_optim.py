import numpy as np
import pytest

from tui.demo.optim import Adam, Optimiser, Sgd, clip, learning_rate, norm


def descend(optimiser: Optimiser, lr: float, steps: int) -> float:
    """Where a walk down ``x ** 2 / 2`` from 10 ends."""
    x = np.array([10.0])
    for _ in range(steps):
        optimiser.update([x], [x.copy()], lr)
    return float(x[0])


def test_sgd_without_momentum_is_plain_descent() -> None:
    assert descend(Sgd(), 0.1, 3) == pytest.approx(10 * 0.9**3)


def test_sgd_with_momentum_remembers() -> None:
    x = np.array([1.0])
    optimiser = Sgd(0.5)
    for _ in range(2):
        optimiser.update([x], [np.array([1.0])], 0.1)
    assert x[0] == pytest.approx(1 - 0.1 - 0.1 * 1.5)


@pytest.mark.parametrize("optimiser", [Sgd(0.9), Adam()])
def test_a_reasonable_rate_finds_the_bottom(optimiser: Optimiser) -> None:
    assert abs(descend(optimiser, 0.1, 500)) < 0.05


def test_too_high_a_rate_diverges_for_real() -> None:
    assert abs(descend(Sgd(), 2.5, 100)) > 1e10


def test_adams_first_step_is_the_rate_whatever_the_gradient() -> None:
    for gradient in (1e-3, 1.0, 1e3):
        x = np.array([0.0])
        Adam().update([x], [np.array([gradient])], 0.01)
        assert x[0] == pytest.approx(-0.01, rel=1e-3)


def test_adam_decays_weights_apart_from_the_gradient() -> None:
    x = np.array([2.0])
    Adam(decay=0.1).update([x], [np.array([0.0])], 0.5)
    assert x[0] == pytest.approx(2.0 * (1 - 0.5 * 0.1))


def test_clipping_shortens_long_gradients_only() -> None:
    gradients = [np.array([3.0, 0.0]), np.array([4.0])]
    clip(gradients, norm(gradients), 0)
    assert norm(gradients) == pytest.approx(5)
    clip(gradients, norm(gradients), 10)
    assert norm(gradients) == pytest.approx(5)
    clip(gradients, norm(gradients), 1)
    assert norm(gradients) == pytest.approx(1)


def test_the_rate_rises_over_the_warmup_and_falls_along_a_cosine() -> None:
    rates = [learning_rate(step, 100, 2.0, 10, "cosine") for step in range(1, 101)]
    assert rates[0] == pytest.approx(0.2)
    assert max(rates) == rates[9] == pytest.approx(2.0)
    assert rates[54] == pytest.approx(1.0)
    assert rates[-1] == pytest.approx(0.0)
    assert learning_rate(100, 100, 2.0, 10, "constant") == 2.0
