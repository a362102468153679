"""Whether a row reaches what its target says: pure, from the target's text.

A target is read when it begins with ``<``, ``≤``, ``>``, ``≥`` or ``≈`` and a number, or is a bare 0. ``"≤ 2.5×"`` is
about the ratio, everything else about the figure, whose unit may have another prefix (``"< 1 s"`` of a figure in ms).
Other targets are for people to judge.
"""

from __future__ import annotations

import operator
import re
from collections.abc import Callable, Mapping

from benchmarks.row import Row

ROUGHLY = 1.25
"""How far above its target a figure may be that is to be about as large."""
_TARGET = re.compile(r"(?P<sign>[<≤>≥≈])\s*(?P<bound>\d[\d,]*\.?\d*)\s*(?P<unit>[^\s:;,]*)|(?P<none>0)(\s|$)")
_SIGNS: Mapping[str, Callable[[float, float], bool]] = {
    "<": operator.lt,
    "≤": operator.le,
    ">": operator.gt,
    "≥": operator.ge,
    "≈": lambda figure, bound: figure <= bound * ROUGHLY,
}
_BYTES = {"B": 1.0, "kB": 1e3, "MB": 1e6, "GB": 1e9}
_PREFIXED = {
    **{unit: (scale, "s") for unit, scale in {"s": 1.0, "ms": 1e-3, "µs": 1e-6}.items()},
    **{unit: (scale, "B") for unit, scale in _BYTES.items()},
    **{f"{unit}/s": (scale, "B/s") for unit, scale in _BYTES.items()},
}


def met(row: Row) -> bool | None:
    """Whether the row's target is met; None where it has none that can be read, or nothing was measured."""
    found = _TARGET.match(row.target.strip())
    if found is None or row.ours is None:
        return None
    if found["none"]:
        return row.ours == 0
    bound = float(found["bound"].replace(",", ""))
    figure = row.ratio if found["unit"] == "×" else in_unit(row.ours, row.ours_unit, found["unit"])
    return None if figure is None else _SIGNS[found["sign"]](figure, bound)


def in_unit(value: float, unit: str, wanted: str) -> float | None:
    """``value`` in the unit that is wanted; None where one cannot be had from the other."""
    first = unit.split(" ", maxsplit=1)[0]
    if first == wanted:
        return value
    (scale, kind), (other, same) = _PREFIXED.get(first, (0.0, first)), _PREFIXED.get(wanted, (0.0, ""))
    return value * scale / other if kind == same else None
