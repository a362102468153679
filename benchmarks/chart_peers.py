"""What a chart library for Textual costs in processor time, without a terminal: one large chart, and many live ones.

    python -m benchmarks.chart_peers textual-plotext|textual-plot [--raw]

It runs in an environment of the peer's own (``benchmarks.peers_env``), of which it imports nothing but the peer,
Textual and numpy, and prints one line of JSON: ``{"cut_ms": …, "update_ms": …}``, with ``--raw`` also ``"raw_ms"``.

* ``raw_ms``: the first frame of 20 series × 100,000 points as they are, in 200x50 cells; it takes up to minutes.
* ``cut_ms``: the same once each series was cut down to the minimum and maximum of 200 stretches, best of three.
* ``update_ms``: one update of 12 charts of 5 series × 10,000 points each in 200x50 cells, cut down to 100 stretches;
  the median of ten. At 10 updates a second, 10 ms are 10 % of a core.

``benchmarks.drawing`` measures our own charts with the same ``figures``.
"""

from __future__ import annotations

import argparse
import asyncio
import json
import statistics
import time
from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import asynccontextmanager
from typing import Any, Protocol

from textual.app import App
from textual.containers import Grid
from textual.pilot import Pilot

from benchmarks import live_peers

SIZE = (200, 50)
LARGE, LIVE = (20, 100_000), (5, 10_000)
"""Series and points of the one large chart, and of each of the live ones."""
CHARTS = (4, 3)
"""Columns and rows of live charts."""
CUT_FRAMES, UPDATES = 3, 11
STRETCHES = {"large": 200, "live": live_peers.STRETCHES}
SETTLE = 0.2
"""Seconds in which everything that a change brings about is surely begun; idle ones cost no processor time."""

Curve = tuple[Any, Any]


class Adapter(Protocol):
    """How to draw with one library."""

    def widget(self) -> Any:
        """A chart."""

    def draw(self, widget: Any, curves: list[Curve]) -> None:
        """Show curves (x and y) in it from now on."""


async def figures(
    adapter: Adapter, app: Callable[[], App[None]] = App, *, raw: bool, cut: bool = True
) -> dict[str, float]:
    """Measure one library.

    Args:
        adapter: How to draw with it.
        app: Makes the app in which its charts stand.
        raw: Draw the large chart with all of its points, too.
        cut: Cut the series down beforehand where nothing else is asked for; a library that does so itself needs none.
    """
    series, points = LARGE
    whole = [(live_peers.steps(points), live_peers.loss(points, number)) for number in range(series)]
    large = [live_peers.cut_down(y, STRETCHES["large"]) for _, y in whole] if cut else whole
    return {
        **({"raw_ms": await _frame(adapter, app, whole)} if raw else {}),
        "cut_ms": min([await _frame(adapter, app, large) for _ in range(CUT_FRAMES)]),
        "update_ms": statistics.median(await _updates(adapter, app, cut=cut)),
    }


@asynccontextmanager
async def _charts(
    adapter: Adapter, app: App[None], columns: int, rows: int
) -> AsyncIterator[tuple[list[Any], Pilot[None]]]:
    """So many columns and rows of charts on a screen."""
    charts = [adapter.widget() for _ in range(columns * rows)]
    async with app.run_test(size=SIZE) as pilot:
        grid = Grid(*charts)
        grid.styles.grid_size_columns, grid.styles.grid_size_rows = columns, rows
        await app.mount(grid)
        await pilot.pause(SETTLE)
        yield charts, pilot


async def _frame(adapter: Adapter, app: Callable[[], App[None]], curves: list[Curve]) -> float:
    """Milliseconds for the first frame of one chart."""
    async with _charts(adapter, app(), 1, 1) as (charts, pilot):
        start = time.process_time()
        adapter.draw(charts[0], curves)
        await pilot.pause(SETTLE)
        return (time.process_time() - start) * 1e3


async def _updates(adapter: Adapter, app: Callable[[], App[None]], *, cut: bool) -> list[float]:
    """Milliseconds for each of some updates of many charts, without the first."""
    series, points = LIVE
    x, values = live_peers.steps(points + UPDATES), [live_peers.loss(points + UPDATES, each) for each in range(series)]
    found = []
    async with _charts(adapter, app(), *CHARTS) as (charts, pilot):
        for end in range(points, points + UPDATES):
            start = time.process_time()
            curves = [live_peers.cut_down(y[:end], STRETCHES["live"]) if cut else (x[:end], y[:end]) for y in values]
            for chart in charts:
                adapter.draw(chart, curves)
            await pilot.pause(SETTLE)
            found.append((time.process_time() - start) * 1e3)
    return found[1:]


def main(arguments: Sequence[str] | None = None) -> None:
    """Measure the peer that is named, and print what was found."""
    parser = argparse.ArgumentParser()
    parser.add_argument("peer", choices=sorted(live_peers.PEERS))
    parser.add_argument("--raw", action="store_true", help="also the large chart with all of its points")
    asked = parser.parse_args(arguments)
    print(json.dumps(asyncio.run(figures(live_peers.PEERS[asked.peer](), raw=asked.raw))))


if __name__ == "__main__":
    main()
