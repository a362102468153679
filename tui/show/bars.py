"""Small bars and histories in one row of text. Pure."""

from __future__ import annotations

import math
from typing import TypeAlias

import numpy as np
import numpy.typing as npt

F64: TypeAlias = npt.NDArray[np.float64]

_BLOCKS = "▁▂▃▄▅▆▇"
_HEAT_STEPS = 5


def meter(share: float, cells: int) -> tuple[str, str]:
    """A thin bar of ``cells`` cells as its full and its empty part; ``share`` is from 0 to 1."""
    part = max(0.0, min(1.0, share))
    full = max(min(1, cells) if part > 0 else 0, round(part * cells))
    return "━" * full, "─" * (cells - full)


def block(share: float | None) -> str:
    """One cell filled from its floor: a value that is there shows at least its floor, an absent one is a blank.

    The highest block leaves an eighth of the cell free, so that rows of them below each other stay rows.
    """
    if share is None or not math.isfinite(share):
        return " "
    return _BLOCKS[max(0, min(6, round(share * 7) - 1))]


def heat(share: float) -> str:
    """The role for a share from 0 to 1: ``heat-1`` (cool) to ``heat-5`` (hot)."""
    return f"heat-{max(1, min(_HEAT_STEPS, 1 + int(share * _HEAT_STEPS)))}"


def buckets(times: F64, values: F64, cells: int, seconds: float) -> list[float | None]:
    """The means of the values in the last ``cells`` spans of ``seconds`` each, oldest first; None where there is none.

    Spans begin at whole multiples of ``seconds``, so that the row moves by whole cells and stands still in between.
    """
    if cells <= 0 or not len(times):
        return [None] * max(0, cells)
    spans = np.floor(times / seconds)
    place = spans - spans[-1] + cells - 1
    seen = np.isfinite(values) & (place >= 0)
    index = place[seen].astype(np.intp)
    counts = np.bincount(index, minlength=cells)
    sums = np.bincount(index, weights=values[seen], minlength=cells)
    return [float(total / count) if count else None for total, count in zip(sums, counts, strict=True)]
