"""The series of one file's columns: takes blocks apart and gives them to the axes that share them."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping

import numpy as np

from logstore.model.axis import Axis
from logstore.model.delta import F64, Block, Column
from logstore.model.series import Series


class Curves(Mapping[str, Series]):
    """Series by metric, in the order in which the metrics appeared; ``extend`` adds blocks."""

    def __init__(self) -> None:
        self._series: dict[str, Series] = {}

    def __getitem__(self, metric: str) -> Series:
        return self._series[metric]

    def __iter__(self) -> Iterator[str]:
        return iter(self._series)

    def __len__(self) -> int:
        return len(self._series)

    def extend(self, block: Block) -> None:
        """Add the rows of ``block``, in which columns that share their row indices belong together."""
        for columns in _together(block).values():
            self._extend(block, columns)

    def fork(self, step: float) -> None:
        """A later attempt begins at ``step``."""
        for axis in self.axes():
            axis.fork(step)

    def times_from(self, step: float) -> F64:
        """When the rows from ``step`` on were logged, seconds since the epoch, ascending: of the axis with most."""
        found: F64 = np.empty(0)
        for axis in self.axes():
            times = axis.times.view[int(np.searchsorted(axis.steps.view, step)) :]
            if len(times) > len(found):
                found = times
        return np.sort(found[np.isfinite(found)])

    def axes(self) -> Collection[Axis]:
        """The axes of all series, each once."""
        return {id(series.axis): series.axis for series in self._series.values()}.values()

    @property
    def nbytes(self) -> int:
        """Bytes that the points take."""
        return sum(axis.nbytes for axis in self.axes())

    def _extend(self, block: Block, columns: dict[str, Column]) -> None:
        rows = next(iter(columns.values())).rows
        steps, times = (block.steps, block.times) if rows is None else (block.steps[rows], block.times[rows])
        values = {name: column.values for name, column in columns.items()}
        for axis in self._axes(columns):
            axis.extend(steps, times, values)

    def _axes(self, columns: dict[str, Column]) -> list[Axis]:
        """Axes whose members are exactly the series of ``columns``, made by splitting where they are not."""
        members: dict[int, list[Series]] = {}
        fresh: list[str] = []
        for name in columns:
            series = self._series.get(name)
            if series is None:
                fresh.append(name)
            else:
                members.setdefault(id(series.axis), []).append(series)
        axes = [_own_axis(group) for group in members.values()]
        return [*axes, self._begin(fresh)] if fresh else axes

    def _begin(self, names: list[str]) -> Axis:
        axis = Axis()
        for name in names:
            self._series[name] = Series(name, axis)
        return axis


def _together(block: Block) -> dict[int, dict[str, Column]]:
    groups: dict[int, dict[str, Column]] = {}
    for name, column in block.columns.items():
        group = groups.get(id(column.rows))
        if group is None:
            groups[id(column.rows)] = {name: column}
        else:
            group[name] = column
    return groups


def _own_axis(group: list[Series]) -> Axis:
    axis = group[0].axis
    return axis if len(axis.members) == len(group) else axis.split(group)
