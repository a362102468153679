"""A curve in a table cell: braille, two samples to a cell and four heights to a row of cells."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from tui.charts import raster

F64 = NDArray[np.float64]

LOST = "✖"


def sparkline(
    values: F64, cells: int, rows: int = 1, *, low: float | None = None, high: float | None = None, fill: bool = True
) -> tuple[str, ...]:
    """The values, oldest first, as rows of exactly ``cells`` characters, top row first.

    Each half cell stands for an equal share of the values and shows the last finite one of them. A cell whose newest
    half has values but no finite one is ``✖``; a cell without values is blank.

    Args:
        values: What to draw; any length, also none.
        cells: Width.
        rows: Height in cells.
        low: The value at the bottom; by default the lowest that is drawn.
        high: The value at the top; by default the highest that is drawn.
        fill: Fill the area below, or draw the line alone.
    """
    if cells <= 0 or rows <= 0:
        return ("",) * max(0, rows)
    samples, lost = _samples(np.asarray(values, np.float64), 2 * cells)
    dots = 4 * rows
    top = _dots(samples, dots, low, high)
    bottom = np.where(np.isnan(top), np.nan, dots - 1.0) if fill else top
    runs = raster.runs(top[None, :], bottom[None, :])
    bits = raster.cells(*(runs if fill else raster.joined(*runs)), rows)[0].T
    glyphs = np.where(bits > 0, bits.astype(np.uint32) + raster.BRAILLE, 0x20).astype("<u4")
    glyphs[-1, (lost[0::2] | lost[1::2]) & (bits == 0).all(axis=0)] = ord(LOST)
    glyphs[-1, lost[1::2]] = ord(LOST)
    return tuple(row.tobytes().decode("utf-32-le") for row in glyphs)


def _samples(values: F64, count: int) -> tuple[F64, NDArray[np.bool_]]:
    """The last finite value of each share of the values, and where a share has values but no finite one."""
    if len(values) <= count:
        samples = np.full(count, np.nan)
        samples[: len(values)] = np.where(np.isfinite(values), values, np.nan)
        return samples, np.isnan(samples) & (np.arange(count) < len(values))
    stops = np.arange(1, count + 1) * len(values) // count
    finite = np.isfinite(values)
    newest = np.maximum.accumulate(np.where(finite, np.arange(len(values)), -1))[stops - 1]
    known = newest >= np.concatenate(([0], stops[:-1]))
    return np.where(known, values[newest], np.nan), ~known


def _dots(samples: F64, dots: int, low: float | None, high: float | None) -> F64:
    """The dot row of each sample; a constant curve lies in the middle of its range."""
    known = samples[~np.isnan(samples)]
    if not len(known):
        return samples
    low = float(known.min()) if low is None else low
    high = float(known.max()) if high is None else high
    with np.errstate(all="ignore"):
        share = (
            (samples / 2 - low / 2) / (high / 2 - low / 2) if high > low else np.where(np.isnan(samples), np.nan, 0.5)
        )
        rows: F64 = np.rint((1.0 - np.clip(share, 0.0, 1.0)) * (dots - 1))
    return rows
