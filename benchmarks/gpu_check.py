"""``make gpu-check``: everything that only a real NVIDIA GPU can tell, in one go, kept in docs/gpu-check.md.

Runs the tests that need one, times every call that the backend makes, compares what we say with nvidia-smi, and trains
a small network with and without the sampler. Where there is no GPU it says so in one line, and writes nothing.
"""

from __future__ import annotations

import argparse
import importlib.util
import os
import statistics
import subprocess
import sys
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from benchmarks.gpu_calls import Ticks, Timed, absent, measure
from benchmarks.gpu_compare import Pair, compare
from benchmarks.gpu_load import Load, TrainingFailed, train, working
from benchmarks.gpu_seen import Seen, see
from benchmarks.machine import machine
from collectors import launch
from collectors.backend import BackendUnavailable

PAGE = Path("docs/gpu-check.md")
TESTS = "tests/collectors/test_real_gpu.py"
TESTS_PATIENCE = 240.0
"""Seconds that the tests may take; the whole is meant to end within ten minutes, whatever hangs."""
TICKS = 100
"""Ticks of each kind that are measured."""
HEAD = """# Seen on real hardware

Written by `make gpu-check`, which anybody with an NVIDIA GPU can run; no figure here was entered by hand.
"""


@dataclass(frozen=True, slots=True)
class Found:
    """What was found while a training kept the device busy."""

    load: Load
    ticks: Ticks
    pairs: Sequence[Pair] | str
    """Or why there are none."""
    seen: Seen


def main(arguments: Sequence[str] | None = None) -> int:
    """Check, print and write the page; 1 where there is no GPU, a test failed or the training could not be run."""
    asked = _asked(arguments)
    try:
        measure(1)
        with working(asked.python) as load:
            _say(f"measuring; meanwhile there works {load.where}")
            found = Found(load, measure(asked.ticks), compare(), see(load.pid))
    except BackendUnavailable as unavailable:
        _say(f"no NVIDIA GPU here: {unavailable}")
        return 1
    _say("testing")
    tested, outcome = (True, "not run") if asked.no_tests else run_tests(TESTS)
    _say("training with the sampler and without")
    training = _trained(asked.python, asked.seconds, asked.rounds)
    text = page(machine(), found, outcome, training)
    asked.out.parent.mkdir(parents=True, exist_ok=True)
    asked.out.write_text(text, encoding="utf-8")
    print(text, end="")
    _say(f"written to {asked.out}")
    return 0 if tested and not isinstance(training, str) else 1


def _say(text: str) -> None:
    print(f"gpu-check: {text}", file=sys.stderr, flush=True)


def _trained(python: str, seconds: float, rounds: int) -> Mapping[str, Any] | str:
    """What a training measured, or why there is none."""
    try:
        return train(python, seconds, rounds)
    except TrainingFailed as failure:
        return f"The training could not be run: {failure}"


def _asked(arguments: Sequence[str] | None) -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="make gpu-check", description="Check the telemetry on a real NVIDIA GPU.")
    parser.add_argument("--out", type=Path, default=PAGE, help=f"the page to write (default: {PAGE})")
    parser.add_argument("--ticks", type=int, default=TICKS, help="ticks of each kind to measure")
    parser.add_argument("--seconds", type=float, default=8.0, help="seconds of each round of training")
    parser.add_argument("--rounds", type=int, default=3, help="rounds of training of each kind")
    parser.add_argument("--python", default=sys.executable, help="an interpreter that has PyTorch, orjson and numpy")
    parser.add_argument("--no-tests", action="store_true", help="leave the tests out")
    return parser.parse_args(arguments)


