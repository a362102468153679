"""Lines and charts for the tests of the chart engine."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Any

import numpy as np

from tui.charts.frame import Frame
from tui.charts.line import F64, ChartSpec, Line, Look
from tui.charts.plot import Plot
from tui.show.palette import Swatch

BRAILLE = re.compile("[\u2800-\u28ff]")


def array(values: Sequence[float]) -> F64:
    return np.asarray(values, np.float64)


def line(y: Sequence[float], x: Sequence[float] | None = None, key: str = "a", **fields: Any) -> Line:
    """A line over 0, 1, 2, … or over ``x``."""
    fields.setdefault("swatch", Swatch(0, "━"))
    fields.setdefault("name", key)
    fields.setdefault("version", len(y))
    steps = np.arange(len(y), dtype=np.float64) if x is None else array(x)
    return Line(key=key, x=steps, y=array(y), **fields)


def chart(*lines: Line, metric: str = "loss", **fields: Any) -> ChartSpec:
    return ChartSpec(metric, lines, **fields)


def draw(spec: ChartSpec, width: int = 40, height: int = 10, **look: Any) -> Frame:
    return Plot().frame(spec, Look(**look), width, height)


def text(frame: Frame) -> str:
    """The rows as one block of text, without blanks at their ends."""
    return "\n".join(row.text.rstrip() for row in frame.rows)


def plotted(frame: Frame) -> list[str]:
    """The cells of the area that holds the curves."""
    area = frame.area
    rows = frame.rows[area.top : area.top + area.height]
    return [row.text[area.left : area.left + area.width] for row in rows]


def inks(frame: Frame, row: int) -> list[int]:
    """The ink of each character of a row."""
    found: list[int] = []
    for end, ink in frame.rows[row].runs:
        found += [ink] * (end - len(found))
    return found
