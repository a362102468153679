"""Values of which very many are made: dataclasses that nobody changes.

Python's own frozen dataclasses look at every field of every value as it is made: one of thirty fields takes twenty
times as long as a plain one, and ten thousand runs a quarter of a second. Here the type checker sees to it alone. They
share what compares and shows them, since writing that for each takes most of the time to import a small module.
"""

from __future__ import annotations

from dataclasses import dataclass, field, fields
from typing import Any, TypeVar, dataclass_transform

T = TypeVar("T")


@dataclass_transform(frozen_default=True, field_specifiers=(field,))
def fixed(cls: type[T]) -> type[T]:
    """A class whose instances are compared and hashed by what they hold, and never changed."""
    for name, method in (("__eq__", _equals), ("__hash__", _hash)):
        setattr(cls, name, method)
    return unique(cls)


@dataclass_transform(frozen_default=True, eq_default=False, field_specifiers=(field,))
def unique(cls: type[T]) -> type[T]:
    """As ``fixed``, but each instance equals itself alone: for those that hold arrays, or very much."""
    setattr(cls, "__repr__", _shown)  # noqa: B010  a type checker would not have it
    return dataclass(slots=True, eq=False, repr=False)(cls)


def _compared(value: Any) -> tuple[object, ...]:
    return tuple([getattr(value, each.name) for each in fields(value) if each.compare])


def _equals(self: Any, other: object) -> Any:
    if other.__class__ is not self.__class__:
        return NotImplemented
    return _compared(self) == _compared(other)


def _hash(self: Any) -> int:
    return hash(_compared(self))


def _shown(self: Any) -> str:
    told = ", ".join([f"{each.name}={getattr(self, each.name)!r}" for each in fields(self)])
    return f"{type(self).__name__}({told})"
