"""Many percentages over time, one row each: for the GPUs of a machine, readable for 16 and more.

A cell is a block as high as its value (eight heights to a row of cells) in the gradient's colour, so that it reads
without colour too. When there are more lines than rows, the last row counts the rest.
"""

from __future__ import annotations

import math
from collections.abc import Sequence

import numpy as np

from tui.charts.celltext import cut, plain, width
from tui.charts.frame import LEVELS, Area, Canvas, Ink
from tui.charts.line import Line
from tui.charts.smoothing import NO_SMOOTHING
from tui.charts.trace import Trace
from tui.show import units

BLOCKS = " ▁▂▃▄▅▆▇█"
IDLE = "·"
_CODES = np.array([ord(block) for block in BLOCKS], np.uint32)
_MOST_NAME, _MOST_ROWS = 16, 3
_VALUE = 6
_STANDS_OUT = 10.0


def draw(canvas: Canvas, lines: Sequence[Line], traces: Sequence[Trace], window: tuple[float, float]) -> Area:
    """Draw a strip for each line, as high as there is room, above the row of the time axis; where the strips are."""
    height, total = canvas.glyphs.shape
    rows = max(0, height - 1) if height >= 3 else height
    shown = min(len(lines), rows) if len(lines) <= rows else max(0, rows - 1)
    tall = min(_MOST_ROWS, rows // len(lines)) if shown == len(lines) else 1
    names = [cut(plain(line.name), _MOST_NAME) for line in lines]
    label = max((width(name) for name in names), default=0) + 2
    if total < label + _VALUE + 8:
        label = 0
    area = Area(label, 0, max(0, total - label - _VALUE), min(rows, len(lines) * tall))
    for index in range(shown):
        _draw_name(canvas, (index + 1) * tall - 1, names[index], index, label)
        _draw_strip(canvas, area, index * tall, tall, traces[index], window)
    if shown < len(lines) and rows:
        canvas.write(shown, label, f"+{len(lines) - shown} more", Ink.NOTE)
    return area


def draw_values(canvas: Canvas, area: Area, values: Sequence[float | None]) -> None:
    """Write the value of each line behind its strip: its last one, or the one at the cursor."""
    rows = canvas.glyphs.shape[0] - 1
    if len(values) > max(rows, area.height):
        values = values[: max(0, rows - 1)]
    tall = max(1, area.height // len(values)) if values else 1
    for index, value in enumerate(values):
        canvas.write((index + 1) * tall - 1, area.left + area.width, units.percent(value).rjust(_VALUE), Ink.VALUE)


def summary(lines: Sequence[Line], values: Sequence[float | None]) -> str:
    """The title's words for all strips: their mean, and the lowest where it stands out."""
    known = [(value, line.name) for value, line in zip(values, lines, strict=True) if value is not None]
    finite = [(value, name) for value, name in known if math.isfinite(value)]
    if not finite:
        return ""
    mean = sum(value for value, _ in finite) / len(finite)
    low, name = min(finite)
    text = f"mean {units.percent(mean)}"
    return f"{text} · low {units.percent(low)} {plain(name)}" if mean - low >= _STANDS_OUT else text


def _draw_name(canvas: Canvas, row: int, name: str, index: int, label: int) -> None:
    if label:
        text = name if width(name) == len(name) else str(index)
        canvas.write(row, label - 1 - len(text), text, Ink.LABEL)


def _draw_strip(canvas: Canvas, area: Area, top: int, tall: int, trace: Trace, window: tuple[float, float]) -> None:
    if not area.width:
        return
    edges = np.linspace(*window, area.width + 1)
    columns = trace.columns(edges, smoothing=NO_SMOOTHING, span=1.0, log=False)
    with np.errstate(invalid="ignore", over="ignore"):
        share = np.clip(columns.low / 200.0 + columns.high / 200.0, 0.0, 1.0)
    known = np.flatnonzero(np.isfinite(share))
    eighths = np.ceil(share[known] * 8 * tall).astype(np.intp)
    inks = Ink.GRADIENT + np.minimum((share[known] * LEVELS).astype(np.intp), LEVELS - 1)
    cells = area.left + known
    for row in range(tall):
        block = np.clip(eighths - 8 * (tall - 1 - row), 0, 8)
        filled = block > 0
        canvas.glyphs[top + row, cells[filled]] = _CODES[block[filled]]
        canvas.inks[top + row, cells[filled]] = inks[filled]
    idle = cells[eighths == 0]
    canvas.glyphs[top + tall - 1, idle] = ord(IDLE)
    canvas.inks[top + tall - 1, idle] = Ink.GRID
