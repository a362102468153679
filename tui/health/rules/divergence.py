"""``divergence``: a loss leaves its own robust range and stays outside, or creeps up to a multiple of its best level.

The range is the median of a window plus some widths of its scatter (1.4826 × the median absolute deviation, which is
the standard deviation of a normal distribution; Rousseeuw and Croux 1993), on a log scale where the loss is positive.
"""

from __future__ import annotations

from collections.abc import Iterator

from tui.health.alert import Finding
from tui.health.evidence import LossRange, RunEvidence
from tui.health.rules.base import Rule
from tui.health.thresholds import Thresholds
from tui.show import units


def look(run: RunEvidence, thresholds: Thresholds, now: float) -> Iterator[Finding]:  # noqa: ARG001 (a rule's signature)
    """One finding for each loss that has left its range, or crept far above its best."""
    for loss in run.losses:
        if loss.points >= thresholds.divergence_points:
            yield _left(loss)
        elif loss.recent is not None and loss.creep_limit is not None and loss.recent > loss.creep_limit:
            yield _crept(loss)


def _left(loss: LossRange) -> Finding:
    return Finding(
        f"{loss.metric} diverges: {units.value(loss.newest)}, usually {units.value(loss.centre)}",
        f"its last {loss.points} points lie above {units.value(loss.limit)}, the end of its own range,"
        f" since step {units.count(loss.step)}",
        "WARN",
        loss.since,
        subject=loss.metric,
    )


def _crept(loss: LossRange) -> Finding:
    factor = loss.recent / loss.best if loss.recent is not None and loss.best else None
    best = f"{units.value(loss.best)} around step {units.count(loss.best_step)}"
    text = f"{units.value(factor)} times its best level, {best}"
    return Finding(f"{loss.metric} creeps up: {units.value(loss.recent)}", text, "INFO", subject=loss.metric)


RULE: Rule[RunEvidence] = Rule("divergence", look)
