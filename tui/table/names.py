"""What the names in a filter can stand for: which config keys and metrics the runs have. Pure.

A name that some run has is that, and nothing else. Any other stands for the one config key that ends with it
(``lr`` for ``optim.lr``), or where no config key does, for the one metric that does (``loss`` for ``train/loss``).
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from itertools import chain

from tui.table.rows import TableRow


@dataclass(frozen=True, slots=True)
class Names:
    """All config keys and metrics of some runs."""

    settings: frozenset[str] = frozenset()
    metrics: frozenset[str] = frozenset()

    @classmethod
    def of(cls, rows: Iterable[TableRow]) -> Names:
        """What any of ``rows`` has."""
        found: dict[str, set[tuple[str, ...]]] = {"keys:config": set(), "keys:metric": set()}
        for row in rows:
            for column, seen in found.items():
                names = row.value(column)
                if isinstance(names, tuple):
                    seen.add(names)
        settings, metrics = (frozenset(chain.from_iterable(seen)) for seen in found.values())
        return cls(settings, metrics)

    def __or__(self, other: Names) -> Names:
        """What either of the two knows; this very object where the other adds nothing."""
        if other.settings <= self.settings and other.metrics <= self.metrics:
            return self
        return Names(self.settings | other.settings, self.metrics | other.metrics)

    def __contains__(self, name: str) -> bool:
        """Whether some run has this very config key or metric."""
        return name in self.settings or name in self.metrics

    def longer_settings(self, name: str) -> tuple[str, ...]:
        """The config keys whose last parts are ``name``."""
        return tuple(sorted(key for key in self.settings if key.endswith(f".{name}")))

    def longer_metrics(self, name: str) -> tuple[str, ...]:
        """The metrics whose last parts are ``name``."""
        return tuple(sorted(metric for metric in self.metrics if metric.endswith(f"/{name}")))


NOTHING = Names()
