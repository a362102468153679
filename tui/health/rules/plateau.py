"""``plateau``: a loss has not improved for hours. Off unless it is taken out of ``off``: flat is often just done."""

from __future__ import annotations

from collections.abc import Iterator

from tui.health.alert import Finding
from tui.health.evidence import RunEvidence
from tui.health.rules.base import Rule
from tui.health.thresholds import Thresholds
from tui.show import units


def look(run: RunEvidence, thresholds: Thresholds, now: float) -> Iterator[Finding]:
    """One notice for each loss whose later half of the window is no better than the earlier one."""
    for loss in run.progress:
        bound = loss.earlier - abs(loss.earlier) * thresholds.plateau_percent / 100
        if loss.later > bound:
            yield Finding(
                f"{loss.metric} has not improved for {units.duration(loss.seconds)}",
                f"median {units.value(loss.later)} in the later half of that time, {units.value(loss.earlier)} before",
                "INFO",
                now - loss.seconds,
                subject=loss.metric,
            )


RULE: Rule[RunEvidence] = Rule("plateau", look)
