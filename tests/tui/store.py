"""A model with runs to look at, made of the deltas that a reader would send."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np

from logstore.model.delta import Block, Column, Delta, Event, RunDelta
from logstore.model.liveness import Liveness
from logstore.model.records import RunRecord
from tui.model import Model

NOW = 1_785_672_118.0


@dataclass
class Told:
    """What is told of one run."""

    name: str
    config: Mapping[str, object] = field(default_factory=dict)
    metrics: Mapping[str, Sequence[float]] = field(default_factory=dict)
    record: Mapping[str, object] = field(default_factory=dict)
    summary: Mapping[str, object] = field(default_factory=dict)
    events: Sequence[Event] = ()

    @property
    def key(self) -> str:
        return f"project/{self.name}"

    def delta(self, age: float = 3600.0) -> RunDelta:
        """Everything at once; the run began ``age`` seconds before ``NOW``."""
        record = RunRecord.from_json(
            {"name": self.name, "project": "project", "id": self.name, "created": NOW - age, "pid": 100, **self.record}
        )
        return RunDelta(
            self.key,
            Path("/store") / self.key,
            record=record,
            config=self.config,
            manual_summary=self.summary,
            blocks={0: (block(self.metrics, age),)} if self.metrics else {},
            events=tuple(self.events),
            liveness=Liveness("alive", record.process.pid, record.process.host),
            last_write=NOW,
        )


def block(metrics: Mapping[str, Sequence[float]], age: float = 3600.0, first_step: int = 0) -> Block:
    """Rows from ``first_step`` on, the last of them at ``NOW``; a shorter metric is missing from the later rows."""
    rows = max(map(len, metrics.values()))
    steps = np.arange(first_step, first_step + rows, dtype=float)
    times = NOW - age + age * np.arange(1, rows + 1) / rows
    columns = {
        name: Column(None if len(values) == rows else np.arange(len(values)), np.array(values, float))
        for name, values in metrics.items()
    }
    return Block(steps, times, columns)


def model(*runs: Told, path: str = "/store") -> Model:
    """A model of a store with these runs, the first the youngest."""
    made = Model(Path(path), lambda: NOW)
    made.apply(Delta(tuple(run.delta(age=600.0 * (place + 1)) for place, run in enumerate(runs))))
    return made


def curve(start: float, end: float, rows: int = 200, wiggle: float = 0.0, seed: int = 0) -> list[float]:
    """A curve that falls (or rises) ever more slowly, with some noise."""
    x = np.linspace(0, 5, rows)
    noise = np.random.default_rng(seed).normal(0, wiggle, rows)
    return [float(value) for value in end + (start - end) * np.exp(-x) + noise]


THREE = (
    Told(
        "brave-otter",
        {"lr": 3e-4, "model": {"depth": 12, "width": 768}, "optim": {"name": "adamw", "fused": True}, "seed": 0},
        {
            "train/loss": curve(6, 2.05, wiggle=0.1),
            "val/loss": curve(6, 2.05, wiggle=0.02, seed=1),
            "val/acc": curve(0.1, 0.612, wiggle=0.01),
            "lr": curve(3e-4, 3e-5),
        },
        {"git": {"commit": "1f3a9c2d00", "branch": "main"}, "host": "gpu01"},
    ),
    Told(
        "calm-lynx",
        {"lr": 1e-4, "model": {"depth": 12, "width": 768}, "optim": {"name": "adamw"}, "seed": 0},
        {
            "train/loss": curve(6, 2.17, 170, wiggle=0.1, seed=2),
            "val/loss": curve(6, 2.17, 170, wiggle=0.02, seed=3),
            "val/acc": curve(0.1, 0.598, 170, wiggle=0.01, seed=4),
            "lr": curve(1e-4, 1e-5, 170),
        },
        {"git": {"commit": "1f3a9c2d00", "branch": "main"}, "host": "gpu01"},
        {"verdict": "plateau"},
    ),
    Told(
        "eager-mole",
        {"lr": 3e-4, "model": {"depth": 24, "width": 768}, "optim": {"name": "adamw", "fused": False}, "seed": "0"},
        {
            "train/loss": curve(6, 2.0, wiggle=0.1, seed=5),
            "val/loss": curve(6, 2.011, wiggle=0.02, seed=6),
            "val/acc": curve(0.1, 0.631, wiggle=0.01, seed=7),
            "lr": curve(3e-4, 3e-5),
        },
        {"git": {"commit": "77b01de400", "branch": "main"}, "host": "gpu02", "state": "finished", "ended": NOW - 60},
    ),
)
