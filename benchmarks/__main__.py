"""Print the table of all benchmarks: ``python -m benchmarks [NAME …] [--quick] [--peers] [--json] [--write [FILE]]``.

Machines are noisy, so the ratio to the floor or the peer of the same run comes first; absolute figures stand beside it,
and how much others used the machine meanwhile. Each section has a time budget, so the whole table does. The table goes
to stdout, what is being done to stderr. Nothing here is a test: a slow machine fails nothing.
"""

from __future__ import annotations

import argparse
import json
import os
import platform
import sys
import time
from collections.abc import Iterator, Mapping, Sequence
from datetime import UTC, datetime
from importlib import metadata
from pathlib import Path

import psutil

from benchmarks import report
from benchmarks.peers_env import environment
from benchmarks.row import Row
from benchmarks.section import Measured, Section, measure

SECTIONS = (
    Section("writing", 35, 8),
    Section("reading", 80, 10),
    Section("drawing", 80, 12),
    Section("table", 40, 10),
    Section("watching", 150, 25),
    Section("long", 60, 10),
    Section("telemetry", 40, 8),
)
PEERS = Section("peers", 240, 60)
PAGE = Path("docs/benchmarks.md")
QUIET, PATIENCE = 0.35, 20.0
"""Cores that others may use when the table begins, and seconds to wait for that."""
PACKAGES = ("orjson", "numpy", "textual", "watchfiles", "psutil", "nvidia-ml-py", "plotext")


def main(arguments: Sequence[str] | None = None) -> int:
    """Measure what was asked for, print it as it comes, and write it down where that is asked for."""
    asked = _asked(arguments)
    head = {**machine(), **({"peers": peers()} if PEERS in asked.sections else {})}
    if not asked.json:
        print("\n".join(f"{name}: {text}" for name, text in head.items()), flush=True)
    wait_until_quiet(PATIENCE / 10 if asked.quick else PATIENCE)
    measured = {}
    for section in asked.sections:
        measured[section.name] = found = _measured(section, quick=asked.quick)
        if not asked.json:
            print("\n".join(["", section.name, *report.plain(found.rows), f"  ({found.note})"]), flush=True)
    print(json.dumps(report.as_json(head, measured), indent=1) if asked.json else f"\n{report.targets(measured)}")
    if asked.write is not None:
        asked.write.write_text(report.renewed(asked.write.read_text("utf-8"), head, measured), "utf-8")
    return 0 if all(each.rows for each in measured.values()) else 1


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
    names = asked.names or [section.name for section in SECTIONS]
    asked.sections = [known[name] for name in [*names, *(["peers"] if asked.peers and "peers" not in names else [])]]
    return asked


def _measured(section: Section, *, quick: bool) -> Measured:
    """One section, with each row announced on stderr."""
    begun, terminal = time.monotonic(), sys.stderr.isatty()

    def tell(row: Row | None) -> None:
        text = f"{section.name}, {time.monotonic() - begun:.0f} s: {row.name.strip() if row else 'started'}"
        print(f"\r\x1b[K{text[:78]}" if terminal else text, end="" if terminal else "\n", file=sys.stderr, flush=True)

    tell(None)
    found = measure(section, quick=quick, tell=tell)
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


def machine() -> Mapping[str, str]:
    """The machine, the versions and the day that the figures belong to."""
    versions = ", ".join(f"{package} {metadata.version(package)}" for package in PACKAGES)
    memory = f"{psutil.virtual_memory().total / 2**30:.0f} GiB"
    system = f"{platform.system()} {platform.release().partition('-')[0]}, Python {platform.python_version()}"
    return {
        "machine": f"{_processor()}, {os.cpu_count()} cores, {memory}, {system}",
        "versions": f"runwatch {metadata.version('runwatch')}, {versions}",
        "date": f"{datetime.now(UTC):%Y-%m-%d}",
    }


def _processor() -> str:
    """The processor's name, or that of its architecture."""
    try:
        lines: Iterator[str] = iter(Path("/proc/cpuinfo").read_text().splitlines())
    except OSError:
        return platform.machine()
    names = (line.partition(":")[2].strip() for line in lines if line.startswith("model name"))
    return next(names, platform.machine())


if __name__ == "__main__":
    sys.exit(main())
