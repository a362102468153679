"""What the cells of each kind of column say. Pure: the same value always gives the same text."""

from __future__ import annotations

import json
import math
from collections.abc import Iterable

import numpy as np

from tui.charts.sparkline import sparkline
from tui.show import units
from tui.show.values import BRIEF, digits_apart, read_scalar, show
from tui.table.rows import F64, Value

TREND_CELLS = 8
"""Cells of a sparkline."""
_TREND_LOOK = 32
SEPARATOR = ", "


def text(value: Value) -> str:
    """A word or several; an en dash where there is none."""
    if isinstance(value, tuple):
        return SEPARATOR.join(value) or units.ABSENT
    return units.ABSENT if value is None or value == "" else str(value)


def number(value: Value) -> str:
    """A metric: a number in 4 significant digits, or what else was set by hand."""
    if isinstance(value, bool | str | tuple):
        return text(value) if isinstance(value, tuple) else show(value)
    return units.value(_float(value))


def setting(value: Value, digits: int | None = BRIEF) -> str:
    """A config value; its floats in at most so many digits, or with all they have for None."""
    if isinstance(value, tuple):
        return f"[{', '.join(_item(item, digits) for item in value)}]"
    return units.ABSENT if value is None else show(value, digits)


def _item(text: str, digits: int | None) -> str:
    """One of several values, which stand in rows as ``show`` writes them; a comma in one is no comma between two."""
    value = read_scalar(text)
    if isinstance(value, float):
        return show(value, digits)
    return json.dumps(text, ensure_ascii=False) if "," in text and text[0] not in '[{"' else text


def digits_of(values: Iterable[Value]) -> int:
    """The fewest digits in which ``setting`` tells these values apart."""
    different = {setting(value, None): value for value in values}.values()
    return digits_apart([list(map(read_scalar, value)) if isinstance(value, tuple) else value for value in different])


def count(value: Value) -> str:
    """A whole number, short."""
    return units.count(_float(value))


def rate(value: Value) -> str:
    """Three significant digits, always: a rate changes all the time, and its text must not change its length."""
    pace = _float(value)
    if pace is None or not 0 < abs(pace) < 999.5:
        return units.count(pace)
    rounded = float(f"{pace:.3g}")
    return f"{rounded:.{max(0, 2 - math.floor(math.log10(abs(rounded))))}f}"


def amount(value: Value) -> str:
    """An amount that adds up, such as hours."""
    return units.amount(_float(value))


def span(value: Value) -> str:
    """How long something takes or took."""
    return units.duration(_float(value))


def ago(value: Value) -> str:
    """How long ago something was."""
    return units.age(_float(value))


def spark(value: Value) -> str:
    """A curve, as a sparkline."""
    return sparkline(_ends(value), TREND_CELLS)[0] if isinstance(value, np.ndarray) and value.size else ""


def _ends(values: F64) -> F64:
    """The last few values of each sample's share: all that its dot can depend on, however long the curve is."""
    shares = 2 * TREND_CELLS
    if values.size <= shares * _TREND_LOOK:
        return values
    stops = np.arange(1, shares + 1) * values.size // shares
    ends: F64 = values[(stops[:, None] - np.arange(_TREND_LOOK, 0, -1)).ravel()]
    return ends


def _float(value: Value) -> float | None:
    return float(value) if isinstance(value, int | float) else None
