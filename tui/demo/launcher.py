"""Starts the trainings of the demo as processes of their own, kills the one that is to be killed, and ends them all.

Each training also watches the process that started it, so none outlives a demo that was itself killed.
"""

from __future__ import annotations

import os
import re
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Mapping, Sequence
from types import TracebackType
from typing import IO, Self

import psutil

from tui.demo.plan import Part

PATIENCE = 5.0
"""Seconds that ended trainings, and the samplers they started, get to go by themselves."""

_FOREIGN = ("LOGSTORE_", "WANDB_", "SLURM_", "OMPI_", "PMI_")
_RANKS = ("RANK", "WORLD_SIZE", "LOCAL_RANK", "LOCAL_WORLD_SIZE", "GROUP_RANK", "NODE_RANK")
_THREADS = ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS", "NUMEXPR_NUM_THREADS")


def environment(environ: Mapping[str, str]) -> dict[str, str]:
    """``environ`` for a demo training: one thread, silent, and nothing that sends its run elsewhere."""
    kept = {name: value for name, value in environ.items() if not name.startswith(_FOREIGN) and name not in _RANKS}
    return kept | dict.fromkeys(_THREADS, "1") | {"LOGSTORE_SILENT": "1", "PYTHONUNBUFFERED": "1"}


class Trainings:
    """The running trainings of a demo. A context manager: they start at its beginning and are gone at its end.

    Args:
        parts: what to train, and which to kill when.
    """

    def __init__(self, parts: Sequence[Part]) -> None:
        self._parts = parts
        self.started = 0.0
        """When they were started, seconds since the epoch."""
        self._processes: list[tuple[subprocess.Popen[bytes], IO[bytes]]] = []

    def __enter__(self) -> Self:
        self.started = time.time()
        for part in self._parts:
            self._start(part)
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.end()

    @property
    def running(self) -> int:
        """How many are still training."""
        return sum(process.poll() is None for process, _ in self._processes)

    def complaints(self) -> list[str]:
        """The last line on stderr of each training that ended badly, in the order of the parts."""
        lines = []
        for process, errors in self._processes:
            if process.poll():
                errors.seek(0)
                lines += errors.read().decode("utf-8", "replace").strip().splitlines()[-1:]
        return lines

    def end(self) -> None:
        """Ask all trainings to end, then make them; wait until they and their own children are gone."""
        descendants = [child for process, _ in self._processes for child in _descendants(process.pid)]
        for process, _ in self._processes:
            process.terminate()
        deadline = time.monotonic() + PATIENCE
        for process, errors in self._processes:
            _wait_or_kill(process, max(0.1, deadline - time.monotonic()))
            errors.close()
        _, alive = psutil.wait_procs(descendants, timeout=max(0.1, deadline - time.monotonic()))
        for child in alive:
            child.kill()
        self._processes.clear()

    def _start(self, part: Part) -> None:
        errors = tempfile.TemporaryFile()  # noqa: SIM115 (kept open as long as the training)
        process = subprocess.Popen(
            [sys.executable, "-m", "tui.demo.training", *part.settings.arguments()],
            env=environment(os.environ),
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL if part.killed_at is None else subprocess.PIPE,
            stderr=errors,
            start_new_session=True,
        )
        self._processes.append((process, errors))
        threading.Thread(target=_reap, args=(process, part.killed_at), daemon=True).start()


def _reap(process: subprocess.Popen[bytes], killed_at: int | None) -> None:
    """Wait for ``process``, so that it never stays as a zombie; kill it when it says that it has reached that step."""
    if killed_at is not None and process.stdout is not None:
        with process.stdout as lines:
            if any(_step(line) >= killed_at for line in lines):
                process.kill()
    process.wait()


def _step(line: bytes) -> int:
    """The step that a line of a training speaks of, as in ``step   600  train/loss 0.2``."""
    found = re.match(rb"step +(\d+)", line)
    return int(found[1]) if found else 0


def _wait_or_kill(process: subprocess.Popen[bytes], seconds: float) -> None:
    try:
        process.wait(seconds)
    except subprocess.TimeoutExpired:
        process.kill()
        process.wait()


def _descendants(pid: int) -> list[psutil.Process]:
    try:
        return psutil.Process(pid).children(recursive=True)
    except psutil.NoSuchProcess:
        return []