def run_tests(*selection: str) -> tuple[bool, str]:
    """Run tests; whether none failed, and pytest's last line. Needs pytest alone, none of the project's plugins."""
    if importlib.util.find_spec("pytest") is None:
        return True, "not run, since pytest is not installed"
    plain = ("-c", os.devnull, "--rootdir", str(launch.HOME), "--import-mode=importlib", "-o", "pythonpath=.")
    command = [sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider", *plain, *selection]
    env = {**os.environ, "PYTEST_DISABLE_PLUGIN_AUTOLOAD": "1"}
    try:
        shown = subprocess.run(
            command, capture_output=True, text=True, check=False, cwd=launch.HOME, env=env, timeout=TESTS_PATIENCE
        )
    except subprocess.TimeoutExpired:
        return False, f"did not end in {TESTS_PATIENCE:g} s"
    if shown.returncode:
        print(shown.stdout, shown.stderr, file=sys.stderr)
    return shown.returncode == 0, shown.stdout.strip().rpartition("\n")[2]


def page(head: Mapping[str, str], found: Found, outcome: str, training: Mapping[str, Any] | str) -> str:
    """The page in Markdown."""
    ticks = found.ticks
    sections = [
        [*_facts(head, ticks), f"* meanwhile there worked: {found.load.where}", f"* tests: {outcome}"],
        ["## What a tick costs", "", *_tick_lines(ticks)],
        ["## What each call costs", "", *_call_lines(ticks.calls)],
        ["## What the sampler costs a training", "", *_training_lines(training)],
        ["## Beside nvidia-smi", "", *_pair_lines(found.pairs)],
        ["## What is said of a training", "", *_seen_lines(found.seen)],
        ["## What these devices do not say", "", *_gap_lines(ticks)],
    ]
    return "\n\n".join([HEAD.rstrip(), *("\n".join(lines) for lines in sections)]) + "\n"


def _facts(head: Mapping[str, str], ticks: Ticks) -> Iterator[str]:
    yield from (f"* {name}: {text}" for name, text in head.items())
    names = [info.name for info in ticks.infos]
    models = ", ".join(f"{names.count(name)} × {name}" for name in dict.fromkeys(names))
    yield f"* GPUs: {models}, driver {next((info.driver for info in ticks.infos if info.driver), 'unknown')}"


def _table(heads: Sequence[str], rows: Iterator[Sequence[str]]) -> Iterator[str]:
    yield f"| {' | '.join(heads)} |"
    yield f"|{'---|' * len(heads)}"
    yield from (f"| {' | '.join(cells)} |" for cells in rows)


def _tick_lines(ticks: Ticks) -> Iterator[str]:
    yield "The clock's time while a training runs: all devices one after the other, our part and the driver's together."
    yield ""
    rows = ((row.name, str(row.count), f"{row.median / 1e3:.2f}", f"{row.p99 / 1e3:.2f}") for row in _both(ticks))
    yield from _table(("", "times", "median, ms", "p99, ms"), rows)


def _both(ticks: Ticks) -> tuple[Timed, Timed]:
    return ticks.fast, ticks.slow


def _call_lines(calls: Sequence[Timed]) -> Iterator[str]:
    rows = ((f"`{row.name}`", row.outcome, str(row.count), f"{row.median:.1f}", f"{row.p99:.1f}") for row in calls)
    return _table(("call", "outcome", "calls", "median, µs", "p99, µs"), rows)


def _training_lines(training: Mapping[str, Any] | str) -> Iterator[str]:
    if isinstance(training, str):
        yield training
        return
    ratios = training["ratios"]
    yield f"{training['where']}, one `log()` a step, a sample every {training['interval']:g} s in the rounds with it."
    yield f"Medians of a round with it by the median of the round beside it: {', '.join(f'{r:.3f}' for r in ratios)};"
    yield f"the median of those is {(statistics.median(ratios) - 1) * 100:+.1f} %."
    if training["complaint"]:
        yield f"The sampler had no GPU at some time, and cost less then: {training['complaint']}."
    yield ""
    rows = ((way, *(f"{training[way][key]:.6g}" for key in ("steps", "median", "p99"))) for way in ("without", "with"))
    yield from _table(("sampler", "steps", "median step, ms", "p99, ms"), rows)


def _pair_lines(pairs: Sequence[Pair] | str) -> Iterator[str]:
    if isinstance(pairs, str):
        yield pairs
        return
    rows = ((pair.device, pair.metric, _value(pair.ours), _value(pair.theirs), pair.unit) for pair in pairs)
    yield from _table(("gpu", "metric", "ours", "nvidia-smi", "unit"), rows)


def _value(value: float | None) -> str:
    return "–" if value is None else f"{value:.6g}"


def _seen_lines(seen: Seen) -> Iterator[str]:
    yield from (f"* {name}: {text}" for name, text in seen.facts.items())
    yield ""
    rows = ((sample.label, name, f"{value:.6g}") for sample in seen.samples for name, value in sample.values.items())
    yield from _table(("gpu", "metric", "value"), rows)


def _gap_lines(ticks: Ticks) -> Iterator[str]:
    gaps = absent(ticks.gaps)
    if not gaps:
        yield "Nothing: every metric is there."
        return
    rows = ((metric, why, str(count)) for (metric, why), count in gaps.items())
    yield from _table(("metric", "the driver's word", "devices"), rows)


if __name__ == "__main__":
    sys.exit(main())
