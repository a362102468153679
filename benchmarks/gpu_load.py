"""The trainings that ``gpu_check`` starts, with an interpreter that has PyTorch: one as a load, one to be measured.

Neither may cost the check its page: what does not start, ends early or takes too long is told in words.
"""

from __future__ import annotations

import json
import os
import select
import subprocess
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from tempfile import TemporaryFile
from typing import IO, Any

from collectors import launch

START = 120.0
"""Seconds that PyTorch and CUDA may take to start, from a cold disk."""
MODULE = "benchmarks.gpu_training"


class TrainingFailed(Exception):  # noqa: N818 - a line of the page more than an error
    """A training could not be run; the text says why, in one line."""


@dataclass(frozen=True, slots=True)
class Load:
    """A training that keeps a device busy meanwhile."""

    where: str
    """What trains on what, or why nothing does."""
    pid: int | None = None


@contextmanager
def working(python: str) -> Iterator[Load]:
    """Keep the GPU busy: a device without a process is asked, and answers, less. Begins when the load has begun."""
    command = [python, "-m", MODULE, "--load"]
    with TemporaryFile() as complaints:
        try:
            process = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=complaints, env=launch.environment())
        except OSError as error:
            yield Load(f"nothing: {python}: {error.strerror}")
            return
        with process:
            try:
                where = _first_line(process, START)
                yield Load(where, process.pid) if where else Load(f"nothing: {_last_line(complaints)}")
            finally:
                process.kill()


def _first_line(process: subprocess.Popen[bytes], patience: float) -> str:
    """What the load says when it has begun; nothing where it ends or does not begin in time."""
    assert process.stdout is not None
    deadline = time.monotonic() + patience
    text = b""
    while b"\n" not in text:
        if not select.select([process.stdout], [], [], max(0.0, deadline - time.monotonic()))[0]:
            return ""
        part = os.read(process.stdout.fileno(), 1 << 12)
        if not part:
            process.wait()
            return ""
        text += part
    return text.partition(b"\n")[0].decode("utf-8", "replace")


def _last_line(complaints: IO[bytes]) -> str:
    complaints.seek(0)
    lines = complaints.read().decode("utf-8", "replace").split("\n")
    return next((line.strip() for line in reversed(lines) if line.strip()), f"it did not begin in {START:g} s")


def train(python: str, seconds: float, rounds: int) -> Mapping[str, Any]:
    """What ``benchmarks.gpu_training`` measures, by this interpreter; raises TrainingFailed."""
    command = [python, "-m", MODULE, str(seconds), str(rounds)]
    patience = 2 * START + 3 * rounds * seconds
    try:
        shown = subprocess.run(
            command, capture_output=True, text=True, check=False, env=launch.environment(), timeout=patience
        )
    except OSError as error:
        raise TrainingFailed(f"{python}: {error.strerror}") from None
    except subprocess.TimeoutExpired:
        raise TrainingFailed(f"it did not end in {patience:g} s") from None
    if shown.returncode:
        said = shown.stderr.strip().rpartition("\n")[2] or f"it ended with {shown.returncode}"
        raise TrainingFailed(said)
    told: Mapping[str, Any] = json.loads(shown.stdout.splitlines()[-1])
    return told
