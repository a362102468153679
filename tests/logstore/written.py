"""What the tests of the writer share: runs in a directory of their own, read back by the plainest reader there is."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import orjson

import logstore
from logstore.format import METRICS_FILE, RUN_FILE, decode, rank_name
from logstore.writing.writer import RunWriter

QUIET = {"system": False, "console": False, "git": False, "packages": False, "hardware": False}
PRELUDE = f"import logstore, os, sys, signal, time\nQUIET = {QUIET!r}\n"
_LAUNCHERS = ("RANK", "WORLD_SIZE", "LOCAL_RANK", "MASTER_PORT")
_PREFIXES = ("LOGSTORE_", "WANDB_", "SLURM_", "OMPI_", "PMIX_", "TORCHELASTIC_")


def clean_environment() -> dict[str, str]:
    """The environment without anything that a writer would listen to."""
    kept = {key: value for key, value in os.environ.items() if not key.startswith(_PREFIXES)}
    return {key: value for key, value in kept.items() if key not in _LAUNCHERS}


@dataclass(frozen=True)
class Writing:
    """A store to write to."""

    root: Path
    started: list[subprocess.Popen[str]] = field(default_factory=list)

    def init(self, **arguments: Any) -> RunWriter:
        """A run of project ``p`` that records nothing beside its rows, unless told otherwise."""
        return logstore.init(**{"dir": self.root, "project": "p", **QUIET, **arguments})

    def start(self, code: str, environ: Mapping[str, str] | None = None) -> subprocess.Popen[str]:
        """Runs ``code`` in a process of its own, in the directory above the store; ``QUIET`` holds init's arguments."""
        process = subprocess.Popen(
            [sys.executable, "-c", PRELUDE + code],
            cwd=self.root.parent,
            env={
                **clean_environment(),
                "LOGSTORE_DIR": str(self.root),
                "PYTHONPATH": str(Path.cwd()),
                **(environ or {}),
            },
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
        )
        self.started.append(process)
        return process

    def stop(self) -> None:
        """Ends every process that a test left behind."""
        for process in self.started:
            if process.poll() is None:
                process.kill()
            process.communicate(timeout=50)

    def run(self, code: str, environ: Mapping[str, str] | None = None) -> subprocess.CompletedProcess[str]:
        """As ``start``, waiting for the end."""
        process = self.start(code, environ)
        out, err = process.communicate(timeout=50)
        return subprocess.CompletedProcess(process.args, process.returncode, out, err)

    def only(self) -> Path:
        """The directory of the only run there is."""
        (path,) = (path for path in self.root.glob("*/*") if path.is_dir())
        return path


def rows_of(path: Path, rank: int = 0) -> list[dict[str, Any]]:
    """The rows of a run, line by line; every line has to be whole."""
    content = (path / rank_name(METRICS_FILE, rank)).read_bytes()
    assert content == b"" or content.endswith(b"\n")
    return [decode(orjson.loads(line)) for line in content.splitlines()]  # type: ignore[misc]


def values_of(path: Path, rank: int = 0) -> dict[int, dict[str, Any]]:
    """The rows by step without the implicit columns: lines of one step are one row, the later value of a key wins."""
    merged: dict[int, dict[str, Any]] = {}
    for row in rows_of(path, rank):
        values = {key: value for key, value in row.items() if key not in {"_step", "_timestamp", "_runtime"}}
        merged.setdefault(row["_step"], {}).update(values)
    return merged


def record_of(path: Path, name: str = RUN_FILE) -> dict[str, Any]:
    """A JSON document of a run."""
    found = orjson.loads((path / name).read_bytes())
    assert isinstance(found, dict)
    return found


def lines_of(path: Path, name: str) -> list[dict[str, Any]]:
    """A file of JSON lines."""
    return [orjson.loads(line) for line in (path / name).read_bytes().splitlines()]


def eventually(true: Callable[[], object], seconds: float = 20.0) -> None:
    """Waits until ``true()``; fails when that takes longer than ``seconds``."""
    deadline = time.monotonic() + seconds
    while not true():
        assert time.monotonic() < deadline, "it did not happen in time"
        time.sleep(0.01)


def kill(process: subprocess.Popen[str], number: int = signal.SIGKILL) -> None:
    """Sends a signal to a process and waits for its end."""
    process.send_signal(number)
    process.communicate(timeout=50)
