"""A percentage over time as a filled area whose colour rises with its height; the scale is always 0 to 100.

The area is solid up to the lowest value of each column and dotted from there to the highest: a dip and a peak are both
seen, however many samples a column stands for.
"""

from __future__ import annotations

import numpy as np

from tui.charts import raster
from tui.charts.curves import Runs
from tui.charts.frame import Area, Canvas, gradient_ink

_HALF = np.uint8(0x01 | 0x04 | 0x10 | 0x80)
"""Every second dot of a cell, as on a chess board."""


def draw(canvas: Canvas, area: Area, runs: Runs) -> None:
    """Fill the area under the (one) line."""
    if not area.width or not area.height:
        return
    high, low = runs.band
    floor = np.where(high <= low, np.int16(4 * area.height - 1), np.int16(raster.EMPTY_BOTTOM))
    solid = raster.cells(low, floor, area.height)
    peaks = raster.cells(high, low, area.height)
    edge = raster.cells(high, np.where(high <= low, high, np.int16(raster.EMPTY_BOTTOM)), area.height)
    bits = (solid | (peaks & _HALF) | edge)[0].T
    some = bits > 0
    rows, columns = slice(area.top, area.top + area.height), slice(area.left, area.left + area.width)
    inks = np.array([gradient_ink((area.height - row - 0.5) / area.height) for row in range(area.height)], np.uint8)
    np.copyto(canvas.glyphs[rows, columns], bits.astype(np.uint32) + raster.BRAILLE, where=some)
    np.copyto(canvas.inks[rows, columns], np.broadcast_to(inks[:, None], bits.shape), where=some)
