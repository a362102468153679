"""The runs of a store: how many, how large, what could not be read of them."""

from __future__ import annotations

import os
import time
from collections.abc import Callable
from pathlib import Path

from logstore.errors import LogstoreError
from logstore.model.runs import Runs
from logstore.store import Budget, Store
from tui.checks.finding import Finding
from tui.show import units

SECONDS = 10.0
"""How long is read at most; what is not read by then is said."""

_SECTION = "store"
_MOST_FILES = 50_000
_NAMED = 3


def check(path: Path, seconds: float = SECONDS, clock: Callable[[], float] = time.time) -> list[Finding]:
    """Read the store at ``path`` for at most so many seconds and say what there is."""
    try:
        runs, left = _read(Store(path), seconds)
    except (LogstoreError, OSError) as error:
        return [Finding(_SECTION, "reading", "fail", str(error))]
    findings = [_amount(path, runs, left, clock()), _bad_lines(runs)]
    problems = [*runs.problems, *(f"{run.key}: {problem}" for run in runs.values() for problem in run.problems)]
    return [*findings, *(Finding(_SECTION, "problem", "warn", problem) for problem in problems[:10])]


def _read(store: Store, seconds: float) -> tuple[Runs, int]:
    runs, reader = Runs(), store.reader()
    deadline = time.monotonic() + seconds
    while True:
        delta = reader.read(Budget(bytes=16 << 20, seconds=0.5))
        runs.apply(delta)
        done = not delta.bytes_left and not delta.runs_left
        if done or time.monotonic() > deadline:
            return runs, sum(run.bytes_left for run in runs.values())


def _amount(path: Path, runs: Runs, left: int, now: float) -> Finding:
    if not runs:
        advice = "log into it with logstore.init(), or try 'tui demo'"
        return Finding(_SECTION, "runs", "ok", "none yet", advice)
    size, files, more = _size(path)
    live = sum(run.state(now).name == "running" for run in runs.values())
    what = f"{len(runs):,} ({live} running), {'more than ' * more}{units.size(size)} in {files:,} files"
    return Finding(_SECTION, "runs", "ok", what + (f", {units.size(left)} not read here" if left else ""))


def _size(path: Path) -> tuple[int, int, bool]:
    """Bytes, files, and whether counting was given up."""
    size = files = 0
    for directory, _, names in os.walk(path):
        for name in names:
            try:
                size += os.lstat(os.path.join(directory, name)).st_size  # noqa: PTH118 (many files)
            except OSError:
                continue
            files += 1
        if files > _MOST_FILES:
            return size, files, True
    return size, files, False


def _bad_lines(runs: Runs) -> Finding:
    bad = {run.key: run.bad_lines for run in runs.values() if run.bad_lines}
    if not bad:
        return Finding(_SECTION, "bad lines", "ok", "none")
    worst = sorted(bad, key=bad.__getitem__, reverse=True)[:_NAMED]
    named = ", ".join(f"{key} ({bad[key]:,})" for key in worst)
    advice = "they are skipped; a full disk or two writers of one file leave such lines"
    return Finding(_SECTION, "bad lines", "warn", f"{sum(bad.values()):,} in {len(bad)} runs: {named}", advice)
