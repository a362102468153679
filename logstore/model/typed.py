"""What a JSON value is, when it is of the type that is wanted; None when it is not. Nothing raises."""

from __future__ import annotations

import math


def text(value: object) -> str | None:
    """``value`` when it is a string, else None; a number is taken as its digits (ids and names like 7)."""
    if type(value) is str:
        return value
    return str(value) if isinstance(value, (int, float)) and not isinstance(value, bool) else None


def number(value: object) -> float | None:
    """``value`` as a finite float, else None."""
    if type(value) is float:
        return value if math.isfinite(value) else None
    if type(value) is not int:
        return None
    try:
        return float(value)
    except OverflowError:
        return None


def whole(value: object) -> int | None:
    """``value`` when it is a whole number, else None."""
    if type(value) is int:
        return value
    plain = number(value)
    return int(plain) if plain is not None and plain.is_integer() else None


def truth(value: object) -> bool | None:
    """``value`` when it is a boolean, else None."""
    return value if isinstance(value, bool) else None


def texts(value: object) -> tuple[str, ...] | None:
    """The strings in a list; None when it is no list. One string stands for a list of one."""
    if isinstance(value, str):
        return (value,)
    if not isinstance(value, list):
        return None
    return tuple([each for each in map(text, value) if each is not None])
