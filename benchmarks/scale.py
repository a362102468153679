"""How Runwatch grows: bytes, descriptors, watches, memory and start time, from a hundred runs to a million.

python -m benchmarks.scale [--runs N …] [--rows N …] [--gigabytes N …] [--live N …] [--write FILE]

Stores are generated and measured as far as the machine goes; beyond that stands what a constant and a price for each
thing say (``growth``), fitted to what was measured. ``--write`` puts the tables into docs/scale.md.
"""

from __future__ import annotations

import argparse
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from statistics import median

from benchmarks import growth, long, report, stores
from benchmarks.machine import Others, machine
from benchmarks.terminal import Terminal, terminal, watch
from benchmarks.watching import TOP, inotify_watches, mark, places

PAGE = Path("docs/scale.md")
LONGEST, REST = 300.0, 60.0
"""Seconds to wait for what is measured, and for the app to keep what it read, which it does slowly on purpose."""
ROWS_OF_EACH = 10
"""Rows of each run in a store of many."""
Figures = Mapping[str, float]


@dataclass(frozen=True, slots=True)
class Table:
    """What was measured at some sizes.

    Attributes:
        of: What there is more and more of: ``"runs"``.
        units: Of each figure, by its name, in the order of the columns.
        measured: The figures at each size.
        beyond: Sizes at which the model answers.
        patience: What is still comfortable, of some figures.
    """

    of: str
    units: Mapping[str, str]
    measured: Mapping[int, Figures]
    beyond: Sequence[int]
    patience: Figures

    def model(self, name: str) -> growth.Growth | None:
        """How one figure grows; None where it was measured at fewer than two sizes."""
        points = [(size, figures[name]) for size, figures in self.measured.items() if name in figures]
        return growth.fitted(*zip(*points, strict=True)) if len(points) > 1 else None


RUNS = {
    "on disk": "MB",
    "files": "",
    "kept": "MB",
    "first rows, cold": "s",
    "all rows, cold": "s",
    "first rows, warm": "s",
    "all rows, warm": "s",
    "resident": "MB",
    "descriptors": "",
    "watches": "",
}
ROWS = {
    "on disk": "MB",
    "cold": "s",
    "warm": "s",
    "kept": "MB",
    "memory": "MB",
    "export": "s",
    "Parquet": "MB",
    "DuckDB": "s",
}
GIGABYTES = {
    "rows": "",
    "progress shown after": "s",
    "complete after": "s",
    "key, median": "ms",
    "key, longest": "ms",
    "resident at most": "MB",
}
LIVE = {"processor": "% of a core", "descriptors": "", "watches": "", "resident": "MB"}


def main(arguments: Sequence[str] | None = None) -> int:
    """Measure, print, and write down where that is asked for."""
    asked, others = _asked(arguments), Others()
    tables = [
        Table("runs", RUNS, _each(asked.runs, many_runs), (10**5, 10**6), {"all rows, cold": 10, "resident": 1000}),
        Table("rows", ROWS, _each(asked.rows, many_rows), (10**8, 10**9), {"cold": 10, "memory": 4000, "DuckDB": 1}),
        Table("GB in one run", GIGABYTES, _each(asked.gigabytes, one_long_run), (), {}),
        Table("live runs", LIVE, _each(asked.live, live_runs), (), {}),
    ]
    lines = [line for table in tables for line in (f"### {table.of}", "", *page(table), "", *limits(table), "")]
    lines.append(f"({Others.note(others.cores())})")
    print("\n".join(lines))
    if asked.write is not None:
        renewed = report.between(asked.write.read_text("utf-8"), [*report.listed(machine()), "", *lines])
        asked.write.write_text(renewed, "utf-8")
    return 0


def _asked(arguments: Sequence[str] | None) -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m benchmarks.scale", description="Measure how Runwatch grows.")
    parser.add_argument("--runs", type=int, nargs="*", default=[10**2, 10**3, 10**4, 3 * 10**4, 7 * 10**4])
    parser.add_argument("--rows", type=int, nargs="*", default=[10**3, 10**4, 10**5, 10**6, 10**7])
    parser.add_argument("--gigabytes", type=int, nargs="*", default=[1, 10])
    parser.add_argument("--live", type=int, nargs="*", default=[1, 10, 100])
    parser.add_argument("--write", type=Path, nargs="?", const=PAGE, metavar="FILE")
    return parser.parse_args(arguments)


def _each(sizes: Sequence[int], measure: Callable[[int], Figures]) -> dict[int, Figures]:
    """The figures at each size that could be measured."""
    found = {}
    for size in sizes:
        print(f"{measure.__name__} {size:,}", file=sys.stderr, flush=True)
        try:
            found[size] = measure(size)
        except (RuntimeError, subprocess.TimeoutExpired) as error:
            print(f"not measured: {str(error).splitlines()[0]}", file=sys.stderr)
    return found


# -- what is measured -------------------------------------------------------------------------------------------------


def many_runs(count: int) -> Figures:
    """A store of so many finished runs, looked at for the first time and again."""
    with tempfile.TemporaryDirectory() as home, stores.store(count, ROWS_OF_EACH) as store:
        mark(store)
        files = [path for path in store.rglob("*") if path.is_file()]
        found = {"on disk": sum(path.stat().st_blocks * 512 for path in files) / 1e6, "files": float(len(files))}
        found |= _looked_at(store, Path(home), count, "cold")
        found |= _looked_at(store, Path(home), count, "warm")
        kept = _bytes(Path(home) / "cache") / 1e6
        return found | ({"kept": kept} if kept else {})  # it keeps in its own time, and may not have got there


