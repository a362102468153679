"""What a chart says in numbers: each line's point at the cursor, or its last one."""

from __future__ import annotations

from typing import NamedTuple

from tui.charts.line import ChartSpec, Look
from tui.charts.trace import Trace


class Reading(NamedTuple):
    """One point of a line: whose it is, its x on the chart's axis, and its value as it was logged."""

    name: str
    x: float
    value: float


def readings(spec: ChartSpec, look: Look, reach: float) -> list[Reading]:
    """The point of each line nearest to the cursor, or without a cursor its last; lines without one are left out.

    Args:
        spec: The chart.
        look: Its axis and its cursor.
        reach: How far from a point the cursor still reads it, as in the chart's title: the width of a column.
    """
    found = []
    for line in spec.lines:
        trace = Trace(look.xaxis)
        trace.follow(line)
        if trace.extent is None or trace.last is None:
            continue
        x = trace.extent[1] if look.cursor is None else trace.nearest_x(look.cursor, reach)
        value = trace.last if look.cursor is None else trace.value_at(look.cursor, reach)
        if x is not None and value is not None:
            found.append(Reading(line.name, x, value))
    return found
