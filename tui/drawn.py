"""Which curves the charts of the Watch screen show: those of runs, or those of groups of runs. Pure.

Marked runs are drawn; without marks the first of the table and the one under its cursor. Where the table is grouped,
so are the curves: a line for the mean of each group and a band for what its runs make of it, or every run for itself.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import replace
from typing import TYPE_CHECKING, Literal

from logstore.model.runs import Run
from tui import curves
from tui.charts.line import STEP, ChartSpec, Line, XAxis
from tui.model import Model
from tui.show.palette import Swatch

if TYPE_CHECKING:
    from tui.charts.groups import Groups

Mode = Literal["minmax", "std", "runs"]
MODES: Mapping[Mode, str] = {
    "minmax": "mean of each group, from its smallest to its largest value",
    "std": "mean of each group, with one standard deviation",
    "runs": "every run for itself",
}
"""How groups are drawn, in words."""

MOST_GROUPED = 256
"""Runs whose means are drawn: more are not told apart by anybody, and each costs time."""

_GROUP = "group:"

GroupOf = Callable[[str], str | None]


def group_key(label: str) -> str:
    """The key of the line of a group, as ``tui.charts.groups`` makes it."""
    return _GROUP + label


class Drawn:
    """Keeps what is drawn of ``model``.

    Args:
        model: The runs and their colours.
        most: Runs, or groups, that are drawn where none is marked.
    """

    def __init__(self, model: Model, most: int) -> None:
        self.mode: Mode = "minmax"
        self.runs: list[Run] = []
        """The runs that are drawn, or whose groups are."""
        self.metrics: frozenset[str] = frozenset()
        """All metrics of these runs that there are charts of."""
        self._model, self._most = model, most
        self._grouped: tuple[object, dict[str, Groups]] = (None, {})
        self._group_of: GroupOf | None = None
        self._swatches: Mapping[str, Swatch] = {}

    @property
    def keys(self) -> list[str]:
        """The keys of the runs."""
        return [run.key for run in self.runs]

    @property
    def grouped(self) -> bool:
        """Whether groups are drawn in place of runs."""
        return self._group_of is not None and self.mode != "runs"

    def group(self, column: str | None, group_of: GroupOf, swatches: Mapping[str, Swatch]) -> None:
        """Draw groups from now on: those of a table's ``column``, or (None) none.

        Args:
            column: What the table is grouped by.
            group_of: The label of the group that a run is in, by the run's key.
            swatches: How each group is told apart, by its label.
        """
        self._group_of = group_of if column is not None else None
        self._swatches = swatches
        if self._grouped[0] != (column, self.mode):
            self._grouped = ((column, self.mode), {})

    def choose(self, marks: Sequence[str], shown: Sequence[str], cursor: str | None) -> bool:
        """Take over what is drawn; whether it is another set of runs, or they have other metrics than before.

        Args:
            marks: The keys of the marked runs.
            shown: The keys of the runs in the table.
            cursor: The key of the run under the cursor.
        """
        before = (self.keys, self.metrics)
        keys = self._marked_or_first(marks, shown, cursor)
        self.runs = [self._model.runs[key] for key in keys if key in self._model.runs]
        self.metrics = frozenset(curves.metrics_of(self.runs))
        return (self.keys, self.metrics) != before

    def _marked_or_first(self, marks: Sequence[str], shown: Sequence[str], cursor: str | None) -> Sequence[str]:
        if marks:
            return marks
        if self.grouped:
            return shown[:MOST_GROUPED]
        first = shown[: self._most]
        return [*first[: self._most - 1], cursor] if cursor is not None and cursor not in first else first

    def highlight(self, pointed: str | None) -> str | None:
        """The key of the line to put on top for a run, or for a group as ``group_key`` names it."""
        if pointed is None or not self.grouped or self._group_of is None:
            return pointed
        return pointed if pointed.startswith(_GROUP) else group_key(self._group_of(pointed) or "")

    def charts(self, axis: XAxis = STEP, only: Collection[str] | None = None) -> list[ChartSpec]:
        """One chart for each metric, or each of ``only``."""
        charts = curves.charts(self.runs, self._model.swatches, self._model.clock(), only)
        return [self._in_groups(chart, axis) for chart in charts] if self.grouped else charts

    def _in_groups(self, chart: ChartSpec, axis: XAxis) -> ChartSpec:
        from tui.charts.groups import Groups

        groups = self._grouped[1].setdefault(chart.metric, Groups("std" if self.mode == "std" else "minmax"))
        lines = groups.lines(chart.lines, self._label, axis)[: self._most]
        return replace(chart, lines=[self._coloured(line) for line in lines])

    def _label(self, line: Line) -> str:
        return (self._group_of(line.key) if self._group_of is not None else None) or ""

    def _coloured(self, line: Line) -> Line:
        swatch = self._swatches.get(line.key.removeprefix(_GROUP))
        return line if swatch is None else replace(line, swatch=swatch)
