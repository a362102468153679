"""Many percentages over time, one row each: for the GPUs of a machine, readable for 16 and more.

A cell is a block as high as its value (eight heights) in the gradient's colour, so that it reads without colour too.
When there are more lines than rows, the last row counts the rest.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from tui import units
from tui.charts.celltext import cut, plain, width
from tui.charts.frame import LEVELS, Area, Canvas, Ink
from tui.charts.line import Line
from tui.charts.smoothing import NO_SMOOTHING
from tui.charts.trace import Trace

BLOCKS = " ▁▂▃▄▅▆▇█"
IDLE = "·"
_CODES = np.array([ord(block) for block in BLOCKS], np.uint32)
_MOST_NAME = 16
_VALUE = 6


def draw(canvas: Canvas, lines: Sequence[Line], traces: Sequence[Trace], window: tuple[float, float]) -> Area:
    """Draw a row for each line and leave the last row of the canvas to the time axis; where the strips are."""
    height, total = canvas.glyphs.shape
    rows = max(0, height - 1) if height >= 3 else height
    shown = len(lines) if len(lines) <= rows else max(0, rows - 1)
    names = [cut(plain(line.name), _MOST_NAME) for line in lines]
    label = max((width(name) for name in names), default=0) + 2
    if total < label + _VALUE + 8:
        label = 0
    area = Area(label, 0, max(0, total - label - _VALUE), min(rows, len(lines)))
    for row in range(shown):
        _draw_name(canvas, row, names[row], label)
        _draw_strip(canvas, area, row, traces[row], window)
    if shown < len(lines) and rows:
        canvas.write(shown, label, f"+{len(lines) - shown} more", Ink.NOTE)
    return area


def _draw_name(canvas: Canvas, row: int, name: str, label: int) -> None:
    if label and name.isascii():
        canvas.write(row, label - 1 - len(name), name, Ink.LABEL)
    elif label:
        canvas.write(row, 0, str(row).rjust(label - 1), Ink.LABEL)


def _draw_strip(canvas: Canvas, area: Area, row: int, trace: Trace, window: tuple[float, float]) -> None:
    canvas.write(row, area.left + area.width, units.percent(trace.last).rjust(_VALUE), Ink.VALUE)
    if not area.width:
        return
    columns = trace.columns(*window, area.width, smoothing=NO_SMOOTHING, span=1.0, log=False)
    with np.errstate(invalid="ignore"):
        share = np.clip((columns.low + columns.high) / 200.0, 0.0, 1.0)
    known = np.flatnonzero(np.isfinite(share))
    blocks = np.ceil(share[known] * 8).astype(np.intp)
    levels = np.minimum((share[known] * LEVELS).astype(np.intp), LEVELS - 1)
    idle = blocks == 0
    cells = area.left + known
    canvas.glyphs[row, cells] = np.where(idle, ord(IDLE), _CODES[blocks])
    canvas.inks[row, cells] = np.where(idle, int(Ink.GRID), Ink.GRADIENT + levels)
