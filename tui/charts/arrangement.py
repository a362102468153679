"""What a person made of the charts: their order, which are pinned or hidden, which sections are folded."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Literal, NamedTuple

PINNED = "pinned"
MOST = 9
"""Most rows, and most columns, of a page."""


class Arrangement(NamedTuple):
    """What a person made of the charts.

    Attributes:
        order: Metrics in the order they were put in; the others follow, in their own order.
        pinned: Metrics that come first.
        hidden: Metrics that are not shown.
        folded: Sections that are folded.
        pattern: A regular expression; only metrics in which it is found (in any case) are shown.
        rows: Rows of charts on a page, or None to fit the screen.
        columns: Columns of charts on a page, or None.
    """

    order: tuple[str, ...] = ()
    pinned: tuple[str, ...] = ()
    hidden: frozenset[str] = frozenset()
    folded: frozenset[str] = frozenset()
    pattern: str = ""
    rows: int | None = None
    columns: int | None = None

    def toggled(self, kind: Literal["pinned", "hidden", "folded"], name: str) -> Arrangement:
        """With a metric pinned or hidden, a section folded; or no longer, where it was."""
        if kind == "pinned":
            rest = tuple(pinned for pinned in self.pinned if pinned != name)
            return self._replace(pinned=rest if len(rest) < len(self.pinned) else (*rest, name))
        return (
            self._replace(hidden=self.hidden ^ {name})
            if kind == "hidden"
            else self._replace(folded=self.folded ^ {name})
        )

    def moved(self, metric: str, by: int, metrics: Iterable[str]) -> Arrangement:
        """With a metric moved by so many places among ``metrics``, or among the pinned ones if it is one."""
        if metric in self.pinned:
            return self._replace(pinned=_moved(self.pinned, metric, by))
        present = dict.fromkeys(metrics)
        known = [name for name in self.order if name in present]
        return self._replace(order=_moved([*dict.fromkeys([*known, *present])], metric, by))

    def resized(self, rows: int, columns: int) -> Arrangement:
        """With so many rows and columns of charts on a page."""
        return self._replace(rows=min(max(1, rows), MOST), columns=min(max(1, columns), MOST))


def _moved(names: Sequence[str], name: str, by: int) -> tuple[str, ...]:
    ranked = list(names)
    if name in ranked:
        at = ranked.index(name)
        ranked.insert(min(max(0, at + by), len(ranked) - 1), ranked.pop(at))
    return tuple(ranked)


def sections(metrics: Mapping[str, str], arrangement: Arrangement) -> dict[str, list[str]]:
    """The metrics that are not hidden, by section, in order. Sections stand in the order of their first metric.

    Args:
        metrics: The section of each metric.
        arrangement: What a person made of them.
    """
    known = [metric for metric in arrangement.order if metric in metrics]
    ranked = dict.fromkeys([*known, *metrics])
    wanted = _search(arrangement.pattern)
    shown = [metric for metric in ranked if metric not in arrangement.hidden and wanted(metric) is not None]
    found: dict[str, list[str]] = {}
    pinned = [metric for metric in arrangement.pinned if metric in shown]
    if pinned:
        found[PINNED] = pinned
    for metric in shown:
        if metric not in pinned:
            found.setdefault(metrics[metric], []).append(metric)
    return found


def _search(pattern: str) -> Callable[[str], re.Match[str] | None]:
    """Where a pattern is found, in any case; one that is no regular expression (yet) is looked for as it stands."""
    try:
        return re.compile(pattern, re.IGNORECASE).search
    except (re.error, RecursionError, OverflowError):
        return re.compile(re.escape(pattern), re.IGNORECASE).search
