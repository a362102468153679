"""Anything a training script may log, as plain Python data: numbers, text, lists and dictionaries.

Arrays and tensors are recognised by what they can do (``item``, ``tolist``, ``shape``), so NumPy, torch and jax are
never imported. ``plain`` says what each kind of value becomes; ``format.encode`` then writes it without loss.
"""

from __future__ import annotations

import dataclasses
import datetime as dt
import enum
import math
import os
import sys
from collections.abc import Callable, Mapping
from operator import index
from typing import Any

from logstore.errors import RowError
from logstore.format import HISTOGRAM, TYPE_KEY

LARGEST_LIST = 32
"""Arrays with more elements than this become a histogram."""
BINS = 32
_LARGEST_CONFIG_ARRAY = 1024
_LONGEST_DESCRIPTION = 200

Fallback = Callable[[Any, str], object]


def scalar(value: Any) -> object:
    """The number in a NumPy scalar or in an array or tensor without dimensions.

    Raises:
        TypeError: ``value`` is none of these. (orjson takes this as "I do not know it either".)
    """
    item = getattr(value, "item", None)
    if item is None or getattr(value, "ndim", 0) != 0:
        raise TypeError(type(value).__name__)
    return item()


def whole(value: Any) -> int:
    """The integer that ``value`` is, also as a float without a fraction.

    Raises:
        TypeError: It is none.
    """
    is_integer = getattr(value, "is_integer", None)  # of floats, Python's and NumPy's
    return int(value) if is_integer is not None and is_integer() else index(value)


def plain_row(values: Mapping[str, Any]) -> dict[str, object]:
    """``values`` as plain data, for one row; keys stay as they are.

    Raises:
        RowError: A value is not data. The message names its key.
    """
    try:
        return {_key(key, "", _refuse): plain(each, str(key), _array_in_row, _refuse) for key, each in values.items()}
    except RecursionError:
        raise RowError("the values are nested too deeply, or contain themselves") from None


def plain_config(values: Mapping[Any, Any]) -> dict[str, object]:
    """``values`` as plain data, for a config: what is not data is described in words rather than refused."""
    try:
        return {_text(str(key)): plain(value, str(key), _array_in_config, _describe) for key, value in values.items()}
    except RecursionError:
        raise RowError("the config is nested too deeply, or contains itself") from None


def plain(value: Any, where: str, array: Fallback, otherwise: Fallback) -> object:
    """``value`` as plain data.

    Args:
        value: Anything.
        where: The key it stands under, for messages.
        array: What to make of an array or tensor that has dimensions.
        otherwise: What to make of a value that is not data.
    """
    if value is None or isinstance(value, (str, int, float, enum.Enum)):
        return _simple(value, where, array, otherwise)
    if isinstance(value, Mapping):
        return {_key(key, where, otherwise): plain(each, where, array, otherwise) for key, each in value.items()}
    if isinstance(value, (list, tuple, range)):
        return [plain(each, where, array, otherwise) for each in value]
    if isinstance(value, (set, frozenset)):
        return [plain(each, where, array, otherwise) for each in sorted(value, key=repr)]
    if dataclasses.is_dataclass(value) and not isinstance(value, type):
        fields = {field.name: getattr(value, field.name) for field in dataclasses.fields(value)}
        return plain(fields, where, array, otherwise)
    if not isinstance(value, type) and hasattr(value, "shape"):
        return _held(value, where, array, otherwise)
    return _standard(value, where, otherwise)


def _simple(value: Any, where: str, array: Fallback, otherwise: Fallback) -> object:
    match value:
        case None | bool():
            return value
        case enum.Enum():
            return plain(value.value, where, array, otherwise)
        case str():
            return _text(value)
        case int():
            return _integer(value, where)
        case _:
            return float(value)


def _held(value: Any, where: str, array: Fallback, otherwise: Fallback) -> object:
    """What an array or a tensor holds, where it can be had: that of a sparse one, or on no device, cannot."""
    try:
        return _dimensional(value, where, array, otherwise)
    except RecursionError:
        raise
    except RuntimeError as error:
        if otherwise is not _refuse:
            return otherwise(value, where)
        reason = str(error).partition("\n")[0]
        raise RowError(f"{where!r} is {_kind(value)} whose values cannot be had: {reason}") from error


def _dimensional(value: Any, where: str, array: Fallback, otherwise: Fallback) -> object:
    """An array, a tensor, or a scalar that calls itself one."""
    if not hasattr(value, "item") and hasattr(value, "numpy"):  # tensorflow
        value = value.numpy()
    if len(value.shape) == 0 and hasattr(value, "item"):
        number = value.item()
        if hasattr(number, "item"):  # that of np.longdouble is an np.longdouble again
            number = float(number) if value.dtype.kind == "f" else complex(number)
        return plain(number, where, array, otherwise)
    return array(value, where) if hasattr(value, "tolist") else otherwise(value, where)


