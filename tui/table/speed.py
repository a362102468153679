"""How fast a run goes and when it will be done, from the steps and times of its recent rows. Pure.

Speed answers "how fast does it train": intervals that are much longer than usual (an evaluation, a checkpoint) are left
out. Time left answers "when can I come back": it counts the pauses too, because they will come again, but not a single
one that is out of all proportion (a suspended machine, the time between two attempts).
"""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np

from tui.table.rows import F64

RECENT = 128
"""Intervals looked at for the speed."""
LONG = 2048
"""Intervals looked at for the time left: enough to hold several evaluations."""
PAUSE = 5.0
"""An interval this many times as long as the median one is a pause."""

TOTAL_STEPS = (
    *("total_steps", "max_steps", "num_steps", "n_steps", "train_steps", "training_steps", "num_train_steps"),
    *("num_training_steps", "max_train_steps", "total_training_steps", "max_iters", "max_iterations"),
    *("num_iterations", "total_iterations", "train_iters", "num_iters", "iterations", "iters", "steps"),
)
"""Config keys that hold the number of steps a run is to make, the most telling first."""
TOTAL_EPOCHS = ("total_epochs", "max_epochs", "num_epochs", "num_train_epochs", "n_epochs", "epochs")
"""Config keys that hold the number of epochs, for runs that log their ``epoch``."""


def steps_per_second(steps: F64, times: F64) -> float | None:
    """The speed over the last rows, pauses left out; None when it cannot be told.

    Args:
        steps: the step of each row, ascending.
        times: when each was logged, in seconds; NaN where a row has no time.
    """
    ahead, seconds = _intervals(steps, times, RECENT)
    usual = seconds <= PAUSE * float(np.median(seconds)) if seconds.size else np.empty(0, dtype=np.bool_)
    return _ratio(ahead[usual], seconds[usual])


def seconds_left(steps: F64, times: F64, total: float) -> float | None:
    """How long it will take to reach step ``total``; 0 when it is reached, None when it cannot be told."""
    if not steps.size or not np.isfinite(steps[-1]):
        return None
    left = total - float(steps[-1])
    if left <= 0:
        return 0.0
    ahead, seconds = _intervals(steps, times, LONG)
    expected = _without_outlier(seconds)
    pace = _ratio(ahead, expected)
    return left / pace if pace else None


def total_of(names: tuple[str, ...], config: Mapping[str, object]) -> float | None:
    """The positive number that a flat config holds under one of ``names``.

    A key counts also as the last part of a dotted one (``trainer.max_steps``); keys of their own come first. Values
    like -1, which some trainers take for "no limit", are none.
    """
    for name in names:
        number = _positive(config.get(name))
        if number is not None:
            return number
    nested = {key.rpartition(".")[2]: value for key, value in reversed(list(config.items())) if "." in key}
    found = (_positive(nested.get(name)) for name in names)
    return next((number for number in found if number is not None), None)


def _intervals(steps: F64, times: F64, most: int) -> tuple[F64, F64]:
    """Steps and seconds between neighbouring rows, without those in which time or steps went backwards."""
    steps, times = steps[-most - 1 :], times[-most - 1 :]
    timed = np.isfinite(times) & np.isfinite(steps)
    ahead, seconds = np.diff(steps[timed]), np.diff(times[timed])
    forward = (seconds >= 0) & (ahead >= 0)
    return ahead[forward], seconds[forward]


def _without_outlier(seconds: F64) -> F64:
    """``seconds`` with its longest, where that is a pause unlike any other, cut down to the usual."""
    if seconds.size < 3:
        return seconds
    second, longest = np.partition(seconds, -2)[-2:]
    usual = float(np.median(seconds))
    if longest <= PAUSE * usual or longest <= 2 * second:
        return seconds
    return np.where(seconds == longest, usual, seconds)


def _ratio(ahead: F64, seconds: F64) -> float | None:
    span = float(seconds.sum())
    return float(ahead.sum()) / span if span > 0 else None


def _positive(value: object) -> float | None:
    if isinstance(value, bool) or not isinstance(value, int | float):
        return None
    return float(value) if 0 < value < float("inf") else None
