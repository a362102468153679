"""A percentage over time as a filled area whose colour rises with its height; the scale is always 0 to 100.

The area is solid up to the lowest value of each column and dotted from there to the highest: a dip and a peak are both
seen, however many samples a column stands for.
"""

from __future__ import annotations

import numpy as np

from tui.charts import raster
from tui.charts.curves import Stack
from tui.charts.frame import Area, Canvas, gradient_ink
from tui.charts.scale import Scale

_HALF = np.uint8(0x01 | 0x04 | 0x10 | 0x80)
"""Every second dot of a cell, as on a chess board."""


def draw(canvas: Canvas, area: Area, stack: Stack, scale: Scale) -> None:
    """Fill the area under the (one) line of the stack."""
    if not area.width or not area.height:
        return
    dots = 4 * area.height
    high, low = scale.dots(stack.high[0], dots), scale.dots(stack.low[0], dots)
    floor = np.full_like(high, dots - 1)
    high, low, floor = high[None, :], low[None, :], floor[None, :]
    solid = raster.cells(*raster.runs(np.where(np.isnan(high), np.nan, low), floor), area.height)
    peaks = raster.cells(*raster.runs(high, low), area.height)
    edge = raster.cells(*raster.runs(high, high), area.height)
    bits = (solid | (peaks & _HALF) | edge)[0].T
    some = bits > 0
    rows, columns = slice(area.top, area.top + area.height), slice(area.left, area.left + area.width)
    inks = np.array([gradient_ink((area.height - row - 0.5) / area.height) for row in range(area.height)], np.uint8)
    np.copyto(canvas.glyphs[rows, columns], bits.astype(np.uint32) + raster.BRAILLE, where=some)
    np.copyto(canvas.inks[rows, columns], np.broadcast_to(inks[:, None], bits.shape), where=some)
