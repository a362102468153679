"""What a config value looks like and when two of them are the same. Pure functions over values as JSON holds them.

``show`` writes a value as short JSON-like text: exact, so that no two different values share a text, and with
quotes only where a bare string could be read as something else; or with its floats in as many digits as are asked for.
How many that have to be where values stand beside each other is said by ``digits_apart``.
``exact`` and ``loose`` are hashable identities: ``exact`` tells ``1``, ``1.0``, ``"1"`` and ``true`` apart, ``loose``
takes them for the same value of another type.
No function here recurses, so a value may be nested as deeply as a parser allowed.
"""

from __future__ import annotations

import json
import math
import re
from collections.abc import Hashable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from tui.show.units import ABSENT

_NUMBER = re.compile(r"[+-]?(\d+\.?\d*|\.\d+)(e[+-]?\d+)?", re.IGNORECASE | re.ASCII)
_WORDS: Final[Mapping[str, bool | float | None]] = {
    "true": True,
    "false": False,
    "null": None,
    "none": None,
    "nan": math.nan,
    "inf": math.inf,
    "+inf": math.inf,
    "-inf": -math.inf,
    "infinity": math.inf,
    "-infinity": -math.inf,
}
_LONGEST_NUMBER = 40
BRIEF, MOST = 6, 17
"""Significant digits of a float: as many as a person means, and all that it can have."""
_SURE = 15
"""A decimal number of so many digits is that of the float it is read as."""
_PLAIN = 1e-3
"""Below this a number is written with an exponent."""
_WHOLE = 1e15
"""Below this a whole number is written in full."""
_NOISE = 1e-12
"""A share of a number that arithmetic adds to it and nobody means."""
_SCALARS: Final = frozenset({bool, int, float, str, type(None)})
_TYPES: Final[Mapping[type, str]] = {
    bool: "bool",
    int: "int",
    float: "float",
    str: "text",
    type(None): "null",
    list: "list",
    tuple: "list",
    dict: "dict",
}


@dataclass(frozen=True, slots=True)
class _Mark:
    """Punctuation between the leaves of a nested value."""

    text: str


def show(value: object, digits: int | None = None) -> str:
    """``value`` as JSON-like text; a bare string unless it could be mistaken for something else.

    Args:
        value: what JSON can hold.
        digits: the most significant digits of a float; all it has for None. A float that is no whole number is never
            written as one, unless only the error of its last bits keeps it from being that.
    """
    if type(value) is float:
        return _float_text(value) if digits is None else _short_text(value, digits)
    if isinstance(value, str):
        return _quoted(value) if _ambiguous(value) else value
    if type(value) in _SCALARS:
        return _part(value, digits)
    return "".join(_part(part, digits) for part in _walk(value))


def digits_apart(values: Iterable[object]) -> int:
    """The fewest digits, ``BRIEF`` at least, that ``show`` needs so that no two different values look the same.

    A float does not look like a value of another type either, unless it is that: ``0.9999999999999999`` is no ``1.0``
    beside a ``1``.
    """
    different = list({exact(value): value for value in values}.values())
    return next((digits for digits in range(BRIEF, MOST) if _tell_apart(different, digits)), MOST)


def _tell_apart(values: Sequence[object], digits: int) -> bool:
    texts = [show(value, digits) for value in values]
    looks = {_look(value, text) for value, text in zip(values, texts, strict=True)}
    return len(set(texts)) == len(values) and len(looks) == len({_look(value) for value in values})


def _look(value: object, text: str = "") -> Hashable:
    """What a scalar is taken for, whatever its type; a float with a ``text`` of fewer digits, for what that says."""
    if type(value) not in _SCALARS:
        return text or show(value)
    return loose(text) if text and isinstance(value, float) else loose(value)


def pretty(value: object) -> str:
    """``value`` in full, as a person reads and copies it: a string as it is, all else as indented JSON."""
    if isinstance(value, str):
        return value
    if not isinstance(value, Mapping | list | tuple):
        return show(value)
    try:
        return json.dumps(value, indent=2, ensure_ascii=False, default=str)
    except (RecursionError, TypeError, ValueError):
        return show(value)


def exact(value: object) -> Hashable:
    """An identity that is equal for equal values of equal types, at every depth; any NaN equals any other."""
    if type(value) in _SCALARS:
        return (float, "nan") if value != value else (type(value), value)  # noqa: PLR0124  (only NaN differs from itself)
    return tuple((type_word(part), _part(part)) for part in _walk(value))


