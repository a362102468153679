"""A writer on disks that fail: random errors and short writes below it, a handler of signals that logs in between.

What must hold: ``log()`` never raises; every row is either in the file, whole, once and in order, or counted as lost;
the documents are whole; and the run is finished, whatever the disk did.
"""

from __future__ import annotations

import errno
import itertools
import json
import os
import random
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any

import orjson

import logstore
from logstore.store import Store
from logstore.writing.writer import RunWriter

SOURCE = Path(__file__).with_name("faults.c")
QUIET: dict[str, Any] = {"system": False, "console": False, "git": False, "packages": False, "hardware": False}
HANDLED = 1_000_000
"""The number of the first row that a signal handler logs."""
ERRORS = (errno.EIO, errno.ENOSPC, errno.EROFS, errno.EDQUOT, errno.ESTALE)


@dataclass
class Counts:
    """What many rounds came to."""

    rounds: int = 0
    logged: int = 0
    kept: int = 0
    lost: int = 0
    """Rows that the disk did not take; each of them was counted by the writer."""
    faults: list[str] = field(default_factory=list)

    def add(self, other: Counts) -> None:
        """Takes in what other rounds came to."""
        self.rounds += other.rounds
        self.logged += other.logged
        self.kept += other.kept
        self.lost += other.lost
        self.faults += other.faults


def compiler() -> str | None:
    """The C compiler, or None where there is none."""
    return shutil.which("cc") or shutil.which("gcc")


def failing(count: int, seed: int) -> Counts:
    """``count`` rounds on a disk that fails at random."""
    with tempfile.TemporaryDirectory() as place:
        library = Path(place, "faults.so")
        subprocess.run([compiler() or "cc", "-shared", "-fPIC", "-O1", "-o", library, SOURCE, "-ldl"], check=True)
        plan = Path(place, "plan")
        environ = {**os.environ, "LD_PRELOAD": str(library), "FAULTS": str(plan), "LOGSTORE_SILENT": "1"}
        module = [sys.executable, "-m", "tests.torture.disks"]
        return answer([*module, f"{place}/runs", str(count), str(seed), str(plan)], environ)


def answer(command: list[str], environ: dict[str, str]) -> Counts:
    done = subprocess.run(command, env=environ, check=False, capture_output=True, text=True)
    if done.returncode:
        return Counts(faults=[f"{command[-6:]} ended with {done.returncode}: {done.stderr[-2000:]}"])
    return Counts(**json.loads(done.stdout))


# -- in the process below which the disk fails --------------------------------------------------------------------


def fail_at_random(root: Path, count: int, seed: int, plan: Path) -> Counts:
    """Rounds in this process, whose writes fail as ``plan`` says."""
    counts = Counts()
    for number in range(count):
        dice = random.Random(f"{seed} {number}")
        plan.write_text("")
        run = logstore.init(project="p", id=f"r{number}", dir=root, reinit="create_new", **QUIET)
        logged = 0
        with interrupting(run) as handled:
            for _ in range(dice.randrange(1, 5)):
                part = dice.choice(["metrics.jsonl", f"/r{number}/"])
                plan.write_text(f"{part} {dice.choice([0, 5, 50, 95, 100])} {dice.choice(ERRORS)}")
                for _ in range(dice.randrange(300)):
                    run.log(row(logged, dice))
                    logged += 1
                run.summary["best"] = logged
        if dice.random() < 0.7:
            plan.write_text("metrics.jsonl 60 5" if dice.random() < 0.5 else "")
        else:
            plan.write_text(f"metrics.jsonl 100 {errno.ENOSPC}")
        run.finish()
        plan.write_text("")
        counts.add(judge(run.path, logged + len(handled), run.rows_lost, f"seed {seed} {number}"))
    return counts


@contextmanager
def interrupting(run: RunWriter) -> Iterator[list[int]]:
    """A handler that logs at random moments, in the middle of everything; the numbers of its rows."""
    numbers: list[int] = []
    count = itertools.count(HANDLED)

    def handle(_number: int, _frame: object) -> None:
        number = next(count)  # in one step, for this may be interrupted by the next one
        run.log({"i": number})
        numbers.append(number)

    before = signal.signal(signal.SIGALRM, handle)
    signal.setitimer(signal.ITIMER_REAL, 0.0003, 0.0003)
    try:
        yield numbers
    finally:
        signal.setitimer(signal.ITIMER_REAL, 0)
        signal.signal(signal.SIGALRM, before)


def row(number: int, dice: random.Random) -> dict[str, Any]:
    """A row of any length, now and then longer than what waits in memory."""
    length = dice.choice([0, 10, 200, 200, 3000] + [90_000] * (dice.random() < 0.02))
    return {"i": number, "text": "x" * length, "bad": float("nan")}


def judge(path: Path, logged: int, lost: int, what: str, *, again: bool = False) -> Counts:
    """What one round came to; ``again`` when the disk had room, or was whole, again for another attempt."""
    counts = judge_rows(path, logged, lost, what, again=again)
    record = orjson.loads((path / "run.json").read_bytes())
    (run,) = Store(path).runs().values()
    state = run.state(time.time())
    if state.name != "finished":
        counts.faults.append(f"{what}: the state is {state.name}: {state.reason}")
    if not again and record.get("rows_lost", 0) != lost:
        counts.faults.append(f"{what}: run.json says {record.get('rows_lost')} rows are lost, and {lost} are")
    return counts


def judge_rows(path: Path, logged: int, lost: int, what: str, *, again: bool = False) -> Counts:
    """What became of the rows of one round."""
    counts = Counts(rounds=1, logged=logged, lost=lost)
    numbers = list(_numbers(path / "metrics.jsonl", counts, what, torn_allowed=again))
    counts.kept = len(numbers)
    straight = [number for number in numbers if number < HANDLED]  # handlers interrupt each other
    if straight != sorted(straight) or len(set(numbers)) != len(numbers):
        counts.faults.append(f"{what}: rows are doubled or out of order")
    if len(numbers) + lost != logged:
        counts.faults.append(f"{what}: {logged} rows were logged, {len(numbers)} are there, {lost} counted as lost")
    return counts


def _numbers(path: Path, counts: Counts, what: str, *, torn_allowed: bool) -> Iterator[int]:
    """The rows that are there; a torn one may stand at the end, and where another attempt went on."""
    for place, line in enumerate(path.read_bytes().split(b"\n")[:-1]):
        try:
            yield orjson.loads(line)["i"]
        except orjson.JSONDecodeError:
            if not torn_allowed:
                counts.faults.append(f"{what}: line {place} is no row: {line[:60]!r}")


def main() -> None:
    """``python -m tests.torture.disks ROOT COUNT SEED PLAN``: rounds in this process, counts as JSON."""
    root, count, seed, plan = sys.argv[1:]
    print(json.dumps(asdict(fail_at_random(Path(root), int(count), int(seed), Path(plan)))))


if __name__ == "__main__":
    main()
