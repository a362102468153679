"""Many percentages over time, one row each: for the GPUs of a machine, readable for 16 and more.

A cell is a block as high as its value (eight heights to a row of cells) in the gradient's colour, so that it reads
without colour too. When there are more lines than rows, those stay that are least like the others, and the last row
counts the rest.
"""

from __future__ import annotations

import math
from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from tui.charts.celltext import cut, plain, width
from tui.charts.frame import LEVELS, Area, Canvas, Ink
from tui.charts.line import Line
from tui.charts.smoothing import NO_SMOOTHING
from tui.charts.trace import Trace
from tui.show import units

F64 = NDArray[np.float64]

BLOCKS = " ▁▂▃▄▅▆▇█"
IDLE = "·"
_CODES = np.array([ord(block) for block in BLOCKS], np.uint32)
_MOST_NAME, _MOST_ROWS = 16, 3
_VALUE = 6
_STANDS_OUT = 10.0


def draw(
    canvas: Canvas, lines: Sequence[Line], traces: Sequence[Trace], window: tuple[float, float]
) -> tuple[Area, tuple[int, ...]]:
    """Draw a strip for each line, as high as there is room, above the row of the time axis.

    Returns:
        Where the strips are, and the places of the lines that have one.
    """
    height, total = canvas.glyphs.shape
    rows = max(0, height - 1) if height >= 3 else height
    tall = min(_MOST_ROWS, max(1, rows // len(lines)))
    names = [cut(plain(line.name), _MOST_NAME) for line in lines]
    label = max((width(name) for name in names), default=0) + 2
    if total < label + _VALUE + 8:
        label = 0
    area = Area(label, 0, max(0, total - label - _VALUE), min(rows, len(lines) * tall))
    shares = _shares(traces, window, area.width)
    shown = _telling(shares, rows)
    for strip, place in enumerate(shown):
        _draw_name(canvas, (strip + 1) * tall - 1, names[place], place, label)
        _draw_strip(canvas, area, strip * tall, tall, shares[place])
    if len(shown) < len(lines) and rows:
        canvas.write(len(shown), label, f"+{len(lines) - len(shown)} more", Ink.NOTE)
    return area, shown


def draw_values(canvas: Canvas, area: Area, shown: Sequence[int], values: Sequence[float | None]) -> None:
    """Write the value of each line behind its strip: its last one, or the one at the cursor."""
    tall = max(1, area.height // len(values)) if values else 1
    for strip, place in enumerate(shown):
        text = units.percent(values[place]).rjust(_VALUE)
        canvas.write((strip + 1) * tall - 1, area.left + area.width, text, Ink.VALUE)


def _shares(traces: Sequence[Trace], window: tuple[float, float], cells: int) -> F64:
    """How high each line (first axis) is in each column, 0 to 1; NaN where it has nothing."""
    edges = np.linspace(*window, max(1, cells) + 1)
    cut_up = [trace.columns(edges, smoothing=NO_SMOOTHING, span=1.0, log=False) for trace in traces]
    with np.errstate(invalid="ignore", over="ignore"):
        shares: F64 = np.clip([each.low / 200.0 + each.high / 200.0 for each in cut_up], 0.0, 1.0)
    return shares


def _telling(shares: F64, rows: int) -> tuple[int, ...]:
    """The places of the lines to show: all, or where they do not fit, those least like the others and the first."""
    if len(shares) <= rows:
        return tuple(range(len(shares)))
    known = np.isfinite(shares)
    some = known.any(axis=0)
    far = np.abs(shares[:, some] - np.nanmedian(shares[:, some], axis=0))
    recent = max(1, far.shape[1] // 4)
    stretches = (far, far[:, -recent:])
    most = np.max(
        [np.nansum(part, axis=1) / np.maximum(1, np.isfinite(part).sum(axis=1)) for part in stretches], axis=0
    )
    ranked = np.argsort(-np.floor(most * 100.0 / _STANDS_OUT), kind="stable")  # in steps, so that it seldom changes
    return tuple(sorted(ranked[: max(0, rows - 1)].tolist()))


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


def _draw_strip(canvas: Canvas, area: Area, top: int, tall: int, share: F64) -> None:
    if not area.width:
        return
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
