"""Pictures of charts, compared with those that were looked at and found good."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC

import numpy as np
from textual.app import ComposeResult
from textual.pilot import Pilot

from tui import themes
from tui.charts.line import F64, ChartSpec, Line, Look
from tui.charts.smoothing import Smoothing
from tui.show.palette import assign
from tui.themed_app import ThemedApp
from tui.widgets.chart_grid import ChartGrid

Compare = Callable[..., bool]
RUNS = ("brave-otter", "calm-lynx", "dim-heron", "eager-mole")
SWATCHES = assign(RUNS)
STEPS = np.arange(0.0, 20_000.0, 10.0)


def ripple(scale: float, seed: int) -> F64:
    """Noise that is the same on every machine."""
    wave = np.sin(STEPS * (1.7 + seed)) + np.sin(STEPS * 0.31 + seed) + np.sin(STEPS * 4.1)
    return scale * wave


def curve(run: str, y: F64, every: int = 1) -> Line:
    x = STEPS[: len(y)][::every]
    return Line(run, run, x, y[::every], len(x), SWATCHES[run], times=1.79e9 + x / 3)


def loss(number: int, noise: float) -> F64:
    return (2 + 0.15 * number + 4 * np.exp(-STEPS / (2500 - 300 * number)) + ripple(noise, number))[
        : 2000 - 300 * number
    ]


def specs() -> list[ChartSpec]:
    spiky = 1 + np.abs(ripple(0.4, 3))
    spiky[[400, 900, 1500]] = (9.0, 300.0, 80.0)
    broken = 3 + 9 * np.exp(-STEPS / 3000) + ripple(0.05, 1)
    broken[1200:1300], broken[1000] = np.nan, np.inf
    warm = np.minimum(STEPS / 1000, 0.5 + 0.5 * np.cos(STEPS / 20_000 * np.pi)) * 3e-4
    busy = np.clip(85 + ripple(5, 2), 0, 100)
    busy[700:900] = 0
    return [
        ChartSpec("train/loss", [curve(run, loss(number, 0.12)) for number, run in enumerate(RUNS)]),
        ChartSpec("train/grad_norm", [curve(RUNS[0], spiky)]),
        ChartSpec("train/aux", [curve(RUNS[1], broken)]),
        ChartSpec("train/lr", [curve(RUNS[2], warm)]),
        ChartSpec("val/loss", [curve(run, loss(number, 0.03), 50) for number, run in enumerate(RUNS)]),
        ChartSpec("gpu/0/util", [curve(RUNS[0], busy)], kind="percent"),
        ChartSpec("gpu/util", [_gpu(number, np.roll(busy, number * 150)) for number in range(8)], kind="heat"),
    ]


def _gpu(number: int, y: F64) -> Line:
    return Line(f"gpu{number}", f"gpu {number}", STEPS, y, 1, SWATCHES[RUNS[0]])


class Charts(ThemedApp):
    def __init__(self, theme: str, look: Look) -> None:
        super().__init__(theme)
        self.grid = ChartGrid(look, zone=UTC)

    def compose(self) -> ComposeResult:
        yield self.grid

    def on_mount(self) -> None:
        self.grid.set_charts(specs())


async def settle(pilot: Pilot[None]) -> None:
    await pilot.pause()
    await pilot.pause()


SMOOTH = Look(smoothing=Smoothing(0.8))


def test_a_page_of_charts_with_a_highlighted_run_and_a_cursor(snap_compare: Compare) -> None:
    look = Look(smoothing=Smoothing(0.8), highlight="calm-lynx", cursor=6000.0)
    assert snap_compare(Charts(themes.DARK, look), terminal_size=(160, 45), run_before=settle)


def test_one_chart_on_the_whole_screen(snap_compare: Compare) -> None:
    app = Charts(themes.LIGHT, SMOOTH)
    assert snap_compare(app, terminal_size=(100, 30), press=["tab", "f", "z", "ctrl+right"], run_before=settle)


def test_the_smallest_terminal_and_a_logarithmic_axis(snap_compare: Compare) -> None:
    app = Charts(themes.SAFE, Look())
    assert snap_compare(app, terminal_size=(80, 24), press=["tab", "l"], run_before=settle)


def test_a_folded_section_and_the_heat_of_eight_gpus(snap_compare: Compare) -> None:
    assert snap_compare(Charts(themes.DARK, SMOOTH), terminal_size=(120, 34), press=["tab", "v"], run_before=settle)
