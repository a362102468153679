"""The app left alone with many live runs: does anything grow that should not? ``make soak``, ten minutes.

python -m benchmarks.soak [--minutes 10] [--runs 64] [--metrics 20] [--rate 10] [-o DIRECTORY]

Every few seconds it notes the memory and the descriptors of ``tui watch``, its processor time, how far what it shows
lags behind what is logged, and how long it takes to answer a key. The notes are a run in a store of their own, and
``tui plot`` draws them: soak.txt for the terminal, one SVG for each figure beside it.
"""

from __future__ import annotations

import argparse
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import suppress
from pathlib import Path
from typing import Any

import logstore
from benchmarks import stores
from benchmarks.terminal import Terminal, terminal, watch
from benchmarks.watching import key_time, places

EVERY = 5.0
KEY_EVERY = 6
"""Notes between two keys: opening a sheet is work of its own."""
FIGURES = ("memory_mb", "descriptors", "cpu_percent", "lag_ms", "key_ms", "sent_kb_per_s")
QUIET: dict[str, Any] = {"system": False, "console": False, "git": False, "packages": False, "hardware": False}


def main(arguments: Sequence[str] | None = None) -> int:
    """Watch, note, draw, and say what grew."""
    asked = _asked(arguments)
    asked.output.mkdir(parents=True, exist_ok=True)
    notes = logstore.init("soak", config=vars(asked) | {"output": str(asked.output)}, dir=asked.output, **QUIET)
    with stores.live_store(asked.runs, asked.metrics, 1000, asked.rate) as store:
        for moment, figures in noted(store, asked.minutes * 60, asked.runs):
            notes.log({"seconds": moment, **figures})
            print(_line(moment, figures), flush=True)
    notes.finish()
    print(drawn(asked.output, notes.id))
    print(grown(asked.output, notes.id))
    return 0


def _asked(arguments: Sequence[str] | None) -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="make soak", description="Leave the app alone with many live runs.")
    parser.add_argument("--minutes", type=float, default=10.0)
    parser.add_argument("--runs", type=int, default=64)
    parser.add_argument("--metrics", type=int, default=20)
    parser.add_argument("--rate", type=float, default=10.0, help="rows a second of each run")
    parser.add_argument("-o", "--output", type=Path, default=Path("build/soak"), metavar="DIRECTORY")
    return parser.parse_args(arguments)


def noted(store: Path, seconds: float, runs: int) -> Iterator[tuple[float, dict[str, float]]]:
    """What is seen of the app, every few seconds: the seconds since it was up, and the figures."""
    with tempfile.TemporaryDirectory() as home, terminal(watch(str(store)), places(Path(home))) as shown:
        shown.wait_for(f"{runs} running")
        shown.read(5.0)
        begun = time.monotonic()
        number = 0
        while (moment := time.monotonic() - begun) < seconds:
            cost = shown.cost(EVERY)
            figures = {
                "memory_mb": cost.memory,
                "descriptors": sum(each.num_fds() for each in shown.family()),
                "cpu_percent": cost.percent,
                "sent_kb_per_s": cost.bytes / cost.seconds / 1000,
            }
            with suppress(ValueError):
                figures["lag_ms"] = 1e3 * lag(shown)
            if number % KEY_EVERY == 0:
                figures["key_ms"] = 1e3 * key_time(shown)
            number += 1
            yield moment, figures


def lag(shown: Terminal) -> float:
    """Seconds since the row was logged whose value the screen shows of the first run (see ``stores.MARK``).

    Raises:
        ValueError: No running run is shown with a value.
    """
    for line in shown.screen.lines():
        words = line.split()
        if len(words) > 4 and words[1].startswith("run-") and words[2] == "running":
            return (time.time() - float(words[4])) % 100
    raise ValueError("no running run is shown")


def _line(moment: float, figures: Mapping[str, float]) -> str:
    return f"{moment:6.0f} s  " + "  ".join(f"{name} {figures[name]:.4g}" for name in FIGURES if name in figures)


def drawn(directory: Path, run: str) -> str:
    """All figures over time as text, written to soak.txt and as pictures beside it."""
    parts = []
    for figure in FIGURES:
        plot = [sys.executable, "-m", "tui", "plot", figure, run, "--dir", str(directory), "--x", "seconds"]
        text = subprocess.run([*plot, "--width", "100", "--height", "12"], capture_output=True, text=True, check=True)
        subprocess.run([*plot, "-o", str(directory / f"{figure}.svg")], capture_output=True, check=True)
        parts.append(text.stdout)
    (directory / "soak.txt").write_text("\n".join(parts), "utf-8")
    return "\n".join(parts)


def grown(directory: Path, run: str) -> str:
    """Each figure in the second and in the last quarter of the time: what grew."""
    curves = logstore.Store(directory).find(run).metrics
    lines = [f"{'median of':<16}{'2nd quarter':>14}{'last quarter':>14}"]
    for figure in FIGURES:
        values = sorted_parts(curves[figure].values.tolist()) if figure in curves else None
        if values is not None:
            lines.append(f"{figure:<16}{values[0]:>14.4g}{values[1]:>14.4g}")
    return "\n".join(lines)


def sorted_parts(values: Sequence[float]) -> tuple[float, float] | None:
    """The medians of the second and of the last quarter; None of too few values."""
    quarter = len(values) // 4
    if not quarter:
        return None
    middle = [sorted(part)[len(part) // 2] for part in (values[quarter : 2 * quarter], values[-quarter:])]
    return middle[0], middle[1]


if __name__ == "__main__":
    sys.exit(main())
