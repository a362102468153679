"""The rows of runs as they were logged, in portions of bounded size: what an export writes.

A portion holds rows of one rank in file order, numbers only. Nothing is sorted and nothing left out: where a resumed
attempt logged a step again, both rows come, the later one last.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass

from logstore.errors import StoreError
from logstore.model.delta import Block
from logstore.model.liveness import Machine
from logstore.model.runs import Run
from logstore.reading.discovery import Found
from logstore.reading.reader import RunReader


@dataclass(frozen=True, slots=True, eq=False)
class Portion:
    """Some consecutive rows of one rank of one run."""

    run: str
    """The run's key."""
    rank: int
    rows: Block
    bad_lines: int = 0
    """Lines that were skipped since the portion before, because they are no rows."""


def portions(run: Run, clock: Callable[[], float] = time.time) -> Iterator[Portion]:
    """All rows of ``run`` that are on disk, rank after rank; a few hundred kilobytes of a file at a time.

    Raises:
        StoreError: A file of the run cannot be read, or was replaced or cut meanwhile.
    """
    found = Found(run.key, str(run.path), is_file=run.path.is_file())
    reader = RunReader(found, Machine.here())
    reader.look(clock())
    while reader.wants(clock()):
        reader.read(clock())
        delta = reader.take()
        if delta is None:
            continue
        if delta.reset:
            raise StoreError(f"{run.path}: was replaced while it was read; try again")
        bad_lines = delta.bad_lines
        for rank, blocks in delta.blocks.items():
            for block in blocks:
                yield Portion(run.key, rank, block, bad_lines)
                bad_lines = 0
    if reader.files.problems:
        name, why = next(iter(reader.files.problems.items()))
        raise StoreError(f"{run.path}: {name}: {why}")


def metrics_of(run: Run, clock: Callable[[], float] = time.time) -> set[str]:
    """The names of all metrics in the rows of ``run``.

    Raises:
        StoreError: As ``portions``.
    """
    return {name for portion in portions(run, clock) for name in portion.rows.columns}
