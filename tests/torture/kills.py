"""Kills trainings at random moments and looks whether anything is missing, doubled, torn or told wrong.

What must hold after every death: each row that ``log()`` returned from is in the file, once, whole and in order; at
most one row more (that ``log()`` was writing); ``run.json`` is whole; a reader says how the run ended, why, and
when each line of its console was printed.
"""

from __future__ import annotations

import json
import os
import random
import signal
import subprocess
import sys
import time
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from types import TracebackType
from typing import Any, Self

import orjson

from logstore.format import CONSOLE_FILE
from logstore.reading.timed_console import TimedConsole
from logstore.store import Store
from tests.torture.trial import READY, SCENARIOS, SIZE, Counters

SIGNALS: Mapping[str, int] = {
    "SIGKILL": signal.SIGKILL,
    "SIGTERM": signal.SIGTERM,
    "SIGINT": signal.SIGINT,
    "SIGHUP": signal.SIGHUP,
}
WAYS = (*SIGNALS, "os._exit", "exit", "exception")
LONGEST = 0.06
"""Seconds that a training lives at most, its ``init()`` included."""
STATES: Mapping[str, tuple[str, str]] = {
    "SIGKILL": ("crashed", "is gone without an exit record"),
    "os._exit": ("crashed", "is gone without an exit record"),
    "SIGTERM": ("killed", "killed by SIGTERM"),
    "SIGHUP": ("killed", "killed by SIGHUP"),
    "SIGINT": ("killed", "killed by SIGINT"),
    "exit": ("failed", "exit code 3"),
    "exception": ("failed", "ValueError: the end"),
}


@dataclass(frozen=True)
class Spec:
    """One trial."""

    root: Path
    scenario: str
    how: str
    seconds: float
    seed: int

    @property
    def counters(self) -> Path:
        return self.root / "counters"

    @property
    def run(self) -> Path:
        return self.root / "p" / "r"

    def to_json(self) -> str:
        """The specification as the training reads it."""
        spec = {"root": str(self.root), "counters": str(self.counters), "seed": self.seed}
        return json.dumps({**spec, "scenario": self.scenario, "how": self.how, "seconds": self.seconds})


@dataclass
class Counts:
    """What many trials came to."""

    trials: int = 0
    early: int = 0
    """Trainings that died before ``init()`` had returned."""
    rows: int = 0
    """Rows that ``log()`` returned from."""
    lost: int = 0
    printed: int = 0
    """Lines of consoles that were looked at, with when they were printed."""
    faults: list[str] = field(default_factory=list)


class Zygote:
    """A process that forks trainings."""

    def __init__(self) -> None:
        environ = {**os.environ, "LOGSTORE_SILENT": "1"}
        self._process = subprocess.Popen(
            [sys.executable, "-m", "tests.torture.trial"],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
            env=environ,
        )

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._process.kill()
        self._process.communicate()

    def run(self, spec: Spec) -> int:
        """Lets a training live and die; its wait status."""
        spec.root.mkdir(parents=True, exist_ok=True)
        spec.counters.write_bytes(bytes(SIZE))
        pid = self._ask(spec.to_json())
        if spec.how in SIGNALS:
            time.sleep(spec.seconds)
            os.kill(pid, SIGNALS[spec.how])
        return self._answer()

    def _ask(self, line: str) -> int:
        assert self._process.stdin is not None
        self._process.stdin.write(line + "\n")
        self._process.stdin.flush()
        return self._answer()

    def _answer(self) -> int:
        assert self._process.stdout is not None
        return int(self._process.stdout.readline())


def specs(base: Path, count: int, seed: int) -> Iterator[Spec]:
    """Trials of every scenario and every way to end, at random moments; every fourth continues the run before."""
    dice = random.Random(seed)
    combinations = [(scenario, how) for scenario in SCENARIOS for how in WAYS]
    root = base
    for number in range(count):
        scenario, how = combinations[number % len(combinations)]
        again = number % 4 == 3
        root = root if again else base / f"{number}"
        yield Spec(root, scenario, how, dice.uniform(0.0005, LONGEST), dice.randrange(2**32))


