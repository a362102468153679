"""A store on disk that a test writes and a reader follows."""

from __future__ import annotations

import json
import time
from pathlib import Path

from logstore.model.delta import Delta
from logstore.model.liveness import Machine
from logstore.model.runs import Runs
from logstore.reading.follow import Budget, StoreReader

START = 1_700_000_000.0


class Followed:
    """A store on disk, a reader of it with a clock moved by hand, and the model that the deltas make."""

    def __init__(self, root: Path, background: int = 1 << 40, cache: Path | None = None) -> None:
        self.root = root
        self.now = time.time()
        self.machine = Machine("box", "boot", None, root.parent / "proc")
        self.reader = StoreReader(
            root, background=background, machine=self.machine, clock=lambda: self.now, cache=cache
        )
        self.runs = Runs()

    def write(self, key: str, rows: int = 0, **record: object) -> Path:
        """A run, or more rows of one."""
        path = self.root / key
        path.mkdir(parents=True, exist_ok=True)
        if record:
            replace(path / "run.json", record)
        self.append(key, rows)
        return path

    def append(self, key: str, rows: int, name: str = "metrics.jsonl") -> None:
        path = self.root / key / name
        first = path.read_bytes().count(b"\n") if path.exists() else 0
        with path.open("a") as file:
            for step in range(first, first + rows):
                file.write(json.dumps({"_step": step, "_timestamp": START + step, "loss": step}) + "\n")

    def live(self, pid: int, *, alive: bool = True) -> dict[str, object]:
        """The record of a run whose process lives, or lived, on this machine."""
        if alive:
            (self.machine.proc / str(pid)).mkdir(parents=True, exist_ok=True)
            (self.machine.proc / str(pid) / "stat").write_text(f"{pid} (p) S " + " ".join(["0"] * 18) + " 77 0")
        return {"pid": pid, "host": "box", "boot_id": "boot", "process_start": 77, "created": START}

    def read(self, seconds: float = 0.1, first: tuple[str, ...] = (), budget: Budget | None = None) -> Delta:
        self.now += seconds
        delta = self.reader.read(budget or Budget(seconds=5), first)
        self.runs.apply(delta)
        return delta

    def settle(self, first: tuple[str, ...] = ()) -> None:
        """Read until there is nothing left, long enough for everything to have been looked at."""
        for _ in range(6):
            self.read(2.0, first)

    def points(self, key: str) -> int:
        return len(self.runs[key].series("loss")) if "loss" in self.runs[key].metrics else 0


def replace(path: Path, content: dict[str, object]) -> None:
    new = path.with_name(".tmp")
    new.write_text(json.dumps(content))
    new.rename(path)
