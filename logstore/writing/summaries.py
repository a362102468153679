"""``run.summary``: the last value of everything that was logged, and what the user set by hand.

Readers derive the summary from the rows; on disk there is only what was set by hand (``summary.json``). This is the
same thing as seen from inside the program that logs.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator, Mapping, MutableMapping
from dataclasses import dataclass, field
from typing import Any

from logstore.writing.definitions import Definition
from logstore.writing.values import plain_config


@dataclass(slots=True)
class Extremes:
    """What can be kept of the values of one metric; non-finite ones count as first and last only."""

    first: object = None
    last: object = None
    least: float = math.inf
    greatest: float = -math.inf
    total: float = 0.0
    count: int = 0

    def add(self, value: object) -> None:
        """Takes the next value."""
        self.first = value if self.first is None else self.first
        self.last = value
        if isinstance(value, (int, float)) and math.isfinite(value):
            self.least, self.greatest = min(self.least, value), max(self.greatest, value)
            self.total += value
            self.count += 1

    def kept(self, words: tuple[str, ...]) -> object:
        """The summary that ``define_metric(summary=...)`` asked for; None when it asked for none."""
        if "none" in words:
            return None
        if words == ("copy",):
            return self.last
        known = {"first": self.first, "last": self.last, "copy": self.last}
        if self.count:
            known |= {"min": self.least, "max": self.greatest, "mean": self.total / self.count}
        return {"last" if word == "copy" else word: known[word] for word in words if word in known}


@dataclass(slots=True)
class Logged:
    """What was logged last under each key.

    Attributes:
        values: Plain values by flat key, the implicit columns among them. ``RunWriter.log`` updates it directly.
        extremes: By metric, for those whose rule asks for more than the last value.
    """

    values: dict[str, Any] = field(default_factory=dict)
    extremes: dict[str, tuple[Extremes, tuple[str, ...]]] = field(default_factory=dict)

    def observe(self, key: str, value: object, rule: Definition | None) -> None:
        """Takes one logged value whose rule may ask for a summary."""
        if rule is not None and rule.summary:
            extremes = self.extremes[key][0] if key in self.extremes else Extremes()
            extremes.add(value)
            self.extremes[key] = (extremes, rule.summary)

    def summary(self) -> dict[str, Any]:
        """The summary that follows from the rows."""
        found = dict(self.values)
        for key, (extremes, words) in list(self.extremes.items()):  # other threads may log meanwhile
            found[key] = extremes.kept(words)
            if found[key] is None:
                del found[key]
        return found


class Summary(MutableMapping[str, Any]):
    """A mapping of what is known at the end of a run: items and attributes can be read and set.

    A value set by hand stands until the same key is logged again.
    """

    def __init__(self, logged: Logged, manual: dict[str, Any], changed: Callable[[], None]) -> None:
        """A summary.

        Args:
            logged: The rows' side of it.
            manual: The values set by hand, by key; shared with the writer, which takes out what is logged again.
            changed: Called after every change.
        """
        object.__setattr__(self, "_logged", logged)
        object.__setattr__(self, "_manual", manual)
        object.__setattr__(self, "_changed", changed)

    _logged: Logged
    _manual: dict[str, Any]
    _changed: Callable[[], None]

    def as_dict(self) -> dict[str, Any]:
        """The whole summary as a plain dictionary."""
        return {**self._logged.summary(), **self._manual}

    def __getitem__(self, key: str) -> Any:
        return self.as_dict()[key]

    def __setitem__(self, key: str, value: Any) -> None:
        self._manual.update(plain_config({key: value}))
        self._changed()

    def __delitem__(self, key: str) -> None:
        del self._manual[key]
        self._changed()

    def update(self, other: Mapping[str, Any] | None = None, /, **more: Any) -> None:  # type: ignore[override]
        """Sets all values of ``other``, and those given by name, at once."""
        self._manual.update(plain_config({**(other or {}), **more}))
        self._changed()

    def __iter__(self) -> Iterator[str]:
        return iter(self.as_dict())

    def __len__(self) -> int:
        return len(self.as_dict())

    def __getattr__(self, key: str) -> Any:
        try:
            return self[key]
        except KeyError:
            raise AttributeError(f"the summary has no {key!r}") from None

    def __setattr__(self, key: str, value: Any) -> None:
        self[key] = value

    def __reduce__(self) -> tuple[Any, ...]:  # a copy is a plain dictionary
        return dict, (self.as_dict(),)

    def __repr__(self) -> str:
        return f"Summary({self.as_dict()!r})"
