from collections.abc import Callable, Sequence

import numpy as np
import pytest

from tui.charts.line import ChartSpec, Line
from tui.show.palette import Swatch

Spec = Callable[..., ChartSpec]


@pytest.fixture
def spec() -> Spec:
    """Makes a chart of curves: one for each sequence of values, at steps 0, 1, 2, …"""

    def make(*curves: Sequence[float], metric: str = "train/loss", names: Sequence[str] = ()) -> ChartSpec:
        lines = []
        for number, values in enumerate(curves):
            name = names[number] if names else f"run-{number}"
            steps = np.arange(len(values), dtype=np.float64)
            y = np.array(values, dtype=np.float64)
            lines.append(
                Line(f"p/{number}", name, steps, y, 1, Swatch(number, "━"), times=1.79e9 + 60 * steps, start=1.79e9)
            )
        return ChartSpec(metric, lines)

    return make
