"""Print the table of all benchmarks: ``python -m benchmarks [NAME …] [--quick] [--peers] [--json] [--write [FILE]]``.

Machines are noisy, so the ratio to the floor or the peer of the same run comes first; absolute figures stand beside it,
and how much others used the machine meanwhile. Each section has a time budget, so the whole table does. The table goes
to stdout, what is being done to stderr. Nothing here is a test: a slow machine fails nothing.
"""

from __future__ import annotations

import argparse
import json
import os
import sys
import time
from collections.abc import Sequence
from pathlib import Path

import psutil

from benchmarks import report
from benchmarks.machine import machine
from benchmarks.peers_env import environment
from benchmarks.row import Row
from benchmarks.section import Budgets, Measured, Section, measure

SECTIONS = (
    Section("writing", 30, 6),
    Section("reading", 95, 10),
    Section("drawing", 75, 9),
    Section("table", 20, 5),
    Section("watching", 135, 17),
    Section("long", 45, 6),
    Section("telemetry", 20, 5),
)
PEERS = Section("peers", 160, 110)
GENEROUS = 3.0
"""How much longer a section may take that is asked for by its name."""
PAGE = Path("docs/benchmarks.md")
QUIET, PATIENCE = 0.35, 8.0
"""Cores that others may use when the table begins, and seconds to wait for that."""


def main(arguments: Sequence[str] | None = None) -> int:
    """Measure what was asked for, print it as it comes, and write it down where that is asked for."""
    asked = _asked(arguments)
    head = {**machine(), **({"peers": peers()} if asked.peers else {})}
    if not asked.json:
        print("\n".join(f"{name}: {text}" for name, text in head.items()), flush=True)
    wait_until_quiet(PATIENCE / 10 if asked.quick else PATIENCE)
    measured: dict[str, Measured] = {}
    budgets = Budgets(asked.sections, quick=asked.quick, begun=time.monotonic())
    for section in asked.sections:
        found = _measured(section.name, budgets.next(time.monotonic()), quick=asked.quick)
        measured[section.name] = found
        if not asked.json:
            print("\n".join(["", section.name, *report.plain(found.rows), f"  ({found.note})"]), flush=True)
    print(json.dumps(report.as_json(head, measured), indent=1) if asked.json else f"\n{report.targets(measured)}")
    if asked.write is not None:
        asked.write.write_text(report.renewed(asked.write.read_text("utf-8"), head, measured), "utf-8")
    return any(each.trouble.startswith("failed") for each in measured.values())


def _asked(arguments: Sequence[str] | None) -> argparse.Namespace:
    known = {section.name: section for section in (*SECTIONS, PEERS)}
    parser = argparse.ArgumentParser(prog="make bench", description="Measure Runwatch beside floors and peers.")
    parser.add_argument("names", nargs="*", metavar="NAME", help=f"of {', '.join(known)} (default: all but peers)")
    parser.add_argument("--quick", action="store_true", help="smaller inputs, about a minute")
    parser.add_argument("--peers", action="store_true", help="beside peers too; installs them once, into build/peers")
    parser.add_argument("--json", action="store_true", help="one JSON object instead of the table")
    parser.add_argument(
        "--write", type=Path, nargs="?", const=PAGE, metavar="FILE", help=f"put the results into {PAGE} or another page"
    )
    asked = parser.parse_args(arguments)
    if unknown := sorted(set(asked.names) - set(known)):
        parser.error(f"no benchmark {', '.join(unknown)}; there are {', '.join(known)}")
    chosen = [known[name].longer(GENEROUS) for name in asked.names] or list(SECTIONS)
    asked.sections = [*chosen, *([PEERS] if asked.peers and "peers" not in asked.names else [])]
    asked.peers = any(section.name == PEERS.name for section in asked.sections)
    return asked


def _measured(name: str, budget: float, *, quick: bool) -> Measured:
    """One section, with each row announced on stderr."""
    begun, terminal = time.monotonic(), sys.stderr.isatty()

    def tell(row: Row | None) -> None:
        text = f"{name}, {time.monotonic() - begun:.0f} s: {row.name.strip() if row else 'started'}"
        print(f"\r\x1b[K{text[:78]}" if terminal else text, end="" if terminal else "\n", file=sys.stderr, flush=True)

    tell(None)
    found = measure(name, budget, tell, quick=quick)
    print("\r\x1b[K" if terminal else "", end="", file=sys.stderr, flush=True)
    return found


def peers() -> str:
    """Have them installed, which counts as nobody's time; who there is, and who is missing."""
    return str(environment(lambda text: print(text, file=sys.stderr, flush=True)))


def wait_until_quiet(patience: float) -> None:
    """Wait a while for others to leave the machine alone."""
    end = time.monotonic() + patience
    while time.monotonic() < end and psutil.cpu_percent(1.0) / 100 * (os.cpu_count() or 1) > QUIET:
        pass


if __name__ == "__main__":
    sys.exit(main())