def _looked_at(store: Path, home: Path, count: int, kind: str) -> Figures:
    """One look at a store: how soon it is there, and what it holds when nothing more happens."""
    with terminal(watch(str(store)), places(home)) as shown:
        first, whole = shown.wait_for(f"{TOP}", f"{count} finished", patience=LONGEST)
        _let_it_rest(shown)
        held = {
            "resident": shown.memory(),
            "descriptors": float(sum(each.num_fds() for each in shown.family())),
            "watches": float(inotify_watches(shown.pid)),
        }
    return {f"first rows, {kind}": first - shown.began, f"all rows, {kind}": whole - shown.began, **held}


def _let_it_rest(shown: Terminal) -> None:
    """Wait until it has kept what it read."""
    end = time.monotonic() + REST
    while shown.cost(2.0).percent > 3 and time.monotonic() < end:
        pass


def many_rows(count: int) -> Figures:
    """One run of so many rows of five metrics: read, read again, exported, and asked by DuckDB."""
    with tempfile.TemporaryDirectory() as name, stores.store(0, 0) as store:
        stores.write_run(store, 0, count, metrics=stores.names(5))
        cache, table = Path(name) / "cache", Path(name) / "all.parquet"
        cold, peak = _read("cold", store)
        _read("keep", store, cache)
        warm, _ = _read("cold", store, cache)
        begun = time.monotonic()
        export = [sys.executable, "-m", "tui", "export", "--dir", str(store), "--format", "parquet", "-o", str(table)]
        subprocess.run(export, check=True, capture_output=True, timeout=LONGEST)
        exported = time.monotonic() - begun
        asked, _ = _read("ask", table)
        found = {"on disk": _bytes(store) / 1e6, "cold": cold, "warm": warm, "kept": _bytes(cache) / 1e6}
        return found | {"memory": peak, "export": exported, "Parquet": _bytes(table) / 1e6, "DuckDB": asked}


def one_long_run(gigabytes: int) -> Figures:
    """One run of so many gigabytes of rows, opened for the first time, with keys pressed meanwhile."""
    seen = long.of_size(gigabytes)
    return {
        "rows": float(seen.count),
        "progress shown after": seen.progress,
        "complete after": seen.complete,
        "key, median": 1e3 * median(seen.keys),
        "key, longest": 1e3 * max(seen.keys),
        "resident at most": max(seen.memory),
    }


def live_runs(count: int) -> Figures:
    """So many runs that log twelve metrics once a second."""
    with (
        tempfile.TemporaryDirectory() as home,
        stores.live_store(count, 12, 200, 1.0) as store,
        terminal(watch(str(store)), places(Path(home))) as shown,
    ):
        shown.wait_for(f"{count} running", patience=LONGEST)
        shown.read(4.0)
        cost = shown.cost(8.0)
        descriptors = float(sum(each.num_fds() for each in shown.family()))
        watches = float(inotify_watches(shown.pid))
    return {"processor": cost.percent, "descriptors": descriptors, "watches": watches, "resident": cost.memory}


def _bytes(path: Path) -> int:
    """Bytes of a file, or of all files below."""
    files = [path] if path.is_file() else [each for each in path.rglob("*") if each.is_file()]
    return sum(each.stat().st_size for each in files)


def _read(what: str, *paths: Path) -> tuple[float, float]:
    """Seconds and the most memory, in megabytes, of a process that does one thing."""
    command = [sys.executable, "-m", "benchmarks.scale_read", what, *map(str, paths)]
    done = subprocess.run(command, check=True, capture_output=True, text=True, timeout=LONGEST)
    seconds, peak = done.stdout.split()
    return float(seconds), float(peak)


# -- how it is told ---------------------------------------------------------------------------------------------------


def page(table: Table) -> Iterator[str]:
    """The measured sizes; where there are others beyond them, those in italics, and the model itself."""
    models = {name: table.model(name) for name in table.units}
    yield f"| {table.of} | {' | '.join(table.units)} |"
    yield "|--:" * (len(table.units) + 1) + "|"
    for size, figures in table.measured.items():
        cells = (report.figure(figures[name], unit) if name in figures else "–" for name, unit in table.units.items())
        yield f"| {size:,} | {' | '.join(cells)} |"
    if not table.beyond:
        return
    for size in (each for each in table.beyond if each not in table.measured):
        cells = (_modelled(models[name], size, unit) for name, unit in table.units.items())
        yield f"| *{size:,}* | {' | '.join(cells)} |"
    yield f"| constant | {' | '.join(_part(models[name], 'constant', unit) for name, unit in table.units.items())} |"
    each = (_part(models[name], "each", unit) for name, unit in table.units.items())
    yield f"| each 1,000 more | {' | '.join(each)} |"


def limits(table: Table) -> Iterator[str]:
    """Where a figure passes what is comfortable, by the model."""
    for name, limit in table.patience.items():
        model = table.model(name)
        reached = model.reaches(limit) if model is not None else None
        if reached is not None:
            yield f"- *{name}* reaches {report.figure(limit, table.units[name])} at {rounded(reached):,} {table.of}"


def rounded(count: float) -> int:
    """Two digits of it: a model knows no more."""
    return int(float(f"{count:.1e}"))


def _modelled(model: growth.Growth | None, size: int, unit: str) -> str:
    return "–" if model is None else f"*{report.figure(model.at(size), unit)}*"


def _part(model: growth.Growth | None, part: str, unit: str) -> str:
    if model is None:
        return "–"
    return report.figure(model.constant if part == "constant" else 1000 * model.each, unit)


if __name__ == "__main__":
    sys.exit(main())
