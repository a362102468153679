"""Numbers as short text. Pure functions: the same value always gives the same text, of a steady width.

A missing value is ``ABSENT`` (an en dash), never 0. Non-finite values are written ``nan``, ``inf`` and ``-inf``.
"""

from __future__ import annotations

import math

ABSENT = "–"

DIGITS = 4
"""Significant digits of a metric's value, as many as tell a run's progress."""

_SI = ((1e12, "T"), (1e9, "B"), (1e6, "M"), (1e3, "k"))
_BINARY = ("B", "KiB", "MiB", "GiB", "TiB", "PiB")


def value(number: float | None, digits: int = DIGITS) -> str:
    """A metric's value: ``2.050``, ``3.00e-5``, ``182k``, ``nan``.

    Args:
        number: the value, or None where there is none.
        digits: its significant digits; with an exponent there is one less. In more than ``DIGITS`` a large number is
            written out, without the letter that stands for its zeros.
    """
    if number is None:
        return ABSENT
    if not math.isfinite(number):
        return nonfinite(number)
    size = abs(number)
    if size == 0:
        return "0"
    if size < 1e-3 or size >= 9.995e14:
        return _exponent(f"{number:.{digits - 2}e}")
    if size < 9999.5 or digits > DIGITS:
        return f"{number:.{max(0, digits - 1 - _magnitude(size))}f}"
    return count(number)


def nonfinite(number: float) -> str:
    """``nan``, ``inf`` or ``-inf``."""
    return "nan" if math.isnan(number) else "inf" if number > 0 else "-inf"


def count(number: float | None) -> str:
    """A count or a rate in 3 or 4 digits with k, M, B or T: ``14``, ``20.1k``, ``1.25M``."""
    if number is None:
        return ABSENT
    if not math.isfinite(number):
        return nonfinite(number)
    size = abs(number)
    if size < 999.5:
        return f"{number:.0f}" if number == round(number) or size >= 100 else f"{number:.3g}"
    unit, letter = next((row for row in _SI if size >= row[0] * 0.9995), _SI[-1])
    scaled = number / unit
    return f"{scaled:.{max(0, 2 - _magnitude(abs(scaled)))}f}{letter}"


def amount(number: float | None) -> str:
    """An amount that adds up, such as hours or money, with two decimals while it is small: ``0.42``, ``128.5``."""
    if number is None or not math.isfinite(number):
        return ABSENT
    if abs(number) < 99.995:
        return f"{number:.2f}"
    return f"{number:.1f}" if abs(number) < 9999.95 else count(number)


def size(number: float | None) -> str:
    """Bytes in binary units: ``71.2 GiB``, ``512 B``."""
    if number is None or not math.isfinite(number):
        return ABSENT
    amount, unit = float(number), 0
    while abs(amount) >= 999.5 and unit < len(_BINARY) - 1:
        amount /= 1024
        unit += 1
    digits = 0 if unit == 0 or abs(amount) >= 99.95 else 1
    return f"{amount:.{digits}f} {_BINARY[unit]}"


def percent(number: float | None) -> str:
    """A percentage without decimals: ``97 %``."""
    return ABSENT if number is None or not math.isfinite(number) else f"{number:.0f} %"


def duration(seconds: float | None) -> str:
    """A span of time in its two largest units: ``7.2s``, ``41s``, ``7m12s``, ``1h05m``, ``3d04h``."""
    if seconds is None or not math.isfinite(seconds):
        return ABSENT
    if seconds < 0:
        return "-" + duration(-seconds)
    if seconds < 9.95:
        return f"{seconds:.1f}s"
    whole = round(seconds)
    if whole < 60:
        return f"{whole}s"
    for unit, below, big, small in ((3600, 60, "m", "s"), (86400, 3600, "h", "m")):
        if whole < unit:
            return f"{whole // below}{big}{whole % below * 60 // below:02d}{small}"
    return f"{whole // 86400}d{whole % 86400 // 3600:02d}h"


def age(seconds: float | None) -> str:
    """How long ago something was, in one unit: ``41s``, ``12m``, ``5h``, ``3d``. It changes as seldom as it matters."""
    if seconds is None or not math.isfinite(seconds):
        return ABSENT
    size = abs(seconds)
    for unit, most, letter in ((1, 60, "s"), (60, 60, "m"), (3600, 48, "h")):
        if size < unit * most:
            return f"{int(seconds / unit)}{letter}"
    return f"{int(seconds / 86400)}d"


def _magnitude(number: float) -> int:
    return math.floor(math.log10(number)) if number else 0


def _exponent(text: str) -> str:
    mantissa, _, exponent = text.partition("e")
    return f"{mantissa}e{int(exponent)}"
