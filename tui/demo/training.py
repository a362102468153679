"""One real training: a small network learns a generated problem and logs what any training logs.

Run alone as ``python -m tui.demo.training --task waves --lr 0.03 --dir runs``. A loss that stays non-finite is
logged for a while and then ends the training with ``DivergedError``, as a trainer with such a guard does.
"""

from __future__ import annotations

import math
import os
import sys
import time
from collections.abc import Callable, Sequence
from typing import Literal, cast

import numpy as np

import logstore
from tui.demo import optim, tasks
from tui.demo.network import I64, Activation, Floats, Network, Trace, cross_entropy, squared_error
from tui.demo.settings import Settings, parse

PATIENCE = 60
"""Steps with a non-finite loss after which a training gives up."""

EVALUATIONS = 75
"""How often a training looks at the held-out samples, over its whole length."""


class DivergedError(ArithmeticError):
    """The loss is no number any more, and will not be one again."""


class OrphanedError(RuntimeError):
    """The process that this training was to end with has gone."""


class Training:
    """The data, the network and the optimiser of one run.

    Args:
        settings: the hyperparameters; the same ones give the same numbers.
    """

    def __init__(self, settings: Settings) -> None:
        self.settings = settings
        self.task = tasks.make(settings.task, settings.samples, settings.noise, settings.seed)
        self._rng = np.random.default_rng([settings.seed, 2])
        widths = [self.task.train.inputs.shape[1], *settings.widths, self.task.outputs]
        self.network = Network(widths, cast("Activation", settings.activation), self._rng)
        adam = settings.optimiser == "adam"
        self.optimiser: optim.Optimiser = optim.Adam(settings.decay) if adam else optim.Sgd(settings.momentum)

    def step(self, number: int) -> dict[str, float]:
        """Take step ``number`` (from 1) on a random batch and say how it went."""
        settings = self.settings
        chosen = self._rng.integers(0, settings.samples, settings.batch)
        targets = self.task.train.targets[chosen]
        trace = self.network.forward(self.task.train.inputs[chosen])
        loss, slope = self._loss(trace, targets)
        gradients = self.network.backward(trace, slope)
        length = optim.norm(gradients)
        optim.clip(gradients, length, settings.clip)
        schedule = cast("Literal['constant', 'cosine']", settings.schedule)
        lr = optim.learning_rate(number, settings.steps, settings.lr, settings.warmup, schedule)
        self.optimiser.update(self.network.parameters, gradients, lr)
        row = {"train/loss": loss, "optim/lr": lr, "optim/grad_norm": length}
        return row | self._accuracy("train/acc", trace.outputs, targets)

    def validate(self) -> dict[str, float]:
        """Loss and, for classes, accuracy on the held-out samples."""
        trace = self.network.forward(self.task.val.inputs)
        loss, _ = self._loss(trace, self.task.val.targets)
        return {"val/loss": loss} | self._accuracy("val/acc", trace.outputs, self.task.val.targets)

    def _loss(self, trace: Trace, targets: Floats | I64) -> tuple[float, Floats]:
        if self.task.classifies:
            return cross_entropy(trace.outputs, cast("I64", targets))
        return squared_error(trace.outputs, cast("Floats", targets))

    def _accuracy(self, metric: str, outputs: Floats, targets: Floats | I64) -> dict[str, float]:
        if not self.task.classifies:
            return {}
        return {metric: float(np.mean(outputs.argmax(axis=1) == targets))}


class Pace:
    """Spreads steps evenly over a time, and measures how fast they really came.

    Args:
        steps: how many there will be.
        seconds: the time for all of them; 0 waits for nothing.
        clock: seconds that only grow.
        sleep: waits for so many seconds.
    """

    def __init__(
        self,
        steps: int,
        seconds: float,
        clock: Callable[[], float] = time.monotonic,
        sleep: Callable[[float], None] = time.sleep,
    ) -> None:
        self._interval = seconds / steps
        self._clock = clock
        self._sleep = sleep
        self._start = self._marked = clock()
        self._marked_step = 0
        self.rate: float | None = None

    def wait(self, step: int) -> None:
        """Sleep until ``step`` is due; every half second, measure the rate in steps per second."""
        due = self._start + step * self._interval
        ahead = due - self._clock()
        if ahead > 0:
            self._sleep(ahead)
        now = self._clock()
        if now - self._marked >= 0.5:
            self.rate = (step - self._marked_step) / (now - self._marked)
            self._marked, self._marked_step = now, step


def train(settings: Settings, log: Callable[[dict[str, float], int], None], say: Callable[[str], None] = print) -> None:
    """Train to the end and log each step.

    Args:
        settings: what to train, and how fast.
        log: takes the values of a step, and the step.
        say: takes a line for the console at each evaluation.

    Raises:
        DivergedError: the loss was no number for ``PATIENCE`` steps.
        OrphanedError: the process to end with has gone.
    """
    training = Training(settings)
    pace = Pace(settings.steps, settings.seconds)
    every = max(1, settings.steps // EVALUATIONS)
    lost = 0
    for step in range(1, settings.steps + 1):
        row = training.step(step)
        if step % every == 0 or step in {1, settings.steps}:
            row |= training.validate()
        if pace.rate is not None:
            row["perf/steps_per_s"] = pace.rate
        log(row, step)
        if "val/loss" in row:
            say(f"step {step:5d}  train/loss {row['train/loss']:.4g}  val/loss {row['val/loss']:.4g}")
        lost = 0 if math.isfinite(row["train/loss"]) else lost + 1
        if lost >= PATIENCE:
            raise DivergedError(f"train/loss is {row['train/loss']} since step {step - lost + 1}")
        if settings.parent and os.getppid() != settings.parent:
            raise OrphanedError(f"process {settings.parent} has gone")
        pace.wait(step)


def main(arguments: Sequence[str] | None = None) -> None:
    """Train what the command line says, logged by the real writer."""
    settings = parse(sys.argv[1:] if arguments is None else arguments)
    os.nice(5)
    with logstore.init(
        project="demo",
        name=settings.name or None,
        config=settings.config(),
        group=settings.task,
        job_type="train",
        tags=[settings.optimiser, settings.task],
        dir=settings.root,
        total_steps=settings.steps,
    ) as run:
        train(settings, lambda values, step: run.log(values, step=step))


if __name__ == "__main__":
    main()
