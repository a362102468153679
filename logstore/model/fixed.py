"""Values of which very many are made: dataclasses that nobody changes.

Python's own frozen dataclasses look at every field of every value as it is made: one of thirty fields takes twenty
times as long as a plain one, and ten thousand runs a quarter of a second. Here the type checker sees to it alone.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TypeVar, dataclass_transform

T = TypeVar("T")


@dataclass_transform(frozen_default=True, field_specifiers=(field,))
def fixed(cls: type[T]) -> type[T]:
    """A class whose instances are compared and hashed by what they hold, and never changed."""
    return dataclass(slots=True, unsafe_hash=True)(cls)


@dataclass_transform(frozen_default=True, eq_default=False, field_specifiers=(field,))
def unique(cls: type[T]) -> type[T]:
    """As ``fixed``, but each instance equals itself alone: for those that hold arrays, or very much."""
    return dataclass(slots=True, eq=False)(cls)
