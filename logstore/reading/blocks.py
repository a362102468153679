"""Lines of a metrics or telemetry file to frozen ``Block``s of columns.

A parser belongs to one file and remembers what earlier blocks said about its steps and names; otherwise a block depends
on its lines alone, so any way of cutting a file at line ends gives the same columns. 256 KiB to 1 MiB at a time is
fastest: beyond that the rows no longer fit the caches (measured in docs/benchmarks.md).
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np

from logstore.format import RESERVED_KEYS, RUNTIME
from logstore.model.delta import F64, Block, Column
from logstore.reading.axes import STEP_NAMES, TIME_NAMES, StepAxis, parse_date, take_times
from logstore.reading.columns import Columns, NotJoinableError, cells_by_key, one_row
from logstore.reading.rows import Rows, parse_by_line, parse_rows
from logstore.reading.uniform import SMALLEST, Uniform, parse_uniform

MOST_METRICS = 10_000
"""Names of one file beyond which new ones are refused, and counted: a guard against a value used as a name."""

_TRIES = 3
"""How often lines are tried as uniform ones in vain before those of a file are not tried any more."""
_KIND = "kind"
_AXES = frozenset({*STEP_NAMES, *TIME_NAMES, RUNTIME})
"""Keys that say where a row stands: a text under one of them is no text of the run."""


class BlockParser:
    """Parses the lines of one file of metrics, block after block."""

    def __init__(self, most_metrics: int = MOST_METRICS) -> None:
        self.bad_lines = 0
        """Lines that were no rows so far."""
        self.refused = 0
        """Values that were left out because the file has too many metric names."""
        self._most = most_metrics
        self._names: set[str] = set()
        self._steps = StepAxis()
        self._tries = _TRIES

    def parse(self, lines: bytes) -> Block | None:
        """The rows of ``lines``, which end with a newline; None when there are none."""
        block = self._parse_uniform(lines)
        return self._parse_any(lines) if block is None else block

    def _parse_uniform(self, lines: bytes) -> Block | None:
        """The quick way; None when it is not one for these lines."""
        if not self._tries or len(lines) < SMALLEST:
            return None
        self._tries -= 1
        found = parse_uniform(lines)
        if found is None or not self._is_sample(found):
            return None
        self._tries = _TRIES
        columns = Columns()
        for place, key in enumerate(found.keys):
            if self._has_room(key):
                columns.put(key, Column(None, found.numbers[:, place].copy()), found.last[place])
            else:
                self.refused += len(found.numbers)
        return self._block(columns, len(found.numbers))

    def _has_room(self, key: str) -> bool:
        """Whether the file may have a metric called ``key``."""
        if key not in self._names and len(self._names) >= self._most:
            return False
        self._names.add(key)
        return True

    def _parse_any(self, lines: bytes) -> Block | None:
        found = parse_rows(lines)
        try:
            columns = self._columns(found)
        except NotJoinableError:
            found = parse_by_line(lines)
            columns = self._columns(found)
        self.bad_lines += found.bad
        self.refused += columns.refused
        return self._block(columns, len(found.rows)) if found.rows else None

    def memory(self) -> dict[str, Any]:
        """What was learnt from the blocks so far, as plain data."""
        return {
            "steps": self._steps.memory(),
            "names": sorted(self._names),
            "bad_lines": self.bad_lines,
            "refused": self.refused,
        }

    def recall(self, memory: Mapping[str, Any]) -> None:
        """Go on from ``memory``, where another parser of the same file was."""
        self._steps = StepAxis(*memory["steps"])
        self._names = set(memory["names"])
        self.bad_lines, self.refused = memory["bad_lines"], memory["refused"]

    def _columns(self, found: Rows) -> Columns:
        if len(found.rows) == 1 and found.rows[0].keys() <= self._names:
            columns = one_row(found.rows[0])
            if columns is not None:
                return columns
        columns = Columns()
        fresh: list[str] = []
        for cells in cells_by_key(found.rows):
            if cells.key not in self._names:
                if len(self._names) + len(fresh) >= self._most:
                    columns.refused += len(cells.values)
                    continue
                fresh.append(cells.key)
            columns.add(cells, parse_date if cells.key in TIME_NAMES else None, joined=found.joined)
        self._names.update(fresh)
        return columns

    def _is_sample(self, found: Uniform) -> bool:  # noqa: ARG002
        """Whether each of the rows counts."""
        return True

    def _block(self, columns: Columns, count: int) -> Block:
        times = take_times(columns.numbers, count)
        steps = self._take_steps(columns, times)
        runtime = columns.numbers.pop(RUNTIME, None)
        for name in RESERVED_KEYS:
            columns.numbers.pop(name, None)
        for name in _AXES:
            columns.texts.pop(name, None)
        return Block(steps, times, columns.numbers, columns.texts, None if runtime is None else _last_finite(runtime))

    def _take_steps(self, columns: Columns, times: F64) -> F64:
        return self._steps.take(columns.numbers, len(times))


class SystemParser(BlockParser):
    """Parses telemetry: the step of a row is its time, and rows of a ``kind`` (hello, state) are no samples."""

    def _columns(self, found: Rows) -> Columns:
        found.rows[:] = [row for row in found.rows if _KIND not in row]
        return super()._columns(found)

    def _is_sample(self, found: Uniform) -> bool:
        return _KIND not in found.keys

    def _take_steps(self, columns: Columns, times: F64) -> F64:  # noqa: ARG002
        return np.where(np.isnan(times), 0.0, times)


def _last_finite(column: Column) -> float | None:
    finite = column.values[np.isfinite(column.values)]
    return float(finite[-1]) if len(finite) else None
