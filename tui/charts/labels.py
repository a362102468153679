"""Ticks as text: ``0.25``, ``3e-4``, ``15k``, ``1.2M``, ``1h05m``, ``14:02``.

The labels of one axis share their unit and their number of decimals, so that they can be read as a ruler.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from datetime import datetime, tzinfo

from tui.show import units

_UNITS = ((1e12, "T"), (1e9, "B"), (1e6, "M"), (1e3, "k"))
_PLAIN_BELOW = 1e4
_EXPONENT_BELOW = 1e-3
_MOST_DECIMALS, _FEW_DECIMALS = 7, 3
_LARGEST = 1e15
_GROUPED_FROM = 1e5


def numbers(values: Sequence[float], step: float) -> list[str]:
    """The labels of a linear axis whose ticks are ``step`` apart."""
    largest = max((abs(value) for value in values), default=0.0)
    if step <= 0 or not math.isfinite(largest):
        return [single(value) for value in values]
    if largest >= _LARGEST or largest < _EXPONENT_BELOW:
        return [_exponent(value, step) for value in values]
    unit, letter = next((row for row in _UNITS if largest >= max(row[0], _PLAIN_BELOW)), (1.0, ""))
    even = _even(values, step, (unit, letter))
    if letter and _decimals(step / unit) > _FEW_DECIMALS:  # 500000001 says the same as 500.000001M
        return min(_even(values, step, (1.0, "")), even, key=lambda texts: max(map(len, texts)))
    return even


def _even(values: Sequence[float], step: float, unit: tuple[float, str]) -> list[str]:
    """The labels in one unit with the same number of decimals; as powers of ten where these would be too many."""
    size, letter = unit
    decimals = _decimals(step / size)
    if decimals > _MOST_DECIMALS:
        return [_exponent(value, step) for value in values]
    return [_plain(value / size, decimals, letter) for value in values]


def single(value: float) -> str:
    """One number in as few digits as say it: a decade of a logarithmic axis, a step."""
    if not math.isfinite(value):
        return units.nonfinite(value)
    size = abs(value)
    if size == 0:
        return "0"
    if size < _EXPONENT_BELOW or size >= _LARGEST:
        return _shorten(f"{value:.2e}")
    unit, letter = next((row for row in _UNITS if size >= max(row[0], _PLAIN_BELOW)), (1.0, ""))
    return f"{value / unit:.4g}{letter}"


def exact(value: float) -> str:
    """The x under the cursor: whole numbers in full, large ones in groups of three digits; others in six digits."""
    if abs(value) < _LARGEST and abs(value - round(value)) < 1e-6 * max(1.0, abs(value)):
        return f"{round(value):,}" if abs(value) >= _GROUPED_FROM else str(round(value))
    return f"{value:.6g}"


def span(seconds: float, step: float = 0.0) -> str:
    """A span of time in its two largest units: ``250ms``, ``45s``, ``2m30s``, ``1h05m``, ``3d04h``."""
    if not math.isfinite(seconds) or abs(seconds) >= _LARGEST:
        return single(seconds)
    sign, size = ("-" if seconds < 0 else ""), abs(seconds)
    if size < 60 and (0 < step < 1 or size != round(size)):
        return f"{sign}{size * 1000:.4g}ms" if 0 < size < 1 else f"{sign}{size:.4g}s"
    return sign + _two_units(round(size))


def _two_units(seconds: int) -> str:
    if seconds < 60:
        return f"{seconds}s" if seconds else "0"
    for unit, below, big, small in ((3600, 60, "m", "s"), (86400, 3600, "h", "m")):
        if seconds < unit:
            rest = seconds % below * 60 // below
            return f"{seconds // below}{big}{rest:02d}{small}" if rest else f"{seconds // below}{big}"
    days, hours = seconds // 86400, seconds % 86400 // 3600
    return f"{days}d{hours:02d}h" if hours else f"{days}d"


def clock(time: float, step: float, zone: tzinfo | None) -> str:
    """A time of day: ``14:02``, with seconds below a minute's step, as ``12 Mar`` at midnight and for days."""
    try:
        moment = datetime.fromtimestamp(time, zone)
    except (OverflowError, OSError, ValueError):
        return single(time)
    midnight = moment.hour == moment.minute == moment.second == 0
    if step >= 86400 or (midnight and step >= 60):
        return f"{moment.day} {moment:%b}"
    return f"{moment:%H:%M:%S}" if step < 60 else f"{moment:%H:%M}"


def _plain(value: float, decimals: int, letter: str) -> str:
    text = f"{value:.{decimals}f}"
    return "0" if float(text) == 0 else text + letter


def _decimals(step: float) -> int:
    """How many decimals tell multiples of ``step`` apart."""
    for decimals in range(_MOST_DECIMALS + 1):
        scaled = step * 10**decimals
        if scaled > 0.5 and abs(scaled - round(scaled)) < 1e-6 * max(1.0, scaled):
            return decimals
    return _MOST_DECIMALS + 1


def _exponent(value: float, step: float) -> str:
    if value == 0:
        return "0"
    power = math.floor(math.log10(abs(value)) + 1e-9)
    digits = _decimals(10 ** (math.log10(step) - power)) if step > 0 else 2
    return _shorten(f"{value:.{digits}e}")


def _shorten(text: str) -> str:
    mantissa, _, exponent = text.partition("e")
    if "." in mantissa:
        mantissa = mantissa.rstrip("0").rstrip(".")
    return f"{mantissa}e{int(exponent)}"
