"""Print the table of all benchmarks: ``python -m benchmarks [--quick] [--write FILE] [NAME …]``.

Machines are noisy, so the ratio to the floor or the peer of the same run comes first; absolute figures stand beside it,
and how much others used the machine meanwhile. Nothing here is a test: a slow machine fails nothing.
"""

from __future__ import annotations

import argparse
import os
import platform
import sys
import time
from collections.abc import Callable, Iterable, Iterator, Sequence
from importlib import import_module, metadata
from pathlib import Path

import psutil

from benchmarks import report
from benchmarks.row import Row

MODULES = ("writing", "reading", "drawing", "table", "watching", "long", "telemetry")
WITHOUT_QUICK: frozenset[str] = frozenset()
"""What takes more than a moment to install."""
QUIET, PATIENCE = 0.35, 20.0
"""Cores that others may use when a module begins, and seconds to wait for that."""


def main(arguments: Sequence[str] | None = None) -> int:
    """Measure what was asked for, print it as it comes, and write it down where that is asked for."""
    asked = _asked(arguments)
    chosen = asked.names or [name for name in MODULES if not (asked.quick and name in WITHOUT_QUICK)]
    print(machine())
    measured: dict[str, tuple[list[Row], str]] = {}
    for name in chosen:
        print(f"\n{name}", flush=True)
        measured[name] = measure(name, quick=asked.quick)
        rows, note = measured[name]
        for line in (*report.plain(rows), f"  {note}"):
            print(line, flush=True)
    if asked.write is not None:
        asked.write.write_text(report.renewed(asked.write.read_text("utf-8"), machine(), measured), "utf-8")
    return 0


def _asked(arguments: Sequence[str] | None) -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="make bench", description="Measure Runwatch beside floors and peers.")
    parser.add_argument("names", nargs="*", metavar="NAME", help=f"of {', '.join(MODULES)} (default: all)")
    parser.add_argument("--quick", action="store_true", help="smaller inputs and no peers, about a minute")
    parser.add_argument("--write", type=Path, metavar="FILE", help="put the results into this page too")
    asked = parser.parse_args(arguments)
    unknown = set(asked.names) - set(MODULES)
    if unknown:
        parser.error(f"no benchmark {', '.join(sorted(unknown))}; there are {', '.join(MODULES)}")
    return asked


def measure(name: str, *, quick: bool) -> tuple[list[Row], str]:
    """The rows of one module, and a line about how they were taken."""
    module_rows: Callable[[bool], Iterable[Row]] = import_module(f"benchmarks.{name}").rows
    wait_until_quiet()
    begun, busy, own = time.monotonic(), _busy(), _own()
    rows = list(module_rows(quick))
    seconds = time.monotonic() - begun
    others = max(0.0, (_busy() - busy) - (_own() - own)) / seconds
    return rows, f"({seconds:.0f} s; meanwhile others used {others:.1f} of {os.cpu_count()} cores)"


def wait_until_quiet() -> None:
    """Wait a while for others to leave the machine alone."""
    end = time.monotonic() + PATIENCE
    while time.monotonic() < end and _used(1.0) > QUIET:
        pass


def _used(seconds: float) -> float:
    """Cores in use over so many seconds."""
    return psutil.cpu_percent(seconds) / 100 * (os.cpu_count() or 1)


def _busy() -> float:
    """Processor time that everybody has spent, in seconds."""
    times = psutil.cpu_times()
    return float(sum(times) - times.idle - getattr(times, "iowait", 0.0) - getattr(times, "guest", 0.0))


def _own() -> float:
    """Processor time of this process and of the children that it waited for."""
    times = os.times()
    return times.user + times.system + times.children_user + times.children_system


def machine() -> str:
    """The machine and the versions that the figures belong to."""
    packages = ("orjson", "numpy", "textual", "watchfiles", "psutil", "nvidia-ml-py", "plotext")
    versions = ", ".join(f"{package} {metadata.version(package)}" for package in packages)
    memory = f"{psutil.virtual_memory().total / 2**30:.0f} GiB"
    system = f"{platform.system()} {platform.release().partition('-')[0]}, Python {platform.python_version()}"
    return f"{os.cpu_count()} cores ({_processor()}), {memory}, {system}\n{versions}"


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
