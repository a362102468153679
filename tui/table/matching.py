"""What a filter's term means for one row: operands, and the tests between a field and them. Pure.

A value that is not there fails every test except ``!=``, ``!~`` and ``not in``. Several values (tags, a list in a
config) pass when one of them does, and pass a negated test when none does. Text is compared without regard to case.
"""

from __future__ import annotations

import math
import operator
import re
import warnings
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from fnmatch import translate
from typing import Final

import numpy as np

from tui.show.values import read_scalar, show
from tui.table.fields import Field
from tui.table.order import Predicate
from tui.table.rows import SHAPES, TableRow, Value

Test = Callable[[Value], bool]

_SEARCHED: Final = ("name", "meta:tags", "meta:group", "meta:project", "meta:id")
"""Where a bare word is looked for."""

_NUMBER = re.compile(r"([+-]?(?:\d+\.?\d*|\.\d+)(?:e[+-]?\d+)?)([kmbgt]?)", re.IGNORECASE | re.ASCII)
_SCALES: Final = {"": 1.0, "k": 1e3, "m": 1e6, "b": 1e9, "g": 1e9, "t": 1e12}
_SPAN = re.compile(r"(?:\d+(?:\.\d+)?(?:s|m|h|d|w))+", re.IGNORECASE | re.ASCII)
_SPAN_PART = re.compile(r"(\d+(?:\.\d+)?)([smhdw])", re.IGNORECASE | re.ASCII)
_SECONDS: Final = {"s": 1.0, "m": 60.0, "h": 3600.0, "d": 86400.0, "w": 604800.0}
_WORDS: Final = {"nan": math.nan, "inf": math.inf, "+inf": math.inf, "-inf": -math.inf}

ORDERINGS: Final[Mapping[str, Callable[[float, float], bool]]] = {
    "<": operator.lt,
    "<=": operator.le,
    ">": operator.gt,
    ">=": operator.ge,
}


@dataclass(frozen=True, slots=True)
class Operand:
    """A value as it was typed, and all it could mean."""

    text: str
    number: float | None
    """As a number, with k, M, B, G or T behind it or without."""
    seconds: float | None
    """As a span of time: ``90s``, ``5m``, ``1h30m``, ``3d``, ``2w``."""
    date: float | None
    """As a date or a time of day on it, local time, in seconds since the epoch."""


def operand(text: str) -> Operand:
    """What ``text`` could mean as a value."""
    return Operand(text, _number(text), _seconds(text), _date(text))


def ordered(subject: Field, sign: str, limit: Operand) -> Predicate | None:
    """Whether the field is below or above ``limit``; None when ``limit`` is nothing that can be."""
    compare = ORDERINGS[sign]
    moment = subject.moment
    if moment is not None and limit.date is not None and limit.number is None:
        return _numeric(Field((moment,)), compare, limit.date)
    bound = _bound(subject, limit)
    return None if bound is None else _numeric(subject, compare, bound)


def equal(subject: Field, wanted: Operand) -> Predicate:
    """Whether the field is ``wanted``: a number, a text (``*`` stands for any text in it), true or false."""
    bound = _bound(subject, wanted)
    pattern = re.compile(translate(wanted.text), re.IGNORECASE) if "*" in wanted.text else None
    folded = wanted.text.casefold()

    def test(value: Value) -> bool:
        number = _as_number(value)
        if bound is not None and number is not None:
            return number == bound or (math.isnan(number) and math.isnan(bound))
        text = _as_text(value)
        return pattern.match(text) is not None if pattern else text.casefold() == folded

    return _any_of(subject, test)


def contains(subject: Field, wanted: Operand) -> Predicate:
    """Whether the field's text contains ``wanted``."""
    folded = wanted.text.casefold()
    return _any_of(subject, lambda value: folded in _as_text(value).casefold())


def matches(subject: Field, pattern: re.Pattern[str]) -> Predicate:
    """Whether ``pattern`` is found in the field's text."""
    return _any_of(subject, lambda value: pattern.search(_as_text(value)) is not None)


def within(subject: Field, seconds: float) -> Predicate:
    """Whether the field, a span of time, is at most ``seconds``."""
    return _numeric(subject, operator.le, seconds)


def present(subject: Field) -> Predicate:
    """Whether the field has a value at all."""
    return lambda row: subject.value(row) is not None


def mine(row: TableRow) -> bool:
    """Whether the run is that of the person who asks."""
    return row.value("is:mine") is True


def word(text: str) -> Predicate:
    """Whether ``text`` is in the run's name, tags, group, project or id, or is its state; ``*`` stands for any text."""
    folded = text.casefold()
    is_state = folded in SHAPES
    pattern = re.compile(".*?".join(map(re.escape, folded.split("*")))) if "*" in folded else None

    def test(row: TableRow) -> bool:
        texts = "\n".join(_as_text(row.value(column)) for column in _SEARCHED).casefold()
        found = pattern.search(texts) is not None if pattern else folded in texts
        return found or (is_state and folded in _several(row.value("any:state")))

    return test


def regex(text: str) -> re.Pattern[str]:
    """``text`` as a regular expression without regard to case.

    Raises:
        ValueError: it is none; the message says why.
    """
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        try:
            return re.compile(text, re.IGNORECASE)
        except (re.error, OverflowError, RecursionError) as error:
            raise ValueError(str(error)) from error


def _any_of(subject: Field, test: Test) -> Predicate:
    value_of = subject.value

    def passes(row: TableRow) -> bool:
        value = value_of(row)
        if value is None:
            return False
        return any(map(test, value)) if isinstance(value, tuple) else test(value)

    return passes


def _numeric(subject: Field, compare: Callable[[float, float], bool], bound: float) -> Predicate:
    def test(value: Value) -> bool:
        number = _as_number(value)
        return number is not None and compare(number, bound)

    return _any_of(subject, test)


def _bound(subject: Field, limit: Operand) -> float | None:
    return limit.seconds if subject.is_span and limit.seconds is not None else limit.number


def _as_number(value: Value) -> float | None:
    scalar = read_scalar(value) if isinstance(value, str) else value
    if isinstance(scalar, int | float) and not isinstance(scalar, bool):
        try:
            return float(scalar)
        except OverflowError:
            return math.inf if scalar > 0 else -math.inf
    return None


def _several(value: Value) -> tuple[str, ...]:
    """The values where there are several; none where there is one."""
    return value if isinstance(value, tuple) else ()


def _as_text(value: Value) -> str:
    if isinstance(value, tuple):
        return "\n".join(value)
    if value is None or isinstance(value, np.ndarray):
        return ""
    return value if isinstance(value, str) else show(value)


def _number(text: str) -> float | None:
    if text.lower() in _WORDS:
        return _WORDS[text.lower()]
    match = _NUMBER.fullmatch(text)
    return float(match[1]) * _SCALES[match[2].lower()] if match else None


def _seconds(text: str) -> float | None:
    if not _SPAN.fullmatch(text):
        return None
    return sum(float(amount) * _SECONDS[unit.lower()] for amount, unit in _SPAN_PART.findall(text))


def _date(text: str) -> float | None:
    try:
        return datetime.fromisoformat(text).timestamp()
    except (ValueError, OverflowError, OSError):
        return None
