"""A frozen dataclass from a table of ``config.toml``, with one clear error for each mistake.

``option`` declares a field with its default, the line that documents it, and its range. ``build`` makes the value.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import MISSING, Field, field, fields
from typing import Any, TypeVar

from logstore.errors import LogstoreError

T = TypeVar("T")

_KINDS: dict[type, str] = {
    bool: "true or false",
    int: "a whole number",
    float: "a number",
    str: "a text",
    tuple: "a list of texts",
    dict: "a table of texts",
}


class AlertSettingsError(LogstoreError):
    """``config.toml`` says something about alerts that cannot be used; the message names the key and what it takes."""


def option(
    default: Any, text: str, low: float | None = None, high: float | None = None, choices: tuple[str, ...] = ()
) -> Any:
    """A field with its documentation; numbers lie between ``low`` and ``high``, texts are among ``choices``."""
    metadata = {"help": text, "low": low, "high": high, "choices": choices}
    if isinstance(default, dict):
        return field(default_factory=lambda: dict(default), metadata=metadata)
    return field(default=default, metadata=metadata)


def default_of(each: Field[Any]) -> Any:
    """What a field is when nothing is said."""
    if each.default is not MISSING:
        return each.default
    assert each.default_factory is not MISSING
    return each.default_factory()


def build(cls: type[T], given: Mapping[str, object], where: str) -> T:
    """An instance of ``cls`` with its defaults, and what ``given`` says in their place.

    Raises:
        AlertSettingsError: naming the key, after ``where``.
    """
    known = {each.name: each for each in fields(cls)}  # type: ignore[arg-type]
    for key in given:
        if key not in known:
            raise AlertSettingsError(f"{where}: there is no setting {key!r}; there are {', '.join(sorted(known))}")
    return cls(**{key: _checked(known[key], value, where) for key, value in given.items()})


def _checked(each: Field[Any], value: object, where: str) -> Any:
    kind = type(default_of(each))
    plain = _as(kind, value)
    if plain is None:
        raise AlertSettingsError(f"{where}: {each.name} takes {_KINDS[kind]}, not {value!r}")
    low, high, choices = each.metadata["low"], each.metadata["high"], each.metadata["choices"]
    if low is not None and not low <= plain <= high:
        raise AlertSettingsError(f"{where}: {each.name} is from {low:g} to {high:g}, not {value!r}")
    unknown = [item for item in ([plain] if kind is str else plain) if item not in choices] if choices else []
    if unknown:
        raise AlertSettingsError(f"{where}: {each.name} knows {', '.join(choices)}, not {unknown[0]!r}")
    return plain


def _as(kind: type, value: object) -> Any:
    """``value`` as ``kind``, or None where it is something else."""
    if kind is float and type(value) in {int, float}:
        return _finite(value)
    if kind is tuple:
        return tuple(value) if isinstance(value, (list, tuple)) and _all_texts(value) else None
    if kind is dict:
        return dict(value) if isinstance(value, Mapping) and _all_texts(value.values()) else None
    return value if type(value) is kind else None


def _finite(value: Any) -> float | None:
    try:
        return float(value) if math.isfinite(value) else None
    except OverflowError:
        return None


def _all_texts(values: Any) -> bool:
    return all(isinstance(item, str) for item in values)
