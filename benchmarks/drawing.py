"""What drawing costs: the engine in milliseconds, and live charts in processor time and bytes to the terminal.

The engine's figures are processor time, the best of several, as other work on the machine only ever adds to it. The
live rows run an app in a pty of 200x50 cells: 12 charts of 5 series, 10 updates a second, one point more for each
series at each update. Beside them stand the peers that draw charts in Textual, in an environment of their own where
there is a package index, with the same data cut down beforehand to what they draw fastest.
"""

from __future__ import annotations

import asyncio
import json
import os
import subprocess
import sys
import time
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import numpy as np

from benchmarks import chart_peers, live_charts
from benchmarks.peers_env import Environment, environment
from benchmarks.pty_run import Cost, run
from benchmarks.row import Row, ratio_row
from tui.charts.line import ChartSpec, Line, Look
from tui.charts.plot import Plot
from tui.charts.smoothing import Smoother, Smoothing
from tui.show.palette import Swatch
from tui.themed_app import ThemedApp
from tui.widgets.chart import Chart

LOOK = Look(smoothing=Smoothing(0.9))
COLUMNS, ROWS, RATE, SERIES, POINTS = 200, 50, 10, 5, 10_000
PEERS = ("textual-plotext", "textual-plot")
PEER_SECONDS = 60


def rows(quick: bool) -> Iterator[Row]:
    """The engine's figures, then those of live charts; peers only where there is time."""
    yield from _engine(100 if not quick else 30)
    yield from _live(quick=quick)


# -- the engine ------------------------------------------------------------------------------------------------------


def _engine(repeats: int) -> Iterator[Row]:
    grown = _Growing(20, 100_000)
    first = grown.frame_ms(200, 50)
    yield Row("20 series × 100,000 points, 200x50 cells: first frame", first, "ms")
    drawn = min(grown.frame_ms(200, 50, anew=True) for _ in range(repeats))
    yield Row("  drawn anew, as after a resize", drawn, "ms", target="≤ 5 ms")
    live = min(grown.frame_ms(200, 50) for _ in range(repeats))
    yield Row("  with one point more per series", live, "ms", target="≤ 5 ms")
    long, short = _Growing(5, 1_000_000), _Growing(5, 10_000)
    for chart in (long, short):
        chart.frame_ms(66, 12)
    name = "5 series × 1,000,000 points, 66x12, drawn anew"
    figures = [min(c.frame_ms(66, 12, anew=True) for _ in range(repeats)) for c in (long, short)]
    yield ratio_row(name, figures[0], "ms", figures[1], "10,000 points")
    figures = [min(c.frame_ms(66, 12) for _ in range(repeats)) for c in (long, short)]
    yield ratio_row("  with one point more per series", figures[0], "ms", figures[1], "10,000 points", "≈ 1×")
    yield from _smoothing()


class _Growing:
    """A chart whose series grow by a point at each frame."""

    def __init__(self, series: int, points: int) -> None:
        self._count = points
        self._x = np.arange(points + 1000.0)
        self._y = [live_charts.loss(points + 1000, number) for number in range(series)]
        self._plot = Plot()

    def frame_ms(self, width: int, height: int, *, anew: bool = False) -> float:
        """Milliseconds for the next frame; ``anew``: in another size than the last, so that nothing can be reused."""
        self._count += 1
        if anew:
            width -= self._count % 2
        end = self._count
        lines = [
            Line(str(n), f"run-{n}", self._x[:end], y[:end], end, Swatch(n % 12, "━"), live=True)
            for n, y in enumerate(self._y)
        ]
        start = time.process_time_ns()
        self._plot.frame(ChartSpec("loss", lines), LOOK, width, height)
        return (time.process_time_ns() - start) / 1e6


def _smoothing() -> Iterator[Row]:
    x, y = np.arange(1_000_000.0), live_charts.loss(1_000_000, 0)
    smoother = Smoother(Smoothing(0.9), 1e6)
    start = time.perf_counter()
    smoother.extend(x, y)
    yield Row("time-weighted EMA of 1,000,000 points", (time.perf_counter() - start) * 1e3, "ms")
    start = time.perf_counter()
    for number in range(1000):
        smoother.extend(x[-1:] + number + 1, y[number : number + 1])
    yield Row("  one point more", (time.perf_counter() - start) * 1e3, "µs")


# -- live charts -----------------------------------------------------------------------------------------------------


