"""A curve in a table cell: braille, two samples a cell, filled down to the floor. Pure."""

from __future__ import annotations

import numpy as np

from tui.table.rows import F64

_LEFT = (0x00, 0x40, 0x44, 0x46, 0x47)
_RIGHT = (0x00, 0x80, 0xA0, 0xB0, 0xB8)


def sparkline(values: F64, cells: int) -> str:
    """The finite ``values`` from first to last in exactly ``cells`` cells."""
    finite = values[np.isfinite(values)]
    if not finite.size or cells <= 0:
        return " " * max(0, cells)
    places = np.linspace(0, finite.size - 1, 2 * cells).round().astype(np.intp)
    samples = finite[places]
    low, high = float(samples.min()), float(samples.max())
    scale = 3.0 / (high - low) if high > low else 0.0
    heights = 1 + np.rint((samples - low) * scale).astype(np.intp)
    pairs = heights.reshape(-1, 2).tolist()
    return "".join(chr(0x2800 + _LEFT[left] + _RIGHT[right]) for left, right in pairs)
