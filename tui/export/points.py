"""The points of curves as CSV: every point as it was logged, one row each.

Texts that a spreadsheet would run as a formula get a leading apostrophe (OWASP, "CSV Injection"); numbers are numbers,
and non-finite ones are written NaN, Infinity and -Infinity, as in the files.
"""

from __future__ import annotations

import csv
import io
import math
from collections.abc import Iterable, Sequence

from tui.charts.line import ChartSpec, Line
from tui.show.safe import inert

HEADER = ("run", "name", "metric", "step", "time", "value")

_NONFINITE = {math.inf: "Infinity", -math.inf: "-Infinity"}


def write(spec: ChartSpec) -> str:
    """The points of all lines of ``spec``, in the order of the lines and then of the steps."""
    return table(HEADER, (row for line in spec.lines for row in _rows(line, spec.metric)))


def table(header: Sequence[str], rows: Iterable[Sequence[object]]) -> str:
    """``rows`` as CSV below ``header``."""
    buffer = io.StringIO()
    writer = csv.writer(buffer, lineterminator="\n")
    writer.writerow(header)
    writer.writerows([cell(value) for value in row] for row in rows)
    return buffer.getvalue()


def cell(value: object) -> str:
    """What stands in the table for ``value``; None is nothing."""
    if value is None:
        return ""
    if isinstance(value, float):
        return number(value)
    if isinstance(value, (int, bool)):
        return str(value)
    return inert(value)


def number(value: float) -> str:
    """``value`` in the shortest digits that give it back; a whole one without a point."""
    if math.isfinite(value):
        return str(int(value)) if value.is_integer() and abs(value) < 1e15 else repr(value)
    return _NONFINITE.get(value, "NaN")


def _rows(line: Line, metric: str) -> Iterable[tuple[object, ...]]:
    times: Iterable[float | None] = [None] * len(line.x) if line.times is None else line.times.tolist()
    for step, time, value in zip(line.x.tolist(), times, line.y.tolist(), strict=True):
        known = None if time is None or math.isnan(time) else time
        yield line.key, line.name, metric, step, known, value
