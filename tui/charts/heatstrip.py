"""Many percentages over time, one row each: for the GPUs of a machine, readable for 16 and more.

A cell is a block as high as its value (eight heights to a row of cells) in the gradient's colour, so that it reads
without colour too. Strips are all as high as there is room for; what is left over holds the mean of them. When there
are more lines than rows, those stay that are least like the others, and the last row holds the mean of the rest.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import NamedTuple

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
MEAN = "mean"
_CODES = np.array([ord(block) for block in BLOCKS], np.uint32)
_MOST_NAME, _MOST_ROWS = 16, 12
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
    strips, extra = _places(height, len(lines))
    names = [cut(plain(line.name), _MOST_NAME) for line in lines]
    label = (
        max(
            map(width, (*names, f"{len(lines) - len(strips)} more" if 0 < len(strips) < len(lines) else MEAN)),
            default=0,
        )
        + 2
    )
    if total < label + _VALUE + 8:
        label = 0
    bottom = max((rows.stop for rows in (*strips, extra)), default=0)
    area = Area(label, 0, max(0, total - label - _VALUE), bottom)
    shares = _shares(traces, window, area.width)
    shown = _telling(shares, len(strips))
    for place, rows in zip(shown, strips, strict=True):
        _draw_name(canvas, rows[-1], names[place], place, label)
        _draw_strip(canvas, area, rows, shares[place])
    if extra:
        rest = _rest(len(lines), shown)
        canvas.write(extra[-1], max(0, label - 1 - len(rest.name)), rest.name if label else "", Ink.NOTE)
        _draw_strip(canvas, area, extra, _mean(shares[list(rest.places)]))
    return area, shown


def _places(height: int, count: int) -> tuple[list[range], range]:
    """The rows of each strip, all as high, and those of the mean, which may be none."""
    rows = max(0, height - 1) if height >= 3 else height
    if count > rows:
        return [range(row, row + 1) for row in range(rows - 1)], range(max(0, rows - 1), rows)
    tall = min(_MOST_ROWS, rows // max(1, count))
    apart = 1 if count > 1 and rows - count * tall >= count - 1 else 0
    strips = [range(place * (tall + apart), place * (tall + apart) + tall) for place in range(count)]
    used = count * (tall + apart) - apart
    left = rows - used
    return strips, range(used + (left > 2), rows if count > 1 and left > 1 else 0)


class _Rest(NamedTuple):
    """What the mean is of."""

    name: str
    places: tuple[int, ...]


def _rest(count: int, shown: Sequence[int]) -> _Rest:
    """Those that are not shown, or all where all are."""
    others = tuple(place for place in range(count) if place not in shown)
    return _Rest(f"{len(others)} more", others) if shown and others else _Rest(MEAN, tuple(range(count)))


def _mean(shares: F64) -> F64:
    """The mean in each column of those that have a value there."""
    known = np.isfinite(shares)
    counts = known.sum(axis=0)
    sums = np.where(known, shares, 0.0).sum(axis=0)
    means: F64 = np.where(counts > 0, sums / np.maximum(1, counts), np.nan)
    return means


def draw_values(canvas: Canvas, area: Area, shown: Sequence[int], values: Sequence[float | None]) -> None:
    """Write the value of each line behind its strip: its last one, or the one at the cursor."""
    strips, extra = _places(canvas.glyphs.shape[0], len(values))
    for place, rows in zip(shown, strips, strict=False):  # nothing is shown where there is no point
        _draw_value(canvas, area, rows, values[place])
    if extra:
        known = [value for place in _rest(len(values), shown).places if (value := values[place]) is not None]
        _draw_value(canvas, area, extra, sum(known) / len(known) if known else None)


def _draw_value(canvas: Canvas, area: Area, rows: range, value: float | None) -> None:
    canvas.write(rows[-1], area.left + area.width, units.percent(value).rjust(_VALUE), Ink.VALUE)


def _shares(traces: Sequence[Trace], window: tuple[float, float], cells: int) -> F64:
    """How high each line (first axis) is in each column, 0 to 1; NaN where it has nothing."""
    edges = np.linspace(*window, max(1, cells) + 1)
    cut_up = [trace.columns(edges, smoothing=NO_SMOOTHING, span=1.0, log=False) for trace in traces]
    with np.errstate(invalid="ignore", over="ignore"):
        shares: F64 = np.clip([each.low / 200.0 + each.high / 200.0 for each in cut_up], 0.0, 1.0)
    return shares


def _telling(shares: F64, count: int) -> tuple[int, ...]:
    """The places of the lines to show: all, or where they do not fit, those least like the others and the first."""
    if len(shares) <= count:
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
    return tuple(sorted(ranked[:count].tolist()))


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


def _draw_strip(canvas: Canvas, area: Area, rows: range, share: F64) -> None:
    if not area.width:
        return
    tall = len(rows)
    known = np.flatnonzero(np.isfinite(share))
    eighths = np.ceil(share[known] * (8 * tall - 1)).astype(np.intp)  # an eighth apart, so that strips stay strips
    inks = Ink.GRADIENT + np.minimum((share[known] * LEVELS).astype(np.intp), LEVELS - 1)
    cells = area.left + known
    for row in rows:
        block = np.clip(eighths - 8 * (rows[-1] - row), 0, 8)
        filled = block > 0
        canvas.glyphs[row, cells[filled]] = _CODES[block[filled]]
        canvas.inks[row, cells[filled]] = inks[filled]
    idle = cells[eighths == 0]
    canvas.glyphs[rows[-1], idle] = ord(IDLE)
    canvas.inks[rows[-1], idle] = Ink.GRID
