"""What a chart says in numbers: each line's point at the cursor, or its last one."""

from __future__ import annotations

from typing import NamedTuple

from tui.charts.line import ChartSpec, Look
from tui.charts.trace import Trace
from tui.show.safe import inert


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
    axis = spec.axis(look.xaxis)
    for line in spec.lines:
        trace = Trace(axis)
        trace.follow(line)
        if trace.extent is None or trace.last is None:
            continue
        x = trace.extent[1] if look.cursor is None else trace.nearest_x(look.cursor, reach)
        value = trace.last if look.cursor is None else trace.value_at(look.cursor, reach)
        if x is not None and value is not None:
            found.append(Reading(line.name, x, value))
    return found


def tsv(spec: ChartSpec, look: Look, reach: float) -> str:
    """``readings`` as tab-separated values for a spreadsheet: a line for each, below the names of the columns."""
    found = readings(spec, look, reach)
    lines = [
        ("run", spec.axis(look.xaxis).label, spec.metric),
        *((each.name, f"{each.x:.15g}", repr(each.value)) for each in found),
    ]
    return "".join("\t".join(inert(cell, numbers=True) for cell in line) + "\n" for line in lines)
