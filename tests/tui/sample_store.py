"""A store of real files that looks like a few days of training, the same every time, and the app over it."""

from __future__ import annotations

import json
import math
import os
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path

import numpy as np

from logstore.model.liveness import Machine
from logstore.store import Store
from tui.app import RunwatchApp
from tui.remembered import Memory
from tui.settings import Settings

NOW = 1_790_000_000.0
HOST, BOOT, PID, START_TICKS = "gpu01", "11111111-2222-3333-4444-555555555555", 4242, 777.0
STEPS = 400

RUNS: Sequence[tuple[str, Mapping[str, object], Mapping[str, object]]] = (
    ("brave-otter", {"lr": 3e-4, "model": {"depth": 12, "width": 256}, "seed": 0}, {}),
    ("calm-lynx", {"lr": 1e-4, "model": {"depth": 12, "width": 256}, "seed": 0}, {}),
    (
        "eager-mole",
        {"lr": 3e-4, "model": {"depth": 24, "width": 256}, "seed": "0"},
        {"state": "finished", "exit_code": 0},
    ),
    (
        "fond-ibis",
        {"lr": 3e-2, "model": {"depth": 12}, "seed": 0},
        {"state": "failed", "exit_code": 1, "error": "loss is NaN"},
    ),
)


def fake_proc(root: Path) -> Path:
    """A /proc in which only the writers of the runs live, each with a process of its own."""
    fields = ["S", *("0" for _ in range(18)), str(int(START_TICKS)), *("0" for _ in range(30))]
    for place in range(len(RUNS)):
        directory = root / "proc" / str(PID + 100 * place)
        directory.mkdir(parents=True)
        (directory / "stat").write_text(f"{PID + 100 * place} (python) {' '.join(fields)}\n")
    return root / "proc"


def machine(root: Path) -> Machine:
    """The host on which the sample runs live."""
    return Machine(HOST, BOOT, None, fake_proc(root))


def rows(place: int) -> Iterator[str]:
    """The rows of one run: a falling loss, a learning rate, and now and then a validation."""
    noise = np.random.default_rng(place).normal(0.0, 0.05, STEPS)
    for i in range(STEPS):
        loss = 2.0 + 0.1 * place + 4.0 * math.exp(-i / 60) + float(noise[i])
        values: dict[str, object] = {
            "train/loss": "NaN" if place == 3 and i > 300 else loss,
            "optim/lr": 3e-4 * (1 - i / STEPS),
        }
        if i % 10 == 0:
            values |= {"val/loss": loss + 0.1, "val/acc": 1 - 1 / (1 + i / 50)}
        yield json.dumps({"_step": 50 * i, "_timestamp": NOW - STEPS + i, "_runtime": i, **values}) + "\n"


def write_run(root: Path, place: int) -> Path:
    """Write the run at ``place`` of ``RUNS`` and return its directory."""
    name, config, ended = RUNS[place]
    path = root / "demo" / f"run{place}"
    path.mkdir(parents=True)
    writer = {"host": HOST, "pid": PID + 100 * place, "boot_id": BOOT, "process_start": START_TICKS}
    record = {
        "format": 1,
        "id": path.name,
        "name": name,
        "project": "demo",
        "created": NOW - 7200 - 600 * place,
        **writer,
    }
    if ended:
        record |= {**ended, "ended": NOW - 60}
    else:
        record["total_steps"] = 30_000
    (path / "run.json").write_text(json.dumps(record))
    (path / "config.json").write_text(json.dumps(config))
    (path / "metrics.jsonl").write_text("".join(rows(place)))
    (path / "console.log").write_text("".join(f"step {i}: loss {2 + 4 / (i + 1):.3f}\n" for i in range(50)))
    for file in path.iterdir():
        os.utime(file, (NOW - 1, NOW - 1))
    return path


def write_store(root: Path) -> Path:
    """Write all of ``RUNS`` below ``root``."""
    for place in range(len(RUNS)):
        write_run(root, place)
    return root


def app_over(
    root: Path,
    proc: Path,
    view: Path | None = None,
    *,
    kind: type[RunwatchApp] = RunwatchApp,
    first_screen: str = "watch",
    **settings: object,
) -> RunwatchApp:
    """The real app over ``root``, at a fixed time, without the sampler; what is set is kept in the file ``view``."""
    source = Store(root).reader(machine=machine(proc))
    chosen = Settings(**{"gpu": False, **settings})  # type: ignore[arg-type]
    path = Path("/exp/runs")
    memory = Memory(path, view)
    return kind(source, path, chosen, clock=lambda: NOW, first_screen=first_screen, memory=memory)