def _live(*, quick: bool) -> Iterator[Row]:
    cost = _ours(POINTS, quick=quick)
    yield Row("12 live charts × 5 series × 10,000, 10/s: processor", cost.percent, "%", target="< 12 %")
    yield Row("  bytes to the terminal for each update", _bytes(cost), "kB", target="< 15 kB")
    long = _ours(1_000_000, quick=quick)
    yield ratio_row("  the same × 1,000,000: processor", long.percent, "%", cost.percent, "10,000 points", "≈ 1×")
    if quick:
        return
    raw = _ours(POINTS, quick=quick, smoothing=0.0)
    yield Row("  the same without smoothing: processor", raw.percent, "%", target="< 12 %")
    yield Row("  bytes to the terminal for each update", _bytes(raw), "kB", target="< 15 kB")
    figures = asyncio.run(chart_peers.figures(_Ours(), ThemedApp, raw=True, cut=False))
    peers = environment(lambda text: print(text, file=sys.stderr, flush=True), PEERS)
    for peer in PEERS:
        yield from _beside(peer, peers, cost)
        if peer in peers.versions:
            yield from _figures_beside(peer, peers, figures)


class _Ours:
    """Our charts, for ``chart_peers.figures``: they get every point."""

    def widget(self) -> Any:
        return Chart(look=LOOK)

    def draw(self, widget: Any, curves: list[tuple[Any, Any]]) -> None:
        lines = [
            Line(str(n), f"run-{n}", x, y, len(x), Swatch(n % 12, "━"), live=True) for n, (x, y) in enumerate(curves)
        ]
        widget.show(ChartSpec("loss", lines))


def _figures_beside(peer: str, peers: Environment, ours: Mapping[str, float]) -> Iterator[Row]:
    """What one peer needs for the same frames, where its data are cut down beforehand and ours are not."""
    command = [str(peers.python), "-m", "benchmarks.chart_peers", peer]
    environ = {**os.environ, "PYTHONPATH": str(Path(__file__).parents[1])}
    try:
        done = subprocess.run(command, env=environ, capture_output=True, check=True, timeout=PEER_SECONDS)
    except (subprocess.CalledProcessError, subprocess.TimeoutExpired) as error:
        yield Row(f"  first frame, beside {peer}", ours["raw_ms"], "ms", None, f"{peer}: {type(error).__name__}")
        return
    theirs = json.loads(done.stdout)
    cut = f"{peer} with 400 points a series"
    yield ratio_row(f"  first frame of 20 × 100,000, beside {peer}", ours["raw_ms"], "ms", theirs["cut_ms"], cut)
    yield ratio_row(f"  12 charts × 5 once more, beside {peer}", ours["update_ms"], "ms", theirs["update_ms"], peer)


def _ours(points: int, *, quick: bool, smoothing: float = LOOK.smoothing.weight) -> Cost:
    shape = [str(number) for number in (SERIES, points, RATE, smoothing)]
    command = [sys.executable, "-m", "benchmarks.live_charts", *shape]
    settle, measure = (3.0, 4.0) if quick else (5.0, 8.0)
    return run(command, columns=COLUMNS, rows=ROWS, settle=settle + points / 250_000, measure=measure, environ={})


def _beside(peer: str, peers: Environment, ours: Cost) -> Iterator[Row]:
    name = f"  processor, beside {peer}"
    if why := peers.missing.get(peer):
        yield Row(name, ours.percent, "%", None, f"{peer} is not installed: {why}")
        return
    script = Path(__file__).with_name("live_peers.py")
    shape = [str(number) for number in (SERIES, POINTS, RATE, live_charts.COLUMNS, live_charts.ROWS)]
    command = [str(peers.python), str(script), peer, *shape]
    cost = run(command, columns=COLUMNS, rows=ROWS, settle=5.0, measure=8.0, environ={})
    reached = f"{peer}, {cost.frames / cost.seconds:.1f} frames/s"
    yield ratio_row(name, ours.percent, "%", cost.percent, reached)
    yield ratio_row(
        f"  kB/s, beside {peer}", ours.bytes / ours.seconds / 1e3, "kB/s", cost.bytes / cost.seconds / 1e3, peer
    )


def _bytes(cost: Cost) -> float:
    """Kilobytes for each update that was asked for."""
    return cost.bytes / cost.seconds / RATE / 1e3
