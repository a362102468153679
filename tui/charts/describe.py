"""A chart in words: the entries of its title, the notes on its state, what to say where there is nothing to draw."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import tzinfo
from typing import NamedTuple

from tui.charts import axes
from tui.charts.line import ChartSpec, Line, Look
from tui.charts.title import Entry
from tui.charts.trace import Trace
from tui.show import units


class Described(NamedTuple):
    """A chart's lines and what is known of them.

    Attributes:
        spec: The chart.
        look: How it is drawn.
        traces: The points of each line, by key.
        reach: How far from a point the cursor still reads it: the width of a column.
        zone: The time zone of wall-clock labels.
    """

    spec: ChartSpec
    look: Look
    traces: Mapping[str, Trace]
    reach: float
    zone: tzinfo | None

    def entries(self) -> list[Entry]:
        """The title's entries, the highlighted line first."""
        lines = sorted(self.spec.lines, key=lambda line: line.key != self.look.highlight)
        receding = any(line.key == self.look.highlight for line in lines)
        return [self._entry(line, receded=receding and line.key != self.look.highlight) for line in lines]

    def values(self) -> list[float | None]:
        """Each line's value at the cursor, or its last one."""
        return [self._value(self.traces[line.key]) for line in self.spec.lines]

    def cursor_text(self, x: float) -> str:
        """The x of the cursor in words: that of the point it reads in the first line that has one."""
        lines = sorted(self.spec.lines, key=lambda line: line.key != self.look.highlight)
        near = (self.traces[line.key].nearest_x(x, self.reach) for line in lines)
        return axes.x_text(next((found for found in near if found is not None), x), self.look.xaxis, self.zone)

    def _entry(self, line: Line, *, receded: bool) -> Entry:
        value = self._value(self.traces[line.key])
        text = units.value(value) + self.spec.unit if self.spec.kind == "line" else units.percent(value)
        trace = self.traces[line.key]
        brief = " ".join(trace.kinds)
        return Entry(line.name, line.swatch, text, self._warning(trace), brief, receded)

    def _value(self, trace: Trace) -> float | None:
        return trace.last if self.look.cursor is None else trace.value_at(self.look.cursor, self.reach)

    def _warning(self, trace: Trace) -> str:
        """What is not finite: ``nan 8123``, or ``12 nan from 8123``."""
        return ", ".join(
            f"{bad.kind} {axes.x_text(bad.first, self.look.xaxis, self.zone)}"
            if bad.number == 1
            else f"{units.count(bad.number)} {bad.kind} from {axes.x_text(bad.first, self.look.xaxis, self.zone)}"
            for bad in trace.nonfinite
        )


def notes(look: Look, *, log: bool, below: bool) -> tuple[str, ...]:
    """The state of a chart in words, most telling first.

    Args:
        look: How the chart is drawn.
        log: Whether its y axis is logarithmic.
        below: Whether values that are not above 0 were left out because of that.
    """
    found = []
    if log:
        found.append("log, ▾ not above 0" if below else "log")
    if look.full_range:
        found.append("full range")
    return tuple(found) if look.quiet else (*found, *shared_notes(look))


def shared_notes(look: Look) -> tuple[str, ...]:
    """The part of the state that charts beside each other have in common."""
    found = []
    if look.window.kind != "full":
        found.append("tail" if look.window.kind == "tail" else "zoom")
    if look.smoothing.weight > 0:
        found.append(f"smooth {look.smoothing.weight:g}" + (" by points" if look.smoothing.kind == "ema" else ""))
    return tuple(found)


def why_empty(spec: ChartSpec, look: Look) -> str:
    """What to say where no line has a point."""
    if not spec.lines:
        return "no run is selected"
    if look.xaxis.kind == "metric":
        return f"{look.xaxis.metric} was not logged with this"
    return "no points yet"


def ranks(lines: Sequence[Line], highlight: str | None) -> list[int]:
    """The rank of each line: 1 on top, -1 receded, 0 where nothing is highlighted."""
    if not any(line.key == highlight for line in lines):
        return [0] * len(lines)
    return [1 if line.key == highlight else -1 for line in lines]
