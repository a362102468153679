"""Which columns are the step and the time of a row, in logs of every origin.

Steps: the first of ``STEP_NAMES`` that the file has shown so far; a row without it belongs to the step of the row
before, and in a file that never showed one the step is the row's number. Times: the first of ``TIME_NAMES`` that holds
a date since 1973, as a number of seconds, milli-, micro- or nanoseconds, or as ISO 8601 text. Each rule looks at rows
in order, never at blocks, so that the cuts between blocks change nothing.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

import numpy as np
import numpy.typing as npt

from logstore.format import STEP, TIMESTAMP
from logstore.model.delta import F64, Column

STEP_NAMES = (STEP, "step", "global_step", "iteration", "epoch")
TIME_NAMES = (TIMESTAMP, "timestamp", "time", "ts")

EARLIEST = 1e8
"""Seconds since the epoch (1973) from which a number under a name of time is taken for a date."""
LATEST = 1e20
_UNITS = ((1e17, 1e9), (1e14, 1e6), (1e11, 1e3))
"""From this value on a time is counted in parts of a second: how many. Seconds reach 1e11 in the year 5138."""

Mask = npt.NDArray[np.bool_]


@dataclass(slots=True)
class StepAxis:
    """The steps of one file's rows, from block to block."""

    rows: int = 0
    """Rows seen."""
    name: int = len(STEP_NAMES)
    """Index in ``STEP_NAMES`` of the best name seen."""
    last: float | None = None
    """The step of the last row that had one."""

    def memory(self) -> tuple[int, int, float | None]:
        """The arguments that make an axis which goes on from here."""
        return self.rows, self.name, self.last

    def take(self, columns: dict[str, Column], count: int) -> F64:
        """The steps of the next ``count`` rows; what was taken for a step is removed from ``columns``."""
        steps = self._whole(columns)
        if steps is None:
            steps = self._row_by_row(columns, count)
        self.rows += count
        return steps

    def _whole(self, columns: dict[str, Column]) -> F64 | None:
        """The usual case: the best name in every row, and finite."""
        found = next((index for index, name in enumerate(STEP_NAMES[: self.name + 1]) if name in columns), None)
        if found is None:
            return None
        column = columns[STEP_NAMES[found]]
        if column.rows is not None or not np.isfinite(column.values).all():
            return None
        del columns[STEP_NAMES[found]]
        self.name, self.last = found, float(column.values[-1])
        return column.values

    def _row_by_row(self, columns: dict[str, Column], count: int) -> F64:
        names = np.full(count, len(STEP_NAMES))
        for index in reversed(range(len(STEP_NAMES))):
            if STEP_NAMES[index] in columns:
                names[_where(columns[STEP_NAMES[index]], count)] = index
        best = np.minimum(np.minimum.accumulate(names), self.name)
        steps = np.full(count, np.nan)
        for index in {*best.tolist()} - {len(STEP_NAMES)}:
            _move(columns, STEP_NAMES[index], (best == index) & (names == index), steps)
        self.name = int(best[-1])
        return self._filled(steps)

    def _filled(self, steps: F64) -> F64:
        """``steps`` with each gap closed by the step before it, or by the row's number before the first step."""
        known = ~np.isnan(steps)
        latest = np.maximum.accumulate(np.where(known, np.arange(len(steps)), -1))
        before = np.arange(self.rows, self.rows + len(steps), dtype=np.float64) if self.last is None else self.last
        filled = np.where(latest < 0, before, steps[latest])
        if known.any():
            self.last = float(filled[-1])
        return filled


def take_times(columns: dict[str, Column], count: int) -> F64:
    """The times of ``count`` rows, NaN where they have none; what was taken is removed from ``columns``."""
    own = columns.get(TIMESTAMP)
    if own is not None and own.rows is None and np.isfinite(own.values).all():
        del columns[TIMESTAMP]
        return own.values
    times = np.full(count, np.nan)
    for name in TIME_NAMES:
        if name in columns:
            values = _spread(columns[name], count)
            plausible = np.isfinite(values) if name == TIMESTAMP else (values >= EARLIEST) & (values < LATEST)
            where = plausible & np.isnan(times)
            _move(columns, name, where, times)
            if name != TIMESTAMP:
                times[where] = _seconds(times[where])
    return times


def parse_date(text: str) -> float | None:
    """Seconds since the epoch of an ISO 8601 date; one without a zone is local time. None when it is no date."""
    try:
        return datetime.fromisoformat(text).timestamp()
    except (ValueError, OverflowError, OSError):
        return None


def _seconds(times: F64) -> F64:
    return np.select([times >= least for least, _ in _UNITS], [times / parts for _, parts in _UNITS], times)


def _where(column: Column, count: int) -> Mask:
    """Which rows of the block hold a finite value."""
    return np.isfinite(_spread(column, count))


def _spread(column: Column, count: int) -> F64:
    if column.rows is None:
        return column.values
    spread = np.full(count, np.nan)
    spread[column.rows] = column.values
    return spread


def _move(columns: dict[str, Column], name: str, where: Mask, target: F64) -> None:
    """Move the values of column ``name`` in the rows ``where`` to ``target``; the others stay a column."""
    if not where.any():
        return
    column = columns[name]
    target[where] = _spread(column, len(target))[where]
    rows = np.arange(len(target)) if column.rows is None else column.rows
    stay = ~where[rows]
    if stay.any():
        columns[name] = Column(rows[stay], column.values[stay])
    else:
        del columns[name]
