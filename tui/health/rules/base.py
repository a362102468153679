"""What a rule is: a name, a pure question to evidence, and how long its answer must hold before it is told."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Generic, TypeVar

from tui.health.alert import Finding
from tui.health.thresholds import Thresholds

E = TypeVar("E")


@dataclass(frozen=True, slots=True)
class Rule(Generic[E]):
    """One rule over one kind of evidence."""

    name: str
    """As in ``thresholds.RULES`` and docs/alerts.md."""
    look: Callable[[E, Thresholds, float], Iterable[Finding]]
    """What is wrong at a moment: evidence, thresholds, now (seconds since the epoch). Pure."""
    hold: float = 0.0
    """Seconds for which it must be found before it is raised: the reader may have to catch up after a pause."""
    after: bool = False
    """Whether it is also asked about a run that has ended."""
