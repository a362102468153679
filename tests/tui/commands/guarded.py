"""A run whose process lives and whose files are written by hand, for a guard to watch."""

from __future__ import annotations

import json
import subprocess
import sys
import time
from pathlib import Path
from types import TracebackType
from typing import Any, Self

from logstore.processes import describe_process


class LiveRun:
    """``project/name`` below ``root``, written by a real process that does nothing but live."""

    def __init__(self, root: Path, name: str = "otter") -> None:
        self.path = root / "lab" / name
        self.path.mkdir(parents=True)
        self.process = subprocess.Popen([sys.executable, "-c", "import time; time.sleep(600)"])
        self.begun = time.time()
        self._step = 0
        self.record()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.kill()

    def record(self, **more: Any) -> None:
        """Write run.json whole."""
        name = self.path.name
        known = {"format": 1, "id": name, "name": f"brave-{name}", "project": "lab", "created": self.begun}
        text = json.dumps({**known, **describe_process(self.process.pid), **more})
        (self.path / "run.json.new").write_text(text)
        (self.path / "run.json.new").replace(self.path / "run.json")

    def log(self, *losses: float | str, key: str = "train/loss") -> None:
        """Append rows, one write each."""
        with (self.path / "metrics.jsonl").open("ab", buffering=0) as file:
            for loss in losses:
                row = {"_step": self._step, "_timestamp": time.time(), key: loss}
                file.write(json.dumps(row).encode() + b"\n")
                self._step += 1

    def events(self) -> list[dict[str, Any]]:
        path = self.path / "events.jsonl"
        return [json.loads(line) for line in path.read_text().splitlines()] if path.exists() else []

    def kill(self) -> None:
        """End the process as ``kill -9`` does."""
        self.process.kill()
        self.process.wait()


def children(pid: int) -> list[int]:
    """Processes whose parent is ``pid``."""
    return [int(entry.name) for entry in Path("/proc").iterdir() if entry.name.isdigit() and _parent(entry) == pid]


def _parent(entry: Path) -> int | None:
    """The parent of a process that is no corpse."""
    try:
        fields = (entry / "stat").read_text().rpartition(")")[2].split()
    except OSError:
        return None
    return int(fields[1]) if fields[0] != "Z" else None