def loose(value: object) -> Hashable:
    """An identity that is equal also where only a type differs: ``1``, ``1.0``, ``"1"`` and ``true`` share it."""
    return tuple(_loose(part) for part in _walk(value))


def type_word(value: object) -> str:
    """The type of ``value`` in one word: ``int``, ``float``, ``text``, ``bool``, ``null``, ``list`` or ``dict``."""
    return _TYPES.get(type(value), type(value).__name__)


def read_scalar(text: str) -> object:
    """The number, boolean or null that ``text`` spells, else ``text`` itself.

    This is why ``"1e-3"`` (which YAML reads as a string) and ``0.001`` differ by their type only.
    """
    if text.lower() in _WORDS:
        return _WORDS[text.lower()]
    if len(text) > _LONGEST_NUMBER or _NUMBER.fullmatch(text) is None:
        return text
    return int(text) if text.lstrip("+-").isdecimal() else float(text)


def _walk(value: object) -> Iterator[object]:
    """The leaves of ``value`` in order, with the marks between them; the keys of a mapping are sorted."""
    stack: list[object] = [value]
    while stack:
        item = stack.pop()
        if isinstance(item, Mapping):
            stack.extend(reversed(_mapping_parts(item)))
        elif isinstance(item, list | tuple):
            stack.extend(reversed(_list_parts(item)))
        else:
            yield item


def _mapping_parts(mapping: Mapping[object, object]) -> list[object]:
    parts: list[object] = [_Mark("{")]
    for position, key in enumerate(sorted(mapping, key=str)):
        separator = ", " if position else ""
        parts += [_Mark(f"{separator}{_quoted(key) if isinstance(key, str) else key}: "), mapping[key]]
    return [*parts, _Mark("}")]


def _list_parts(items: list[object] | tuple[object, ...]) -> list[object]:
    parts: list[object] = [_Mark("[")]
    for position, item in enumerate(items):
        parts += [_Mark(", "), item] if position else [item]
    return [*parts, _Mark("]")]


def _part(part: object, digits: int | None = None) -> str:
    match part:
        case _Mark(text):
            return text
        case None:
            return "null"
        case bool():
            return "true" if part else "false"
        case float():
            return _float_text(part) if digits is None else _short_text(part, digits)
        case str():
            return _quoted(part)
        case _:
            return str(part)


def _float_text(number: float) -> str:
    """The shortest text that reads back as ``number`` and as a float: ``3e-4``, ``0.01``, ``1.0``, ``1e22``."""
    if not math.isfinite(number):
        return "nan" if math.isnan(number) else "inf" if number > 0 else "-inf"
    text = repr(number + 0.0)
    if 0 < abs(number) < _PLAIN and "e" not in text:
        digits = text.replace("-", "").replace(".", "").strip("0")
        text = f"{number:.{max(0, len(digits) - 1)}e}"
    mantissa, e, exponent = text.partition("e")
    return f"{mantissa}e{int(exponent)}" if e else text


def _short_text(number: float, digits: int) -> str:
    """``number`` in so many digits; what most numbers need no more than one conversion for."""
    text = f"{number:.{digits}g}"
    if digits <= _SURE and "." in text and "e" not in text and abs(number) >= _PLAIN:
        return text
    return _float_text(_rounded(number, digits))


def _rounded(number: float, digits: int) -> float:
    """``number`` in so many significant digits, or in as many more as it takes not to make a whole number of it."""
    if not math.isfinite(number) or (number.is_integer() and abs(number) < _WHOLE):
        return number
    for most in range(digits, MOST):
        short = float(f"{number:.{most}g}")
        if not short.is_integer() or abs(number) >= _WHOLE or abs(short - number) <= _NOISE * abs(number):
            return short
    return number


def _loose(part: object) -> Hashable:
    value = read_scalar(part) if isinstance(part, str) else part
    if isinstance(value, float) and math.isnan(value):
        return ("nan",)
    if isinstance(value, int | float):
        return value
    if isinstance(value, str | _Mark) or value is None:
        return (type(value).__name__, value)
    return ("other", type(value).__name__, str(value))


def _ambiguous(text: str) -> bool:
    """Whether bare ``text`` could be read as another type, as a missing value, or has an edge that does not show."""
    return text != text.strip() or not text or text[0] in '[{"' + ABSENT or not isinstance(read_scalar(text), str)


def _quoted(text: str) -> str:
    return json.dumps(text, ensure_ascii=False)
