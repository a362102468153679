"""The app left alone with many live runs: does anything grow that should not? ``make soak``, ten minutes.

python -m benchmarks.soak [--minutes 10] [--runs 64] [--metrics 20] [--rate 10] [-o DIRECTORY] [--write]

Every few seconds it notes the memory and the descriptors of ``tui watch``, its processor time, how far what it shows
lags behind what is logged, and how long it takes to answer a key. The notes are a run in a store of their own, and
``tui plot`` draws them: soak.txt for the terminal, soak.svg beside it. ``--write`` puts both into the documentation.
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

import psutil

import logstore
from benchmarks import report, stores
from benchmarks.machine import machine
from benchmarks.terminal import Terminal, terminal, watch
from benchmarks.watching import key_time, places

EVERY = 5.0
KEY_EVERY = 6
"""Notes between two keys: opening a sheet is work of its own."""
FIGURES = ("memory_mb", "descriptors", "lag_ms", "key_ms", "cpu_percent", "machine_percent", "sent_kb_per_s")
PICTURED = ("memory_mb", "lag_ms", "key_ms", "descriptors")
WIDTH, HEIGHT = 560, 180
"""Pixels of each of their plots."""
PAGE, PICTURE = Path("docs/benchmarks.md"), Path("docs/soak.svg")
QUIET: dict[str, Any] = {"system": False, "console": False, "git": False, "packages": False, "hardware": False}


def main(arguments: Sequence[str] | None = None) -> int:
    """Watch, note, draw, and say what grew."""
    asked = _asked(arguments)
    asked.output.mkdir(parents=True, exist_ok=True)
    notes = logstore.init(
        "soak", name="tui watch", config=vars(asked) | {"output": str(asked.output)}, dir=asked.output, **QUIET
    )
    with stores.live_store(asked.runs, asked.metrics, 1000, asked.rate) as store:
        for moment, figures in noted(store, asked.minutes * 60, asked.runs):
            notes.log({"seconds": moment, **figures})
            print(_line(moment, figures), flush=True)
    notes.finish()
    print(drawn(asked.output, notes.id))
    print("\n".join(grown(asked.output, notes.id)))
    if asked.write:
        PICTURE.write_bytes((asked.output / "soak.svg").read_bytes())
        PAGE.write_text(report.between(PAGE.read_text("utf-8"), _told(asked, notes.id), "soak"), "utf-8")
    return 0


def _asked(arguments: Sequence[str] | None) -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="make soak", description="Leave the app alone with many live runs.")
    parser.add_argument("--minutes", type=float, default=10.0)
    parser.add_argument("--runs", type=int, default=64)
    parser.add_argument("--metrics", type=int, default=20)
    parser.add_argument("--rate", type=float, default=10.0, help="rows a second of each run")
    parser.add_argument("--write", action="store_true", help=f"put what was seen into {PAGE} and {PICTURE}")
    parser.add_argument("-o", "--output", type=Path, default=Path("build/soak"), metavar="DIRECTORY")
    return parser.parse_args(arguments)


def noted(store: Path, seconds: float, runs: int) -> Iterator[tuple[float, dict[str, float]]]:
    """What is seen of the app, every few seconds: the seconds since it was up, and the figures."""
    with tempfile.TemporaryDirectory() as home, terminal(watch(str(store)), places(Path(home))) as shown:
        shown.wait_for(f"{runs} running")
        shown.read(5.0)
        psutil.cpu_percent()
        begun = time.monotonic()
        number = 0
        while (moment := time.monotonic() - begun) < seconds:
            cost = shown.cost(EVERY)
            figures = {
                "memory_mb": cost.memory,
                "descriptors": sum(each.num_fds() for each in shown.family()),
                "cpu_percent": cost.percent,
                "machine_percent": psutil.cpu_percent(),
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
    """All figures over time as text, written to soak.txt; the picture of those that matter most beside it."""
    text = "\n".join(_plot(directory, run, figure, "--width", "100", "--height", "12") for figure in FIGURES)
    (directory / "soak.txt").write_text(text, "utf-8")
    pictures = []
    for figure in PICTURED:
        path = directory / f"{figure}.svg"
        _plot(directory, run, figure, "--width", str(WIDTH), "--height", str(HEIGHT), "-o", str(path))
        pictures.append(path.read_text("utf-8"))
    (directory / "soak.svg").write_text(stacked(pictures, WIDTH, HEIGHT), "utf-8")
    return text


def _plot(directory: Path, run: str, figure: str, *options: str) -> str:
    """What ``tui plot`` prints."""
    command = [sys.executable, "-m", "tui", "plot", figure, run, "--dir", str(directory), "--x", "seconds", *options]
    return subprocess.run(command, capture_output=True, text=True, check=True).stdout


def stacked(pictures: Sequence[str], width: int, height: int) -> str:
    """SVGs of one size, one below the other as one."""
    placed = [picture.replace("<svg ", f'<svg y="{at * height}" ', 1) for at, picture in enumerate(pictures)]
    size = f'width="{width}" height="{height * len(pictures)}"'
    return "\n".join([f'<svg xmlns="http://www.w3.org/2000/svg" {size}>', *placed, "</svg>", ""])


def _told(asked: argparse.Namespace, run: str) -> list[str]:
    """What the documentation says of it."""
    what = f"{asked.runs} live runs × {asked.metrics} metrics × {asked.rate:g} steps/s for {asked.minutes:g} minutes"
    note = "cpu_percent is that of the app, of one core; machine_percent that of all cores, by everybody."
    picture = f"![memory, lag, keys and descriptors over time]({PICTURE.name})"
    return [
        *report.listed(machine()),
        "",
        f"{what}:",
        "",
        "```",
        *grown(asked.output, run),
        "```",
        "",
        note,
        "",
        picture,
        "",
    ]


def grown(directory: Path, run: str) -> list[str]:
    """Each figure in the second and in the last quarter of the time: what grew."""
    curves = logstore.Store(directory).find(run).metrics
    lines = [f"{'median of':<16}{'2nd quarter':>14}{'last quarter':>14}"]
    for figure in FIGURES:
        values = quarters(curves[figure].values.tolist()) if figure in curves else None
        if values is not None:
            lines.append(f"{figure:<16}{values[0]:>14.4g}{values[1]:>14.4g}")
    return lines


def quarters(values: Sequence[float]) -> tuple[float, float] | None:
    """The medians of the second and of the last quarter; None of too few values."""
    quarter = len(values) // 4
    if not quarter:
        return None
    middle = [sorted(part)[len(part) // 2] for part in (values[quarter : 2 * quarter], values[-quarter:])]
    return middle[0], middle[1]


if __name__ == "__main__":
    sys.exit(main())
