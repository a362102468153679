"""The hyperparameters of one demo training, and how they stand on a command line and in a run's config."""

from __future__ import annotations

import argparse
from collections.abc import Sequence
from dataclasses import dataclass, fields
from pathlib import Path
from typing import Any

from tui.demo import tasks


@dataclass(frozen=True, slots=True)
class Settings:
    """One training. Every field is an option of ``python -m tui.demo.training``."""

    name: str = ""
    """Name of the run; empty lets the writer find one."""
    task: str = "spirals"
    """What to learn: spirals, waves or letters."""
    samples: int = 4000
    """Samples to learn from."""
    noise: float = 0.05
    """Share of wrong labels, or deviation of the values."""
    hidden: str = "48,48"
    """Widths of the hidden layers."""
    activation: str = "tanh"
    """tanh or relu."""
    optimiser: str = "adam"
    """adam or sgd."""
    lr: float = 6e-3
    """Peak learning rate."""
    warmup: int = 0
    """Steps over which the rate rises to its peak."""
    schedule: str = "constant"
    """constant or cosine."""
    momentum: float = 0.9
    """Momentum of sgd."""
    decay: float = 0.0
    """Weight decay of adam."""
    clip: float = 0.0
    """Longest gradient; 0 does not clip."""
    batch: int = 64
    """Samples in a step."""
    steps: int = 1500
    """Steps to train for."""
    seconds: float = 0.0
    """Time to spread the steps over; 0 goes as fast as it can."""
    seed: int = 0
    """Seed of data, weights and batches."""
    dir: str = ""
    """Directory of runs to log to; empty is the writer's own choice."""
    parent: int = 0
    """Process to end with; 0 is none."""

    @property
    def widths(self) -> list[int]:
        """The hidden layers' widths as numbers."""
        return [int(width) for width in self.hidden.split(",") if width]

    @property
    def root(self) -> Path | None:
        """The directory of runs, where one is named."""
        return Path(self.dir) if self.dir else None

    def config(self) -> dict[str, Any]:
        """What the run's config.json says: only what this training uses."""
        optim: dict[str, Any] = {"name": self.optimiser, "lr": self.lr, "schedule": self.schedule}
        optim |= {"warmup": self.warmup, "clip": self.clip or None}
        optim |= {"momentum": self.momentum} if self.optimiser == "sgd" else {"decay": self.decay}
        return {
            "task": self.task,
            "seed": self.seed,
            "batch": self.batch,
            "data": {"samples": self.samples, "noise": self.noise},
            "model": {"hidden": self.widths, "activation": self.activation},
            "optim": optim,
        }

    def arguments(self) -> list[str]:
        """The command line that says the same: what is not the default."""
        given = {field.name: getattr(self, field.name) for field in fields(self)}
        return [f"--{field.name}={given[field.name]}" for field in fields(self) if given[field.name] != field.default]


_CHOICES = {
    "task": tasks.NAMES,
    "activation": ("tanh", "relu"),
    "optimiser": ("adam", "sgd"),
    "schedule": ("constant", "cosine"),
}


def parse(arguments: Sequence[str]) -> Settings:
    """Settings from a command line; argparse ends the process where it is not understood."""
    parser = argparse.ArgumentParser(prog="python -m tui.demo.training", description=__doc__)
    for field in fields(Settings):
        default: Any = field.default
        option = f"--{field.name}"
        parser.add_argument(option, type=type(default), default=default, choices=_CHOICES.get(field.name))
    return Settings(**vars(parser.parse_args(arguments)))
