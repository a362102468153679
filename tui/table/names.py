"""What the names in a filter can stand for: which config keys and metrics the runs have. Pure.

A name that some run has is that, and nothing else. Any other stands for the one config key that ends with it
(``lr`` for ``optim.lr``), or where no config key does, for the one metric that does (``loss`` for ``train/loss``).
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from tui.table.rows import TableRow


@dataclass(frozen=True, slots=True)
class Names:
    """All config keys and metrics of some runs."""

    settings: frozenset[str] = frozenset()
    metrics: frozenset[str] = frozenset()

    @classmethod
    def of(cls, rows: Iterable[TableRow]) -> Names:
        """What any of ``rows`` has."""
        settings: set[str] = set()
        metrics: set[str] = set()
        for row in rows:
            for known, column in ((settings, "keys:config"), (metrics, "keys:metric")):
                found = row.value(column)
                known.update(found if isinstance(found, tuple) else ())
        return cls(frozenset(settings), frozenset(metrics))

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
