"""Stores to measure with: runs written as docs/format.md has them, of any number and length."""

from __future__ import annotations

import json
import math
import os
import sys
import time
from pathlib import Path

METRICS = tuple(f"{section}/m{i}" for section in ("train", "val", "perf") for i in range(4))


def write_run(root: Path, number: int, rows: int, *, live: bool = False, metrics: tuple[str, ...] = METRICS) -> Path:
    """One run with ``rows`` rows; a live one is this process's."""
    path = root / "bench" / f"run{number:05d}"
    path.mkdir(parents=True)
    now = time.time()
    record: dict[str, object] = {
        "format": 1,
        "id": path.name,
        "name": f"run-{number:05d}",
        "project": "bench",
        "created": now - 3600,
        "host": os.uname().nodename,
        "pid": os.getpid(),
    }
    if not live:
        record |= {"state": "finished", "exit_code": 0, "ended": now - 60}
    (path / "run.json").write_text(json.dumps(record))
    (path / "config.json").write_text(json.dumps({"lr": 1e-4 * (number % 7 + 1), "seed": number}))
    with (path / "metrics.jsonl").open("w") as file:
        for step in range(rows):
            file.write(row(step, now - rows + step, metrics))
    return path


MARK = "val/loss"
"""A metric that the table shows by itself."""


def row(step: int, moment: float, metrics: tuple[str, ...] = METRICS, marked: float | None = None) -> str:
    """One line of metrics.jsonl; ``marked`` is the value of ``MARK``."""
    values = {name: 2 + 4 * math.exp(-step / 200) + 0.1 * math.sin(step * (i + 1)) for i, name in enumerate(metrics)}
    if marked is not None:
        values[MARK] = marked
    return json.dumps({"_step": step, "_timestamp": moment, **values}) + "\n"


if __name__ == "__main__":
    path, step = Path(sys.argv[1]), int(sys.argv[2])
    with path.open("a", buffering=1) as file:
        while True:
            file.write(row(step, time.time()))
            step += 1
            time.sleep(1.0)
