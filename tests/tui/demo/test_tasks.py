import numpy as np
import pytest

from tui.demo import tasks


@pytest.mark.parametrize("name", tasks.NAMES)
def test_a_seed_decides_everything(name: str) -> None:
    one, same, other = (tasks.make(name, 50, 0.1, seed) for seed in (3, 3, 4))
    np.testing.assert_array_equal(one.train.inputs, same.train.inputs)
    np.testing.assert_array_equal(one.val.targets, same.val.targets)
    assert not np.array_equal(one.train.inputs, other.train.inputs)


@pytest.mark.parametrize("name", tasks.NAMES)
def test_held_out_samples_are_other_ones(name: str) -> None:
    task = tasks.make(name, 1000, 0.1, 0)
    assert len(task.train.inputs) == len(task.train.targets) == 1000
    assert task.train.inputs.shape == task.val.inputs.shape
    assert not np.array_equal(task.train.inputs, task.val.inputs)


def test_spirals_turn_with_their_radius_and_have_three_arms() -> None:
    split = tasks.spirals(np.random.default_rng(0), 3000, 0.0)
    radius = np.hypot(*split.inputs.T)
    angle = np.arctan2(split.inputs[:, 1], split.inputs[:, 0])
    phase = (angle - 6.0 * radius - split.targets * 2 * np.pi / 3 + np.pi) % (2 * np.pi) - np.pi
    assert set(split.targets) == {0, 1, 2}
    assert abs(phase.mean()) < 0.05
    assert phase.std() == pytest.approx(0.2, abs=0.05)


def test_noise_is_the_share_of_labels_drawn_at_random() -> None:
    clean, noisy = (tasks.spirals(np.random.default_rng(0), 6000, noise) for noise in (0.0, 0.3))
    assert np.mean(clean.targets != noisy.targets) == pytest.approx(0.2, abs=0.03)  # a third is right by chance


def test_letters_follow_one_language_whatever_the_seed() -> None:
    contexts: dict[bytes, set[int]] = {}
    for seed in (1, 2):
        split = tasks.letters(np.random.default_rng(seed), 3000, 0.0)
        for context, letter in zip(split.inputs, split.targets, strict=True):
            contexts.setdefault(context.tobytes(), set()).add(int(letter))
    followers = np.mean([len(letters) for letters in contexts.values()])
    assert followers < tasks.LETTERS / 2


def test_an_unknown_task_is_refused_by_name() -> None:
    with pytest.raises(KeyError, match="chess"):
        tasks.make("chess", 10, 0.0, 0)
