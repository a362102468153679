"""Frozen values that cross from the reader thread to the thread that owns the model.

A reader turns bytes into ``Block``s of columns, wraps what is new in one ``RunDelta`` per run and all of them in one
``Delta``. Nothing here is ever changed after it was made: arrays are handed over read-only by agreement.
"""

from __future__ import annotations

import os
from collections.abc import Mapping
from dataclasses import field
from typing import TypeAlias

import numpy as np
import numpy.typing as npt

from logstore.model.fixed import fixed, unique
from logstore.model.liveness import UNKNOWN, Liveness
from logstore.model.ranks import Rank
from logstore.model.records import RunRecord

F64: TypeAlias = npt.NDArray[np.float64]
I64: TypeAlias = npt.NDArray[np.int64]


@unique
class Column:
    """The numbers of one metric in a block."""

    rows: I64 | None
    """Indices of the block's rows that hold a value, ascending; None when every row does. Columns that were logged
    together share the very same array."""
    values: F64
    """One value for each of ``rows``; NaN and infinity as they were logged."""


@unique
class Block:
    """Some consecutive rows of one file, taken apart by column."""

    steps: F64
    """Step of each row, in file order (it may go backwards)."""
    times: F64
    """Seconds since the epoch of each row; NaN where the row does not say."""
    columns: Mapping[str, Column]
    """Numbers by metric name."""
    texts: Mapping[str, object] = field(default_factory=dict)
    """Keys whose latest value in this block is no number (text, list, object), or an integer above 2**53 in full."""
    runtime: float | None = None
    """Seconds since the run began, of the last row that says."""

    def __len__(self) -> int:
        return len(self.steps)


@fixed
class Event:
    """One line of events.jsonl: an alert, a note, a resume, an artifact."""

    time: float
    kind: str
    title: str = ""
    text: str = ""
    level: str = "INFO"
    fields: Mapping[str, object] = field(default_factory=dict, compare=False)
    """What else the line held."""


@unique
class RunDelta:
    """What is new about one run since the last read."""

    key: str
    """``project/id``; for a foreign run its path below the root, without suffix."""
    path: str | os.PathLike[str]
    """The run's directory, or the file of a foreign run."""
    record: RunRecord | None = None
    """run.json when it was read anew, else None."""
    config: Mapping[str, object] | None = None
    """config.json when it was read anew, else None."""
    manual_summary: Mapping[str, object] | None = None
    """summary.json when it was read anew, else None."""
    blocks: Mapping[int, tuple[Block, ...]] = field(default_factory=dict)
    """New rows of metrics by rank, in file order."""
    system: Mapping[str, tuple[Block, ...]] = field(default_factory=dict)
    """New telemetry rows by host, in file order."""
    events: tuple[Event, ...] = ()
    headline: Mapping[str, object] | None = None
    """The latest values known before the rows themselves are read (from the index or the file's tail), else None."""
    liveness: Liveness = UNKNOWN
    reset: bool = False
    """The run's files were replaced or cut: forget its points before applying this."""
    bad_lines: int = 0
    """Lines skipped since the last delta because they are no rows."""
    bytes_read: int = 0
    bytes_left: int = 0
    """Bytes of this run known to be unread."""
    last_write: float | None = None
    """When one of the run's files was last touched, seconds since the epoch."""
    problems: tuple[str, ...] | None = None
    """What is wrong with this run's files now, one line each; None when unchanged."""
    foreign: bool = False
    """The run was not written by logstore."""
    processes: Mapping[int, Rank] | None = None
    """The ranks beside rank 0 when anything about them is new, else None."""
    last_logged: float | None = None
    """When a file of its metrics was last touched, by the clock of the file system or ours, seconds since the epoch."""


@unique
class Delta:
    """What is new in a store since the last read; false when there is no news."""

    runs: tuple[RunDelta, ...] = ()
    gone: tuple[str, ...] = ()
    """Keys of runs that were deleted."""
    bytes_read: int = 0
    bytes_left: int = 0
    """Bytes that further reads will bring; 0 when the model is up to date."""
    runs_left: int = 0
    """Runs that are known to be there and not told of yet; 0 when the table is complete."""
    problems: tuple[str, ...] = ()
    """What is wrong with the store as a whole, one line each."""

    def __bool__(self) -> bool:
        return bool(self.runs or self.gone)


def slice_block(block: Block, low: int, high: int) -> Block:
    """Rows ``low`` to ``high`` of ``block``; columns that shared their indices still do."""
    if low == 0 and high == len(block):
        return block
    spans = {id(column.rows): _span(column, low, high) for column in block.columns.values()}
    columns: dict[str, Column] = {}
    for name, column in block.columns.items():
        rows, (first, last) = spans[id(column.rows)]
        if last > first:
            columns[name] = Column(rows, column.values[first:last])
    return Block(block.steps[low:high], block.times[low:high], columns, block.texts, block.runtime)


def _span(column: Column, low: int, high: int) -> tuple[I64 | None, tuple[int, int]]:
    if column.rows is None:
        return None, (low, high)
    first, last = (int(edge) for edge in np.searchsorted(column.rows, [low, high]))
    return column.rows[first:last] - low, (first, last)