def _standard(value: Any, where: str, otherwise: Fallback) -> object:
    """The other kinds of data that the standard library has."""
    match value:
        case dt.date() | dt.time():
            return value.isoformat()
        case dt.timedelta():
            return value.total_seconds()
        case os.PathLike():
            return _text(str(value))
    if _named(value, "uuid", "UUID"):
        return str(value)
    if _named(value, "decimal", "Decimal") or _named(value, "fractions", "Fraction"):
        return float(value)
    return otherwise(value, where)


def _named(value: Any, module: str, name: str) -> bool:
    """Whether ``value`` is of the class ``module.name``, without importing it."""
    known = getattr(sys.modules.get(module), name, None)
    return known is not None and isinstance(value, known)


def _text(value: str) -> str:
    """``value`` without lone surrogates, which UTF-8 cannot hold; they become their escapes."""
    return str(value) if value.isascii() else value.encode("utf-8", "backslashreplace").decode()


def _key(key: Any, where: str, otherwise: Fallback) -> str:
    if isinstance(key, str):
        return _text(key)
    if otherwise is _refuse:
        inside = f" in {where!r}" if where else ""
        raise RowError(f"keys must be strings: {key!r}{inside} is of type {type(key).__name__}")
    return _text(str(key))


def _integer(value: int, where: str) -> int:
    try:
        float(value)
    except OverflowError:
        raise RowError(f"{where!r} is an integer too large for any number to stand for it") from None
    return int(value)


def _refuse(value: Any, where: str) -> object:
    raise RowError(f"{where!r} is {_kind(value)}: neither a number nor text, a list or a dictionary")


def _kind(value: Any) -> str:
    return "of type " + f"{type(value).__module__}.{type(value).__qualname__}".removeprefix("builtins.")


def _describe(value: Any, where: str) -> object:  # noqa: ARG001  a Fallback
    named = value if isinstance(value, type) or hasattr(value, "__qualname__") else None
    text = str(value)  # "cpu" of a torch.device, "float32" of a NumPy dtype; for what has none of its own, its repr
    if named is None and " at 0x" in text:  # an address tells two equal configs apart
        named = type(value)
    if named is not None:
        text = f"{named.__module__}.{named.__qualname__}".removeprefix("builtins.")
    return _text(text[:_LONGEST_DESCRIPTION])


def _array_in_row(value: Any, where: str) -> object:
    count = math.prod(value.shape)
    if count == 1 and hasattr(value, "item"):
        return plain(value.item(), where, _refuse, _refuse)
    if count > LARGEST_LIST:
        found = histogram(value)
        if found is not None:
            return found
    return plain(value.tolist(), where, _array_in_row, _refuse)


def _array_in_config(value: Any, where: str) -> object:
    if math.prod(value.shape) > _LARGEST_CONFIG_ARRAY:
        return f"array of shape {tuple(value.shape)}, {getattr(value, 'dtype', 'unknown type')}"
    return plain(value.tolist(), where, _array_in_config, _describe)


def histogram(array: Any) -> dict[str, object] | None:
    """How the finite elements of an array or tensor spread over ``BINS`` equal bins; None when they are no numbers.

    The edges follow ``numpy.histogram``: from the least to the greatest element, or half a unit to both sides of the
    only one there is. Elements that are not finite are counted under ``nonfinite``.
    """
    if hasattr(array, "detach"):  # a tensor on any device, of any precision
        array = array.detach().cpu().double()
    numpy = sys.modules.get("numpy")
    counted = _count_flat(array.tolist()) if numpy is None else _count_array(numpy, array)
    if counted is None:
        return None
    edges, counts, nonfinite = counted
    found: dict[str, object] = {TYPE_KEY: HISTOGRAM, "bins": edges, "counts": counts}
    return {**found, "nonfinite": nonfinite} if nonfinite else found


_Counted = tuple[list[float], list[int], int]


def _count_array(numpy: Any, array: Any) -> _Counted | None:
    flat = numpy.asarray(array).ravel()
    if flat.dtype.kind not in "biufV":
        return None
    try:
        numbers = flat.astype(numpy.float64)
    except (TypeError, ValueError):
        return None
    finite = numbers[numpy.isfinite(numbers)]
    counts, edges = numpy.histogram(finite, bins=BINS)
    return edges.tolist(), counts.tolist(), int(numbers.size - finite.size)


def _count_flat(nested: Any) -> _Counted | None:
    numbers = list(_leaves(nested))
    if not all(isinstance(number, (int, float)) for number in numbers):
        return None
    finite = [float(number) for number in numbers if math.isfinite(number)]
    low, high = (min(finite), max(finite)) if finite else (0.0, 1.0)
    if low == high:
        low, high = low - 0.5, high + 0.5
    width = (high - low) / BINS
    counts = [0] * BINS
    for number in finite:
        counts[min(BINS - 1, int((number - low) / width))] += 1
    return [low + width * i for i in range(BINS)] + [high], counts, len(numbers) - len(finite)


def _leaves(nested: Any) -> Any:
    if isinstance(nested, list):
        for each in nested:
            yield from _leaves(each)
    else:
        yield nested
