"""Print the table of all benchmarks: ``python -m benchmarks [--quick] [NAME …]``.

Machines are noisy, so the ratio to the floor or the peer of the same run is what counts; absolute figures are given
with it. Nothing here is a test: a slow machine fails nothing.
"""

from __future__ import annotations

import argparse
import os
import platform
import sys
from collections.abc import Callable, Iterator
from importlib import import_module, metadata

from benchmarks.row import Row
from tui.show.text import fit, width

MODULES = ("writing", "reading", "drawing", "table", "watching", "telemetry")
HEAD = ("what", "ours", "beside", "ratio", "to reach")


def main() -> int:
    """Measure what was asked for and print it as it comes."""
    parser = argparse.ArgumentParser(prog="make bench", description="Measure Runwatch beside floors and peers.")
    parser.add_argument("names", nargs="*", metavar="NAME", help=f"of {', '.join(MODULES)} (default: all)")
    parser.add_argument("--quick", action="store_true", help="smaller inputs, about a minute")
    arguments = parser.parse_args()
    unknown = set(arguments.names) - set(MODULES)
    if unknown:
        parser.error(f"no benchmark {', '.join(sorted(unknown))}; there are {', '.join(MODULES)}")
    print(machine())
    for name in arguments.names or MODULES:
        measure: Callable[[bool], list[Row]] = import_module(f"benchmarks.{name}").rows
        print(f"\n{name}", flush=True)
        for line in table(measure(arguments.quick)):
            print(line, flush=True)
    return 0


def machine() -> str:
    """The machine and the versions that the figures belong to."""
    packages = ("orjson", "numpy", "textual", "watchfiles", "psutil", "nvidia-ml-py", "plotext")
    versions = ", ".join(f"{package} {metadata.version(package)}" for package in packages)
    system = f"{platform.system()} {platform.release()}, Python {platform.python_version()}"
    return f"{os.cpu_count()} cores, {platform.machine()}, {system}\n{versions}"


def table(rows: list[Row]) -> Iterator[str]:
    """The rows as aligned text under their heads."""
    cells = [HEAD, *(texts(row) for row in rows)]
    widths = [max(width(line[column]) for line in cells) for column in range(len(HEAD))]
    for line in cells:
        left, *numbers = (
            fit(text, cells, "left" if at == 0 else "right")
            for at, (text, cells) in enumerate(zip(line, widths, strict=True))
        )
        yield "  " + "   ".join([left, *numbers]).rstrip()


def texts(row: Row) -> tuple[str, str, str, str, str]:
    """What the cells of a row say; a dash where nothing was measured."""
    ours = "–" if row.ours is None else f"{row.ours:.4g} {row.ours_unit}"
    beside = "–" if row.beside is None else f"{row.beside_name} {row.beside:.4g} {row.ours_unit}"
    ratio = "–" if row.ratio is None else f"{row.ratio:.2f}×"
    return row.name, ours, beside, ratio, row.target


if __name__ == "__main__":
    sys.exit(main())