def torture(base: Path, count: int, seed: int) -> Counts:
    """Runs ``count`` trials in ``base``."""
    counts = Counts()
    before: dict[Path, int] = {}
    with Zygote() as zygote:
        for spec in specs(base, count, seed):
            status = zygote.run(spec)
            judge(spec, status, before, counts)
    return counts


def judge(spec: Spec, status: int, before: dict[Path, int], counts: Counts) -> None:
    """Adds one trial to ``counts``; ``before`` holds how many lines a run had that is continued."""
    counted = Counters(spec.counters)
    ready = bool(counted[READY])
    counts.trials += 1
    counts.early += not ready
    lines = _lines(spec.run / "metrics.jsonl")
    continued = spec.run in before
    fresh = lines[before.get(spec.run, 0) :]
    before[spec.run] = len(lines)
    found = [*_rows(fresh, counted, counts), *_documents(spec), *_console(spec, counts)]
    if ready or not continued:  # else the attempt changed nothing, and what is told is the one before
        found += _state(spec, ready)
    counts.faults += [
        f"{spec.scenario}, {spec.how} after {spec.seconds:.4f} s, seed {spec.seed}: {each}" for each in found
    ]
    if os.WIFSIGNALED(status) and spec.how in {"exit", "exception"}:
        counts.faults.append(f"{spec}: died by signal {os.WTERMSIG(status)}")


def _lines(path: Path) -> list[bytes]:
    """The whole lines of a file; a torn one will be ended by the next attempt, and be its first."""
    return path.read_bytes().split(b"\n")[:-1] if path.exists() else []


def _rows(lines: list[bytes], counted: Counters, counts: Counts) -> Iterator[str]:
    """What is wrong with the rows of one attempt."""
    seen: dict[int, list[int]] = {0: []}
    for place, line in enumerate(lines):
        try:
            row = orjson.loads(line)
        except orjson.JSONDecodeError:
            if place:  # the first may be the torn end of the attempt before
                yield f"line {place} is no row: {line[:80]!r}"
            continue
        slot, number = (row["t"], row["n"]) if "t" in row else (0, row["i"])
        seen.setdefault(slot, []).append(number)
    for slot in range(READY):
        returned, numbers = counted[slot], seen.get(slot, [])
        counts.rows += returned
        missing = set(range(returned)) - set(numbers)
        counts.lost += len(missing)
        if missing:
            yield f"slot {slot}: {len(missing)} of {returned} rows are missing, the first is {min(missing)}"
        if numbers != list(range(len(numbers))):
            yield f"slot {slot}: rows are doubled or out of order"
        if len(numbers) > returned + 1:
            yield f"slot {slot}: {len(numbers)} rows of {returned} that were logged"


def _documents(spec: Spec) -> Iterator[str]:
    for name in ("run.json", "config.json", "summary.json"):
        path = spec.run / name
        if path.exists():
            try:
                orjson.loads(path.read_bytes())
            except orjson.JSONDecodeError:
                yield f"{name} is not whole"


def _console(spec: Spec, counts: Counts) -> Iterator[str]:
    """What is wrong with the log of what was printed, and with its index."""
    console = TimedConsole(spec.run / CONSOLE_FILE, 1 << 20).read()
    told = [console.times.when(start) for start in console.lines.starts]
    counts.printed += len(told)
    if None in told:
        yield f"of {told.count(None)} of {len(told)} printed lines nobody knows when"
    times = [each.time for each in told if each is not None]
    if times != sorted(times):
        yield "lines were printed before those above them"


def _state(spec: Spec, ready: bool) -> Iterator[str]:
    """Whether a reader says how the run ended."""
    if not (spec.run / "run.json").exists():
        if ready:
            yield "there is no run.json"
        return
    found = Store(spec.root).find("p/r").state(time.time())
    name, reason = STATES[spec.how]
    if ready and (found.name != name or reason not in found.reason):
        yield f"the state is {found.name}: {found.reason}"
    if not ready and found.name not in {name, "crashed"}:
        yield f"the state is {found.name}: {found.reason}, and init() had not returned"
    if found.name == "running":
        yield "it is said to run"


def summary(counts: Counts) -> dict[str, Any]:
    """The counts for people."""
    return {
        "trainings killed": counts.trials,
        "of them inside init()": counts.early,
        "rows logged": counts.rows,
        "rows lost": counts.lost,
    }
