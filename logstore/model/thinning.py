"""Fewer points for a long curve: of each four that follow one another two stay, so that no spike and no NaN is lost.

The two are the smallest and the largest of the four, in the order in which the curve runs; they stand at the steps of
the first and the last. Where one of the four is NaN, NaN stays and with it the value furthest from zero. This is the
min/max decimation of M4 (Jugel et al., VLDB 2014) without its first and last values.
"""

from __future__ import annotations

import numpy as np

from logstore.model.delta import F64

GROUP = 4


def halved(values: F64) -> F64:
    """Two values for each ``GROUP`` of ``values``, whose number is a multiple of that."""
    a, b, c, d = values.reshape(-1, GROUP).T
    low = np.fmin(np.fmin(a, b), np.fmin(c, d))
    high = np.fmax(np.fmax(a, b), np.fmax(c, d))
    falls = a > d
    kept = np.empty(len(values) // 2)
    kept[0::2] = np.where(falls, high, low)
    kept[1::2] = np.where(falls, low, high)
    odd = np.isnan(values)
    if odd.any():
        groups = odd.reshape(-1, GROUP).any(axis=1)
        kept[0::2][groups] = np.nan
        kept[1::2][groups] = np.where(-low > high, low, high)[groups]
    return kept


def halved_places(places: F64) -> F64:
    """Where the values that ``halved`` keeps stand: the first and the last place of each ``GROUP``."""
    kept = np.empty(len(places) // 2)
    kept[0::2] = places[0::GROUP]
    kept[1::2] = places[GROUP - 1 :: GROUP]
    return kept
