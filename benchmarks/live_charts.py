"""The app that ``benchmarks.drawing`` runs in a pty: 12 charts on one page, one point more per series at each update.

python -m benchmarks.live_charts SERIES POINTS UPDATES_PER_SECOND SMOOTHING
"""

from __future__ import annotations

import sys
import time

import numpy as np
from numpy.typing import NDArray
from textual.app import ComposeResult

from tui import themes
from tui.charts.line import ChartSpec, Line, Look
from tui.charts.smoothing import Smoothing
from tui.show.palette import Swatch
from tui.terminal_app import TerminalApp
from tui.widgets.chart_grid import ChartGrid

CHARTS, ROWS, COLUMNS = 12, 3, 4
MORE = 100_000


def loss(points: int, series: int) -> NDArray[np.float64]:
    """A falling curve with noise, the same in every run of the benchmark."""
    random = np.random.default_rng(series)
    steps = np.arange(points)
    return 2.0 + 0.1 * series + 4.0 * np.exp(-steps / points * 6) + 0.15 * random.standard_normal(points)


class LiveCharts(TerminalApp):
    """Charts that grow, and only what changed sent to the terminal, as ``tui watch`` does."""

    def __init__(self, series: int, points: int, rate: float, smoothing: float) -> None:
        super().__init__(themes.DARK, time.time)
        self._count, self._rate = points, rate
        self._steps = np.arange(float(points + MORE))
        self._values = [loss(points + MORE, number) for number in range(series)]
        self._grid = ChartGrid(Look(smoothing=Smoothing(smoothing)))

    def compose(self) -> ComposeResult:
        """One grid."""
        yield self._grid

    def on_mount(self) -> None:
        """Show the charts and begin to feed them."""
        self._grid.restore({"rows": ROWS, "columns": COLUMNS})
        self._grid.set_charts(self._specs())
        self.set_interval(1 / self._rate, self._feed)

    def _feed(self) -> None:
        self._count += 1
        self._grid.update(self._specs())

    def _specs(self) -> list[ChartSpec]:
        end = self._count
        lines = [
            Line(f"run-{n}", f"run-{n}", self._steps[:end], y[:end], end, Swatch(n % 12, "━"), live=True)
            for n, y in enumerate(self._values)
        ]
        return [ChartSpec(f"train/metric_{number}", lines) for number in range(CHARTS)]


if __name__ == "__main__":
    LiveCharts(int(sys.argv[1]), int(sys.argv[2]), float(sys.argv[3]), float(sys.argv[4])).run()
