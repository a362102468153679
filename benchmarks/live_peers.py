"""The same live charts drawn by a peer, for ``benchmarks.drawing``: it runs in an environment of the peer's own.

    python live_peers.py textual-plotext|textual-plot SERIES POINTS UPDATES_PER_SECOND COLUMNS ROWS

Both peers get what they draw fastest: each series cut down to the minimum and maximum of 100 stretches beforehand.
"""

from __future__ import annotations

import sys
from typing import Any

import numpy as np
from textual.app import App, ComposeResult
from textual.containers import Grid

STRETCHES = 100
COLOURS = ("cyan", "yellow", "green", "red", "magenta")


def loss(points: int, series: int) -> Any:
    """The curve of ``benchmarks.live_charts``."""
    random = np.random.default_rng(series)
    steps = np.arange(points)
    return 2.0 + 0.1 * series + 4.0 * np.exp(-steps / points * 6) + 0.15 * random.standard_normal(points)


def steps(points: int) -> Any:
    """The x of the curve."""
    return np.arange(float(points))


def cut_down(values: Any, stretches: int = STRETCHES) -> tuple[Any, Any]:
    """Minimum and maximum of each stretch, with their x."""
    bounds = np.linspace(0, len(values), stretches + 1).astype(int)[:-1]
    extremes = np.stack((np.minimum.reduceat(values, bounds), np.maximum.reduceat(values, bounds)), axis=1)
    return np.repeat(bounds, 2).astype(float), extremes.ravel()


class Plotext:
    """textual-plotext: a plotext figure in a widget."""

    @staticmethod
    def widget() -> Any:
        from textual_plotext import PlotextPlot  # type: ignore[import-not-found,unused-ignore]

        return PlotextPlot()

    @staticmethod
    def draw(widget: Any, curves: list[tuple[Any, Any]]) -> None:
        widget.plt.clear_data()
        for x, y in curves:
            widget.plt.plot(x.tolist(), y.tolist(), marker="braille")
        widget.refresh()


class Plot:
    """textual-plot: a canvas with axes."""

    @staticmethod
    def widget() -> Any:
        from textual_plot import PlotWidget  # type: ignore[import-not-found,unused-ignore]

        return PlotWidget()

    @staticmethod
    def draw(widget: Any, curves: list[tuple[Any, Any]]) -> None:
        from textual_plot import HiResMode

        widget.clear()
        for (x, y), colour in zip(curves, COLOURS, strict=False):
            widget.plot(x, y, line_style=colour, hires_mode=HiResMode.BRAILLE)


PEERS: dict[str, Any] = {"textual-plotext": Plotext, "textual-plot": Plot}


class LivePeer(App[None]):
    """Charts of a peer that grow."""

    def __init__(self, peer: str, series: int, points: int, rate: float, columns: int, rows: int) -> None:
        super().__init__()
        self._peer, self._rate, self._count = PEERS[peer], rate, points
        self._columns, self._rows = columns, rows
        self._values = [loss(points + 100_000, number) for number in range(series)]
        self._charts: list[Any] = []

    def compose(self) -> ComposeResult:
        """A grid of charts."""
        self._charts = [self._peer.widget() for _ in range(self._columns * self._rows)]
        yield Grid(*self._charts)

    def on_mount(self) -> None:
        """Lay the grid out and begin to feed it."""
        grid = self.query_one(Grid)
        grid.styles.grid_size_columns, grid.styles.grid_size_rows = self._columns, self._rows
        self.set_interval(1 / self._rate, self._feed)

    def _feed(self) -> None:
        self._count += 1
        curves = [cut_down(values[: self._count]) for values in self._values]
        for chart in self._charts:
            self._peer.draw(chart, curves)


if __name__ == "__main__":
    name, *numbers = sys.argv[1:]
    series_, points_, rate_, columns_, rows_ = (int(number) for number in numbers)
    LivePeer(name, series_, points_, float(rate_), columns_, rows_).run()
