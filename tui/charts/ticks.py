"""Where the ticks of an axis go: multiples of 1, 2, 2.5 and 5, decades on logarithmic axes, round times on clocks.

Each function returns ascending values inside the range. Nothing here knows cells: the caller says how many ticks fit.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from datetime import datetime, tzinfo

_NICE = (1.0, 2.0, 2.5, 5.0, 10.0)
_SECONDS = (1, 2, 5, 10, 15, 30, 60, 120, 300, 600, 900, 1800, 3600, 7200, 10800, 21600, 43200, 86400)
_DAY = 86400.0
_FEW_DECADES, _MANY_DECADES = 1.0, 2.5
_EPOCHS = (-62135596800 + 172800, 253402300799 - 172800)


def nice_step(span: float, count: int) -> float:
    """The smallest of 1, 2, 2.5, 5 times a power of ten that cuts ``span`` into at most ``count`` parts."""
    raw = span / max(1, count)
    if not (math.isfinite(raw) and raw > 0):
        return 0.0
    exponent = math.floor(math.log10(raw))
    power = 10.0**exponent
    if power == 0:
        return raw
    return next((m * power for m in _NICE if m * power >= raw * 0.9999), 10 * power)


def linear(low: float, high: float, count: int) -> tuple[list[float], float]:
    """Round values between ``low`` and ``high``, at most ``count`` + 1 of them, and the step between them."""
    step = nice_step(high - low, count)
    return (_multiples(low, high, step), step) if step > 0 else ([low], 0.0)


def logarithmic(low: float, high: float, count: int) -> list[float]:
    """About ``count`` values between two positive ones: powers of ten; 1, 2, 5 or 1, 3 as well where few decades fit.

    Where that leaves fewer than two, the values are those of a linear axis.
    """
    decades = math.log10(high) - math.log10(low)
    if decades < _FEW_DECADES and len(values := linear(low, high, count)[0]) > 1:
        return values
    if decades < _MANY_DECADES:
        for digits in ((1, 2, 5), (1, 3)):
            values = _decades(low, high, digits)
            if 2 <= len(values) <= count + 1:
                return values
    powers = _decades(low, high, (1,))
    for stride in range(-(-len(powers) // max(1, count)), 0, -1):
        kept = [power for power in powers if round(math.log10(power)) % stride == 0]
        if len(kept) > 1:
            return kept
    return powers or linear(low, high, count)[0]


def _decades(low: float, high: float, digits: Sequence[int]) -> list[float]:
    """The values between ``low`` and ``high`` that are one of ``digits`` times a power of ten."""
    exponents = range(math.floor(math.log10(low)), math.ceil(math.log10(high)) + 1)
    values = [digit * 10.0**exponent for exponent in exponents for digit in digits]
    return [value for value in values if low * (1 - 1e-9) <= value <= high * (1 + 1e-9)]


def span_of_time(low: float, high: float, count: int) -> tuple[list[float], float]:
    """Round spans in seconds, minutes, hours or days between two numbers of seconds, and the step."""
    step = _time_step((high - low) / max(1, count))
    return (_multiples(low, high, step), step) if step > 0 else ([low], 0.0)


def time_of_day(low: float, high: float, count: int, zone: tzinfo | None) -> tuple[list[float], float]:
    """Round times of day in ``zone`` (None: local) between two epoch times, and the step in seconds."""
    offset = _offset((low + high) / 2, zone)
    times, step = span_of_time(low + offset, high + offset, count)
    return [time - offset for time in times], step


def _offset(time: float, zone: tzinfo | None) -> float:
    if not _EPOCHS[0] < time < _EPOCHS[1]:
        return 0.0
    moment = datetime.fromtimestamp(time, zone) if zone else datetime.fromtimestamp(time).astimezone()
    offset = moment.utcoffset()
    return offset.total_seconds() if offset is not None else 0.0


def _time_step(raw: float) -> float:
    if raw < 1:
        return nice_step(raw, 1)
    if raw > _DAY:
        return nice_step(raw / _DAY, 1) * _DAY
    return float(next(seconds for seconds in _SECONDS if seconds >= raw * 0.9999))


def _multiples(low: float, high: float, step: float) -> list[float]:
    first, last = low / step, high / step
    if not (math.isfinite(first) and math.isfinite(last)) or max(abs(first), abs(last)) > 1e15:
        return [low]
    return [k * step for k in range(math.ceil(first - 1e-9), math.floor(last + 1e-9) + 1)]
