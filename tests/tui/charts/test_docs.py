"""The picture on the page about charts is one that the engine draws."""

from __future__ import annotations

from pathlib import Path

import numpy as np

from tests.tui.charts.made import chart, draw, line, text
from tui.charts.smoothing import Smoothing
from tui.show.palette import Swatch

PAGE = Path(__file__).parents[3] / "docs" / "charts.md"


def picture() -> str:
    """Two runs: one with a far outlier, one that went to NaN."""
    x = np.arange(0.0, 20_000.0, 10.0)
    noise = 0.3 * (np.sin(1.7 * x) + np.sin(0.31 * x))
    falling = 2 + 4 * np.exp(-x / 2500) + noise
    falling[900] = 500.0
    broken = 2.8 + 3.4 * np.exp(-x / 3000) + noise / 3
    broken[1300:] = np.nan
    lines = [
        line(falling.tolist(), x.tolist(), key="otter"),
        line(broken.tolist(), x.tolist(), key="lynx", swatch=Swatch(1, "━")),
    ]
    return text(draw(chart(*lines, metric="train/loss"), 90, 13, smoothing=Smoothing(0.9)))


def test_the_picture_is_what_the_engine_draws() -> None:
    assert f"```\n{picture()}\n```" in PAGE.read_text(encoding="utf-8")
