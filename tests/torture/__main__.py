"""``python -m tests.torture [--minutes 10] [--seed N]``: hours of bad luck in ten minutes, with its counts at the end.

Trainings are killed at random moments; disks fail below the writer and run full; every hostile text goes through every
sink; and for the rest of the time the reader is fed damaged files. Exit code 1 where anything was lost, made up or let
in; damaged files that showed a fault are kept.
"""

from __future__ import annotations

import argparse
import shutil
import sys
import tempfile
import time
from collections.abc import Sequence
from pathlib import Path

from tests.torture import disks, fuzz, giants, guided, kills, mounts, sinks

TRIALS, ROUNDS = 1000, 1000
PORTION = 50
"""Trials whose files are kept at a time."""


class Report:
    """What was counted, and what went wrong."""

    def __init__(self) -> None:
        self.faults: list[str] = []
        self._began = time.monotonic()
        self._rows: list[tuple[str, int]] = []

    def say(self, what: str) -> None:
        """What is being done now."""
        print(f"{time.monotonic() - self._began:6.0f} s  {what}", flush=True)

    def count(self, what: str, number: int) -> None:
        """One line of the table at the end."""
        self._rows.append((what, number))

    def end(self) -> int:
        """Prints counts and faults; the exit code."""
        print()
        for what, number in [*self._rows, ("faults found", len(self.faults))]:
            print(f"{number:>14,}  {what}")
        for fault in self.faults[:20]:
            print(f"\n{fault}")
        return 1 if self.faults else 0


def kill(report: Report, trials: int, until: float, seed: int) -> None:
    """Trainings that die; on a machine that is busy fewer of them."""
    total = kills.Counts()
    for portion in range(0, trials, PORTION):
        if time.monotonic() > until:
            break
        with tempfile.TemporaryDirectory(prefix="torture-") as base:
            found = kills.torture(Path(base), min(PORTION, trials - portion), seed + portion)
        total.trials += found.trials
        total.early += found.early
        total.rows += found.rows
        total.lost += found.lost
        total.printed += found.printed
        total.faults += found.faults
    report.count("trainings killed at a random moment", total.trials)
    report.count("of them before init() had returned", total.early)
    report.count("rows that log() returned from", total.rows)
    report.count("of them lost", total.lost)
    report.count("printed lines of which it is known when", total.printed)
    report.faults += total.faults


def fail_disks(report: Report, rounds: int, seed: int) -> None:
    """Disks that fail at random, and file systems that are full, read-only, dead, or know no case."""
    total = disks.Counts()
    if disks.compiler() is not None:
        total.add(disks.failing(rounds, seed))
    else:
        report.say("no C compiler: disks do not fail at random")
    for kind in mounts.KINDS:
        reason = mounts.why_not(kind)
        if reason is None:
            total.add(mounts.torture(kind, seed))
        else:
            report.say(f"no file system that is {kind}: {reason}")
    report.count("runs on failing disks", total.rounds)
    report.count("rows logged there", total.logged)
    report.count("of them kept", total.kept)
    report.count("of them refused by the disk, and counted", total.lost)
    report.faults += total.faults


def meet_giants(report: Report, share: float) -> None:
    """Files of a size that nobody meant, one after the other."""
    total = 0
    for reading in giants.read_all(giants.FULL if share >= 0.5 else giants.SMALL):
        total += reading.bytes
        report.say(
            f"  {reading.name}: {reading.seconds:.1f} s, {reading.memory >> 20} MiB for {reading.bytes >> 20} MiB"
        )
        report.faults += [reading.fault] if reading.fault is not None else []
    report.count("giant files read", len(giants.GIANTS))
    report.count("bytes of them", total)


def pour(report: Report) -> None:
    """Hostile texts through every sink."""
    found = sinks.product()
    report.count("hostile payloads", found.payloads)
    report.count("payloads times sinks", found.pairs)
    report.faults += found.faults


def feed(report: Report, base: Path, until: float, seed: int) -> None:
    """Damaged files, until it is time."""
    fuzzer = fuzz.Fuzzer(base, seed)
    while time.monotonic() < until or fuzzer.counts.inputs < fuzz.FRAME_EVERY:
        fuzzer.step()
    counts = fuzzer.counts
    report.count("damaged runs read", counts.inputs)
    report.count("bytes of them", counts.bytes)
    report.count("rows read from them", counts.rows)
    report.count("bad lines counted", counts.bad_lines)
    report.count("problems told", counts.problems)
    report.count("frames drawn of them", counts.frames)
    report.faults += counts.faults


def explore(report: Report, base: Path, seconds: float, seed: int) -> None:
    """Bytes into the parsers, guided by what they cover."""
    if not guided.is_installed():
        report.say(
            "no atheris in build/atheris (make torture puts it there, where it can): nothing is guided by coverage"
        )
        return
    found = guided.explore(base, seconds, seed)
    report.count("inputs to parsers, guided by what they cover", found.inputs)
    report.count("features of the code that they reached", found.features)
    report.faults += [found.fault] if found.fault is not None else []


def main(arguments: Sequence[str]) -> int:
    """Does it all; the exit code."""
    parser = argparse.ArgumentParser("python -m tests.torture")
    parser.add_argument("--minutes", type=float, default=10.0, help="how long all of it takes, about (default 10)")
    parser.add_argument("--seed", type=int, help="the dice; one of the clock where none is given")
    asked = parser.parse_args(arguments)
    seed = int(time.time()) if asked.seed is None else asked.seed
    share = asked.minutes / 10.0
    began = time.monotonic()
    report = Report()
    report.say(f"seed {seed}: killing trainings")
    kill(report, max(35, int(TRIALS * share)), began + 0.6 * 60 * asked.minutes, seed)
    report.say("failing disks")
    fail_disks(report, max(20, int(ROUNDS * share)), seed)
    report.say("giant files into the reader")
    meet_giants(report, share)
    report.say("hostile texts into every sink")
    pour(report)
    base = Path(tempfile.mkdtemp(prefix="torture-"))
    report.say("bytes into the parsers")
    explore(report, base, (began + 60 * asked.minutes - time.monotonic()) / 3, seed)
    report.say("damaged files into the reader")
    feed(report, base, began + 60 * asked.minutes, seed)
    if not any(base.glob("fault-*")):
        shutil.rmtree(base)
    return report.end()


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
