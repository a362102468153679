"""One thing that is done with a store, in a process of its own: ``python -m benchmarks.scale_read WHAT PATH [CACHE]``.

``cold`` reads everything (with a cache that is warm, from there), ``keep`` fills the cache, ``ask`` has DuckDB say the
lowest value of every metric of a Parquet file. Printed are the seconds without the imports, and the most memory in MB.
"""

from __future__ import annotations

import sys
import time
from pathlib import Path


def cold(store: Path, cache: Path | None = None) -> None:
    """Read every row of every run."""
    from logstore.store import Store

    Store(store, cache).runs()


def keep(store: Path, cache: Path) -> None:
    """Read as a viewer does, until everything is kept."""
    from logstore.store import Store

    reader = Store(store, cache).reader(background=1 << 62)
    reader.read()
    while not reader.is_settled:
        reader.read()


def ask(table: Path) -> None:
    """The lowest value of each column."""
    import duckdb

    duckdb.sql(f"SELECT min(COLUMNS(* EXCLUDE (_run))) FROM '{table}'").fetchall()


def peak() -> float:
    """The most memory that this process has held, in MB."""
    status = Path("/proc/self/status").read_text("ascii")
    return int(status.partition("VmHWM:")[2].split()[0]) * 1024 / 1e6


if __name__ == "__main__":
    call = {"cold": cold, "keep": keep, "ask": ask}[sys.argv[1]]
    import logstore.store  # noqa: F401  what is imported is not measured

    begun = time.perf_counter()
    call(*map(Path, sys.argv[2:]))  # type: ignore[operator]
    print(time.perf_counter() - begun, peak())
